"""Which cells are good, what they are worth, and what is said of the others."""

from datetime import date, datetime
from decimal import Decimal

import ibis
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.facts.judging import INVOICE, RECEIVED_ON, Judge, Row, judge_rows, reason_of

from xiaowei.facts.judge import mark_codes
from xiaowei.facts.sources import (
    CREDIT_HISTORY,
    ELECTRICITY,
    ENTERPRISES,
    SALES,
)
from xiaowei.money import AmountError, fen_from_yuan

READING = {"企业代号": "E1", "电表号": "M1", "用电日期": "2025-03-04", "用电量": "1.5"}


def value(judged: Judge, head: str, cell: object, kind: pa.DataType | None) -> Row:
    """Judge one cell of an invoice, or of a meter reading for 用电量."""
    source, row = (SALES, INVOICE) if head in INVOICE else (ELECTRICITY, READING)
    (found,) = judged(source, {**row, head: cell}, types={head: kind} if kind else {})
    return found


class TestDay:
    @pytest.mark.parametrize(
        "text",
        [
            "2024-02-29",
            " 2024-2-29 ",
            "2024/2/29",
            "2024.02.29",
            "2024年2月29日",
            "20240229",
            "2024-02-29 00:00:00",
            "2024/2/29 8:05",
            "2024-02-29T23:59:59.5",
        ],
    )
    def test_is_read_as_it_is_written_in_china(self, judged: Judge, text: str) -> None:
        found = value(judged, "开票日期", text, None)

        assert (found["happened_on"], found["reason"]) == (date(2024, 2, 29), "")

    @pytest.mark.parametrize(
        "text",
        [
            "2019-02-30",
            "2023-02-29",
            "2019-13-01",
            "00001",
            "99999",
            "19-03-01",
            "２０１９-03-01",
            "2019-03-01 8点",
            "1949-09-30",
            "2100-01-01",
            "9999-12-31",
            "infinity",
            "epoch",
        ],
    )
    def test_is_refused_where_the_calendar_has_none(
        self, judged: Judge, text: str
    ) -> None:
        found = value(judged, "开票日期", text, None)

        assert found["reason"] == (
            f"列“开票日期”：“{text}”不是日历上的日期。请写如2019-02-28 / "
            f"column 开票日期: '{text}' is not a day of the calendar. "
            "Write e.g. 2019-02-28"
        )

    @pytest.mark.parametrize(
        ("text", "day"),
        [("43525", "2019-03-01"), ("43525.0", "2019-03-01"), ("18172", "1949-10-01")],
    )
    def test_of_excel_is_named_but_not_taken(
        self, judged: Judge, text: str, day: str
    ) -> None:
        found = value(judged, "开票日期", text, None)

        assert found["reason"] == (
            f"列“开票日期”：“{text}”不是日历上的日期。请写如2019-02-28；"
            f"像是Excel的日期序号，即{day} / "
            f"column 开票日期: '{text}' is not a day of the calendar. "
            f"Write e.g. 2019-02-28; it is likely Excel's day number for {day}"
        )

    def test_after_the_receipt_is_refused(self, judged: Judge) -> None:
        days = ("2026-06-30", "2026-07-01", "2035-01-01")

        good, next_day, far = judged(
            SALES, *({**INVOICE, "开票日期": day} for day in days), types={}
        )

        assert good["reason"] == ""
        assert "2026-07-01 lies after 2026-06-30" in str(next_day["reason"])
        assert far["reason"] == (
            "列“开票日期”：2035-01-01晚于收件日2026-06-30。请核对发票 / "
            "column 开票日期: 2035-01-01 lies after 2026-06-30, the day of receipt. "
            "Compare with the invoice"
        )

    def test_of_knowing_or_founding_is_not_after_the_receipt(
        self, judged: Judge
    ) -> None:
        firm = {"企业代号": "E1", "企业名称": "甲"}

        (known,) = judged(SALES, {**INVOICE, "获知日期": "2026-07-01"}, types={})
        (founded,) = judged(ENTERPRISES, {**firm, "成立日期": "2027-01-01"}, types={})

        assert "column 获知日期: 2026-07-01 lies after" in str(known["reason"])
        assert str(founded["reason"]).endswith(
            "column 成立日期: 2027-01-01 lies after 2026-06-30, the day of receipt. "
            "Compare with the original"
        )

    @settings(deadline=None, max_examples=10)
    @given(
        st.lists(
            st.tuples(
                st.dates(date(2026, 1, 1), date(2027, 1, 1)),
                st.none() | st.dates(date(2026, 1, 1), date(2027, 1, 1)),
            ),
            min_size=20,
        )
    )
    def test_of_a_good_row_never_lies_after_the_receipt(
        self, judged: Judge, days: list[tuple[date, date | None]]
    ) -> None:
        stated = [
            {"开票日期": str(day), "获知日期": str(known or "")} for day, known in days
        ]

        found = judged(SALES, *(INVOICE | row for row in stated), types={})

        for row, (happened, known) in zip(found, days, strict=True):
            good = happened <= (known or happened) <= RECEIVED_ON
            assert (row["reason"] == "") == good

    @pytest.mark.parametrize(
        ("cell", "kind"),
        [
            (date(2024, 2, 29), pa.date32()),
            (datetime(2024, 2, 29, 23, 59), pa.timestamp("us")),  # noqa: DTZ001
            (20240229, pa.int64()),
        ],
    )
    def test_is_read_from_a_typed_column(
        self, judged: Judge, cell: object, kind: pa.DataType
    ) -> None:
        found = value(judged, "开票日期", cell, kind)

        assert found["happened_on"] == date(2024, 2, 29)


