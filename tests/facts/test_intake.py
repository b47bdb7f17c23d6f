"""Files handed in: what is taken, what is set aside, what is a copy."""

import io
import random
from collections.abc import Callable
from datetime import date
from pathlib import Path

import ibis
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import xlsxwriter

from xiaowei.errors import InputError
from xiaowei.facts.columns import MissingColumnError
from xiaowei.facts.intake import Delivery, Receipt, take_in
from xiaowei.facts.lake import Lake
from xiaowei.facts.progress import Progress, Tell
from xiaowei.facts.read import UnreadableFileError
from xiaowei.facts.sources import CREDIT_HISTORY, ENTERPRISES, SALES
from xiaowei.facts.staging import stage
from xiaowei.facts.workbook import NoWorkbookError

HandIn = Callable[..., Receipt]

HEADS = (
    "企业代号",
    "发票号码",
    "开票日期",
    "购方单位代号",
    "金额",
    "税额",
    "价税合计",
    "发票状态",
)
ENGLISH = (
    "企业代号",
    "invoice_no",
    "issued_on",
    "buyer_id",
    "net_yuan",
    "tax_yuan",
    "total_yuan",
    "state",
)
SALE = ("E1", "0001", "2025-03-04", "B1", "100.00", "13.00", "113.00", "有效发票")


def sale(**changes: str) -> tuple[str, ...]:
    """Return an invoice with some cells changed, by heading."""
    return tuple({**dict(zip(HEADS, SALE, strict=True)), **changes}.values())


def as_csv(*rows: tuple[str, ...], heads: tuple[str, ...] = HEADS) -> str:
    """Return a CSV file of plain cells."""
    return "".join(",".join(row) + "\n" for row in (heads, *rows))


def as_xlsx(*rows: tuple[str, ...], heads: tuple[str, ...] = HEADS) -> bytes:
    """Return a workbook, amounts as numbers."""
    content = io.BytesIO()
    with xlsxwriter.Workbook(content, {"strings_to_numbers": True}) as book:
        sheet = book.add_worksheet()
        for place, row in enumerate((heads, *rows)):
            for column, cell in enumerate(row):
                as_text = column == HEADS.index("发票号码")
                write = sheet.write_string if as_text else sheet.write
                write(place, column, cell)
    return content.getvalue()


def as_parquet(*rows: tuple[str, ...], heads: tuple[str, ...] = HEADS) -> bytes:
    """Return a Parquet file, amounts as floats and days as timestamps."""
    table = pa.table(dict(zip(heads, zip(*rows, strict=True), strict=True)))
    for place, kind in (
        *((place, pa.float64()) for place in (4, 5, 6)),
        (2, pa.timestamp("us")),
    ):
        column = table.column(place).cast(kind)
        table = table.set_column(place, table.column_names[place], column)
    content = io.BytesIO()
    pq.write_table(table, content)
    return content.getvalue()


def counts(receipt: Receipt) -> tuple[int, int, int, int]:
    """Return rows, accepted, quarantined and duplicates."""
    account = receipt.account
    return account.rows, account.accepted, account.quarantined, account.duplicates


