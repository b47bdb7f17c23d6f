"""The files of people at work: social security and wages, month by month."""

from typing import Final

import numpy as np

from xiaowei.facts.sources import PAYROLL, SOCIAL_SECURITY, Source
from xiaowei.simulate.arrays import Floats, Ints, whole
from xiaowei.simulate.cash import (
    DAYS_A_MONTH,
    SOCIAL_DAY,
    SOCIAL_SHARE,
    UPKEEP,
    WAGES_DAY,
)
from xiaowei.simulate.columns import NEVER, counts, dates, money
from xiaowei.simulate.observed import Book, Observer
from xiaowei.simulate.upkeep import Upkeep, upkeep

NOTED_AFTER_DAYS: Final = {SOCIAL_SECURITY.name: 30, PAYROLL.name: 60}
"""Days from a month's due day to the row of what is not wholly paid by then."""

_INSURED: Final = (0.7, 1.0)
_PART_TIME: Final = (0.0, 0.12)
_RATE: Final = 0.34
"""Contributions of both sides, a share of the base."""

_MNAR: Final = 0.5


def staff_books(seen: Observer) -> list[Book]:
    """Return the files of social security and payroll.

    A month that is not wholly paid some weeks after it was due stands in a row that
    says what was paid by then, and in a second, later one when the rest is paid.

    Args:
        seen: what becomes known.
    """
    return [_social(seen), _payroll(seen)]


def _social(seen: Observer) -> Book:
    """Return what was due and paid; ghosts are insured at the lowest base."""
    county, rng = seen.county, seen.chance("social_security")
    days, frauds = county.world.days, county.world.frauds
    cost = upkeep(county.life.treasury, "social")
    least, most = _INSURED
    insured = rng.uniform(least, most, size=county.world.firms.count)
    month, firm = cost.month, cost.firm
    head = np.maximum(whole(hands(seen)[month, firm] * insured[firm]), 1)
    ghosts = frauds.is_kind("ghost_staff")[firm] & (month >= frauds.since[firm])
    head = whole(head * (1 + np.where(ghosts, frauds.intensity[firm], 0.0)))
    due_on = days.starts[month] + SOCIAL_DAY - 1
    rows, happened, known, paid = _told(seen, SOCIAL_SECURITY, cost, due_on=due_on)
    return seen.book(
        SOCIAL_SECURITY,
        firm=firm[rows],
        happened=happened,
        known=known,
        columns={
            "period_end": dates(days, days.starts[month + 1][rows] - 1),
            "headcount": counts(head[rows]),
            "base_fen": money(whole(cost.due / _RATE)[rows]),
            "due_fen": money(cost.due[rows]),
            "paid_fen": money(paid),
            "due_on": dates(days, due_on[rows]),
        },
    )


def _payroll(seen: Observer) -> Book:
    """Return wages paid; a firm in distress often sends no list, and for none paid."""
    county, rng = seen.county, seen.chance("payroll")
    days, treasury = county.world.days, county.life.treasury
    cost = upkeep(treasury, "wages")
    least, most = _PART_TIME
    part_time = rng.uniform(least, most, size=county.world.firms.count)
    month, firm = cost.month, cost.firm
    strained = treasury.strain[month - 1, firm] > _MNAR
    sent = ~(strained & (rng.random(len(firm)) < _MNAR))
    due_on = days.starts[month] + WAGES_DAY - 1
    rows, happened, known, paid = _told(seen, PAYROLL, cost, due_on=due_on)
    told = sent[rows] & (paid > 0)
    rows, happened, known, paid = (a[told] for a in (rows, happened, known, paid))
    month, firm = month[rows], firm[rows]
    head = np.maximum(whole(hands(seen)[month, firm] * (1 + part_time[firm])), 1)
    return seen.book(
        PAYROLL,
        firm=firm,
        happened=happened,
        known=known,
        columns={
            # Wages of a month are paid on the 10th of the next in many firms; here
            # they are those of the month in which they fall due.
            "period_end": dates(days, days.starts[month + 1] - 1),
            "headcount": counts(head),
            "wages_fen": money(paid),
        },
    )


def _told(
    seen: Observer, source: Source, cost: Upkeep, *, due_on: Ints
) -> tuple[Ints, Ints, Ints, Ints]:
    """Return which place each row tells of, its two days, and the fen paid by then."""
    noted = due_on + NOTED_AFTER_DAYS[source.name]
    in_time = (cost.full_on != NEVER) & (cost.full_on <= noted)
    first = np.where(in_time, cost.full_on, noted)
    lag = seen.lag(source, len(first))
    late = np.flatnonzero((cost.full_on != NEVER) & ~in_time)
    rows = np.concatenate([np.arange(len(first)), late])
    happened = np.concatenate([first, cost.full_on[late]])
    corrected = np.maximum(cost.full_on[late], first[late] + 1) + lag[late]
    known = np.concatenate([first + lag, corrected])
    paid = np.concatenate([cost.paid_by(first), cost.due[late]])
    order = np.lexsort((cost.firm[rows], happened))
    return rows[order], happened[order], known[order], paid[order]


def hands(seen: Observer) -> Ints:
    """Return how many work in each firm, month by month.

    Returns:
        Shape: one row per month, warm-up included, one column per firm.
    """
    world, treasury = seen.county.world, seen.county.life.treasury
    due = treasury.fell_due[UPKEEP.index("wages")].astype(np.float64)
    firms = world.firms
    planned = firms.of_trade("wages") * firms.scale * DAYS_A_MONTH * (1 - SOCIAL_SHARE)
    level: Floats = np.clip(due / np.maximum(planned, 1), 0.3, 2.0)
    level[due == 0] = 1.0
    return np.maximum(whole(firms.staff * (0.7 + 0.3 * level)), 1)
