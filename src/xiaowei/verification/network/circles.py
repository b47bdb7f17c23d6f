"""Legs of trade in; circles that keep time and value out.

A circle is a chain of two to six legs in which each firm sells on within days what it
bought, for about as much, until the first seller has it back. Partial chains grow leg
by leg, month by month of their first leg; only those that keep time and value live on,
so the search costs about as much as there are legs.

Source: temporal cycles as in Kumar and Calders, 2SCENT, VLDB 2018; conditions on value
and tax as in docs on circular invoicing, science C15.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
from scipy import sparse
from scipy.sparse.csgraph import connected_components

from xiaowei.verification.network.trade import (
    Floats,
    Ints,
    Legs,
    Marks,
    key_of,
    onward,
)

LONGEST: Final = 6
NONE: Final = -1
"""Stands where a circle has fewer legs than LONGEST."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What makes a chain of legs a circle.

    Args:
        next_days: each leg begins at most so many days after the one before it.
        whole_days: and at most so many after the first.
        fee: share of the value that may be lost at each leg, 0..1.
        slack: share by which a leg may differ from the first beside that, 0..1.
        vat: value-added tax that a member may bear between what it bought and sold, as
            a share of the first leg.
        least_fen: smaller legs prove nothing.
        most_chains: of one month and length; where there are more, longer circles of
            that month are not sought, and that is told.
    """

    next_days: int = 14
    whole_days: int = 45
    fee: float = 0.08
    slack: float = 0.10
    vat: float = 0.10
    least_fen: int = 1_000_000
    most_chains: int = 5_000_000

    def lower(self, legs: int) -> float:
        """Return the least share of the first leg that a chain's last leg may be."""
        return (1 - self.slack) * (1 - self.fee) ** (legs - 1)

    def upper(self, legs: int) -> float:
        """Return the most. Between two firms what comes back for more was worked on."""
        return 1 + self.slack if legs > _PAIR else 1.0


_PAIR: Final = 2
USUAL: Final = Terms()


@dataclass(frozen=True, slots=True)
class Circles:
    """Rounds of value through circles of firms; of a circle and month, the tightest.

    Args:
        members: Shape: round, LONGEST; firms in the order of trade, the first by name
            first, NONE after the last.
        steps: legs of the round, in the same order.
        month: of the first leg in time, since 1970.
        cut: month and number of legs beyond which circles were not sought.
    """

    members: Ints
    steps: Ints
    month: Ints
    cut: tuple[tuple[int, int], ...]

    def __len__(self) -> int:
        """Count the rounds."""
        return len(self.month)

    @property
    def length(self) -> Ints:
        """Return how many firms each round has."""
        return np.asarray((self.members != NONE).sum(axis=1), dtype=np.int64)


def circles(legs: Legs, terms: Terms = USUAL) -> Circles:
    """Return the rounds of value among firms.

    Args:
        legs: of trade.
        terms: what makes a chain a circle.
    """
    found: list[Ints] = []
    cut: list[tuple[int, int]] = []
    months = month_of(legs.day)
    for month, inside in _windows(legs, months, terms):
        near = inside[_in_knots(legs, inside)]
        part = legs.taken(near)
        first = np.flatnonzero(months[near] == month)
        rounds, stopped = _rounds(part, first, terms)
        found.append(np.where(rounds == NONE, NONE, near[rounds]))
        if stopped:
            cut.append((month, stopped))
    every = np.concatenate([np.zeros((0, LONGEST), dtype=np.int64), *found])
    return _tightest(legs, every, months, tuple(cut))


def month_of(day: Ints) -> Ints:
    """Return the month since 1970 of days since 1970."""
    days = day.astype("datetime64[D]")
    return days.astype("datetime64[M]").astype(np.int64)


def _windows(legs: Legs, months: Ints, terms: Terms) -> Iterator[tuple[int, Ints]]:
    """Yield each month with the legs that a circle begun in it may have.

    The legs are in their own order, which is that of `onward`.
    """
    for month in np.unique(months):
        begin = np.datetime64(int(month), "M").astype("datetime64[D]").astype(np.int64)
        end = np.datetime64(int(month) + 1, "M").astype("datetime64[D]")
        last = end.astype(np.int64) + terms.whole_days
        yield int(month), np.flatnonzero((legs.day >= begin) & (legs.day < last))


def _in_knots(legs: Legs, inside: Ints) -> Marks:
    """Return which legs join firms that reach each other; no others close a circle."""
    seller, buyer = legs.seller[inside], legs.buyer[inside]
    firms, places = np.unique(np.concatenate([seller, buyer]), return_inverse=True)
    s, b = places[: len(seller)], places[len(seller) :]
    graph = sparse.csr_array(
        (np.ones(len(s), dtype=np.int8), (s, b)), shape=(len(firms), len(firms))
    )
    _, knot = connected_components(graph, directed=True, connection="strong")
    return np.asarray(knot[s] == knot[b], dtype=np.bool_)