class TestTakeIn:
    def test_keeps_what_a_row_states(self, hand_in: HandIn, lake: Lake) -> None:
        hand_in("sales_invoices.csv", as_csv(SALE))

        assert lake.facts("invoices").to_pyarrow().to_pylist() == [
            {
                "enterprise_id": "E1",
                "happened_on": date(2025, 3, 4),
                "known_on": date(2025, 3, 4),
                "invoice_no": "0001",
                "counterparty_id": "B1",
                "net_fen": 10000,
                "tax_fen": 1300,
                "total_fen": 11300,
                "state": "valid",
                "goods": None,
                "form": None,
                "direction": "sale",
                "again": False,
                "file": "sales_invoices.csv",
                "line": 2,
            }
        ]

    @pytest.mark.parametrize(
        ("name", "content"),
        [
            ("销项发票.csv", as_csv(SALE).encode("gb18030")),
            ("sales_invoices.csv", as_csv(SALE).encode("utf-8-sig")),
            ("sales_invoices.txt", as_csv(SALE, heads=ENGLISH).replace(",", "\t")),
            ("sales_invoices.xlsx", as_xlsx(SALE)),
            ("sales_invoices.parquet", as_parquet(SALE)),
        ],
    )
    def test_reads_the_same_from_every_format(
        self, hand_in: HandIn, lake: Lake, name: str, content: str | bytes
    ) -> None:
        hand_in(name, content)

        again = hand_in("sales_invoices-2.csv", as_csv(SALE))
        assert counts(again) == (1, 0, 0, 1)
        assert lake.facts("invoices").count().to_pyarrow().as_py() == 1

    def test_keeps_good_rows_beside_bad_ones(self, hand_in: HandIn) -> None:
        receipt = hand_in(
            "sales_invoices.csv",
            as_csv(
                SALE,
                sale(金额="1234.5万"),
                sale(开票日期="2019-02-30"),
                sale(企业代号="9.133E+17"),
                sale(税额="１３.00"),
                SALE[:-1],
                SALE,
                sale(发票号码="0002", 金额="-100", 税额="-13", 价税合计="-113"),
            ),
        )

        assert counts(receipt) == (8, 2, 5, 1)
        assert receipt.account.accepted_amount_fen == 0
        assert receipt.added == 2

    def test_lists_days_of_years_that_no_calendar_holds(self, hand_in: HandIn) -> None:
        columns = {"企业代号": ["E1"], "电表号": ["M1"], "用电量": [1.0]}
        day = pa.array([2**62], pa.timestamp("us"))
        content = io.BytesIO()
        pq.write_table(pa.table({**columns, "用电日期": day}), content)

        receipt = hand_in("electricity.parquet", content.getvalue())

        assert counts(receipt) == (1, 0, 1, 0)
        assert receipt.rejects is not None
        assert "is not a day of the calendar" in receipt.rejects.read_text("utf-8-sig")

    def test_sets_a_row_of_a_day_to_come_aside(
        self, hand_in: HandIn, lake: Lake
    ) -> None:
        """One mistyped day had moved the day that everything is judged as of."""
        received_on = date(2025, 6, 30)

        receipt = hand_in(
            "sales_invoices.csv",
            as_csv(sale(开票日期="2025-06-30"), sale(开票日期="2035-01-01")),
            received_on=received_on,
        )

        assert counts(receipt) == (2, 1, 1, 0)
        held = lake.facts("invoices").happened_on.max().to_pyarrow().as_py()
        assert held == received_on

    def test_adds_up_amounts_beyond_64_bits(self, hand_in: HandIn) -> None:
        most = {"金额": "9999999999.99", "税额": "0", "价税合计": "9999999999.99"}
        rows = [sale(发票号码=f"{number}", **most) for number in range(10)]

        receipt = hand_in("sales_invoices.csv", as_csv(*rows))

        assert receipt.account.accepted_amount_fen == 9_999_999_999_990

    def test_takes_files_with_names_as_long_as_a_disk_allows(
        self, hand_in: HandIn
    ) -> None:
        name = "销项发票" + "长" * 77 + ".csv"

        receipt = hand_in(name, as_csv(SALE, SALE))

        assert receipt.account.file == name
        assert receipt.rejects is not None
        assert receipt.rejects.exists()

    def test_states_no_amount_for_a_source_that_has_none(self, hand_in: HandIn) -> None:
        receipt = hand_in("enterprises.csv", "企业代号,企业名称\nE1,甲\n")

        assert receipt.account.accepted_amount_fen is None

    def test_takes_a_file_without_rows(self, hand_in: HandIn) -> None:
        receipt = hand_in("sales_invoices.csv", as_csv())

        assert counts(receipt) == (0, 0, 0, 0)
        assert receipt.account.parts == ()

    def test_tells_of_columns_that_nobody_knows(self, hand_in: HandIn) -> None:
        receipt = hand_in("enterprises.csv", "备注,企业代号,企业名称\nx,E1,甲\n")

        assert receipt.account.unused == ("备注",)

    @pytest.mark.parametrize(
        ("name", "content", "error"),
        [
            ("sales_invoices.csv", "企业代号\nE1\n", MissingColumnError),
            ("sales_invoices.csv", "企业代号,x\n".encode("utf-16"), InputError),
            ("sales_invoices.csv", b"", InputError),
            ("sales_invoices.xlsx", as_csv(SALE), NoWorkbookError),
            ("sales_invoices.parquet", as_csv(SALE), UnreadableFileError),
            ("sales_invoices.pdf", b"%PDF", UnreadableFileError),
        ],
    )
    def test_leaves_nothing_of_a_file_it_refuses(
        self,
        hand_in: HandIn,
        lake: Lake,
        name: str,
        content: str | bytes,
        error: type[InputError],
    ) -> None:
        hand_in("enterprises.csv", "企业代号,企业名称\nE1,甲\nE1,甲\n")
        root = lake.rejects.parent
        before = sorted(root.rglob("*"))

        with pytest.raises(error, match=f"'{name}'"):
            hand_in(name, content)

        assert sorted(root.rglob("*")) == before

    def test_refuses_a_file_that_is_not_there(self, tmp_path: Path, lake: Lake) -> None:
        delivery = Delivery(tmp_path / "sales_invoices.csv", SALES, date(2026, 6, 30))

        with pytest.raises(UnreadableFileError):
            take_in(delivery, lake=lake)

    def test_puts_a_file_into_plain_form_as_it_is_told_to(
        self, tmp_path: Path, lake: Lake
    ) -> None:
        path, other = tmp_path / "enterprises.pdf", tmp_path / "other.csv"
        path.write_bytes(b"anything")
        other.write_text("企业代号,企业名称\nE1,甲\n", encoding="utf-8")
        delivery = Delivery(path, ENTERPRISES, date(2026, 6, 30))

        def staged(path: Path, into: Path, tell: Tell) -> tuple[str, ...]:
            assert path.name == "enterprises.pdf"
            return stage(other, into, tell)

        receipt = take_in(delivery, lake=lake, staged=staged)

        assert (receipt.added, receipt.account.file) == (1, "enterprises.pdf")

    def test_gives_the_same_bytes_every_time(
        self, tmp_path: Path, engine: ibis.BaseBackend
    ) -> None:
        rows = [sale(企业代号=f"E{n % 50}", 发票号码=f"{n % 900}") for n in range(3000)]
        path = tmp_path / "sales_invoices.csv"
        path.write_text(as_csv(*rows), encoding="utf-8")
        roots = [tmp_path / "one", tmp_path / "other"]

        for root in roots:
            lake = Lake(root, engine=engine)
            take_in(Delivery(path, SALES, date(2026, 6, 30)), lake=lake)

        one, other = (
            {
                found.relative_to(root): found.read_bytes()
                for found in root.rglob("*")
                if found.is_file()
            }
            for root in roots
        )
        assert one == other
        assert len(one) > 10


