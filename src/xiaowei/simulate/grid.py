"""The files of the grid and the water works: meters, readings, and bills."""

from typing import Final

import numpy as np
import pyarrow as pa

from xiaowei.facts.sources import ELECTRICITY, METERS, UTILITY_BILLS, WATER
from xiaowei.simulate.arrays import Floats, Ints, whole
from xiaowei.simulate.columns import (
    NEVER,
    dates,
    money,
    numbered,
    numbers,
    picked,
    words,
)
from xiaowei.simulate.electricity import usual_power
from xiaowei.simulate.observed import Book, Observer
from xiaowei.simulate.trades import TRADES
from xiaowei.simulate.upkeep import upkeep

FEN_PER_KWH: Final = 72
FEN_PER_M3: Final = 410
BILL_DUE_DAYS: Final = 15
"""A bill is due so long after the end of its month."""

_WATER_PER_KWH: Final = {"H": 0.05, "A": 0.04, "C": 0.02}
_OTHER_WATER: Final = 0.008
_WATER_SPREAD: Final = 0.6
_WATER_NOISE: Final = 0.18
_CAPACITIES: Final = (20, 50, 80, 100, 160, 200, 315, 400, 500, 630, 800, 1000, 1250)
_SHARED: Final = 0.07
_OWN_POWER: Final = 0.06
_ROOM: Final = (1.2, 3.0)
_POWER_FACTOR: Final = 0.85
_HOURS: Final = 9.0
_PEAK: Final = 1.6
"""What is drawn on a busy day beside what is on most."""

_YES_NO: Final = ("否", "是")


def grid_books(seen: Observer, *, daily: float) -> list[Book]:
    """Return the files of meters, electricity, water and bills.

    Args:
        seen: what becomes known.
        daily: share of meters that are read every day, largest first, 0..1; the
            others are read at the end of each month.
    """
    return [*_electricity(seen, daily=daily), _meters(seen), _water(seen), _bills(seen)]


def monthly(seen: Observer, values: Floats) -> Floats:
    """Return daily values of firms summed by month, warm-up included."""
    days = seen.county.world.days
    return np.asarray(np.add.reduceat(values, days.starts[:-1], axis=0))


def bills_of(seen: Observer) -> Ints:
    """Return what each firm's power and water of each month cost, in fen.

    Returns:
        Shape: power then water; months, warm-up included; firms.
    """
    power = monthly(seen, seen.county.burnt())
    return np.stack([whole(power * FEN_PER_KWH), whole(_m3(seen, power) * FEN_PER_M3)])


