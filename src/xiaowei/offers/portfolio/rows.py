"""Limits laid over options: whole numbers that any book can be checked with.

A count is a sum over options of (per lot x lots) + (per firm x whether lent). A row
holds one count, or a count less a share of another, between two bounds:

    lower <= whole x count[member] - part x count[total] <= upper

All of it is whole: a share of 1/3 is 3 x member - 1 x total.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
from scipy import sparse

from xiaowei.offers.demand import FloatArray
from xiaowei.offers.portfolio.limits import Counts, Limit
from xiaowei.offers.portfolio.options import ALONE, UNKNOWN, Labels, Options
from xiaowei.offers.pricing import IntArray


@dataclass(frozen=True, slots=True)
class Row:
    """One row.

    Args:
        limit: whose.
        label: of the dimension, where it holds for each; else null.
        member: place of the count.
        total: place of the count that a share is of; -1 for none.
        whole: factor of the member, at least 1.
        part: factor of the total, at least 0.
        lower: whole number, or null for none.
        upper: likewise.
    """

    limit: Limit
    label: str | None
    member: int
    total: int
    whole: int
    part: int
    lower: int | None
    upper: int | None

    def reached(self, counts: Sequence[int] | IntArray) -> int:
        """Return what the row comes to, to the fen, whatever the size."""
        total = int(counts[self.total]) if self.total >= 0 else 0
        return self.whole * int(counts[self.member]) - self.part * total

    def lacking(self, counts: Sequence[int] | IntArray) -> int:
        """Return by how much the row is not kept; 0 where it is."""
        reached = self.reached(counts)
        above = 0 if self.upper is None else reached - self.upper
        below = 0 if self.lower is None else self.lower - reached
        return max(above, below, 0)


@dataclass(frozen=True, slots=True)
class Rows:
    """All rows over all options.

    Args:
        rows: each.
        per_lot: what a lot adds to each count. Shape: counts by options.
        per_firm: what lending at all adds. Shape: the same.
    """

    rows: tuple[Row, ...]
    per_lot: sparse.csr_array
    per_firm: sparse.csr_array

    def counts(self, lots: IntArray) -> IntArray:
        """Return what a book comes to in every count.

        Args:
            lots: whole. Shape: one per option.
        """
        lent = (lots > 0).astype(np.int64)
        return np.asarray(self.per_lot @ lots + self.per_firm @ lent, dtype=np.int64)

    def kept_by(self, lots: IntArray) -> bool:
        """Tell whether a book keeps every row to the fen."""
        counts = self.counts(lots)
        return not any(row.lacking(counts) for row in self.rows)

    @property
    def mix(self) -> sparse.csr_array:
        """The rows in terms of counts, divided by `whole`. Shape: rows by counts."""
        at, places, values = [], [], []
        for number, row in enumerate(self.rows):
            at.append(number)
            places.append(row.member)
            values.append(1.0)
            if row.total >= 0:
                at.append(number)
                places.append(row.total)
                values.append(-row.part / row.whole)
        shape = len(self.rows), self.per_lot.shape[0]
        return sparse.csr_array((values, (at, places)), shape=shape)

    @property
    def bounds(self) -> tuple[FloatArray, FloatArray]:
        """Lower and upper bound of every row, divided by `whole`; infinite for none."""
        lower = [
            -np.inf if one.lower is None else one.lower / one.whole for one in self.rows
        ]
        upper = [
            np.inf if one.upper is None else one.upper / one.whole for one in self.rows
        ]
        return np.array(lower, dtype=np.float64), np.array(upper, dtype=np.float64)

    @property
    def units(self) -> FloatArray:
        """What a lot of a usual option adds to the member of every row, at least 1."""
        each = (abs(self.per_lot) + abs(self.per_firm)).max(axis=1).todense()
        usual = np.maximum(np.asarray(each, dtype=np.float64).ravel(), 1.0)
        return usual[[row.member for row in self.rows]]

    def some(self, places: Sequence[int]) -> "Rows":
        """Return these rows alone."""
        kept = tuple(self.rows[at] for at in places)
        return Rows(kept, self.per_lot, self.per_firm)


def amounts_of(options: Options, counts: Counts) -> IntArray:
    """Return what a lot of each option adds to a count; a firm counts 1 by itself."""
    if counts == "expected_loss":
        return np.floor(options.pd * options.lost_fen + 0.5).astype(np.int64)
    if counts == "firms":
        return np.zeros(options.count, dtype=np.int64)
    named = {
        "offered": options.offered_fen,
        "drawn": options.drawn_fen,
        "capital": options.capital_fen,
    }
    return named[counts]


def rows_of(options: Options, limits: Sequence[Limit]) -> Rows:
    """Return the rows of limits over options; of a most on each, what can break it.

    Args:
        options: what may be lent.
        limits: each code once.
    """
    made = _Made(options)
    for limit in limits:
        for side in _sides(limit):
            made.add(side)
    return made.rows()


def _sides(limit: Limit) -> Iterator[Limit]:
    """Split a limit: the unknown count against a most, and never towards a least."""
    none = replace(limit, most=None, least=None, most_share=None, least_share=None)
    if limit.most is not None:
        yield replace(none, most=limit.most)
    if limit.least is not None:
        yield replace(none, least=limit.least)
    if limit.most_share is not None:
        yield replace(none, most_share=limit.most_share)
    if limit.least_share is not None:
        yield replace(none, least_share=limit.least_share)


class _Made:
    """Rows as they are made, one count for each set of options that is counted."""

    def __init__(self, options: Options) -> None:
        self._options = options
        self._counts: list[tuple[Counts, npt.NDArray[np.intp]]] = []
        self._totals: dict[Counts, int] = {}
        self._rows: list[Row] = []

    def add(self, limit: Limit) -> None:
        """Add the rows of a limit of one side."""
        if limit.each is None:
            self._row(limit, None, self._members(limit))
            return
        labels = self._options.labels[limit.each]
        order = np.argsort(labels.codes, kind="stable")
        cuts = np.searchsorted(labels.codes[order], np.arange(len(labels.names) + 1))
        for at in np.flatnonzero(self._binding(limit, labels)):
            members = order[cuts[at] : cuts[at + 1]]
            self._row(limit, labels.names[at], members)

    def _binding(self, limit: Limit, labels: Labels) -> npt.NDArray[np.bool_]:
        """Tell which labels a limit on each can be broken by, or is asked of."""
        if limit.most is not None:
            codes, count = labels.codes, len(labels.names)
            return self._most(limit.counts, codes, count) > limit.most
        if limit.most_share is not None:
            return np.ones(len(labels.names), dtype=np.bool_)
        nobody = [one == UNKNOWN or one.startswith(f"{ALONE}:") for one in labels.names]
        return ~np.array(nobody, dtype=np.bool_)

    def rows(self) -> Rows:
        """Return what was made."""
        shape = len(self._counts), self._options.count
        at = [np.full(len(m), n) for n, (_, m) in enumerate(self._counts)]
        members = [m for _, m in self._counts]
        lots = [amounts_of(self._options, c)[m] for c, m in self._counts]
        firms = [np.full(len(m), int(c == "firms")) for c, m in self._counts]
        place = _joined(at), _joined(members)
        return Rows(
            tuple(self._rows),
            _matrix(_joined(lots), place, shape),
            _matrix(_joined(firms), place, shape),
        )

    def _members(self, limit: Limit) -> npt.NDArray[np.intp]:
        if limit.of is None:
            return np.arange(self._options.count)
        dimension, names = limit.of
        labels = self._options.labels[dimension]
        wanted = set(names)
        if limit.most is not None or limit.most_share is not None:
            wanted.add(UNKNOWN)
        chosen = [at for at, name in enumerate(labels.names) if name in wanted]
        return np.flatnonzero(np.isin(labels.codes, chosen))

    def _row(
        self, limit: Limit, label: str | None, members: npt.NDArray[np.intp]
    ) -> None:
        self._counts.append((limit.counts, members))
        member, share = len(self._counts) - 1, limit.most_share
        share = limit.least_share if share is None else share
        if share is None:
            row = Row(limit, label, member, -1, 1, 0, limit.least, limit.most)
        else:
            below = 0 if limit.least_share is not None else None
            above = 0 if limit.most_share is not None else None
            total = self._total(limit.counts)
            whole, part = share.denominator, share.numerator
            row = Row(limit, label, member, total, whole, part, below, above)
        self._rows.append(row)

    def _most(self, counts: Counts, codes: IntArray, count: int) -> IntArray:
        """Return what each label comes to if every firm takes its largest of it."""
        options = self._options
        each = amounts_of(options, counts) * options.most_lots + int(counts == "firms")
        order = np.lexsort((options.firm, codes))
        code, firm, each = codes[order], options.firm[order], each[order]
        first = (code[1:] != code[:-1]) | (firm[1:] != firm[:-1])
        starts = np.flatnonzero(np.r_[True, first])
        most = np.zeros(count, dtype=np.int64)
        np.add.at(most, code[starts], np.maximum.reduceat(each, starts))
        return most

    def _total(self, counts: Counts) -> int:
        if counts not in self._totals:
            self._counts.append((counts, np.arange(self._options.count)))
            self._totals[counts] = len(self._counts) - 1
        return self._totals[counts]


def _joined(parts: Sequence[npt.NDArray[np.intp]] | Sequence[IntArray]) -> IntArray:
    if not parts:
        return np.zeros(0, dtype=np.int64)
    return np.concatenate(parts).astype(np.int64)


def _matrix(
    values: IntArray, place: tuple[IntArray, IntArray], shape: tuple[int, int]
) -> sparse.csr_array:
    made = sparse.csr_array((values, place), shape=shape)
    made.eliminate_zeros()
    return made
