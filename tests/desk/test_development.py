"""A PD is learnt from what was known a year before the defaults, where that is told."""

from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path

import ibis.expr.types as ir
import numpy as np
import pandas as pd
import pytest
from tests.desk.counties import taken_county

from xiaowei.desk.development import DevelopmentSample, of_the_day, of_the_year
from xiaowei.desk.home import Home, open_home
from xiaowei.desk.knowledge import Portrayed, facts_held, portray
from xiaowei.desk.modelling.became import became
from xiaowei.risk.assess import LEAST_OUTCOMES
from xiaowei.risk.fit import fit_card
from xiaowei.risk.measures import auc
from xiaowei.risk.pd import AHEAD_TRAITS, PD_TRAITS

DAY = date(2024, 6, 30)
BEFORE = date(2023, 6, 30)
END = date(2025, 6, 30)
FIRMS = 300


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("development")
    return taken_county(place, seed=603, firms=FIRMS, until=END)


@pytest.fixture(scope="module")
def home(place: Path) -> Iterator[Home]:
    with open_home(place / "home") as home:
        yield home


@pytest.fixture(scope="module")
def facts(home: Home) -> dict[str, ir.Table]:
    return facts_held(home.lake)


@pytest.fixture(scope="module")
def truth(place: Path) -> Mapping[str, date]:
    files = sorted((place / "county" / "truth").glob("firms*.parquet"))
    told = pd.concat(map(pd.read_parquet, files)).set_index("enterprise_id")
    return {
        firm: pd.Timestamp(day).date()
        for firm, day in told["default_on"].items()
        if not pd.isna(day)
    }


@pytest.fixture(scope="module")
def today(home: Home, facts: dict[str, ir.Table]) -> Portrayed:
    return portray(facts, as_of=DAY, engine=home.lake.engine)


@pytest.fixture(scope="module")
def year(home: Home, facts: dict[str, ir.Table]) -> DevelopmentSample:
    found = of_the_year(home.lake, facts, day=DAY)
    assert found is not None
    return found


class TestOfTheYear:
    def test_knows_traits_as_they_were_known_then(
        self, home: Home, facts: dict[str, ir.Table], year: DevelopmentSample
    ) -> None:
        then = portray(facts, as_of=BEFORE, engine=home.lake.engine)
        names = year.sample.traits.keys()

        assert (year.day, year.ahead) == (BEFORE, True)
        for place, firm in enumerate(year.sample.ids):
            stated = [then.rows[firm][name] for name in names]
            found = [year.sample.traits[name][place] for name in names]
            assert found == pytest.approx(
                [np.nan if one is None else one for one in stated], nan_ok=True
            )

    def test_tells_what_became_of_them_since(
        self, year: DevelopmentSample, truth: Mapping[str, date]
    ) -> None:
        lost = [truth.get(firm) for firm in year.sample.ids]
        bad = [one is not None and BEFORE < one <= DAY for one in lost]
        gone = [one is not None and one <= BEFORE for one in lost]

        # What is recorded days later may fall beyond the window's end.
        assert np.mean(np.array(bad) == year.defaulted) > 0.97
        assert np.mean(gone) < 0.01

    def test_learns_what_holds_in_the_year_after(
        self, today: Portrayed, year: DevelopmentSample, truth: Mapping[str, date]
    ) -> None:
        alive = [
            at
            for at, firm in enumerate(today.sample.ids)
            if firm not in truth or truth[firm] > DAY
        ]
        firms = today.sample.take(np.array(alive))
        bad = np.array([firm in truth for firm in firms.ids], dtype=np.int64)

        def area(taught: DevelopmentSample) -> float:
            card = fit_card(
                taught.sample,
                taught.defaulted,
                expected=taught.expected,
                generator=np.random.default_rng(1),
            )
            return auc(card.pd(card.score(firms)), bad)

        ahead, of_day = area(year), area(of_the_day(today, day=DAY))

        assert ahead > 0.70
        assert ahead > of_day

    def test_uses_no_trait_that_is_known_of_few(
        self, home: Home, facts: dict[str, ir.Table], year: DevelopmentSample
    ) -> None:
        silent = {name: one for name, one in facts.items() if name != "bank_flows"}
        found = of_the_year(home.lake, silent, day=DAY)

        assert found is not None
        assert {one.trait for one in year.expected} >= {"runway_3m", "sales_12m"}
        assert "runway_3m" not in {one.trait for one in found.expected}
        assert {one.trait for one in found.expected} <= {
            one.trait for one in AHEAD_TRAITS
        }

    def test_is_nothing_where_facts_do_not_reach_back(
        self, home: Home, facts: dict[str, ir.Table]
    ) -> None:
        assert of_the_year(home.lake, facts, day=date(2023, 12, 31)) is None

    def test_is_nothing_where_no_credit_was_looked_at_by_then(
        self, home: Home, facts: dict[str, ir.Table]
    ) -> None:
        credit = ("credit_history", "bureau_loans", "repayments")
        late = {
            name: one.filter(one.happened_on > BEFORE) if name in credit else one
            for name, one in facts.items()
        }

        assert of_the_year(home.lake, late, day=DAY) is None

    def test_is_nothing_where_no_trait_is_known_of_enough(
        self, home: Home, facts: dict[str, ir.Table], year: DevelopmentSample
    ) -> None:
        told = year.sample.ids[: len(year.sample.ids) // 5]
        outcomes = ("credit_history", "repayments", "consents")
        few = {
            name: one if name in outcomes else one.filter(one.enterprise_id.isin(told))
            for name, one in facts.items()
            if name in {*outcomes, "invoices", "bank_flows"}
        }

        found = became(home.lake, few, today=DAY)
        assert found.between(BEFORE, DAY) >= LEAST_OUTCOMES
        assert of_the_year(home.lake, few, day=DAY) is None

    def test_is_nothing_where_too_few_defaulted(
        self, home: Home, facts: dict[str, ir.Table], year: DevelopmentSample
    ) -> None:
        bads = [firm for firm, bad in year.outcomes.items() if bad]
        spared = bads[9:]
        few = {
            name: one.filter(~one.enterprise_id.isin(spared))
            if "enterprise_id" in one.columns
            else one
            for name, one in facts.items()
        }

        assert len(bads) > 9
        assert of_the_year(home.lake, few, day=DAY) is None


class TestOfTheDay:
    def test_takes_the_standing_on_record(self, today: Portrayed) -> None:
        found = of_the_day(today, day=DAY)

        assert (found.day, found.ahead, found.expected) == (DAY, False, PD_TRAITS)
        assert set(found.sample.ids) <= set(today.sample.ids)
        assert found.outcomes == {
            firm: int(row["defaulted"]) for firm, row in today.histories.items()
        }
