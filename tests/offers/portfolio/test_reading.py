"""Limits are read from YAML, or every fault is named."""

from fractions import Fraction

import pytest

from xiaowei.offers.portfolio.limits import LimitsError
from xiaowei.offers.portfolio.reading import read_mandate

GOOD = """
limits:
  trade:
    title: {zh: 行业, en: trade}
    counts: offered
    each: industry
    most_share: "0.25"
    most: "1000000.50"
  new:
    title: {zh: 首贷, en: new}
    counts: firms
    of: {newcomer: ["yes"]}
    least: "20"
robust: {rule: cvar, level: "0.90", width: "0.40", scenarios: "50", seed: "3"}
"""


class TestReadMandate:
    def test_takes_yuan_to_fen_and_firms_as_they_are(self) -> None:
        mandate = read_mandate(GOOD, file="limits.yaml")

        trade, new = mandate.limits
        assert (trade.each, trade.most, trade.most_share) == (
            "industry",
            100_000_050,
            Fraction(1, 4),
        )
        assert (new.of, new.least) == (("newcomer", ("yes",)), 20)
        assert mandate.view.rule == "cvar"
        assert mandate.view.spread.level == 0.9
        assert (mandate.view.width, mandate.view.seed) == (0.4, 3)

    @pytest.mark.parametrize(
        ("old", "new", "told"),
        [
            ("each: industry", "each: planet", "one of industry, park"),
            ('"0.25"', '"1.25"', "lies outside 0 to 1"),
            ('"0.25"', "0.25", "a quoted number"),
            ('"20"', '"2.5"', "a whole number is due"),
            ('"1000000.50"', '"0.001"', "whole fen are due"),
            ("    counts: firms\n", "", "'counts' is missing"),
            ('    least: "20"', "", "at least one of most, least"),
            ("rule: cvar", "rule: luck", "one of expected, upper, cvar"),
            ("each: industry", "each: industry\n    of: {tier: [a]}", "not both"),
            ('least: "20"', 'least: "20"\n    most: "10"', "least is above the most"),
            ("  new:", "  trade:", "stands twice"),
            ("of: {newcomer: [", "of: {newcomer: [], tier: [", "one dimension"),
            ("limits:", "limit:", "'limits' is missing"),
            ("{zh: 首贷, en: new}", "new", "a mapping is due"),
        ],
    )
    def test_names_a_fault(self, old: str, new: str, told: str) -> None:
        assert old in GOOD

        with pytest.raises(LimitsError, match=told):
            read_mandate(GOOD.replace(old, new), file="limits.yaml")
