"""The files of people at work: social security and wages, month by month."""

from typing import Final

import numpy as np

from xiaowei.facts.sources import PAYROLL, SOCIAL_SECURITY
from xiaowei.simulate.arrays import Floats, Ints, whole
from xiaowei.simulate.cash import SOCIAL_DAY, UPKEEP, WAGES_DAY
from xiaowei.simulate.columns import NEVER, counts, dates, money
from xiaowei.simulate.observed import Book, Observer
from xiaowei.simulate.settling import settled

_INSURED: Final = (0.7, 1.0)
_PART_TIME: Final = (0.0, 0.12)
_RATE: Final = 0.34
"""Contributions of both sides, a share of the base."""

_MNAR: Final = 0.5


def staff_books(seen: Observer) -> list[Book]:
    """Return the files of social security and payroll.

    Args:
        seen: what becomes known.
    """
    return [_social(seen), _payroll(seen)]


def _social(seen: Observer) -> Book:
    """Return what was due and paid; ghosts are insured at the lowest base."""
    county, rng = seen.county, seen.chance("social_security")
    days, frauds = county.world.days, county.world.frauds
    due, paid, last = paid_by_month(seen, "social")
    firms = county.world.firms.count
    least, most = _INSURED
    insured = rng.uniform(least, most, size=firms)
    month, firm = np.nonzero(due)
    staff = hands(seen)[month, firm]
    head = np.maximum(whole(staff * insured[firm]), 1)
    ghosts = frauds.is_kind("ghost_staff")[firm] & (month >= frauds.since[firm])
    extra = np.where(ghosts, frauds.intensity[firm], 0.0)
    head = whole(head * (1 + extra))
    happened = np.where(last[month, firm] == NEVER, -1, last[month, firm])
    starts = np.array([days.month_start(m) for m in range(days.months + 1)])
    due_on = starts[month] + SOCIAL_DAY - 1
    # What is never paid in full becomes known as unpaid some weeks after it was due.
    shown = np.where(happened >= 0, happened, due_on + 30)
    order = np.lexsort((firm, shown))
    order = order[shown[order] < days.count]
    month, firm, shown = month[order], firm[order], shown[order]
    amount = due[month, firm]
    return seen.book(
        SOCIAL_SECURITY,
        firm=firm,
        happened=shown,
        columns={
            "period_end": dates(days, starts[month + 1] - 1),
            "headcount": counts(head[order]),
            "base_fen": money(whole(amount / _RATE)),
            "due_fen": money(amount),
            "paid_fen": money(np.minimum(paid[month, firm], amount)),
            "due_on": dates(days, due_on[order]),
        },
    )


def _payroll(seen: Observer) -> Book:
    """Return wages paid; a firm in distress often sends no list."""
    county, rng = seen.county, seen.chance("payroll")
    days, treasury = county.world.days, county.life.treasury
    _, paid, last = paid_by_month(seen, "wages")
    least, most = _PART_TIME
    part_time = rng.uniform(least, most, size=county.world.firms.count)
    month, firm = np.nonzero(paid)
    strained = treasury.strain[month, firm] > _MNAR
    sent = ~(strained & (rng.random(len(firm)) < _MNAR))
    month, firm = month[sent], firm[sent]
    starts = np.array([days.month_start(m) for m in range(days.months + 1)])
    happened = np.where(
        last[month, firm] == NEVER,
        np.minimum(starts[month] + WAGES_DAY + 60, days.count - 1),
        last[month, firm],
    )
    order = np.lexsort((firm, happened))
    month, firm = month[order], firm[order]
    staff = hands(seen)[month, firm]
    head = np.maximum(whole(staff * (1 + part_time[firm])), 1)
    return seen.book(
        PAYROLL,
        firm=firm,
        happened=happened[order],
        columns={
            # Wages of a month are paid on the 10th of the next in many firms; here
            # they are those of the month in which they fall due.
            "period_end": dates(days, starts[month + 1] - 1),
            "headcount": counts(head),
            "wages_fen": money(paid[month, firm]),
        },
    )


def hands(seen: Observer) -> Ints:
    """Return how many work in each firm, month by month.

    Returns:
        Shape: one row per month, warm-up included, one column per firm.
    """
    world, treasury = seen.county.world, seen.county.life.treasury
    due = treasury.fell_due[UPKEEP.index("wages")].astype(np.float64)
    busy = due > 0
    usual = due.sum(axis=0) / np.maximum(busy.sum(axis=0), 1)
    level: Floats = np.clip(due / np.maximum(usual, 1), 0.3, 2.0)
    level[~busy] = 1.0
    return np.maximum(whole(world.firms.staff * (0.7 + 0.3 * level)), 1)


def paid_by_month(seen: Observer, item: str) -> tuple[Ints, Ints, Ints]:
    """Return what of a monthly cost was due and paid, and when the last of it was.

    Args:
        seen: what was lived.
        item: one of `UPKEEP`.

    Returns:
        Fen due, fen paid, and the day on which it was paid in full or `NEVER`. Shape:
        one row per month, one column per firm.
    """
    treasury = seen.county.life.treasury
    due = treasury.fell_due[UPKEEP.index(item)]
    month, firm = np.nonzero(due)
    day, payer = np.nonzero(treasury.by_day[item])
    amount = treasury.by_day[item][day, payer]
    pieces = settled(firm, due[month, firm], payer, amount, debtors=due.shape[1])
    got = np.zeros(len(month), dtype=np.int64)
    np.add.at(got, pieces.due, pieces.amount)
    ends = np.full(len(month), NEVER, dtype=np.int64)
    np.maximum.at(ends, pieces.due, day[pieces.paid])
    paid = np.zeros_like(due)
    paid[month, firm] = got
    last = np.full(due.shape, NEVER, dtype=np.int64)
    full = got == due[month, firm]
    last[month[full], firm[full]] = ends[full]
    return due, paid, last
