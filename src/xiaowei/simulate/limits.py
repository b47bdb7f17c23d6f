"""How much each firm may invoice: face caps, then the quota of digital invoices."""

from typing import Final

import numpy as np

from xiaowei.facts.sources import INVOICE_LIMITS
from xiaowei.money import FEN_PER_WAN
from xiaowei.simulate.arrays import Ints, whole
from xiaowei.simulate.cash import DAYS_A_MONTH
from xiaowei.simulate.columns import money, words
from xiaowei.simulate.observed import Book, Observer
from xiaowei.simulate.tickets import OUTSIDE

REGIMES: Final = ("face_cap", "monthly_quota")

_QUOTA_ROOM: Final = 1.3
_QUOTA_STEP: Final = 10 * FEN_PER_WAN
_LOWEST_CAP: Final = FEN_PER_WAN
_CAP_RAISED: Final = 0.25
_CAP_LOWER_BEFORE_DAYS: Final = 400
_CAP_GRANTED_AFTER: Final = 30

Granted = tuple[int, int, int]
"""Firm, day by number, fen."""


def limit_book(seen: Observer, turns: Ints) -> Book:
    """Return face caps, raised for some, then quotas, raised whenever one is used up.

    Args:
        seen: what becomes known.
        turns: day from which each firm issues all-digital invoices.
    """
    county, rng = seen.county, seen.chance("invoice_limits")
    firms, days = county.world.firms, county.world.days
    everyone = np.arange(firms.count)
    caps = np.maximum(county.life.caps, _LOWEST_CAP)
    born = firms.born(days)
    since = np.minimum(born + _CAP_GRANTED_AFTER, turns - 1)
    raised = rng.random(firms.count) < _CAP_RAISED
    lower = np.flatnonzero(raised & (caps > _LOWEST_CAP))
    quota = np.array(_quotas(seen, turns), dtype=np.int64).reshape(-1, 3)
    firm = np.concatenate([lower, everyone, quota[:, 0]])
    before = since[lower] - _CAP_LOWER_BEFORE_DAYS
    happened = np.concatenate([before, since, quota[:, 1]])
    happened = np.maximum(happened, born[firm])
    limit = np.concatenate([caps[lower] // 10, caps, quota[:, 2]])
    regime = np.repeat((0, 1), (len(lower) + firms.count, len(quota)))
    # Drawn before the rows are put in order, so that no later grant moves an earlier.
    known = np.maximum(happened, county.world.first_day)
    known += seen.lag(INVOICE_LIMITS, len(firm))
    order = np.lexsort((happened, firm))
    return seen.book(
        INVOICE_LIMITS,
        firm=firm[order],
        happened=happened[order],
        known=known[order],
        columns={
            "regime": words(INVOICE_LIMITS, "regime", regime[order], ours=REGIMES),
            "limit_fen": money(limit[order]),
        },
    )


def _quotas(seen: Observer, turns: Ints) -> list[Granted]:
    """Return quotas as they were granted, each from what was invoiced until then.

    The first is of the largest month before the firm turned digital, or where there was
    none of what it planned to sell.
    """
    world = seen.county.world
    days, scale = world.days, world.firms.scale
    sold = _sold(seen)
    monthly = np.add.reduceat(sold, days.starts[:-1], axis=0)
    turned = np.flatnonzero(turns < days.count)
    begins = days.month[np.maximum(turns, 0)]
    past = np.arange(days.months)[:, None] < begins
    largest = np.where(past, monthly, 0).max(axis=0)
    largest = np.where(largest > 0, largest, whole(scale * DAYS_A_MONTH))
    quota = _with_room(largest)
    granted = [(firm, int(turns[firm]), int(quota[firm])) for firm in turned.tolist()]
    for month in range(days.months):
        used_up = (turns < days.count) & (begins <= month) & (monthly[month] > quota)
        first, end = days.starts[month : month + 2]
        for firm in np.flatnonzero(used_up).tolist():
            run = np.cumsum(sold[first:end, firm])
            while run[-1] > quota[firm]:
                step = int(np.argmax(run > quota[firm]))
                quota[firm] = _with_room(run[step])
                granted.append((firm, int(first) + step, int(quota[firm])))
    return granted


def _with_room(largest: Ints) -> Ints:
    """Return a quota that has room for a month's invoices, in whole steps."""
    steps = whole(largest * _QUOTA_ROOM) // _QUOTA_STEP + 1
    return np.asarray(steps * _QUOTA_STEP, dtype=np.int64)


def _sold(seen: Observer) -> Ints:
    """Return what each firm invoiced each day, voids and red letters left aside."""
    world, tickets = seen.county.world, seen.county.tickets
    counted = (tickets.seller != OUTSIDE) & ~tickets.voided & (tickets.net > 0)
    sold = tickets.where(counted)
    daily = np.zeros((world.days.count, world.firms.count), dtype=np.int64)
    np.add.at(daily, (sold.day, sold.seller), sold.net)
    return daily
