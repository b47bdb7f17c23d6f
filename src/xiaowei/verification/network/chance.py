"""Circles in; how often chance alone gives a firm as many, out.

Circles are normal: returns, work on others' material, a group's treasury, distributors
who trade with each other. What chance gives is counted where all firms keep their
partners and their days, and only the amounts are dealt anew: each pair's level goes to
a pair of firms of like size, and its legs change places among themselves.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, TypeAlias

import numpy as np

from xiaowei.verification.network.circles import (
    LONGEST,
    NONE,
    USUAL,
    Circles,
    Terms,
    circles,
)
from xiaowei.verification.network.trade import Floats, Ints, Legs, Marks

SEED: Final = 20
_WANTED: Final = 30_000
"""Firms seen in worlds dealt anew, over all worlds; so fine are the tails."""
_DEALS: Final = (3, 20)
"""At least and at most so many worlds."""
_LIKE: Final = 50
"""Pairs of like size among whom levels are dealt."""
_RARE: Final = 0.5
"""Beyond what was seen in any world, each further month is at most so likely."""

Innocent: TypeAlias = Callable[[Ints], Marks]
"""Tells which circles, given as members, count for nothing: one group's treasury."""


@dataclass(frozen=True, slots=True)
class Repeats:
    """In how many months a firm's most frequent circle went round, by length.

    Args:
        months: Shape: firm, LONGEST + 1; 0 where it has no circle of a length.
        circle: one round of that circle, NONE where there is none.
    """

    months: Ints
    circle: Ints


def repeats(found: Circles, *, firms: int, innocent: Innocent) -> Repeats:
    """Return the most frequent circle of each firm.

    Args:
        found: rounds, sorted by circle and month.
        firms: how many there are.
        innocent: circles that count for nothing.
    """
    months = np.zeros((firms, LONGEST + 1), dtype=np.int64)
    circle = np.full((firms, LONGEST + 1), NONE, dtype=np.int64)
    fresh = np.ones(len(found), dtype=np.bool_)
    fresh[1:] = (found.members[1:] != found.members[:-1]).any(axis=1)
    start = np.flatnonzero(fresh)
    count = np.diff(np.append(start, len(found)))
    guilty = ~innocent(found.members[start])
    start, count = start[guilty], count[guilty]
    order = np.argsort(count, kind="stable")
    for legs_of in range(2, LONGEST + 1):
        mine = order[found.length[start[order]] == legs_of]
        for place in range(legs_of):
            # In rising order, so that the most frequent is what stays.
            firm = found.members[start[mine], place]
            np.maximum.at(months[:, legs_of], firm, count[mine])
            best = months[firm, legs_of] == count[mine]
            circle[firm[best], legs_of] = start[mine][best]
    return Repeats(months, circle)


def dealt(legs: Legs, *, rng: np.random.Generator) -> Legs:
    """Return legs whose amounts are dealt anew among pairs and within them.

    Args:
        legs: of trade.
        rng: where chance comes from.
    """
    _, pair = np.unique(legs.seller * len(legs.names) + legs.buyer, return_inverse=True)
    logs = np.log(legs.net)
    count = np.bincount(pair)
    level = np.bincount(pair, logs) / count
    order = np.argsort(_expected(legs, logs, pair), kind="stable")
    block = np.arange(len(order)) // _LIKE
    # Within each block the levels stand in a random order.
    mixed = order[np.lexsort((rng.random(len(order)), block))]
    given = np.empty_like(level)
    given[order] = level[mixed]
    shuffled = np.empty_like(logs)
    kept = np.argsort(pair, kind="stable")
    shuffled[kept] = logs[np.lexsort((rng.random(len(pair)), pair))]
    net = np.exp(shuffled - level[pair] + given[pair])
    rate = legs.tax / legs.net
    return Legs(legs.names, legs.seller, legs.buyer, legs.day, net, net * rate)


def _expected(legs: Legs, logs: Floats, pair: Ints) -> Floats:
    """Return the level of each pair as its firms' other pairs would have it."""
    size = len(legs.names)
    firm = np.zeros(len(logs))
    for side in (legs.seller, legs.buyer):
        total, count = np.bincount(side, logs, size), np.bincount(side, minlength=size)
        mine = np.bincount(pair, logs)[pair]
        own = np.bincount(pair)[pair]
        others = count[side] - own
        rest = (total[side] - mine) / np.maximum(others, 1)
        firm += np.where(others > 0, rest, logs.mean() if len(logs) else 0.0)
    return np.asarray(np.bincount(pair, firm) / np.bincount(pair) / 2, dtype=np.float64)


def tails(
    legs: Legs,
    seen: Repeats,
    *,
    innocent: Innocent,
    terms: Terms = USUAL,
    seed: int = SEED,
) -> Floats:
    """Return how probable circles as frequent as a firm's are by chance.

    A first month is as probable as among firms with as many ways through them, each
    further one as among all. The least of the lengths counts, times their number.

    Args:
        legs: of trade.
        seen: the most frequent circle of each firm.
        innocent: circles that count for nothing.
        terms: what makes a chain a circle.
        seed: where chance comes from.

    Returns:
        Shape: one per firm, 0..1.
    """
    firms = len(legs.names)
    rng = np.random.default_rng(seed)
    worlds = int(np.clip(-(-_WANTED // max(firms, 1)), *_DEALS))
    many = [
        repeats(
            circles(dealt(legs, rng=rng), terms), firms=firms, innocent=innocent
        ).months
        for _ in range(worlds)
    ]
    group = ways(legs)
    least = np.ones(firms)
    for legs_of in range(2, LONGEST + 1):
        chance = np.stack([one[:, legs_of] for one in many])
        least = np.minimum(least, _tail(seen.months[:, legs_of], chance, group))
    return np.minimum(least * (LONGEST - 1), 1.0)


def ways(legs: Legs) -> Ints:
    """Return in how many ways trade may pass through a firm, as a class of size."""
    firms = len(legs.names)
    through = np.bincount(legs.buyer, minlength=firms).astype(np.float64)
    through *= np.bincount(legs.seller, minlength=firms)
    return np.floor(np.log10(through + 1)).astype(np.int64)


def _tail(months: Ints, chance: Ints, group: Ints) -> Floats:
    """Return how probable at least so many months are.

    Args:
        months: Shape: firm.
        chance: Shape: world, firm.
        group: firms that are compared for their first month.
    """
    any_of = (chance > 0).sum(axis=0)
    firms = np.bincount(group)
    first = (np.bincount(group, any_of) + 0.5) / (firms * len(chance) + 1)
    positive = chance[chance > 0]
    counts = np.bincount(positive, minlength=2)
    at_least = counts[::-1].cumsum()[::-1]
    further = (at_least + 0.5) / (len(positive) + 1)
    most = len(further) - 1
    within = np.minimum(months, most)
    given = np.minimum(further[within], 1.0) * _RARE ** np.maximum(months - most, 0)
    return np.where(months > 0, first[group] * given, 1.0)
