"""Tiers follow those of the run before; who moved is counted."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from xiaowei.desk.home import Home, open_home
from xiaowei.desk.tiering import Former, former_tiers, migration
from xiaowei.offers.tiers import Standing, Tier, Tiering, decide_tier, tier_rules
from xiaowei.policy.book import load_book
from xiaowei.records.journal import canonical

DAY = date(2025, 6, 30)


def keep(home: Home, run_id: str, day: date, **tiers: str) -> None:
    """Put a run on record."""
    firms = [{"enterprise_id": firm, "tier": tier} for firm, tier in tiers.items()]
    home.journal.add(
        "run",
        {"run_id": run_id, "as_of": day.isoformat()},
        made_at="2025-07-01T00:00:00Z",
        document=canonical({"firms": firms}),
    )


class TestFormerTiers:
    def test_are_of_the_last_run_of_an_earlier_day(self, tmp_path: Path) -> None:
        with open_home(tmp_path) as home:
            assert former_tiers(home, before=DAY) is None
            keep(home, "march", date(2025, 3, 31), E1="steady")
            keep(home, "may", date(2025, 5, 31), E1="risk_warning")
            keep(home, "april", date(2025, 4, 30), E1="high_potential")
            keep(home, "today", DAY, E1="high_potential")

            assert former_tiers(home, before=DAY) == Former(
                "may", date(2025, 5, 31), {"E1": "risk_warning"}
            )

    def test_are_of_the_last_one_made_of_a_day(self, tmp_path: Path) -> None:
        with open_home(tmp_path) as home:
            keep(home, "first", date(2025, 5, 31), E1="steady")
            keep(home, "again", date(2025, 5, 31), E1="risk_warning")

            former = former_tiers(home, before=DAY)
            assert former is not None
            assert former.run_id == "again"


class TestMigration:
    def test_counts_every_firm_once(self) -> None:
        former = Former(
            "may",
            date(2025, 5, 31),
            {"E1": "steady", "E2": "steady", "E3": "risk_warning", "E4": "steady"},
        )
        now: dict[str, Tier] = {
            "E1": "steady", "E2": "high_potential", "E3": "steady", "E5": "steady",
        }  # fmt: skip
        told = migration(former, {f: Tiering(t, None, ()) for f, t in now.items()})

        assert told is not None
        moves = {(m["from"], m["to"]): m for m in told["moves"]}
        assert len(moves) == 9
        assert moves["steady", "high_potential"]["firms"] == 1
        assert moves["steady", "high_potential"]["share"] == 0.5
        assert moves["high_potential", "steady"]["share"] is None
        assert (told["new"], told["gone"]) == (1, 1)
        assert sum(m["firms"] for m in told["moves"]) == 3

    def test_is_unknown_without_a_run_before(self) -> None:
        assert migration(None, {"E1": Tiering("steady", None, ())}) is None


@pytest.mark.parametrize(
    ("pd", "first", "after"),
    [(0.145, "steady", "risk_warning"), (0.135, "steady", "steady")],
)
def test_a_tier_is_left_by_its_margin_only(pd: float, first: str, after: str) -> None:
    rules = tier_rules(load_book(), on=DAY)
    standing = Standing(
        pd=pd, pd_high=0.2, growth=0.0, expected_value=0.01, worst_finding=0, defaults=0
    )

    # The bound is 0.15 and its margin 0.01.
    assert load_book().number("margin_pd", on=DAY) == Decimal("0.01")
    assert decide_tier(standing, rules=rules).tier == first
    again = decide_tier(standing, rules=rules, previous="risk_warning")
    assert again.tier == after