class TestSameFile:
    def test_adds_nothing_the_second_time(self, hand_in: HandIn) -> None:
        first = hand_in("sales_invoices.csv", as_csv(SALE, SALE))

        second = hand_in("sales_invoices.csv", as_csv(SALE, SALE))

        assert (first.added, second.added) == (1, 0)
        assert second.account == first.account
        assert second.rejects == first.rejects

    def test_adds_nothing_under_another_name(self, hand_in: HandIn, lake: Lake) -> None:
        hand_in("sales_invoices.csv", as_csv(SALE))

        second = hand_in("销项发票-copy.csv", as_csv(SALE))

        assert (second.added, second.account.file) == (0, "sales_invoices.csv")
        assert len(lake.accounts()) == 1

    def test_may_state_two_things(self, tmp_path: Path, lake: Lake) -> None:
        path = tmp_path / "firms.csv"
        path.write_text("企业代号,企业名称,是否违约\nE1,甲,否\n", encoding="utf-8")

        for source in (ENTERPRISES, CREDIT_HISTORY):
            receipt = take_in(Delivery(path, source, date(2026, 6, 30)), lake=lake)

            assert receipt.added == 1


class TestDuplicate:
    def test_of_an_earlier_row_is_told_which(self, hand_in: HandIn) -> None:
        receipt = hand_in("sales_invoices.csv", as_csv(SALE, SALE, sale(), SALE))

        assert counts(receipt) == (4, 1, 0, 3)
        assert receipt.rejects is not None
        assert receipt.rejects.read_text("utf-8-sig").count("same as line 2") == 3

    def test_of_a_fact_held_is_told_which(self, hand_in: HandIn) -> None:
        hand_in("sales_invoices-1.csv", as_csv(sale(发票号码="9"), SALE))

        receipt = hand_in("sales_invoices-2.csv", as_csv(SALE, sale(发票号码="8")))

        assert counts(receipt) == (2, 1, 0, 1)
        assert receipt.rejects is not None
        text = receipt.rejects.read_text("utf-8-sig")
        assert (
            "2,duplicate,与sales_invoices-1.csv第3行相同 / "
            "same as sales_invoices-1.csv line 3"
        ) in text

    def test_is_none_where_the_other_side_states_it(self, hand_in: HandIn) -> None:
        hand_in("sales_invoices.csv", as_csv(SALE))
        bought = as_csv(SALE).replace("购方单位代号", "销方单位代号")

        receipt = hand_in("purchase_invoices.csv", bought)

        assert receipt.added == 1

    def test_is_none_where_a_state_has_changed(self, hand_in: HandIn) -> None:
        hand_in("sales_invoices-1.csv", as_csv(SALE))

        receipt = hand_in("sales_invoices-2.csv", as_csv(sale(发票状态="作废发票")))

        assert receipt.added == 1

    def test_is_an_invoice_that_became_known_once_more(
        self, hand_in: HandIn, lake: Lake
    ) -> None:
        heads = (*HEADS, "入库日期")
        hand_in(
            "sales_invoices-1.csv",
            as_csv((*SALE, "2025-03-05"), (*SALE, "2025-03-09"), heads=heads),
        )

        later = as_csv((*SALE, "2025-04-01"), heads=heads)

        assert counts(hand_in("sales_invoices-2.csv", later)) == (1, 0, 0, 1)
        (known,) = lake.facts("invoices").known_on.to_pyarrow().to_pylist()
        assert known == date(2025, 3, 5)

    def test_is_none_in_a_register_of_a_later_day(self, hand_in: HandIn) -> None:
        text = "企业代号,企业名称,从业人数\nE1,甲,12\n"
        january, april = date(2026, 1, 31), date(2026, 4, 30)
        hand_in("enterprises-1.csv", text, received_on=january)
        hand_in("enterprises-4.csv", text.replace("12", "13"), received_on=april)

        back = hand_in("enterprises-7.csv", text + "\n")
        twice = hand_in("enterprises-7b.csv", text + "\n\n")

        assert (back.added, twice.added) == (1, 0)

    def test_is_sought_even_where_no_row_is_good(self, hand_in: HandIn) -> None:
        hand_in("sales_invoices-1.csv", as_csv(SALE))

        receipt = hand_in("sales_invoices-2.csv", as_csv(sale(金额="x")))

        assert counts(receipt) == (1, 0, 1, 0)

    def test_is_never_a_bad_row(self, hand_in: HandIn) -> None:
        bad = sale(金额="x")

        assert counts(hand_in("sales_invoices.csv", as_csv(bad, bad))) == (2, 0, 2, 0)


