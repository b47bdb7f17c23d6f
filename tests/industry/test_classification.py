"""Codes of GB/T 4754 as files state them."""

import csv
from pathlib import Path

import pytest

from xiaowei.industry.classification import (
    SECTIONS,
    industry_name,
    industry_of,
    level_of,
    upwards,
)
from xiaowei.industry.divisions import DIVISIONS

STANDARD = (
    Path(__file__).resolve().parents[3]
    / "shared/data/cn_reference/gbt4754_2017_industry.csv"
)


class TestIndustry:
    @pytest.mark.parametrize(
        ("code", "expected"),
        [
            ("H62", ("", "H", "H62")),
            ("h6210", ("", "H", "H62", "H621")),
            ("6210", ("", "H", "H62", "H621")),
            ("011", ("", "A", "A01", "A011")),
            ("M", ("", "M")),
            (" M73 ", ("", "M", "M73")),
        ],
    )
    def test_lies_in_its_path(self, code: str, expected: tuple[str, ...]) -> None:
        industry = industry_of(code)

        assert industry is not None
        assert industry.path == expected

    @pytest.mark.parametrize(
        "code", [None, "", "A62", "00", "98", "6", "H6", "餐饮", "U01", "H62100"]
    )
    def test_is_unknown_rather_than_guessed(self, code: str | None) -> None:
        assert industry_of(code) is None
        assert list(upwards(code)) == [""]

    def test_has_a_level_for_each_step(self) -> None:
        levels = [level_of(code) for code in upwards("H6210")]

        assert levels == ["group", "division", "section", "market"]

    def test_is_named_in_two_languages(self) -> None:
        assert industry_name("6210").zh == "H6210 餐饮业"
        assert industry_name("C13").zh == "C13 农副食品加工业"
        assert industry_name("C39").en == "C39 computers and electronics"
        assert industry_name("H").zh == "H 住宿和餐饮业"
        assert industry_name(None).en == "all trades"

    @pytest.mark.data
    @pytest.mark.skipif(not STANDARD.exists(), reason=f"{STANDARD.name} is missing")
    def test_agrees_with_the_standard_in_every_code(self) -> None:
        with STANDARD.open(encoding="utf-8-sig") as file:
            rows = list(csv.DictReader(file))
        parents = {row["code"]: row["parent"] for row in rows}

        for row in rows:
            if row["level"] == "1":
                assert SECTIONS[row["code"]].zh == row["name"]
            else:
                industry = industry_of(row["code"])
                division = parents[row["code"][:2]]
                assert industry is not None
                assert industry.section == division
            if row["level"] == "2":
                # The public list cuts one name short, that of 37.
                assert DIVISIONS[row["code"]].zh.startswith(row["name"])


class TestDivisions:
    def test_are_all_that_there_are(self) -> None:
        assert list(DIVISIONS) == [f"{number:02}" for number in range(1, 98)]
        for code, name in DIVISIONS.items():
            assert industry_of(code) is not None
            assert name.zh
            assert name.en
        assert len({name.zh for name in DIVISIONS.values()}) == 97
