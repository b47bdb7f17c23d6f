"""Weekly profiles in; firms that move alike beyond what moves all, out.

Profiles that are alike point the same way. Random planes cut space into cells, and only
firms of one cell are compared, several times over, so that a hundred thousand firms
cost a few million comparisons and not five thousand million.

Source: Charikar, Similarity estimation techniques from rounding algorithms, 2002.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
from scipy.ndimage import uniform_filter1d

from xiaowei.verification.chances import Floats
from xiaowei.verification.network.trade import Ints

SEED: Final = 21
TABLES: Final = 32
"""So often is space cut anew; of pairs alike at 0.9, one in forty is missed at most."""
NEIGHBOURS: Final = 60
"""In a cell each firm is compared with so many that follow it in a random order."""
_WANTED: Final = 30_000
_WORLDS: Final = 10
"""Firms seen in worlds of chance over all, and at most so many worlds."""
_AROUND: Final = 9
"""Weeks whose mean is a firm's level in the week in their middle."""
_SHRINK: Final = 20
"""A section of so many firms has half its own movement taken off."""
_SILENT: Final = 1e-9
_NEAREST_SHIFT: Final = 4
"""Weeks by which a profile is turned at least when chance is counted."""
_SPARE_BITS: Final = 2
_LEAST_BITS: Final = 4
_BATCH: Final = 1_000_000


@dataclass(frozen=True, slots=True)
class Twins:
    """The two firms most like each firm.

    Args:
        likeness: Shape: firm, 2; correlations, the higher first; -1 for none.
        other: Shape: firm, 2; their places.
    """

    likeness: Floats
    other: Ints


def directions(values: Floats, groups: Ints, calendar: Floats) -> Floats:
    """Return what is a firm's own in its profile, each row of length 1.

    Slow movement is taken off, and of what is left all that follows the calendar, the
    mean of all firms or that of the firm's section, as closely as each firm follows it.

    Args:
        values: Shape: firm, week; logarithms of what was sold.
        groups: a number per firm, of its section.
        calendar: Shape: fact, week; what of the calendar may move anybody.

    Returns:
        Shape: as values; a row of zeros where nothing is a firm's own.
    """
    quick, dates = _quick(values), _quick(calendar)
    common = quick.mean(axis=0)
    own = np.empty_like(quick)
    for group in np.unique(groups):
        inside = np.flatnonzero(groups == group)
        share = len(inside) / (len(inside) + _SHRINK)
        section = share * quick[inside].mean(axis=0) + (1 - share) * common
        basis, _ = np.linalg.qr(np.vstack([dates, common, section]).T)
        own[inside] = quick[inside] - (quick[inside] @ basis) @ basis.T
    own -= own.mean(axis=1, keepdims=True)
    length = np.linalg.norm(own, axis=1, keepdims=True)
    spread = np.where(length > _SILENT, length, np.inf)
    return np.asarray(own / spread, dtype=np.float64)


def _quick(values: Floats) -> Floats:
    """Return values less their mean over the weeks around each."""
    count = uniform_filter1d(np.ones(values.shape), _AROUND, axis=1, mode="constant")
    around = uniform_filter1d(values, _AROUND, axis=1, mode="constant") / count
    return np.asarray(values - around, dtype=np.float64)


def twins(rows: Floats, *, seed: int = SEED) -> Twins:
    """Return for each firm the two whose profiles are most like its own.

    Args:
        rows: as of `directions`.
        seed: where the planes come from.
    """
    firms, weeks = rows.shape
    likeness = np.full((firms, 2), -1.0)
    other = np.full((firms, 2), -1, dtype=np.int64)
    rng = np.random.default_rng(seed)
    bits = max(int(np.ceil(np.log2(max(firms, 2)))) - _SPARE_BITS, _LEAST_BITS)
    powers = 1 << np.arange(bits)
    for _ in range(TABLES):
        cell = ((rows @ rng.normal(size=(weeks, bits))) > 0) @ powers
        for one, two in _near(cell, rng.permutation(firms)):
            r = np.einsum("ij,ij->i", rows[one], rows[two])
            _keep(likeness, other, np.append(one, two), np.append(two, one), r)
    return Twins(likeness, other)


def _near(cell: Ints, shuffled: Ints) -> Iterator[tuple[Ints, Ints]]:
    """Yield pairs of firms of one cell."""
    order = shuffled[np.argsort(cell[shuffled], kind="stable")]
    sorted_cell = cell[order]
    for apart in range(1, NEIGHBOURS + 1):
        same = np.flatnonzero(sorted_cell[apart:] == sorted_cell[:-apart])
        if not len(same):
            return
        for at in range(0, len(same), _BATCH):
            part = same[at : at + _BATCH]
            yield order[part], order[part + apart]


def _keep(likeness: Floats, other: Ints, firm: Ints, near: Ints, r: Floats) -> None:
    """Put pairs among the two best of their firms where they belong."""
    both = np.append(r, r)
    better = both > likeness[firm, 1]
    firm, near, both = firm[better], near[better], both[better]
    # In rising order the best of a firm is written last; twice, once for each place.
    order = np.argsort(both, kind="stable")
    for _ in range(2):
        mine, them, alike = firm[order], near[order], both[order]
        known = (them == other[mine, 0]) | (them == other[mine, 1])
        mine, them, alike = mine[~known], them[~known], alike[~known]
        last = len(mine) - 1 - np.unique(mine[::-1], return_index=True)[1]
        mine, them, alike = mine[last], them[last], alike[last]
        first = alike > likeness[mine, 0]
        second = ~first & (alike > likeness[mine, 1])
        up = mine[first]
        likeness[up, 1], other[up, 1] = likeness[up, 0], other[up, 0]
        likeness[up, 0], other[up, 0] = alike[first], them[first]
        low = mine[second]
        likeness[low, 1], other[low, 1] = alike[second], them[second]


def alike_tails(rows: Floats, found: Twins, *, seed: int = SEED) -> Floats:
    """Return how probable it is that two others are as like a firm by chance.

    Chance is counted where each profile is turned by weeks of its own, so that nothing
    two firms do at one time is left, and is drawn up to what most firms show.

    Args:
        rows: as of `directions`.
        found: the twins among them.
        seed: where chance comes from.

    Returns:
        Shape: one per firm, 0..1.
    """
    firms, weeks = rows.shape
    rng = np.random.default_rng(seed + 1)
    worlds = int(np.clip(-(-_WANTED // max(firms, 1)), 1, _WORLDS))
    chance = []
    for _ in range(worlds):
        turn = rng.integers(_NEAREST_SHIFT, weeks - _NEAREST_SHIFT, firms)
        places = (np.arange(weeks) + turn[:, np.newaxis]) % weeks
        turned = np.take_along_axis(rows, places, axis=1)
        chance.append(twins(turned, seed=seed).likeness[:, 1])
    every = np.sort(np.concatenate(chance))
    # What still moves most firms together is no template.
    usual = float(np.median(every))
    if usual > 0:
        every *= max(float(np.median(found.likeness[:, 1])) / usual, 1.0)
    above = len(every) - np.searchsorted(every, found.likeness[:, 1], "left")
    return np.asarray((above + 0.5) / (len(every) + 1), dtype=np.float64)