class TestYuan:
    @pytest.mark.parametrize(
        ("cell", "kind", "fen"),
        [
            ("1,234.505", None, 123451),
            ("-0.005", None, -1),
            ("0.00499999999999999", None, 0),
            ("10000000000", None, 10**12),
            (0.145, pa.float64(), 15),
            (-22.54, pa.float64(), -2254),
            (Decimal("0.005"), pa.decimal128(38, 10), 1),
            (7, pa.int32(), 700),
        ],
    )
    def test_becomes_whole_fen(
        self, judged: Judge, cell: object, kind: pa.DataType | None, fen: int
    ) -> None:
        assert value(judged, "金额", cell, kind)["net_fen"] == fen

    @pytest.mark.parametrize(
        "text",
        ["1e5", "nan", "10000000000.01", "-", "1;2", "12,34万", "9999999亿"],
    )
    def test_is_refused_with_the_text_and_the_mend(
        self, judged: Judge, text: str
    ) -> None:
        found = value(judged, "金额", text, None)

        assert found["net_fen"] is None
        assert found["reason"] == (
            f"列“金额”：“{text}”不是以元计的金额。请写数字，如120.50 / "
            f"column 金额: '{text}' is not an amount in yuan. Write digits, e.g. 120.50"
        )

    @pytest.mark.parametrize(
        ("text", "digits"),
        [
            ("1,234.5万", "12345000"),
            ("-1,234.5 万元", "-12345000"),
            ("１２０", "120"),
            ("￥5", "5"),
            ("5.10元", "5.1"),
            ("1亿", "100000000"),
        ],
    )
    def test_in_words_is_refused_with_its_digits(
        self, judged: Judge, text: str, digits: str
    ) -> None:
        found = value(judged, "金额", text, None)

        assert found["net_fen"] is None
        assert found["reason"] == (
            f"列“金额”：“{text}”不是以元计的金额。请写数字，如120.50；"
            f"此处似应写{digits} / column 金额: '{text}' is not an amount in yuan. "
            f"Write digits, e.g. 120.50; here that would be {digits}"
        )

    @pytest.mark.parametrize(
        ("head", "named", "worth", "digits"),
        [
            ("金额(万元)", "万元", "10,000", "5"),
            ("金额（千元）", "千元", "1,000", "50"),
            ("金额 单位：亿元", "亿元", "100,000,000", "0.0005"),
        ],
    )
    def test_in_words_is_told_in_the_unit_of_its_heading(
        self, judged: Judge, head: str, named: str, worth: str, digits: str
    ) -> None:
        cells = {head if name == "金额" else name: v for name, v in INVOICE.items()}

        (found,) = judged(SALES, {**cells, head: "5万"}, types={})

        assert found["reason"] == (
            f"列“{head}”：“5万”不是以{named}计的金额。请写数字，如1.5；"
            f"此处似应写{digits} / column {head}: '5万' is not an amount in {named} "
            f"({worth} yuan). Write digits, e.g. 1.5; here that would be {digits}"
        )

    def test_that_is_missing_is_asked_for_in_the_unit_of_its_heading(
        self, judged: Judge
    ) -> None:
        cells = {"金额(万元)" if n == "金额" else n: v for n, v in INVOICE.items()}

        (found,) = judged(SALES, {**cells, "金额(万元)": ""}, types={})

        assert "It must hold an amount in 万元 (10,000 yuan)" in str(found["reason"])

    @pytest.mark.parametrize("cell", [float("inf"), 1e300, -1e11])
    def test_is_refused_beyond_what_a_small_firm_trades(
        self, judged: Judge, cell: float
    ) -> None:
        found = value(judged, "金额", cell, pa.float64())

        assert f"'{cell}' is not an amount in yuan" in str(found["reason"])

    @settings(deadline=None, max_examples=10)
    @given(
        st.lists(
            st.one_of(
                st.decimals(-(10**10), 10**10, places=9).map("{:f}".format),
                st.decimals(-(10**10), 10**10, places=2).map("{:,f}".format),
                st.text("0123456789,.-+ 万", max_size=10),
            ),
            min_size=50,
            max_size=200,
        )
    )
    def test_is_read_as_money_reads_it(self, judged: Judge, texts: list[str]) -> None:
        rows = judged(SALES, *({**INVOICE, "金额": t} for t in texts), types={})

        for text, row in zip(texts, rows, strict=True):
            try:
                expected = fen_from_yuan(text)
            except AmountError:
                assert row["net_fen"] is None
            else:
                assert row["net_fen"] == expected


