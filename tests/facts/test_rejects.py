"""The list that a clerk mends and hands in again."""

import csv
from collections.abc import Callable
from pathlib import Path

import pytest

from xiaowei.facts.intake import Receipt
from xiaowei.facts.lake import Lake
from xiaowei.facts.rejects import harmless

HandIn = Callable[..., Receipt]


def listed(receipt: Receipt) -> list[dict[str, str]]:
    """Return the rows of a list of rejects."""
    assert receipt.rejects is not None
    with receipt.rejects.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def mended(path: Path, *changes: tuple[str, str]) -> str:
    """Return the list as a clerk saves it after some changes."""
    text = path.read_text("utf-8-sig")
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    return text


class TestHarmless:
    @pytest.mark.parametrize(
        ("cell", "written"),
        [
            ("=1+1", "'=1+1"),
            ("@SUM(A1)", "'@SUM(A1)"),
            ("-cmd|' /C calc'!A0", "'-cmd|' /C calc'!A0"),
            ("'=1", "''=1"),
            ("-22.54", "-22.54"),
            ("+86", "+86"),
            (-22.54, -22.54),
            (None, ""),
        ],
    )
    def test_leaves_nothing_that_a_spreadsheet_would_run(
        self, cell: object, written: object
    ) -> None:
        assert harmless(cell) == written


class TestRejects:
    def test_have_the_layout_of_the_file_and_say_why(self, hand_in: HandIn) -> None:
        receipt = hand_in(
            "electricity-6.csv",
            "企业代号,电表号,用电日期,用电量,备注\n"
            "E1,M1,2025-03-04,5,a\nE1,M1,2025-03-04,5,b\nE1,M1,2019-02-30,x,=c\n",
        )

        assert listed(receipt) == [
            {
                "企业代号": "E1",
                "电表号": "M1",
                "用电日期": "2025-03-04",
                "用电量": "5",
                "备注": "b",
                "line": "3",
                "outcome": "duplicate",
                "原因": "与第2行相同 / same as line 2",
            },
            {
                "企业代号": "E1",
                "电表号": "M1",
                "用电日期": "2019-02-30",
                "用电量": "x",
                "备注": "'=c",
                "line": "4",
                "outcome": "quarantined",
                "原因": "列“用电日期”：“2019-02-30”不是日历上的日期。请写如2019-02-28；"
                "列“用电量”：“x”不是以千瓦时计、不小于0的用电量。请写数字，如120.5 / "
                "column 用电日期: '2019-02-30' is not a day of the calendar. "
                "Write e.g. 2019-02-28; column 用电量: 'x' is not an amount of "
                "electricity in kWh, 0 or more. Write digits, e.g. 120.5",
            },
        ]

    def test_begin_with_a_mark_by_which_excel_knows_utf_8(
        self, hand_in: HandIn
    ) -> None:
        receipt = hand_in("企业名录.csv", "企业代号,企业名称\nE1,\n")

        assert receipt.rejects is not None
        assert receipt.rejects.read_bytes().startswith(b"\xef\xbb\xbf")
        assert receipt.rejects.name.startswith("enterprises-企业名录-")
        assert receipt.rejects.name.endswith(".errors.csv")

    def test_are_not_written_where_all_rows_are_good(self, hand_in: HandIn) -> None:
        receipt = hand_in("enterprises.csv", "企业代号,企业名称\nE1,甲\n")

        assert receipt.rejects is None

    def test_can_be_mended_and_handed_in_alone(
        self, hand_in: HandIn, lake: Lake
    ) -> None:
        first = hand_in(
            "enterprises.csv",
            'name,id,企业代号,成立日期\n=甲,1,E1,2019-02-28\n=乙,2,E2,2019-02-30\n"丙,3,E3\n',
        )
        assert first.rejects is not None
        text = mended(
            first.rejects,
            ("2019-02-30", "2019-03-01"),
            ('"""丙,3,E3",,,', "丙,3,E3,2020-01-01"),
        )

        second = hand_in(first.rejects.name, text)

        assert (first.added, second.added) == (1, 2)
        assert second.account.unused == ("id",)
        assert second.rejects is None
        names = lake.facts("enterprises").order_by("enterprise_id").name.to_pyarrow()
        assert names.to_pylist() == ["=甲", "=乙", "丙"]

    def test_stay_rejects_if_handed_in_unmended(self, hand_in: HandIn) -> None:
        first = hand_in(
            "enterprises.csv",
            b"\xe4\xbc\x81\xe4\xb8\x9a\xe4\xbb\xa3\xe5\x8f\xb7,name\n"
            b'E1,a\nE1,a\nE2,\xff\nE3,b,c\nE4,\0\n"E5,d\nE6\n',
        )
        assert first.rejects is not None

        second = hand_in(first.rejects.name, first.rejects.read_bytes())

        assert (first.account.quarantined, first.account.duplicates) == (5, 1)
        assert (second.account.quarantined, second.account.duplicates) == (5, 1)
        assert second.added == 0
        assert second.rejects is not None
        assert [(row["name"], row["outcome"]) for row in listed(second)] == [
            (row["name"], row["outcome"]) for row in listed(first)
        ]
        assert second.rejects.name != first.rejects.name
