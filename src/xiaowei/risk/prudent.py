"""Grades with few or no defaults in; PDs no observer could call too low out."""

from collections.abc import Sequence
from dataclasses import dataclass

from scipy.stats import beta

from xiaowei.errors import InputError


@dataclass(frozen=True, slots=True)
class GradeBound:
    """What is known of a grade.

    Args:
        grade: its name.
        firms: how many it held.
        bads: how many of them defaulted.
        rate: share of them, 0..1; null of an empty grade.
        bound: the PD that is not exceeded with the confidence asked for, 0..1.
    """

    grade: str
    firms: int
    bads: int
    rate: float | None
    bound: float


class GradeCountsError(InputError):
    """Counts of grades cannot be used."""

    def __init__(self, why: str) -> None:
        """Say why."""
        super().__init__(
            f"counts of grades cannot be used: {why}",
            expected="for each grade firms of 0 or more and no more bads than firms, a "
            "confidence between 0 and 1, and one firm at least in all",
            remedy="Correct the counts",
        )


def prudent_bounds(
    grades: Sequence[tuple[str, int, int]], *, confidence: float = 0.75
) -> list[GradeBound]:
    """Return the most prudent PD of each grade: of it and all worse ones together.

    A grade is taken to be no better than it and all worse grades pooled, so that one
    without a default, or without a firm, has a bound above 0; bounds never fall from a
    grade to a worse one.

    Args:
        grades: (name, firms, bads), the best first.
        confidence: with which a bound is not exceeded, if defaults are independent.

    Raises:
        GradeCountsError: the counts cannot be.

    Source: Pluto and Tasche 2005, independent defaults; bounds by Clopper and Pearson.

    >>> [round(g.bound, 4) for g in prudent_bounds(
    ...     [("A", 100, 0), ("B", 400, 2), ("C", 300, 1)], confidence=0.9)]
    [0.0083, 0.0095, 0.0129]
    """
    _check(grades, confidence)
    found: list[GradeBound] = []
    lower = 0.0
    for at, (grade, firms, bads) in enumerate(grades):
        pool = sum(one[1] for one in grades[at:])
        hits = sum(one[2] for one in grades[at:])
        bound = (
            float(beta.ppf(confidence, hits + 1, pool - hits)) if pool > hits else 1.0
        )
        lower = max(lower, bound)
        found.append(
            GradeBound(grade, firms, bads, bads / firms if firms else None, lower)
        )
    return found


def _check(grades: Sequence[tuple[str, int, int]], confidence: float) -> None:
    if not 0 < confidence < 1:
        raise GradeCountsError(f"confidence {confidence}")
    for grade, firms, bads in grades:
        if not 0 <= bads <= firms:
            raise GradeCountsError(f"grade '{grade}' has {firms} firms, {bads} bads")
    if not sum(one[1] for one in grades):
        raise GradeCountsError("there is no firm")