class TestCode:
    @pytest.mark.parametrize(
        ("cell", "kind", "code"),
        [
            (" 00012 ", None, "00012"),
            (12, pa.int64(), "12"),
            (9177643.0, pa.float64(), "9177643"),
            (91330100716105852, pa.int64(), "91330100716105852"),
            ("No 12/a", None, "No 12/a"),
            ("杭州某店（个体）", None, "杭州某店（个体）"),
        ],
    )
    def test_is_kept_as_it_is_written(
        self, judged: Judge, cell: object, kind: pa.DataType | None, code: str
    ) -> None:
        found = value(judged, "发票号码", cell, kind)

        assert (found["invoice_no"], found["reason"]) == (code, "")

    @pytest.mark.parametrize(
        ("cell", "kind"),
        [
            ("9.133E+17", None),
            ("9.13301007161058e+17", None),
            ("3E+07", None),
            (9.13301007161058e17, pa.float64()),
            (1234567890123456.0, pa.float64()),
            ("E\x001", None),
            ("Ｅ１", None),
            ("\ufffd1", None),
            ("E\u200b1", None),
            ("E1\u3000", None),
        ],
    )
    def test_is_refused_where_excel_or_a_broken_export_has_spoilt_it(
        self, judged: Judge, cell: object, kind: pa.DataType | None
    ) -> None:
        found = value(judged, "发票号码", cell, kind)

        assert found["reason"] == (
            f"列“发票号码”：“{cell}”不是代码。请按文本填写，如91330100716105852F / "
            f"column 发票号码: '{cell}' is not a code. Write it as text, "
            "e.g. 91330100716105852F"
        )


class TestText:
    def test_is_refused_where_it_cannot_be_read(self, judged: Judge) -> None:
        cells = {"企业代号": "E1", "企业名称": "杭州\ufffd店"}

        (found,) = judged(ENTERPRISES, cells, types={})

        assert "'杭州\ufffd店' is not a text that can be read" in str(found["reason"])

    @pytest.mark.parametrize(
        ("cell", "code"),
        [("C13", "C13"), ("5211", "5211"), ("c", "c"), ("餐饮业", None), ("X1", None)],
    )
    def test_of_a_trade_is_left_unknown_where_it_is_none(
        self, judged: Judge, cell: str, code: str | None
    ) -> None:
        cells = {"企业代号": "E1", "企业名称": "甲", "行业": cell}

        (found,) = judged(ENTERPRISES, cells, types={})

        assert (found["industry"], found["reason"]) == (code, "")


class TestNumber:
    @pytest.mark.parametrize(
        ("text", "kwh"), [("0", 0.0), ("1,200.25", 1200.25), ("3", 3.0)]
    )
    def test_of_kwh_is_read(self, judged: Judge, text: str, kwh: float) -> None:
        assert value(judged, "用电量", text, None)["kwh"] == kwh

    @pytest.mark.parametrize("text", ["-1", "12度", "1e309", "99999999999"])
    def test_of_kwh_is_refused_below_nought_or_beyond_reason(
        self, judged: Judge, text: str
    ) -> None:
        found = value(judged, "用电量", text, None)

        assert found["reason"] == (
            f"列“用电量”：“{text}”不是以千瓦时计、不小于0的用电量。请写数字，如120.5 / "
            f"column 用电量: '{text}' is not an amount of electricity in kWh, 0 or "
            "more. Write digits, e.g. 120.5"
        )

    @pytest.mark.parametrize("cell", ["12.5", "三", "-3"])
    def test_of_people_is_whole_and_not_below_nought(
        self, judged: Judge, cell: str
    ) -> None:
        row = {"企业代号": "E1", "企业名称": "甲"}
        staffs = [{**row, "从业人数": staff} for staff in ("12.0", "", cell)]

        good, empty, bad = judged(ENTERPRISES, *staffs, types={})

        assert (good["staff"], empty["staff"]) == (12, None)
        assert (good["reason"], empty["reason"]) == ("", "")
        assert f"列“从业人数”：“{cell}”不是不小于0的整数。" in str(bad["reason"])
        assert f"column 从业人数: '{cell}' is not a whole number of 0 or more." in (
            str(bad["reason"])
        )


