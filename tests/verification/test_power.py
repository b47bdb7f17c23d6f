"""What meters say of sales, in words and at the rate stated."""

from collections.abc import Mapping

import numpy as np
import pyarrow as pa
import pytest
from tests.factories import Row, arrow
from tests.verification.cases import case, findings
from tests.verification.electricity.plants import (
    AS_OF,
    Floats,
    facts,
    meter,
    month_end,
    plants,
)

from xiaowei.verification.checks.power import CAPACITY, GROWTH, IDLE
from xiaowei.verification.finding import Case
from xiaowei.verification.measured import Measured, tails_of

FIRMS = 80
NAMES = [f"F{n:02}" for n in range(FIRMS)]


def told(
    sales: Floats,
    kwh: Floats,
    *,
    industries: Mapping[str, str] | None = None,
    meters: list[Row] | None = None,
    heads: Floats | None = None,
) -> Case:
    families: dict[str, pa.Table] = facts(sales, kwh, names=NAMES, meters=meters or [])
    if heads is not None:
        families["social_security"] = insured(heads)
    trades = dict.fromkeys(NAMES, "C13") if industries is None else industries
    return case(as_of=AS_OF, industries=trades, **families)


def insured(heads: Floats) -> pa.Table:
    rows = [
        {
            "enterprise_id": name,
            "period_end": month_end(35 - n),
            "happened_on": month_end(35 - n),
            "headcount": int(count),
        }
        for name, row in zip(NAMES, heads, strict=True)
        for n, count in enumerate(row)
    ]
    return arrow("social_security", rows)


def invented(times: float = 6, seed: int = 1) -> tuple[Floats, Floats]:
    """Return honest firms, and F00 that invents sales for a year."""
    sales, kwh = plants(np.random.default_rng(seed), FIRMS)
    sales[0, -12:] *= times
    return sales, kwh


class TestGrowth:
    def test_finds_the_liar_alone_and_says_why(self) -> None:
        found = findings(GROWTH, told(*invented()))

        differs = [one for one in found.values() if one.outcome == "differs"]
        assert [one.enterprise_id for one in differs] == ["F00"]
        (one,) = differs
        assert one.severity in {"medium", "high"}
        assert one.text.en.startswith("invoiced sales of 12 months are ")
        assert "own generation" in (one.benign.en if one.benign else "")
        assert one.observed is not None
        assert one.expected is not None
        assert len(one.evidence) == 5

    def test_shows_the_largest_sales_of_the_window(self) -> None:
        sales, kwh = invented()
        sales[0, 3] = 100 * sales[0].max()

        (*shown,) = findings(GROWTH, told(sales, kwh))["F00"].evidence

        days = [fact.text.en.split()[0] for fact in shown]
        assert all(day > str(month_end(12)) for day in days)

    def test_leaves_honest_firms_in_peace(self) -> None:
        calls = [
            one.outcome == "differs"
            for seed in range(8)
            for one in findings(
                GROWTH, told(*plants(np.random.default_rng(seed), FIRMS))
            ).values()
        ]

        assert len(calls) == 8 * FIRMS
        assert sum(calls) <= 2

    @pytest.mark.parametrize("industry", ["F51", "H62", "I65"])
    def test_does_not_apply_to_trades_that_sell_without_electricity(
        self, industry: str
    ) -> None:
        trades = dict.fromkeys(NAMES, "C13") | {"F00": industry}

        one = findings(GROWTH, told(*invented(), industries=trades))["F00"]

        assert one.outcome == "silent"
        assert "not applicable" in one.text.en

    def test_does_not_apply_where_sales_are_not_seen_to_follow(self) -> None:
        sales, kwh = plants(np.random.default_rng(3), FIRMS, elasticity=-0.5)

        found = findings(GROWTH, told(sales, kwh))

        assert {one.outcome for one in found.values()} == {"silent"}
        assert "not seen to follow" in found["F00"].text.en

    @pytest.mark.parametrize("known", [NAMES[1:], []])
    def test_judges_a_firm_of_unknown_industry(self, known: list[str]) -> None:
        trades = dict.fromkeys(known, "C13")

        one = findings(GROWTH, told(*invented(), industries=trades))["F00"]

        assert one.outcome == "differs"

    def test_says_nothing_without_readings_and_takes_none_for_idle(self) -> None:
        sales, kwh = plants(np.random.default_rng(5), FIRMS)
        kwh[0] = np.nan
        kwh[1, -6:] = np.nan
        kwh[2, -2:] = np.nan

        found = findings(GROWTH, told(sales, kwh))

        assert "F00" not in found
        assert found["F01"].outcome == "agrees"
        assert found["F02"].outcome == "agrees"

    @pytest.mark.parametrize("doubt", [{"shared": "yes"}, {"own_power": "yes"}])
    def test_states_what_a_meter_may_not_see_and_judges_more_mildly(
        self, doubt: dict[str, str]
    ) -> None:
        meters = [meter(name) for name in NAMES[1:]]
        sure = findings(GROWTH, told(*invented(), meters=[meter("F00"), *meters]))
        mild = findings(
            GROWTH, told(*invented(), meters=[meter("F00", **doubt), *meters])
        )

        assert (mild["F00"].unlikely or 0) > (sure["F00"].unlikely or 0)
        assert "judged more mildly" in mild["F00"].text.en
        assert "judged more mildly" not in sure["F00"].text.en

    def test_has_nobody_to_compare_few_firms_with(self) -> None:
        sales, kwh = plants(np.random.default_rng(6), 15)
        few = facts(sales, kwh, names=NAMES[:15])

        found = findings(GROWTH, case(as_of=AS_OF, **few))

        assert {one.outcome for one in found.values()} <= {"silent"}

    def test_says_only_who_is_asked_for_and_the_same(self) -> None:
        looked_at = told(*invented())
        asked = Case(
            facts=looked_at.facts,
            as_of=looked_at.as_of,
            industries=looked_at.industries,
            whom=frozenset({"F00"}),
        )

        (one,) = GROWTH.find(asked)

        assert one == findings(GROWTH, looked_at)["F00"]

    def test_measures_everybody_it_can_judge(self) -> None:
        find = GROWTH.find

        assert isinstance(find, Measured)
        table = find.measure(told(*invented()))
        assert table["enterprise_id"].to_pylist() == NAMES
        assert tails_of(table).argmin() == 0


