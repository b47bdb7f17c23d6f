"""What a lake tells of the cycle, by what was known by the day."""

from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest
from tests.desk.portraying.lakes import add, lake_of
from tests.factories import Row, credit

from xiaowei.desk.modelling.cycles import KnownCycle, NoSeriesError, cycle_known
from xiaowei.facts.lake import Lake
from xiaowei.risk.cycle import CycleError

AS_OF = date(2024, 7, 15)
FIRMS = 200
BEGAN = date(2022, 8, 20)
BADS = (4, 1, 2, 6, 9, 12)
"""Defaults of the quarters from 2023Q1."""
STARTS = tuple(date(2023 + n // 4, 1 + 3 * (n % 4), 1) for n in range(len(BADS)))


def record(firm: int, day: date, *, defaulted: bool = False, lag: int = 0) -> Row:
    return credit(
        enterprise_id=f"E{firm}",
        happened_on=day,
        known_on=day + timedelta(days=lag),
        defaulted="yes" if defaulted else "no",
    )


def records(bads: Sequence[int] = BADS) -> list[Row]:
    """Return what is on record: all firms each quarter until they default."""
    rows = [record(firm, BEGAN) for firm in range(FIRMS)]
    gone = 0
    for start, lost in zip(STARTS, bads, strict=True):
        day = start + timedelta(days=40)
        rows += [
            record(firm, day, defaulted=firm < gone + lost)
            for firm in range(gone, FIRMS)
        ]
        gone += lost
    return rows


def months(name: str, count: int = 30) -> list[Row]:
    """Return a series that rises by a point a month, known 20 days after its end."""
    ends = [
        date(2022 + (n + 1) // 12, (n + 1) % 12 + 1, 1) - timedelta(days=1)
        for n in range(count)
    ]
    return [
        {
            "series": name,
            "happened_on": end,
            "value": 40.0 + place,
            "known_on": end + timedelta(days=20),
        }
        for place, end in enumerate(ends)
    ]


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    return lake_of({"credit_history": records(), "series": months("PMI")}, tmp_path)


class TestCycleKnown:
    def test_counts_who_could_default_and_who_did(self, lake: Lake) -> None:
        known = cycle_known(lake, as_of=AS_OF)

        periods = known.cycle.periods
        assert [one.name for one in periods] == [
            "2023-03", "2023-06", "2023-09", "2023-12", "2024-03", "2024-06",
        ]  # fmt: skip
        assert [one.bads for one in periods] == list(BADS)
        gone = np.cumsum([0, *BADS[:-1]])
        assert [one.firms for one in periods] == (FIRMS - gone).tolist()
        assert known.ends[-1] == date(2024, 6, 30)

    def test_leaves_out_quarters_in_which_no_default_could_be_seen(
        self, lake: Lake
    ) -> None:
        """Records begin in August: 90 days past due are over in November."""
        known = cycle_known(lake, as_of=AS_OF)

        assert known.cycle.periods[0].name == "2023-03"

    def test_looks_at_nothing_that_became_known_later(self, lake: Lake) -> None:
        before = cycle_known(lake, as_of=AS_OF, series="PMI")
        late = [
            record(150 + n, date(2024, 5, 5), defaulted=True, lag=75) for n in range(20)
        ]
        revised = [
            row | {"value": 99.0, "known_on": AS_OF + timedelta(days=1)}
            for row in months("PMI")
        ]
        add(lake, {"credit_history": late, "series": revised}, file="later")

        assert cycle_known(lake, as_of=AS_OF, series="PMI") == before
        assert cycle_known(lake, as_of=date(2024, 7, 25), series="PMI") != before

    def test_sets_a_period_beside_what_was_published_before_it(
        self, lake: Lake
    ) -> None:
        """By 31 March the month of February is known, 30 of June only in July."""
        known = cycle_known(lake, as_of=AS_OF, series="PMI")

        readings = [one.series for one in known.cycle.periods]
        steps = np.diff(np.array(readings, dtype=float))
        assert np.allclose(steps, steps[0])
        values = 40.0 + np.arange(29)  # of the 30 months the last is not yet known
        first = 40.0 + 10  # November 2022, known on 20 December
        assert readings[0] == pytest.approx((first - values.mean()) / values.std())

    def test_ends_with_the_last_month_that_is_over(self, lake: Lake) -> None:
        known = cycle_known(lake, as_of=date(2024, 6, 29))

        assert known.ends[-1] == date(2024, 5, 31)
        assert known.cycle.periods[-1].bads == BADS[-1]
        assert known.cycle.periods[-1].name == "2024-05"

    def test_tells_worse_times_where_defaults_rise(self, lake: Lake) -> None:
        states = [one.value for one in cycle_known(lake, as_of=AS_OF).cycle.states]

        assert states[1] < states[3] < states[5]

    def test_is_refused_where_too_few_periods_are_over(self, lake: Lake) -> None:
        with pytest.raises(CycleError, match="periods are too few"):
            cycle_known(lake, as_of=date(2023, 8, 1))
        with pytest.raises(CycleError, match="no whole quarters"):
            cycle_known(lake, as_of=AS_OF, window_months=10)

    def test_is_refused_where_nobody_was_looked_at(self, tmp_path: Path) -> None:
        lake = lake_of({"series": months("PMI")}, tmp_path)

        with pytest.raises(CycleError, match="nobody"):
            cycle_known(lake, as_of=AS_OF)

    def test_is_refused_where_the_series_is_not_known(self, lake: Lake) -> None:
        with pytest.raises(NoSeriesError, match="0 months"):
            cycle_known(lake, as_of=AS_OF, series="GDP")
        add(lake, {"series": months("NEW")[12:]}, file="b")
        with pytest.raises(NoSeriesError, match="not known on 2022-12-31"):
            cycle_known(lake, as_of=AS_OF, series="NEW")
        add(lake, {"series": months("OLD", 20)}, file="c")
        with pytest.raises(NoSeriesError, match="not known on 2024-03-31"):
            cycle_known(lake, as_of=AS_OF, series="OLD")


class TestStatesOf:
    def test_are_those_of_the_periods_of_the_window(self, lake: Lake) -> None:
        known = cycle_known(lake, as_of=AS_OF)
        states = [one.value for one in known.cycle.states]

        found = known.states_of(
            np.array(["2022-12-31", "2023-03-31", "2023-05-30"], "datetime64[D]")
        )

        for row, first in zip(found.tolist(), (0, 1, 2), strict=True):
            assert row == states[first : first + 4]

    @pytest.mark.parametrize("day", ["2023-09-30", "2022-06-30", "NaT"])
    def test_are_unknown_where_a_period_was_not_seen(
        self, lake: Lake, day: str
    ) -> None:
        known: KnownCycle = cycle_known(lake, as_of=AS_OF)

        found = known.states_of(np.array([day], "datetime64[D]"))

        assert np.isnan(found).any()