class TestChoice:
    @pytest.mark.parametrize(
        ("cell", "kind", "ours"),
        [
            (" 是", None, "yes"),
            ("TRUE", None, "yes"),
            (0, pa.int8(), "no"),
            (1.0, pa.float64(), "yes"),
            (False, pa.bool_(), "no"),
        ],
    )
    def test_is_brought_to_our_word(
        self, judged: Judge, cell: object, kind: pa.DataType | None, ours: str
    ) -> None:
        types = {"是否违约": kind} if kind else {}

        (found,) = judged(
            CREDIT_HISTORY, {"企业代号": "E1", "是否违约": cell}, types=types
        )

        assert (found["defaulted"], found["reason"]) == (ours, "")

    def test_names_the_words_it_could_have_been(self, judged: Judge) -> None:
        found = value(judged, "发票状态", "红冲", None)

        assert found["reason"] == (
            "列“发票状态”：“红冲”不是以下之一：有效发票 | 正常 | valid | 作废发票 "
            "| 作废 | 已作废 | voided / "
            "column 发票状态: '红冲' is not one of 有效发票 | 正常 | valid | 作废发票 "
            "| 作废 | 已作废 | voided"
        )


class TestRow:
    def test_is_told_of_all_its_faults_at_once(self, judged: Judge) -> None:
        cells = {**INVOICE, "企业代号": "", "开票日期": "2019-02-30", "金额": None}

        (found,) = judged(SALES, cells, types={})

        assert found["reason"] == (
            "列“企业代号”为空，应为代码。请按文本填写，如91330100716105852F；"
            "列“开票日期”：“2019-02-30”不是日历上的日期。请写如2019-02-28；"
            "列“金额”为空，应为以元计的金额。请写数字，如120.50 / "
            "column 企业代号 is empty. It must hold a code. Write it as text, e.g. "
            "91330100716105852F; column 开票日期: '2019-02-30' is not a day of the "
            "calendar. Write e.g. 2019-02-28; column 金额 is empty. It must hold an "
            "amount in yuan. Write digits, e.g. 120.50"
        )

    def test_may_differ_from_its_sum_by_a_fen_and_no_more(self, judged: Judge) -> None:
        near, far = judged(
            SALES, {**INVOICE, "税额": "13.01"}, {**INVOICE, "税额": "13.02"}, types={}
        )

        assert near["reason"] == ""
        assert far["reason"] == (
            "金额 100.00 + 税额 13.02 不等于 价税合计 113.00。请核对发票 / "
            "金额 100.00 + 税额 13.02 is not 价税合计 113.00. Compare with the invoice"
        )

    @pytest.mark.parametrize(
        ("stated", "known_on"),
        [("2025-04-01", date(2025, 4, 1)), ("", date(2025, 3, 4))],
    )
    def test_is_known_when_it_says_or_when_it_happened(
        self, judged: Judge, stated: str, known_on: date
    ) -> None:
        (found,) = judged(SALES, {**INVOICE, "获知日期": stated}, types={})

        assert (found["known_on"], found["reason"]) == (known_on, "")

    def test_of_a_register_is_known_when_it_is_received(self, judged: Judge) -> None:
        cells = {"企业代号": "E1", "企业名称": "甲", "成立日期": "2001-05-01"}

        (found,) = judged(ENTERPRISES, cells, types={})

        assert (found["known_on"], found["happened_on"]) == (
            RECEIVED_ON,
            date(2001, 5, 1),
        )

    def test_is_refused_if_known_before_it_happened(self, judged: Judge) -> None:
        (found,) = judged(SALES, {**INVOICE, "获知日期": "2025-03-03"}, types={})

        assert found["reason"] == (
            "获知日期早于发生日期。请核对这两个日期 / "
            "known on a day before it happened. Compare the two days"
        )


class TestMarkCodes:
    def test_adds_the_check_digit_to_what_is_wrong(
        self, engine: ibis.BaseBackend
    ) -> None:
        codes = ["E1", "91330100716105852F", "913301007161058520"]
        rows: list[Row] = [{**INVOICE, "企业代号": code} for code in codes]

        marked = mark_codes(judge_rows(SALES, rows, {}))

        found = engine.to_pyarrow(marked.rows.order_by("line")).to_pylist()
        assert [row["faults"] > 0 for row in found] == [False, False, True]
        assert reason_of(marked, found[2], rows[2]) == (
            "列“企业代号”：校验码是0，应为F。请核对营业执照 / "
            "column 企业代号: check digit is 0, expected F. Compare with the licence"
        )