class TestCapacity:
    def test_finds_who_sells_without_power(self) -> None:
        sales, kwh = plants(np.random.default_rng(7), FIRMS, sales_sd=0.3)
        size = (kwh.mean(axis=1) / 200).round()
        sales[0] *= 40

        meters = [
            meter(name, capacity_kva=float(max(one, 1)))
            for name, one in zip(NAMES, size, strict=True)
        ]
        found = findings(CAPACITY, told(sales, kwh, meters=meters))

        differs = [one for one in found.values() if one.outcome == "differs"]
        assert [one.enterprise_id for one in differs] == ["F00"]
        assert "of the electric capacity was used" in differs[0].text.en
        assert differs[0].severity in {"low", "medium"}

    def test_says_nothing_of_a_firm_without_known_capacity(self) -> None:
        sales, kwh = plants(np.random.default_rng(8), FIRMS)

        found = findings(
            CAPACITY, told(sales, kwh, meters=[meter(name) for name in NAMES[1:]])
        )

        assert set(found) == set(NAMES[1:])

    def test_is_silent_as_a_whole_without_the_register(self) -> None:
        assert CAPACITY.needs == ("invoices", "electricity", "meters")


class TestIdle:
    def test_finds_power_that_no_people_use(self) -> None:
        rng = np.random.default_rng(9)
        sales, kwh = plants(rng, FIRMS, power_sd=0.2)
        staff = np.cumsum(rng.normal(0, 0.08, (FIRMS, 36)), axis=1)
        heads = np.round(100 * np.exp(staff))
        kwh = kwh * np.exp(staff)
        kwh[0, -12:] *= 4

        found = findings(IDLE, told(sales, kwh, heads=heads))

        differs = [one for one in found.values() if one.outcome == "differs"]
        assert [one.enterprise_id for one in differs] == ["F00"]
        assert differs[0].text.en.startswith("electricity of ")

    def test_needs_people_to_be_known(self) -> None:
        heads = np.full((FIRMS, 36), 10.0)

        found = findings(IDLE, told(*invented(), heads=heads))

        assert {one.outcome for one in found.values()} <= {"silent"}
