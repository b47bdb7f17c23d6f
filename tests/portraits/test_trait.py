"""The dictionary of traits, and the arithmetic that they share."""

import ibis
import pyarrow as pa
import pytest

from xiaowei.facts.sources import FAMILIES
from xiaowei.portraits.portrait import TRAITS
from xiaowei.portraits.traits.trait import (
    EVER,
    Trait,
    concentration,
    growth,
    ratio,
    span_title,
    squares,
    window_text,
)

UNITS = {"fen", "share", "ratio", "count", "days", "months", "kwh", "m3", "grade"}
WINDOWS = {"1m", "3m", "6m", "12m", "24m", "36m", "all", "now"}


class TestRatio:
    @pytest.mark.parametrize(
        ("part", "whole", "expected"),
        [(1, 4, 0.25), (-1, 4, -0.25), (0, 4, 0.0), (1, 0, None), (1, -4, None)],
    )
    def test_is_unknown_where_the_whole_is_not_positive(
        self, part: int, whole: int, expected: float | None
    ) -> None:
        found = ratio(ibis.literal(part), ibis.literal(whole)).to_pyarrow().as_py()

        assert found == expected


class TestGrowth:
    @pytest.mark.parametrize(
        ("now", "before", "expected"),
        [(3, 1, 0.5), (1, 3, -0.5), (5, 0, 1.0), (0, 5, -1.0), (2, -1, 1.0)],
    )
    def test_lies_between_minus_1_and_1(
        self, now: int, before: int, expected: float
    ) -> None:
        assert growth(ibis.literal(now), ibis.literal(before)).to_pyarrow().as_py() == (
            expected
        )

    def test_is_unknown_where_nothing_was_sold_in_either_year(self) -> None:
        assert growth(ibis.literal(0), ibis.literal(0)).to_pyarrow().as_py() is None


class TestSquares:
    def test_are_exact_beyond_what_a_float_or_64_bits_can_hold(self) -> None:
        big = 3 * 10**17
        table = ibis.memtable(pa.table({"x": [big, 1, -big]}))

        found = table.aggregate(
            all=squares(table.x, ibis.literal(value=True)),
            rest=squares(table.x, table.x < big),
        )

        assert found.to_pyarrow().to_pylist() == [
            {"all": float(2 * big**2 + 1), "rest": float(big**2 + 1)}
        ]


class TestConcentration:
    @pytest.mark.parametrize(
        ("parts", "expected"),
        [([1, 1, 1, 1], 0.25), ([7], 1.0), ([3, 1, 0], 0.625), ([0, 0], None)],
    )
    def test_is_the_sum_of_squared_shares(
        self, parts: list[int], expected: float | None
    ) -> None:
        table = ibis.memtable(pa.table({"x": parts}))

        found = table.aggregate(hhi=concentration(table.x, whole=table.x.sum()))

        assert found.to_pyarrow()["hhi"].to_pylist() == [expected]


class TestDictionary:
    def test_names_each_trait_once_in_each_language(self) -> None:
        assert len({trait.name for trait in TRAITS}) == len(TRAITS)
        assert len({trait.zh for trait in TRAITS}) == len(TRAITS)
        assert len({trait.en for trait in TRAITS}) == len(TRAITS)

    @pytest.mark.parametrize("trait", TRAITS, ids=lambda trait: trait.name)
    def test_titles_each_trait_in_short_english(self, trait: Trait) -> None:
        assert 5 < len(trait.en) <= 70
        assert trait.en.isascii()
        assert trait.en != trait.name
        assert "_" not in trait.en
        assert trait.en[-1] != "."

    def test_titles_a_flow_and_a_share_as_an_officer_would(self) -> None:
        titles = {trait.name: trait.en for trait in TRAITS}

        assert titles["sales_24m"] == "sales of 24 months"
        assert titles["sales_void_share_24m"] == "share of voided sales, 24 months"
        assert titles["purchases_all"] == "purchases of all months"

    def test_holds_forty_traits_of_invoices_and_fifteen_of_others(self) -> None:
        of_invoices = [trait for trait in TRAITS if trait.sources == ("invoices",)]

        assert len(of_invoices) >= 40
        assert len(TRAITS) - len(of_invoices) >= 15

    @pytest.mark.parametrize("trait", TRAITS, ids=lambda trait: trait.name)
    def test_says_unit_window_source_direction_and_meaning(self, trait: object) -> None:
        (known,) = [one for one in TRAITS if one is trait]

        assert known.unit in UNITS
        assert known.window in WINDOWS
        assert set(known.sources) <= {*FAMILIES, "network", "series"}
        assert known.direction in {"higher_is_riskier", "lower_is_riskier", "none"}
        assert len(known.meaning) > 10
        assert known.meaning[-1] != "."
        assert any("\u4e00" <= letter <= "\u9fff" for letter in known.zh)

    def test_ends_a_name_in_its_window(self) -> None:
        untimed = {
            "days_since",
            "history_months",
            "span_days",
            "fresh_days",
        }

        assert [
            trait.name
            for trait in TRAITS
            if trait.window != "now"
            and not trait.name.endswith(f"_{trait.window}")
            and not trait.name.endswith(tuple(untimed))
        ] == []


class TestWindowText:
    def test_says_the_window_in_both_languages(self) -> None:
        assert window_text(3) == ("3m", "of the last 3 months", "近3月")
        assert window_text(EVER) == ("all", "of all months known", "累计")


class TestSpanTitle:
    def test_says_the_window_shortly(self) -> None:
        assert span_title(3) == "3 months"
        assert span_title(EVER) == "all months"
