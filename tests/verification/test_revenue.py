"""The range in which true revenue lies."""

import math

import ibis
import numpy as np
import pytest
from tests.verification.electricity.plants import AS_OF, Floats, facts, plants

from xiaowei.verification.finding import Case
from xiaowei.verification.revenue import Revenue, revenues

FIRMS = 80
NAMES = [f"E{n:02}" for n in range(FIRMS)]
NOISE_ALONE = math.exp(1.645 * 0.5)


def told(sales: Floats, power: Floats, chance: dict[str, float]) -> dict[str, Revenue]:
    """What comes of plants, each the only owner of its meter."""
    tables = facts(sales, power, names=NAMES)
    case = Case(
        facts={family: ibis.memtable(rows) for family, rows in tables.items()},
        as_of=AS_OF,
        industries=dict.fromkeys(NAMES, "C13"),
    )
    return revenues(case, chance)


def last_year(sales: Floats, place: int = 0) -> float:
    """Sales of a firm's last twelve months that are over, tax included."""
    return float(np.floor(sales[place, -12:]).sum()) * 1.13


def inside(one: Revenue, amount: float) -> bool:
    """Whether an amount lies in the range."""
    return one.low_fen <= amount <= one.high_fen


class TestRevenues:
    def test_are_about_what_an_honest_firm_invoiced(self) -> None:
        one = told(*plants(np.random.default_rng(1), FIRMS, sales_sd=0.2), {})["E00"]

        assert inside(one, one.stated_fen)
        assert one.likely_fen == one.stated_fen
        assert one.stated_fen / one.low_fen < NOISE_ALONE

    def test_hold_what_a_liar_truly_sold(self) -> None:
        sales, power = plants(np.random.default_rng(2), FIRMS, sales_sd=0.2)
        sales[0, -12:] *= 3

        found = told(sales, power, {"E00": 0.97})["E00"]

        true = found.stated_fen / 3
        assert inside(found, true)
        assert found.likely_fen == pytest.approx(true, rel=0.35)

    def test_take_off_only_what_was_invoiced_since_the_lie_began(self) -> None:
        sales, power = plants(np.random.default_rng(3), FIRMS, sales_sd=0.2)
        honest = last_year(sales)
        sales[0, -3:] *= 4

        found = told(sales, power, {"E00": 1.0})["E00"]

        true = found.stated_fen * honest / last_year(sales)
        assert found.likely_fen == pytest.approx(true, rel=0.3)

    def test_leave_room_for_what_nobody_witnesses(self) -> None:
        """Where a firm deceives for certain and no step shows how much."""
        sales, power = plants(np.random.default_rng(4), FIRMS)
        power[0] = np.nan

        found = told(sales, power, {"E00": 1.0})["E00"]

        assert found.witnesses == 0
        assert found.low_fen == pytest.approx(found.stated_fen / NOISE_ALONE, rel=1e-3)

    def test_are_wider_the_less_sure_one_is(self) -> None:
        sales, power = plants(np.random.default_rng(5), FIRMS, sales_sd=0.2)
        sales[0, -12:] *= 3
        wide = [
            one.high_fen / one.low_fen
            for chance in (0.0, 0.5, 1.0)
            for one in [told(sales, power, {"E00": chance})["E00"]]
        ]

        assert wide[1] > wide[2] > wide[0]

    def test_are_not_told_of_firms_without_sales(self) -> None:
        sales, power = plants(np.random.default_rng(6), FIRMS)
        sales[0] = np.nan

        assert "E00" not in told(sales, power, {})
