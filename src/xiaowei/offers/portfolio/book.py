"""The book of loans under limits, what each limit costs, and how good the book is."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

import numpy as np

from xiaowei.money import Fen
from xiaowei.offers.portfolio.choosing import Chosen, Proof, choose
from xiaowei.offers.portfolio.contradiction import (
    ContradictionError,
    NoBookError,
    contradiction,
    contradiction_in_lots,
)
from xiaowei.offers.portfolio.limits import Limit
from xiaowei.offers.portfolio.options import Options
from xiaowei.offers.portfolio.relaxed import Tell
from xiaowei.offers.portfolio.rows import Row, Rows, rows_of
from xiaowei.offers.portfolio.tail import tail_of
from xiaowei.offers.portfolio.views import View, problem_of
from xiaowei.offers.pricing import IntArray


@dataclass(frozen=True, slots=True)
class Use:
    """How far a limit is used.

    Args:
        limit: which.
        label: of its dimension, where it holds for each; else null.
        reached: fen, or firms.
        allowed: the most, or the least that is asked; of a share that share of the
            book, in parts of a fen.
        price: fen of profit for a fen (or a firm) more allowed, at least 0; for a
            limit that asks a least, for a fen less asked. Of the problem in parts of
            lots.
    """

    limit: Limit
    label: str | None
    reached: int
    allowed: Fraction
    price: float


@dataclass(frozen=True, slots=True, kw_only=True)
class TailOf:
    """What a book earns over scenarios of the PDs, in fen.

    Args:
        mean_fen: over all scenarios.
        cvar_fen: over the worst.
        worst_fen: in the worst.
    """

    mean_fen: Fen
    cvar_fen: Fen
    worst_fen: Fen


@dataclass(frozen=True, slots=True, kw_only=True)
class Book:
    """A book of loans.

    Args:
        lots: of each option. Shape: one per option.
        firms: how many are lent to.
        offered_fen: money offered.
        drawn_fen: of it expected to be drawn.
        capital_fen: capital bound.
        profit_fen: expected by the stated PDs.
        worth_fen: of what was made greatest.
        bound_fen: no book within the limits is worth more.
        proof: how good it is known to be.
        uses: every row of every limit; of limits on each label that can be broken.
        tail: over scenarios, where the view has them.
    """

    lots: IntArray
    firms: int
    offered_fen: Fen
    drawn_fen: Fen
    capital_fen: Fen
    profit_fen: Fen
    worth_fen: Fen
    bound_fen: Fen
    proof: Proof
    uses: tuple[Use, ...]
    tail: TailOf | None

    @property
    def gap_fen(self) -> Fen:
        """What a better book could be worth more at most; 0 is the optimum."""
        return self.bound_fen - self.worth_fen


def silent(told: str) -> None:
    """Tell nobody."""


def make_book(
    options: Options,
    limits: Sequence[Limit],
    *,
    view: View,
    tell: Tell = silent,
) -> Book:
    """Choose for every firm one option or none, so that the book is worth most.

    The answer does not depend on the order in which firms and options were given.

    Args:
        options: of all firms.
        limits: each code once.
        view: with which PDs.
        tell: is told of progress.

    Raises:
        ContradictionError: no book keeps all limits; the smallest set is named.
        NoBookError: none was found that does.
    """
    rows = rows_of(options, limits)
    chosen = choose(problem_of(options, rows, view), tell=tell)
    if chosen is None:
        tell("limits contradict each other")
        raise _contradicted(options, limits)
    return _book(options, rows, chosen, view)


def worth_without(
    options: Options,
    limits: Sequence[Limit],
    *,
    without: Limit,
    view: View,
    tell: Tell = silent,
) -> Fen:
    """Return what the best book is worth when a limit is left out.

    Args:
        options: of all firms.
        limits: all.
        without: the one that is left out.
        view: with which PDs.
        tell: is told of progress.
    """
    rest = [one for one in limits if one.code != without.code]
    return make_book(options, rest, view=view, tell=tell).worth_fen


def _contradicted(
    options: Options, limits: Sequence[Limit]
) -> ContradictionError | NoBookError:
    found = contradiction(options, limits)
    if found:
        return ContradictionError(found, whole=False)
    in_lots = contradiction_in_lots(options, limits)
    return ContradictionError(in_lots, whole=True) if in_lots else NoBookError()


def _book(options: Options, rows: Rows, chosen: Chosen, view: View) -> Book:
    lots = chosen.lots
    worth, bound = int(np.floor(chosen.worth)), int(np.ceil(chosen.bound))
    return Book(
        lots=lots,
        firms=int((lots > 0).sum()),
        offered_fen=int(options.offered_fen @ lots),
        drawn_fen=int(options.drawn_fen @ lots),
        capital_fen=int(options.capital_fen @ lots),
        profit_fen=int(options.profit_fen(options.pd) @ lots),
        worth_fen=worth,
        bound_fen=bound,
        proof=chosen.proof,
        uses=_uses(rows, chosen),
        tail=_tail(options, lots, view) if view.rule == "cvar" else None,
    )


def _uses(rows: Rows, chosen: Chosen) -> tuple[Use, ...]:
    counts = rows.counts(chosen.lots)
    return tuple(
        Use(
            limit=row.limit,
            label=row.label,
            reached=int(counts[row.member]),
            allowed=_allowed(row, counts),
            price=abs(float(price)),
        )
        for row, price in zip(rows.rows, chosen.relaxed.prices.rows, strict=True)
    )


def _allowed(row: Row, counts: IntArray) -> Fraction:
    if row.total >= 0:
        return Fraction(row.part, row.whole) * int(counts[row.total])
    bound = row.lower if row.upper is None else row.upper
    return Fraction(bound or 0)


def _tail(options: Options, lots: IntArray, view: View) -> TailOf:
    """Draw other scenarios than those chosen by, which the book was fitted to."""
    fresh = np.random.default_rng([view.seed, 1])
    many = replace(view.spread, scenarios=max(view.spread.scenarios, 500))
    tail = tail_of(options, many, width=view.width, rng=fresh)
    earned = tail.of_book(lots)
    return TailOf(
        mean_fen=round(float(earned.mean())),
        cvar_fen=round(tail.cvar(earned)),
        worst_fen=round(float(earned.min())),
    )
