"""Strategies are read whole or refused whole, with every fault named."""

from datetime import date
from pathlib import Path

import pytest

from xiaowei.policy.strategy.reading import (
    StrategiesError,
    load_strategies,
    read_strategies,
)
from xiaowei.policy.strategy.strategy import SEGMENTS, NoStrategyError

DAY = date(2025, 6, 30)
LATER = """
stricter:
  segment: risk_warning
  since: 2025-01-01
  title: {zh: 更严, en: stricter}
  reason: {zh: 行情转差, en: the market has turned}
  limit_share: "0.30"
  rate_bp: "100"
  longest_months: "6"
  review_months: "1"
  watch_days: "1"
  products: [phased]
  staged: only
  set_by: the bank's committee
  reference: {title: minutes of 2024-12-20}
"""


class TestShipped:
    def test_hold_for_every_tier_and_for_new_firms(self) -> None:
        held = load_strategies().on(DAY)

        assert tuple(held) == SEGMENTS
        assert held["risk_warning"].staged == "only"
        assert held["risk_warning"].products == ("phased",)
        assert held["newcomer"].established_when is not None

    def test_ask_for_more_care_the_riskier_the_tier(self) -> None:
        held = load_strategies().on(DAY)
        better, worse = held["steady"], held["risk_warning"]

        assert worse.limit_share < better.limit_share
        assert worse.rate_bp > better.rate_bp
        assert worse.longest_months < better.longest_months
        assert worse.review_months < better.review_months
        assert worse.watch_days < better.watch_days

    def test_hold_on_no_day_before_the_first(self) -> None:
        with pytest.raises(NoStrategyError, match="high_potential"):
            load_strategies().on(date(2015, 12, 31))


class TestOverlay:
    def test_begins_on_its_day_beside_what_is_shipped(self, tmp_path: Path) -> None:
        own = tmp_path / "strategy.yaml"
        own.write_text(LATER, encoding="utf-8")
        held = load_strategies(own)

        assert held.on(date(2024, 12, 31))["risk_warning"].rate_bp == 50
        assert held.on(DAY)["risk_warning"].rate_bp == 100
        assert held.on(DAY)["steady"] == load_strategies().on(DAY)["steady"]

    def test_that_is_not_there_is_refused(self, tmp_path: Path) -> None:
        with pytest.raises(StrategiesError, match="cannot be read"):
            load_strategies(tmp_path / "none.yaml")

    @pytest.mark.parametrize(
        ("old", "new", "said"),
        [
            ('"0.30"', "0.30", r"'stricter'.limit_share: a quoted number"),
            ('"0.30"', '"0"', "0 lies outside 0.01 to 1"),
            ('rate_bp: "100"', 'rate_bp: "-1"', "-1 lies outside 0 to 1000"),
            ("segment: risk_warning", "segment: risky", "one of high_potential"),
            ("staged: only", "staged: never", "one of may, only is due"),
            ("products: [phased]", "products: []", "1 to 40 items are due"),
            ("  set_by: the bank's committee\n", "", "'set_by' is missing"),
            ("since: 2025-01-01", "since: 2016-01-01", "both for 'risk_warning'"),
            ("segment: risk_warning", "segment: newcomer", "'established_when' is due"),
        ],
    )
    def test_with_a_fault_is_refused_with_the_place(
        self, old: str, new: str, said: str
    ) -> None:
        text = LATER.replace(old, new)
        assert text != LATER

        with pytest.raises(StrategiesError, match=said):
            read_strategies(text, file="strategy.yaml", shipped=load_strategies())

    def test_names_every_fault_at_once(self) -> None:
        text = LATER.replace('"0.30"', '"2"').replace('"6"', '"0"')

        with pytest.raises(StrategiesError, match="2 fault") as caught:
            read_strategies(text, file="strategy.yaml")

        assert "limit_share" in str(caught.value)
        assert "longest_months" in str(caught.value)