def again(lake: Lake, family: str = "invoices") -> list[tuple[str, int, bool]]:
    """Return file, line and whether each fact states something again."""
    facts = lake.facts(family).order_by("file", "line").to_pyarrow().to_pylist()
    return [(fact["file"], fact["line"], fact["again"]) for fact in facts]


class TestAgain:
    def test_marks_a_correction_inside_a_file(
        self, hand_in: HandIn, lake: Lake
    ) -> None:
        other, voided = sale(发票号码="0002"), sale(发票状态="作废发票")

        hand_in("sales_invoices.csv", as_csv(SALE, other, SALE, voided, voided))

        assert again(lake) == [
            ("sales_invoices.csv", 2, False),
            ("sales_invoices.csv", 3, False),
            ("sales_invoices.csv", 5, True),
        ]

    def test_marks_a_correction_of_a_fact_held(
        self, hand_in: HandIn, lake: Lake
    ) -> None:
        hand_in("sales_invoices-1.csv", as_csv(SALE, sale(发票号码="0002")))

        voided = sale(发票状态="作废发票")
        hand_in("sales_invoices-2.csv", as_csv(SALE, voided, sale(发票号码="0003")))

        assert again(lake) == [
            ("sales_invoices-1.csv", 2, False),
            ("sales_invoices-1.csv", 3, False),
            ("sales_invoices-2.csv", 3, True),
            ("sales_invoices-2.csv", 4, False),
        ]

    def test_marks_the_second_correction_and_one_back_to_the_first(
        self, hand_in: HandIn, lake: Lake
    ) -> None:
        rows = [sale(金额=f"{n}00", 价税合计=f"{n}13", 税额="13") for n in (1, 2, 3)]
        for number, row in enumerate([rows[0], rows[1], rows[2], rows[0]]):
            known = (*row, f"2025-03-0{number + 5}")
            text = as_csv(known, heads=(*HEADS, "获知日期"))
            hand_in(f"sales_invoices-{number}.csv", text)

        assert [mark for _, _, mark in again(lake)] == [False, True, True, True]

    @pytest.mark.parametrize(
        "other", [{"企业代号": "E2"}, {"发票号码": "2"}, {"开票日期": "2025-03-05"}]
    )
    def test_marks_nothing_that_is_about_something_else(
        self, hand_in: HandIn, lake: Lake, other: dict[str, str]
    ) -> None:
        hand_in("sales_invoices-1.csv", as_csv(SALE))
        hand_in("sales_invoices-2.csv", as_csv(sale(**other)))
        bought = as_csv(SALE).replace("购方单位代号", "销方单位代号")
        hand_in("purchase_invoices.csv", bought)

        assert [mark for _, _, mark in again(lake)] == [False, False, False]

    def test_does_not_count_bad_rows(self, hand_in: HandIn, lake: Lake) -> None:
        hand_in("sales_invoices.csv", as_csv(sale(税额="x"), SALE))

        assert again(lake) == [("sales_invoices.csv", 3, False)]

    def test_finds_what_is_known_by_something_other_than_its_day(
        self, hand_in: HandIn, lake: Lake
    ) -> None:
        heads = (
            "企业代号,税种,所属期起,所属期止,申报销售额,应纳税额,已缴税额,"
            "申报期限,申报日期\n"
        )
        first = "E1,增值税,2025-01-01,2025-01-31,100,13,13,2025-02-15,2025-02-10\n"
        hand_in("tax_filings-1.csv", heads + first)

        amended = first.replace("100,13", "200,26").replace("02-10", "03-01")
        hand_in("tax_filings-2.csv", heads + amended)

        assert [mark for _, _, mark in again(lake, "tax_filings")] == [False, True]

    def test_is_false_where_every_row_stands_for_itself(
        self, hand_in: HandIn, lake: Lake
    ) -> None:
        hand_in("enterprises.csv", "企业代号,企业名称\nE1,甲\nE1,乙\n")

        assert [mark for _, _, mark in again(lake, "enterprises")] == [False, False]

    def test_agrees_with_a_count_of_all_facts(
        self, hand_in: HandIn, lake: Lake
    ) -> None:
        """Against the plain meaning: an earlier fact about the same has been kept."""
        chance = random.Random(5)  # noqa: S311 - no secret
        for number in range(3):
            rows = [
                sale(
                    企业代号=f"E{chance.randint(1, 3)}",
                    发票号码=f"{chance.randint(1, 20)}",
                    税额=chance.choice(["13.00", "13.01", "x"]),
                    发票状态=chance.choice(["有效发票", "作废发票"]),
                )
                for _ in range(80)
            ]
            hand_in(f"sales_invoices-{number}.csv", as_csv(*rows))
        facts = lake.facts("invoices").order_by("file", "line").to_pyarrow().to_pylist()

        seen = set()
        for fact in facts:
            about = fact["enterprise_id"], fact["invoice_no"]
            assert fact["again"] == (about in seen)
            seen.add(about)
        assert 0 < sum(fact["again"] for fact in facts) < len(facts)


