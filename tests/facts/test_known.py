"""When a row became known, and which days of it cannot be."""

from datetime import date

import pytest
from tests.facts.judging import INVOICE, RECEIVED_ON, Judge, Row

from xiaowei.facts.sources import (
    BUREAU_GUARANTEES,
    CONSENTS,
    COURTS,
    MEMBERSHIPS,
    OWNERS,
    REPAYMENTS,
    SALES,
    UTILITY_BILLS,
    Source,
)

REPAYMENT = {
    "借据号": "L1",
    "期次": "1",
    "应还日期": "2025-03-04",
    "应还金额": "100",
    "已还金额": "100",
    "还款日期": "",
}
BILL = {
    "类别": "电费",
    "账单号": "N1",
    "应缴金额": "100",
    "缴费期限": "2026-12-31",
    "缴清日期": "",
    "出账日期": "2025-03-04",
}
CASE = {
    "案号": "C1",
    "类型": "执行",
    "地位": "被告",
    "发生日期": "2025-03-04",
    "结案日期": "",
}
OWNER = {"人员编号": "P1", "身份": "股东", "起始日期": "2025-03-04", "终止日期": ""}
MEMBER = {"类型": "园区", "名称": "甲园", "加入日期": "2025-03-04", "退出日期": ""}
LATER_DAYS = [
    (REPAYMENTS, REPAYMENT, "还款日期"),
    (UTILITY_BILLS, BILL, "缴清日期"),
    (COURTS, CASE, "结案日期"),
    (OWNERS, OWNER, "终止日期"),
    (MEMBERSHIPS, MEMBER, "退出日期"),
]


class TestKnown:
    @pytest.mark.parametrize(("source", "cells", "head"), LATER_DAYS)
    def test_is_no_day_before_all_that_a_row_says_has_come(
        self, judged: Judge, source: Source, cells: Row, head: str
    ) -> None:
        rows = [
            {"企业代号": "E1", **cells, head: day}
            for day in ("", "2025-02-01", "2025-08-01", "2026-06-30")
        ]

        found = judged(source, *rows, types={})

        assert [(row["known_on"], row["reason"]) for row in found] == [
            (date(2025, 3, 4), ""),
            (date(2025, 3, 4), ""),
            (date(2025, 8, 1), ""),
            (RECEIVED_ON, ""),
        ]

    @pytest.mark.parametrize(("source", "cells", "head"), LATER_DAYS[3:])
    def test_is_not_told_by_a_day_that_is_planned(
        self, judged: Judge, source: Source, cells: Row, head: str
    ) -> None:
        (found,) = judged(
            source, {"企业代号": "E1", **cells, head: "2026-07-01"}, types={}
        )

        assert (found["known_on"], found["reason"]) == (date(2025, 3, 4), "")

    @pytest.mark.parametrize(
        ("source", "planned"),
        [(BUREAU_GUARANTEES, "终止日期"), (CONSENTS, "有效期至")],
    )
    def test_is_not_told_by_an_end_agreed_on(
        self, judged: Judge, source: Source, planned: str
    ) -> None:
        guarantee = {"担保合同号": "G", "被担保人代码": "E2", "担保金额": "1"}
        consent = {"数据类别": "全部", "状态": "授权"}
        cells = {
            "起始日期": "2025-03-04",
            "签署日期": "2025-03-04",
            planned: "2025-08-01",
        }
        row = {"企业代号": "E1", **guarantee, **consent, **cells}

        (found,) = judged(source, row, types={})

        assert (found["known_on"], found["reason"]) == (date(2025, 3, 4), "")

    @pytest.mark.parametrize(("source", "cells", "head"), LATER_DAYS[:3])
    def test_before_a_row_could_know_is_refused(
        self, judged: Judge, source: Source, cells: Row, head: str
    ) -> None:
        row = {"企业代号": "E1", **cells, "获知日期": "2025-07-31"}

        early, same = judged(
            source, {**row, head: "2025-08-01"}, {**row, head: "2025-07-31"}, types={}
        )

        assert same["reason"] == ""
        assert early["reason"] == (
            f"获知日期 2025-07-31早于{head} 2025-08-01：获知时尚未发生。"
            "请核对这两个日期 / "
            f"获知日期 2025-07-31 lies before {head} 2025-08-01, which nobody can have "
            "known then. Compare the two days"
        )

    @pytest.mark.parametrize(("source", "cells", "head"), LATER_DAYS[:3])
    def test_of_what_is_yet_to_come_is_refused(
        self, judged: Judge, source: Source, cells: Row, head: str
    ) -> None:
        (found,) = judged(
            source, {"企业代号": "E1", **cells, head: "2026-07-01"}, types={}
        )

        assert f"column {head}: 2026-07-01 lies after 2026-06-30" in str(
            found["reason"]
        )

    def test_is_stated_or_not(self, judged: Judge) -> None:
        stated, not_stated = judged(
            SALES,
            {**INVOICE, "获知日期": "2025-03-04"},
            {**INVOICE, "获知日期": ""},
            types={},
        )

        assert (stated["dated"], not_stated["dated"]) == (True, False)