def _electricity(seen: Observer, *, daily: float) -> list[Book]:
    county = seen.county
    meters, read, days = county.world.meters, county.readings, county.world.days
    load = np.bincount(read.meter, read.hundredths, minlength=len(meters.firm))
    smart = np.zeros(len(meters.firm), dtype=np.bool_)
    most = np.argsort(-load, kind="stable")[: round(daily * len(load))]
    smart[most] = True
    each = smart[read.meter]
    month = days.month[read.day]
    place = read.meter * days.months + month
    sums = np.bincount(
        place[~each],
        read.hundredths[~each],
        minlength=len(meters.firm) * days.months,
    )
    summed = np.flatnonzero(sums)
    ends = days.starts[1:] - 1
    meter = np.concatenate([read.meter[each], summed // days.months])
    day = np.concatenate([read.day[each], ends[summed % days.months]])
    kwh = np.concatenate([read.hundredths[each], whole(sums[summed])])
    year = np.datetime64(days.first) + day
    years = year.astype("datetime64[Y]").astype(np.int64) + 1970
    books = []
    for one in np.unique(years).tolist():
        chosen = np.flatnonzero(years == one)
        chosen = chosen[np.lexsort((day[chosen], meter[chosen]))]
        book = seen.book(
            ELECTRICITY,
            firm=meters.firm[meter[chosen]],
            happened=day[chosen],
            columns={
                "meter": picked(meters.codes, meter[chosen]),
                "kwh": money(kwh[chosen]),
            },
        )
        books.append(Book(book.source, book.table, str(one)))
    return books


def _meters(seen: Observer) -> Book:
    """Return the capacity of each meter, a step above what its firm was to draw.

    That is what it drew before the first day, or if it is new what its kind draws.
    """
    county, rng = seen.county, seen.chance("meters")
    meters, world = county.world.meters, county.world
    count = len(meters.firm)
    drew = np.quantile(county.power[: world.first_day], 0.98, axis=0)
    planned = _PEAK * usual_power(world.firms)
    peak = np.where(world.firms.opens > 0, planned, drew)[meters.firm] * meters.load
    asked = peak / _HOURS / _POWER_FACTOR * rng.uniform(*_ROOM, count)
    step = np.searchsorted(_CAPACITIES, asked)
    capacity = np.array((*_CAPACITIES, 0))[step]
    large = np.ceil(asked / 250) * 250
    capacity = np.where(step == len(_CAPACITIES), large, capacity)
    born = world.firms.born(world.days)
    since = np.maximum(born[meters.firm] + rng.integers(5, 60, count), -3000)
    plants = np.array([TRADES[place].is_plant for place in world.firms.trade])
    own = plants[meters.firm] & (rng.random(count) < _OWN_POWER)
    shared = ~plants[meters.firm] & (rng.random(count) < _SHARED)
    return seen.book(
        METERS,
        firm=meters.firm,
        happened=since,
        columns={
            "meter": picked(meters.codes, np.arange(count)),
            "capacity_kva": numbers(capacity.astype(np.float64), digits=0),
            "shared": _yes_no(shared),
            "own_power": _yes_no(own),
        },
    )


def _yes_no(flags: np.typing.NDArray[np.bool_]) -> pa.Array:
    return picked(_YES_NO, flags.astype(np.int64))


def _m3(seen: Observer, power: Floats) -> Floats:
    """Return the water of each month and firm as its meter is read, in tenths.

    The stream is made anew on each call, so that the bill is of what the meter says.
    """
    firms = seen.county.world.firms
    usual = np.array([_WATER_PER_KWH.get(t.group, _OTHER_WATER) for t in firms.trades])
    chance = np.random.Generator(np.random.PCG64([*seen.seed, 11]))
    rate = usual * np.exp(chance.normal(0, _WATER_SPREAD, firms.count))
    noise = np.exp(chance.normal(0, _WATER_NOISE, power.shape))
    return np.asarray(np.round(power * rate * noise, 1))


def _water(seen: Observer) -> Book:
    county = seen.county
    days, firms = county.world.days, county.world.firms
    used = _m3(seen, monthly(seen, county.burnt()))
    month, firm = np.nonzero(used[county.first_month :] > 0)
    month += county.first_month
    ends = days.starts[1:] - 1
    return seen.book(
        WATER,
        firm=firm,
        happened=ends[month],
        columns={
            "meter": picked([f"W{code[8:17]}" for code in firms.codes], firm),
            "m3": numbers(used[month, firm], digits=1),
        },
    )


def _bills(seen: Observer) -> Book:
    """Return bills; they are paid with the other costs that fall due after them."""
    county = seen.county
    days = county.world.days
    due = bills_of(seen)
    cost = upkeep(county.life.treasury, "overheads")
    paid_on = np.full(due.shape[1:], NEVER, dtype=np.int64)
    paid_on[cost.month, cost.firm] = cost.full_on
    first = county.first_month
    utility, month, firm = np.nonzero(due[:, first : days.months - 1] > 0)
    month += first
    starts = days.starts
    billed = starts[month + 1]
    known = billed + seen.lag(UTILITY_BILLS, len(month))
    paid = paid_on[month + 1, firm]
    late = np.flatnonzero((paid != NEVER) & (paid > known))
    rows = np.concatenate([np.arange(len(month)), late])
    known_rows = np.concatenate([known, paid[late] + 2])
    told = np.where(paid <= known, paid, NEVER)
    paid_rows = np.concatenate([told, paid[late]])
    order = np.lexsort((firm[rows], known_rows))
    rows = rows[order]
    number = (firm[rows] * 2 + utility[rows]) * days.months + month[rows]
    return seen.book(
        UTILITY_BILLS,
        firm=firm[rows],
        happened=billed[rows],
        known=known_rows[order],
        columns={
            "utility": words(
                UTILITY_BILLS,
                "utility",
                utility[rows],
                ours=("electricity", "water"),
            ),
            "bill_no": numbered(f"ZD{county.world.plan.place.number:03d}", number),
            "due_fen": money(due[utility, month, firm][rows]),
            "due_on": dates(days, billed[rows] + BILL_DUE_DAYS),
            "paid_on": dates(days, paid_rows[order]),
        },
    )
