"""Money sent around to look like turnover, or to pay for sales that never were."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from xiaowei.money import FEN_PER_WAN
from xiaowei.simulate.arrays import Flags, Ints, whole
from xiaowei.simulate.history import County
from xiaowei.simulate.links import shells_of
from xiaowei.simulate.seasons import SATURDAY
from xiaowei.simulate.tickets import OUTSIDE

MONEY_MOVES_FROM: Final = 2
"""From this camouflage on invented sales are paid for, with the firm's own money."""

_WASHES_A_MONTH: Final = (4, 9)
_SPREAD: Final = (0.0, 0.002, 0.01, 0.02)
_LATEST_BACK: Final = (1, 1, 2, 3)
"""By camouflage: how far what goes out differs, and within how many days."""


@dataclass(frozen=True, slots=True)
class Washes:
    """Flows that cancel each other.

    Args:
        firm: whose account.
        day: by number.
        amount: fen, above 0 for what comes in.
        other: place of the other side, a firm or in the pool.
        inside: whether the other side is a firm of the county.
    """

    firm: Ints
    day: Ints
    amount: Ints
    other: Ints
    inside: Flags


def washes(county: County, *, rng: np.random.Generator) -> Washes:
    """Return money that comes in and goes out again.

    A well-hidden invented sale is paid for by a shell that had the money from the firm:
    what comes in goes out again within days, to another shell. All other invented sales
    bring no money at all, which shows in the flows.

    Args:
        county: what was lived.
        rng: where chance comes from.
    """
    pairs = [*_turned_over(county, rng=rng), *_paid_for(county, rng=rng)]
    rows = [*pairs[0::2], *pairs[1::2]]
    if not rows:
        none = np.zeros(0, dtype=np.int64)
        return Washes(none, none, none, none, none.astype(np.bool_))
    firm, day, amount, other, inside = (
        np.concatenate([row[place] for row in rows]) for place in range(5)
    )
    lived = _lived(county, firm, day)
    # Both halves of a wash or none: what comes in late in the county's life stays out.
    half = len(firm) // 2
    both = lived[:half] & lived[half:]
    kept = np.concatenate([both, both])
    return Washes(firm[kept], day[kept], amount[kept], other[kept], inside[kept] == 1)


def _turned_over(
    county: County, *, rng: np.random.Generator
) -> list[tuple[Ints, Ints, Ints, Ints, Ints]]:
    """Return turnover without trade; ins first, then in the same order the outs."""
    world = county.world
    days, frauds, firms = world.days, world.frauds, world.firms
    ins: list[tuple[int, int, int, int]] = []
    outs: list[tuple[int, int, int, int]] = []
    for firm in frauds.of_kind("washed_flows"):
        hidden = int(frauds.camouflage[firm])
        shells = shells_of(firms, world.network, firm=firm)
        for month in range(frauds.since[firm], days.months):
            working = np.flatnonzero((days.month == month) & (days.weekday < SATURDAY))
            count = int(rng.integers(*_WASHES_A_MONTH))
            value = frauds.intensity[firm] * firms.scale[firm] * 30 / count
            for _ in range(count):
                day = int(rng.choice(working))
                amount = int(value * rng.lognormal(0, 0.5)) + 1
                if hidden == 0:
                    amount = max(amount // FEN_PER_WAN, 1) * FEN_PER_WAN
                back = day + int(rng.integers(0, _LATEST_BACK[hidden]))
                less = int(amount * rng.uniform(0, _SPREAD[hidden] or 1e-9))
                to = shells[0] if hidden == 0 else rng.choice(shells)
                ins.append((firm, day, amount, int(shells[0])))
                outs.append((firm, back, -(amount - less), int(to)))
    return _columns(ins, outs)


def _paid_for(
    county: County, *, rng: np.random.Generator
) -> list[tuple[Ints, Ints, Ints, Ints, Ints]]:
    """Return the payments for invented sales that are well hidden.

    Where a firm of the county is the buyer, it pays with what a shell sent it that day.
    """
    world = county.world
    frauds, tickets = world.frauds, county.tickets
    hides = frauds.is_kind("fake_sales", "fake_sales_powered", "shell", "packaged")
    hides |= frauds.is_kind("circular", "related_party")
    hides &= frauds.camouflage >= MONEY_MOVES_FROM
    shown = tickets.staged & ~tickets.voided & (tickets.net > 0)
    shown &= (tickets.seller != OUTSIDE) & hides[tickets.seller]
    sold = tickets.where(np.flatnonzero(shown))
    if sold.count == 0:
        return []
    lag = rng.integers(5, 40, sold.count)
    back = rng.integers(0, 3, sold.count)
    paid = _lived(county, sold.seller, sold.day + lag + back)
    paid &= _lived(county, sold.buyer, sold.day + lag)
    sold, lag, back = sold.where(paid), lag[paid], back[paid]
    inside = sold.buyer != OUTSIDE
    payer = np.where(inside, sold.buyer, sold.partner)
    shells = len(world.network.pool) - world.firms.count
    step = rng.integers(0, 4, sold.count)
    other = shells + (sold.seller + step) % world.firms.count
    goes = -np.maximum(whole(sold.total * rng.uniform(0.97, 1.0, sold.count)), 1)
    bought = sold.where(inside)
    day, yes = (sold.day + lag)[inside], np.ones(bought.count, dtype=np.int64)
    lender = shells + (bought.buyer + step[inside]) % world.firms.count
    return [
        (sold.seller, sold.day + lag, sold.total, payer, inside.astype(np.int64)),
        (sold.seller, sold.day + lag + back, goes, other, np.zeros_like(other)),
        (bought.buyer, day, bought.total, lender, 0 * yes),
        (bought.buyer, day, -bought.total, bought.seller, yes),
    ]


def _lived(county: County, firm: Ints, day: Ints) -> Flags:
    """Say which firms trade on a day of their own; who is outside always does."""
    last = county.world.days.count - 1
    traded = county.life.active[np.minimum(day, last), firm]
    return np.asarray((day <= last) & (traded | (firm == OUTSIDE)))


def _columns(
    ins: list[tuple[int, int, int, int]], outs: list[tuple[int, int, int, int]]
) -> list[tuple[Ints, Ints, Ints, Ints, Ints]]:
    if not ins:
        return []
    parts = []
    for rows in (ins, outs):
        table = np.array(rows, dtype=np.int64)
        columns = (table[:, 0], table[:, 1], table[:, 2], table[:, 3])
        parts.append((*columns, np.zeros(len(rows), dtype=np.int64)))
    return parts