class TestUnits:
    @pytest.mark.parametrize(
        ("head", "fen"),
        [
            ("金额(万元)", 12_345_678),
            ("金额（万元）", 12_345_678),
            ("金额 万元", 12_345_678),
            ("金额(单位：万元)", 12_345_678),
            ("金额(千元)", 1_234_568),
            ("金额(元)", 1_235),
            ("金额", 1_235),
        ],
    )
    @pytest.mark.parametrize("cell", ["12.3456784", " 12.3456784 "])
    def test_of_a_heading_are_minded(
        self, hand_in: HandIn, lake: Lake, head: str, fen: int, cell: str
    ) -> None:
        heads = "企业代号,限额类型,生效日期," + head.replace("金额", "限额")

        receipt = hand_in(
            "invoice_limits.csv", f"{heads}\nE1,单张限额,2025-03-04,{cell}\n"
        )

        assert receipt.added == 1
        (limit,) = lake.facts("invoice_limits").limit_fen.to_pyarrow().to_pylist()
        assert limit == fen

    @pytest.mark.parametrize("unit", ["美元", "万", "件"])
    def test_that_nobody_knows_are_refused(self, hand_in: HandIn, unit: str) -> None:
        with pytest.raises(MissingColumnError, match="限额"):
            hand_in("invoice_limits.csv", f"企业代号,限额类型,生效日期,限额({unit})\n")

    def test_of_numbers_in_a_parquet_file_are_minded(self, hand_in: HandIn) -> None:
        heads = [head + "(万元)" if "额" in head else head for head in HEADS]
        heads[HEADS.index("价税合计")] = "价税合计"
        row = sale(金额="1.2345", 税额="0.1605", 价税合计="13950")

        receipt = hand_in("sales_invoices.parquet", as_parquet(row, heads=tuple(heads)))

        assert receipt.added == 1
        assert receipt.account.accepted_amount_fen == 1_234_500

    def test_leave_what_is_no_amount_as_it_was(self, hand_in: HandIn) -> None:
        heads = "企业代号,限额类型,生效日期,限额(万元)"

        receipt = hand_in(
            "invoice_limits.csv",
            f"{heads}\nE1,单张限额,2025-03-04,十万\nE2,单张限额,2025-03-04,1e9\n",
        )

        assert counts(receipt) == (2, 0, 2, 0)
        assert receipt.rejects is not None
        assert "十万" in receipt.rejects.read_text("utf-8-sig")


class TestProgress:
    def test_is_told_in_bytes_and_then_in_rows(
        self, tmp_path: Path, lake: Lake
    ) -> None:
        path = tmp_path / "sales_invoices.csv"
        rows = [sale(发票号码=f"{n}") for n in range(30_000)]
        path.write_text(as_csv(*rows), encoding="utf-8")
        told: list[Progress] = []
        delivery = Delivery(path, SALES, date(2026, 6, 30))

        for _ in range(2):
            take_in(delivery, lake=lake, tell=told.append)

        *read, first, second = told
        size = path.stat().st_size
        done = [one.done for one in read]
        assert len(set(done)) > 1
        assert done == sorted(done)
        assert {(one.file, one.of, one.unit) for one in read} == {
            ("sales_invoices.csv", size, "bytes")
        }
        assert read[-1].done == size
        assert first == second == Progress("sales_invoices.csv", 30_000, 30_000, "rows")
