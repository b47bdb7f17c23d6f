"""PDs and what came in; the grades of a rating scale, each with what is known, out."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import pairwise
from typing import Final

import numpy as np
from scipy.stats import binom

from xiaowei.errors import InputError
from xiaowei.policy.book import Book
from xiaowei.risk.measures import share_interval
from xiaowei.risk.prudent import prudent_bounds
from xiaowei.risk.sample import Floats, Ints

GRADES: Final = 9
_SURE: Final = 0.05


class ScaleError(InputError):
    """The edges of the rating scale do not rise."""

    def __init__(self, edges: Sequence[Decimal]) -> None:
        """Name them."""
        super().__init__(
            "the edges of the rating scale do not rise: " + ", ".join(map(str, edges)),
            expected="shares above 0 and below 1, each above the one before",
            remedy="Correct grade_2_from and those after it in the policy overlay",
        )


@dataclass(frozen=True, slots=True)
class GradeSeen:
    """One grade of the scale, and what came of its firms.

    Args:
        grade: from 1, the best.
        pd_from: the PD it begins at, 0..1.
        firms: how many of those judged it held.
        bads: how many of them defaulted.
        mean_pd: of its firms, 0..1; null of an empty grade.
        low: lower end of the 95% interval of their default rate; null likewise.
        high: its upper end.
        chance: how often so many defaults or more come by chance where the PD is right;
            null likewise. Firms of one grade default together in a bad year, so that
            this is too small then.
        prudent: the PD that is not exceeded with the confidence asked for, also where a
            grade is empty or without a default (Pluto and Tasche).
        too_low: whether more defaulted than its PD allows for by chance, of which that
            of finding any among all grades with firms is at most 5% (Bonferroni).
    """

    grade: int
    pd_from: float
    firms: int
    bads: int
    mean_pd: float | None
    low: float | None
    high: float | None
    chance: float | None
    prudent: float
    too_low: bool


def edges_on(book: Book, *, on: date) -> list[float]:
    """Return the PDs at which grades 2 and on begin, as the bank has set them.

    Args:
        book: the bank's numbers.
        on: the day asked for.

    Raises:
        ScaleError: they do not rise.
    """
    edges = [book.number(f"grade_{at}_from", on=on) for at in range(2, GRADES + 1)]
    bounded = [Decimal(0), *edges, Decimal(1)]
    if any(a >= b for a, b in pairwise(bounded)):
        raise ScaleError(edges)
    return [float(edge) for edge in edges]


def grades_of(pd: Floats, edges: Sequence[float]) -> Ints:
    """Return the grade of each firm, from 1, the best.

    >>> grades_of(np.array([0.001, 0.01, 0.0999, 0.9]), [0.01, 0.1]).tolist()
    [1, 2, 2, 3]
    """
    return np.searchsorted(edges, pd, side="right").astype(np.int64) + 1


def grades_seen(
    pd: Floats, bad: Ints, *, edges: Sequence[float], confidence: float = 0.75
) -> list[GradeSeen]:
    """Return what came of each grade, the best first.

    Args:
        pd: Shape: one PD per firm, of models that had not seen it.
        bad: Shape: 1 for a default, 0 else.
        edges: the PDs at which grades 2 and on begin.
        confidence: of the prudent bounds.
    """
    grade = grades_of(pd, edges)
    places = [np.flatnonzero(grade == at) for at in range(1, len(edges) + 2)]
    bounds = prudent_bounds(
        [(str(at), len(p), int(bad[p].sum())) for at, p in enumerate(places, 1)],
        confidence=confidence,
    )
    sure = _SURE / max(sum(len(p) > 0 for p in places), 1)
    return [
        _seen(at, start, pd[p], bad[p], prudent=bound.bound, sure=sure)
        for at, (start, p, bound) in enumerate(
            zip([0.0, *edges], places, bounds, strict=True), 1
        )
    ]


def _seen(
    grade: int, start: float, pd: Floats, bad: Ints, *, prudent: float, sure: float
) -> GradeSeen:
    firms, bads = len(pd), int(bad.sum())
    if not firms:
        return GradeSeen(
            grade, start, 0, 0, None, None, None, None, prudent, too_low=False
        )
    mean = float(pd.mean())
    low, high = share_interval(bads, firms)
    chance = float(binom.sf(bads - 1, firms, mean))
    return GradeSeen(
        grade, start, firms, bads, mean, low, high, chance, prudent, chance < sure
    )
