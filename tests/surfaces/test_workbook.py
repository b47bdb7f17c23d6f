"""The workbook, read back by another library than the one that wrote it."""

import copy
import io
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from python_calamine import CalamineWorkbook

from xiaowei.surfaces.report.workbook import workbook_bytes, write_workbook

Rows = list[list[Any]]
PREFIXES = ("=", "+", "-", "@", "\t", "\r", "\n", "\0", "＝", "＋", "－", "＠")


def sheets(content: bytes) -> dict[str, Rows]:
    book = CalamineWorkbook.from_filelike(io.BytesIO(content))
    return {name: book.get_sheet_by_name(name).to_python() for name in book.sheet_names}


@pytest.fixture(scope="module")
def content(document: dict[str, Any]) -> bytes:
    return workbook_bytes(document)


@pytest.fixture(scope="module")
def read(content: bytes) -> dict[str, Rows]:
    return sheets(content)


class TestWorkbook:
    def test_has_a_sheet_for_each_part_of_the_run(self, read: dict[str, Rows]) -> None:
        assert list(read) == [
            "总览 Overview",
            "企业 Enterprises",
            "核验 Findings",
            "评分构成 Points",
            "预算与利润 Frontier",
            "验证 Validation",
            "数据读取 Data read",
            "指标字典 Traits",
        ]

    def test_heads_every_column_in_both_languages(self, read: dict[str, Rows]) -> None:
        for name, rows in read.items():
            for heading in rows[0]:
                assert "\n" in heading, (name, heading)

    def test_lists_every_firm_with_its_id_as_text(
        self, document: dict[str, Any]
    ) -> None:
        numbered = copy.deepcopy(document)
        numbered["firms"][0]["enterprise_id"] = "911101080000000012"

        rows = sheets(workbook_bytes(numbered))["企业 Enterprises"]

        assert [row[0] for row in rows[1:]] == [
            firm["enterprise_id"] for firm in numbered["firms"]
        ]
        assert rows[1][0] == "911101080000000012"

    def test_writes_money_as_a_number_of_yuan(
        self, document: dict[str, Any], read: dict[str, Rows]
    ) -> None:
        rows = read["企业 Enterprises"]
        at = rows[0].index("授信额度（元）\nLimit (CNY)")

        assert [row[at] for row in rows[1:]] == [
            firm["limit_fen"] / 100 for firm in document["firms"]
        ]

    def test_leaves_the_unknown_empty(
        self, document: dict[str, Any], read: dict[str, Rows]
    ) -> None:
        rows = read["企业 Enterprises"]
        at = rows[0].index("年利率\nYearly rate")

        for firm, row in zip(document["firms"], rows[1:], strict=True):
            assert row[at] == ("" if firm["rate"] is None else firm["rate"])

    def test_points_of_a_firm_add_up_to_its_score(
        self, document: dict[str, Any], read: dict[str, Rows]
    ) -> None:
        rows = read["评分构成 Points"][1:]
        at = read["评分构成 Points"][0].index("分值\nPoints")

        for firm in document["firms"]:
            own = [row[at] for row in rows if row[0] == firm["enterprise_id"]]
            assert sum(own) == firm["score"]

    def test_lists_every_finding_silent_ones_too(
        self, document: dict[str, Any], read: dict[str, Rows]
    ) -> None:
        count = sum(len(firm["findings"]) for firm in document["firms"])

        assert len(read["核验 Findings"]) == count + 1

    def test_shows_the_caveats_and_that_nothing_was_validated(
        self, make: Callable[..., dict[str, Any]]
    ) -> None:
        rows = sheets(workbook_bytes(make(validated=False)))["验证 Validation"]

        said = " ".join(str(row) for row in rows)
        assert "没有验证 Not validated" in said
        assert "只有 27 户违约" in said

    def test_goes_on_in_a_next_sheet_when_one_is_full(
        self, document: dict[str, Any]
    ) -> None:
        read = sheets(workbook_bytes(document, rows_at_most=5))

        parts = [name for name in read if name.startswith("企业")]
        assert parts == [f"企业 Enterprises{end}" for end in ("", " (2)", " (3)")]
        assert sum(len(read[name]) - 1 for name in parts) == len(document["firms"])


class TestFormulas:
    @pytest.mark.parametrize("prefix", PREFIXES)
    def test_no_text_field_becomes_a_formula(
        self, document: dict[str, Any], prefix: str
    ) -> None:
        hostile = f"{prefix}cmd|' /C calc'!A0"
        poisoned = poison(copy.deepcopy(document), hostile)

        content = workbook_bytes(poisoned)

        with zipfile.ZipFile(io.BytesIO(content)) as parts:
            for name in parts.namelist():
                part = parts.read(name)
                assert b"<f>" not in part
                assert b"<hyperlink" not in part
                assert b"externalLink" not in part
        rows = sheets(content)["企业 Enterprises"]
        assert str(rows[1][1]).endswith("cmd|' /C calc'!A0")

    def test_a_defused_text_stays_a_text_when_edited(self, content: bytes) -> None:
        with zipfile.ZipFile(io.BytesIO(content)) as parts:
            assert b'quotePrefix="1"' in parts.read("xl/styles.xml")


def poison(value: Any, hostile: str) -> Any:  # noqa: ANN401 (a walk through JSON)
    """Put a hostile text in every free text of a document."""
    free = {"name", "industry", "park", "zh", "en", "expected", "observed", "file"}
    if isinstance(value, list):
        return [poison(one, hostile) for one in value]
    if not isinstance(value, dict):
        return value
    return {
        key: hostile
        if key in free and isinstance(inner, str)
        else poison(inner, hostile)
        for key, inner in value.items()
    }


class TestWriteWorkbook:
    def test_gives_the_same_bytes_for_the_same_document(
        self, make: Callable[..., dict[str, Any]], content: bytes, tmp_path: Path
    ) -> None:
        path = tmp_path / "run.xlsx"

        write_workbook(make(), path=path)

        assert path.read_bytes() == content

    def test_is_dated_by_the_run_and_not_by_the_clock(self, content: bytes) -> None:
        with zipfile.ZipFile(io.BytesIO(content)) as parts:
            core = parts.read("docProps/core.xml")
        assert core.count(b"2020-02-21T00:00:00Z") == 2
