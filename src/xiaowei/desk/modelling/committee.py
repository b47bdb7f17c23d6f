"""PDs and outcomes in; what a committee also asks out: grades, and who is referred."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import date
from typing import Any, Final

import numpy as np

from xiaowei.errors import InputError
from xiaowei.policy.book import Book
from xiaowei.risk.abstain import Abstention, AbstentionError, abstention
from xiaowei.risk.measures import share_interval
from xiaowei.risk.sample import Floats, Ints
from xiaowei.risk.scale import edges_on, grades_seen

ERRORS: Final = (0.05, 0.1, 0.2)
"""Shares of each outcome that may be told wrongly, of which one is chosen in use."""


class UnknownErrorRateError(InputError):
    """Firms were to be referred at an error rate that a model was not set for."""

    def __init__(self, error: float, known: Sequence[float]) -> None:
        """Name it, and those that are kept."""
        super().__init__(
            f"the model keeps no bounds for an error of {error:g}",
            expected=("one of " + ", ".join(f"{one:g}" for one in known))
            if known
            else "a model whose judged cases held enough of each outcome, trained "
            "since bounds are kept",
            remedy="Ask for such an error, or train the model again",
        )


def graded(pds: Floats, bad: Ints, *, book: Book, day: date) -> list[dict[str, Any]]:
    """Return what came of each grade of the bank's rating scale, as plain values.

    Args:
        pds: Shape: one PD per case, of a model that had not seen it.
        bad: Shape: 1 for a default, 0 else.
        book: the bank's numbers.
        day: when the scale is asked for.
    """
    found = grades_seen(pds, bad, edges=edges_on(book, on=day))
    return [asdict(one) for one in found]


def referring(pds: Floats, bad: Ints) -> list[dict[str, Any]]:
    """Return when firms are referred, set by cases that a model was not learnt from.

    Args:
        pds: Shape: one PD per case.
        bad: Shape: 1 for a default, 0 else.

    Returns:
        per error rate its bounds and the share of these cases referred; a rate for
        which there are too few cases of an outcome is left out.
    """
    told = []
    for error in ERRORS:
        try:
            bounds = abstention(pds, bad, error=error)
        except AbstentionError:
            continue
        referred = float(np.mean(bounds.told(pds) == "refer"))
        told.append(asdict(bounds) | {"referred": referred})
    return told


def referred(
    kept: Sequence[Mapping[str, Any]], pds: Floats, bad: Ints
) -> list[dict[str, Any]]:
    """Return how bounds set before did on cases that they were not set by.

    Args:
        kept: what `referring` returned then.
        pds: Shape: one PD per case.
        bad: Shape: 1 for a default, 0 else.

    Returns:
        per error rate: bounds, the share referred, and of those who stayed good and
        those who defaulted the share told wrongly with its 95% interval.
    """
    return [_held(bounds_of(one), pds, bad) for one in kept]


def bounds_of(kept: Mapping[str, Any]) -> Abstention:
    """Return kept bounds as they were set."""
    return Abstention(kept["error"], kept["good_up_to"], kept["bad_from"])


def bounds_at(kept: Sequence[Mapping[str, Any]], error: float) -> Abstention:
    """Return the bounds kept for an error rate.

    Raises:
        UnknownErrorRateError: there are none.
    """
    for one in kept:
        if one["error"] == error:
            return bounds_of(one)
    raise UnknownErrorRateError(error, [one["error"] for one in kept])


def _held(bounds: Abstention, pds: Floats, bad: Ints) -> dict[str, Any]:
    told = bounds.told(pds)
    return asdict(bounds) | {
        "referred": float(np.mean(told == "refer")),
        "good_told_bad": _share(told[bad == 0] == "bad"),
        "bad_told_good": _share(told[bad == 1] == "good"),
    }


def _share(hits: "np.ndarray[Any, np.dtype[np.bool_]]") -> dict[str, float] | None:
    if not len(hits):
        return None
    low, high = share_interval(int(hits.sum()), len(hits))
    return {"value": float(hits.mean()), "low": low, "high": high}