def _rounds(legs: Legs, first: Ints, terms: Terms) -> tuple[Ints, int]:
    """Return the rounds that begin with some legs, and where it was stopped.

    Returns:
        Shape: round, LONGEST; legs in the order of time. And 0 where nothing was cut.
    """
    keys = onward(legs)
    found = []
    chains = first[:, np.newaxis]
    for length in range(2, LONGEST + 1):
        chains = _grown(legs, keys, chains, terms)
        closes = legs.buyer[chains[:, -1]] == legs.seller[chains[:, 0]]
        back = legs.net[chains[:, -1]] / legs.net[chains[:, 0]]
        rounds = chains[closes & (back <= terms.upper(length))]
        rounds = rounds[_untaxed(legs, rounds, terms)]
        room = np.full((len(rounds), LONGEST - length), NONE, dtype=np.int64)
        found.append(np.hstack([rounds, room]))
        chains = chains[~closes]
        if len(chains) > terms.most_chains and length < LONGEST:
            return np.concatenate(found), length
    return np.concatenate(found), 0


def _grown(legs: Legs, keys: Ints, chains: Ints, terms: Terms) -> Ints:
    """Return chains with each leg that may follow, if it meets no firm twice."""
    last = chains[:, -1]
    by = np.minimum(
        legs.day[last] + terms.next_days, legs.day[chains[:, 0]] + terms.whole_days
    )
    begin = np.searchsorted(keys, key_of(legs.buyer[last], legs.day[last]), "left")
    end = np.searchsorted(keys, key_of(legs.buyer[last], by), "right")
    whole = chains.shape[1] + 1
    parts = [
        _fitting(legs, chains[rows], begin[rows], end[rows], terms)
        for rows in _batches(end - begin)
    ]
    return np.concatenate([np.zeros((0, whole), dtype=np.int64), *parts])


_BATCH: Final = 4_000_000


def _batches(counts: Ints) -> Iterator[slice]:
    """Yield runs of chains that have about _BATCH legs to try together."""
    until = np.cumsum(counts)
    at = 0
    while at < len(counts):
        done = int(until[at - 1]) if at else 0
        stop = max(int(np.searchsorted(until, done + _BATCH, "right")), at + 1)
        yield slice(at, stop)
        at = stop


def _fitting(legs: Legs, chains: Ints, begin: Ints, end: Ints, terms: Terms) -> Ints:
    """Return chains, each with each of its next legs that keep the value."""
    count = end - begin
    row = np.repeat(np.arange(len(chains)), count)
    before = np.cumsum(count) - count
    step = np.arange(len(row)) - np.repeat(before, count) + np.repeat(begin, count)
    share = legs.net[step] / legs.net[chains[row, 0]]
    length = chains.shape[1] + 1
    kept = np.flatnonzero((share >= terms.lower(length)) & (share <= 1 + terms.slack))
    row, step = row[kept], step[kept]
    buyer = legs.buyer[step]
    fresh = np.ones(len(row), dtype=np.bool_)
    for place in range(1, chains.shape[1]):
        fresh &= buyer != legs.seller[chains[row, place]]
    if length == LONGEST:
        fresh &= buyer == legs.seller[chains[row, 0]]
    return np.hstack([chains[row[fresh]], step[fresh][:, np.newaxis]])


def _untaxed(legs: Legs, rounds: Ints, terms: Terms) -> Marks:
    """Return which rounds leave no member with tax to pay or to reclaim."""
    tax = legs.tax[rounds]
    borne = np.abs(tax - np.roll(tax, 1, axis=1)).max(axis=1, initial=0)
    return np.asarray(borne <= terms.vat * legs.net[rounds[:, 0]], dtype=np.bool_)


def _tightest(
    legs: Legs, rounds: Ints, months: Ints, cut: tuple[tuple[int, int], ...]
) -> Circles:
    """Return of each circle and month the round that keeps its value best."""
    month = months[rounds[:, 0]]
    turned = _turned(legs, rounds)
    members = np.where(turned == NONE, NONE, legs.seller[turned])
    spread = _spread(legs, rounds)
    columns = [members[:, place] for place in reversed(range(LONGEST))]
    order = np.lexsort((legs.day[rounds[:, 0]], spread, month, *columns))
    members, month, turned = members[order], month[order], turned[order]
    fresh = np.ones(len(order), dtype=np.bool_)
    same = (members[1:] == members[:-1]).all(axis=1) & (month[1:] == month[:-1])
    fresh[1:] = ~same
    return Circles(members[fresh], turned[fresh], month[fresh], cut)


def _turned(legs: Legs, rounds: Ints) -> Ints:
    """Return rounds that begin with the leg of the member first by name."""
    turned = np.full_like(rounds, NONE)
    length = (rounds != NONE).sum(axis=1)
    for legs_of in range(2, LONGEST + 1):
        rows = np.flatnonzero(length == legs_of)
        steps = rounds[rows, :legs_of]
        start = legs.seller[steps].argmin(axis=1)
        places = (start[:, np.newaxis] + np.arange(legs_of)) % legs_of
        turned[rows, :legs_of] = np.take_along_axis(steps, places, axis=1)
    return turned


def _spread(legs: Legs, rounds: Ints) -> Floats:
    """Return the largest leg of each round over its smallest."""
    absent = rounds == NONE
    net = legs.net[rounds]
    most = np.where(absent, 0, net).max(axis=1, initial=0)
    least = np.where(absent, np.inf, net).min(axis=1, initial=np.inf)
    return np.asarray(most / least, dtype=np.float64)
