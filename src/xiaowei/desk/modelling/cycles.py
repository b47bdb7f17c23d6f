"""The lake in; the cycle of defaults as of a day, and states of cases' windows, out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

import ibis.expr.types as ir
import numpy as np
import pyarrow as pa

from xiaowei.desk.knowledge import facts_held, known_facts
from xiaowei.errors import InputError
from xiaowei.facts.lake import Lake
from xiaowei.portraits.moments import Moments, known_by
from xiaowei.portraits.standing import current
from xiaowei.portraits.traits.surroundings import STALE, readings
from xiaowei.risk.cases import Days, plus_months
from xiaowei.risk.cycle import LEAST, Cycle, CycleError, Period, learn_cycle
from xiaowei.risk.outcomes import DAYS_OVERDUE, defaults, watched
from xiaowei.risk.sample import Floats, Ints

MONTHS: Final = 3
"""A period is a quarter."""
_TICKS: Final = 10**6
_FEW: Final = 12


class NoSeriesError(InputError):
    """A series of the economy cannot be set beside periods."""

    def __init__(self, name: str, why: str) -> None:
        """Name it."""
        super().__init__(
            f"series '{name}' cannot be used: {why}",
            expected=f"{_FEW} months of it known by the day, and some of them before "
            "the first period",
            remedy="Hand in the series, name another one, or use none",
        )


@dataclass(frozen=True, slots=True)
class KnownCycle:
    """A cycle as of a day.

    Args:
        cycle: see there.
        ends: the last day of each of its periods.
        series: which series leads it, or null.
    """

    cycle: Cycle
    ends: tuple[date, ...]
    series: str | None

    def states_of(self, decided_on: Days) -> Floats:
        """Return the states of the periods of each case's window.

        Args:
            decided_on: Shape: days; the window begins with the first period that ends
                more than half a period after.

        Returns:
            Shape: (cases, periods ahead); NaN where a period was not over.
        """
        states = np.array([one.value for one in self.cycle.states])
        half = np.timedelta64(round(MONTHS * 30.4 / 2), "D")
        ends = np.array(self.ends, dtype="datetime64[D]")
        first = np.searchsorted(ends, decided_on + half, side="right")
        places = first[:, None] + np.arange(self.cycle.ahead)
        # A window that began before the first period is not known either.
        early = decided_on + half < plus_months(ends[:1], -MONTHS)
        known = (
            (places < len(states)) & ~early[:, None] & ~np.isnat(decided_on)[:, None]
        )
        held: Floats = np.where(
            known, states[np.minimum(places, len(states) - 1)], np.nan
        )
        return held


def cycle_known(
    lake: Lake, *, as_of: date, window_months: int = 12, series: str | None = None
) -> KnownCycle:
    """Return the cycle of defaults that the lake tells as of a day.

    Periods are of three months, the last one ends with the last month that is over and
    each is called by the month it ends with. Those are left out in which a default of
    more than 90 days past due could not yet have been seen.

    Args:
        lake: of the bank.
        as_of: the day; what became known later is not looked at.
        window_months: of the PDs, a multiple of three; the state is told for as long.
        series: by which states are led, such as PMI; null for none. Each period is set
            beside what was known of it on the day before.

    Raises:
        CycleError: too few periods are over.
        NoSeriesError: the series is not known for them.
    """
    if window_months % MONTHS or window_months < MONTHS:
        raise CycleError(f"a window of {window_months} months is no whole quarters")
    facts = facts_held(lake)
    mine = known_facts(facts, as_of=as_of)
    first = lake.engine.to_pyarrow(defaults(mine, as_of=as_of))
    seen = lake.engine.to_pyarrow(watched(mine, as_of=as_of))
    starts, ends = _periods(seen, as_of)
    told: Sequence[float | None] = [None] * (len(ends) + 1)
    if series is not None:
        told = _led(lake, facts, series, [*starts, as_of])
    counts = _counts(first, seen, starts, ends)
    periods = [
        Period(f"{end:%Y-%m}", firms, bads, value)
        for end, (firms, bads), value in zip(ends, counts, told, strict=False)
    ]
    ahead = window_months // MONTHS
    return KnownCycle(
        learn_cycle(periods, ahead=ahead, series=told[-1]), tuple(ends), series
    )


def _periods(seen: pa.Table, as_of: date) -> tuple[list[date], list[date]]:
    """Return the day before each period, and its last day."""
    if not seen.num_rows:
        raise CycleError("nobody's credit was looked at")
    first = min(seen["day"].to_pylist()) + timedelta(days=DAYS_OVERDUE + 1)
    month = np.datetime64(as_of + timedelta(days=1), "M")
    edges: list[date] = []
    while not edges or edges[-1] >= first:
        edges.append((month - MONTHS * len(edges)).astype("datetime64[D]").item())
    days = [edge - timedelta(days=1) for edge in reversed(edges[:-1])]
    if len(days) - 1 < LEAST:
        raise CycleError(f"{max(len(days) - 1, 0)} periods are too few")
    return days[:-1], days[1:]


def _counts(
    first: pa.Table, seen: pa.Table, starts: Sequence[date], ends: Sequence[date]
) -> list[tuple[int, int]]:
    """Return firms that could default in each period, and how many did."""
    lost: Mapping[str, date] = dict(
        zip(first["enterprise_id"].to_pylist(), first["day"].to_pylist(), strict=True)
    )
    firms = np.array(seen["enterprise_id"].to_pylist(), dtype=object)
    days = np.array(seen["day"].to_pylist(), dtype="datetime64[D]")
    found = []
    for start, end in zip(starts, ends, strict=True):
        bads = {firm for firm, day in lost.items() if start < day <= end}
        looked_at = set(firms[(days > np.datetime64(start)) & (days <= end)])
        gone = {firm for firm, day in lost.items() if day <= start}
        found.append((len((looked_at | bads) - gone), len(bads)))
    return found


def _led(
    lake: Lake, facts: Mapping[str, ir.Table], name: str, days: Sequence[date]
) -> list[float]:
    """Return what was known of a series on each day, by its own mean and spread."""
    if "series" not in facts:
        raise NoSeriesError(name, "no series is held")
    by_now = current(known_by(facts["series"], as_of=days[-1]), family="series")
    rows = lake.engine.to_pyarrow(by_now.filter(by_now.series == name))
    values = np.array(rows["value"].to_pylist(), dtype=np.float64)
    if len(values) < _FEW or not values.std():
        raise NoSeriesError(name, f"{len(values)} months of it are known")
    told = readings(facts, Moments(tuple(days)))
    fresh = (told.series == name) & (told.newest <= STALE)
    told = lake.engine.to_pyarrow(told.filter(fresh))
    known = dict(zip(told["moment"].to_pylist(), told["now"].to_pylist(), strict=True))
    for place, day in enumerate(days):
        if place not in known:
            raise NoSeriesError(name, f"it was not known on {day}")
    last: Ints = np.array([known[place] for place in range(len(days))])
    found: list[float] = ((last / _TICKS - values.mean()) / values.std()).tolist()
    return found
