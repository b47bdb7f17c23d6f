"""What is wrong with rows of candidates, all rows at once; the first fault of each."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final, TypeAlias

import numpy as np
import numpy.typing as npt

from xiaowei.offers.demand import FloatArray
from xiaowei.offers.portfolio.options import DIMENSIONS, Dimension

Bools: TypeAlias = npt.NDArray[np.bool_]
Texts: TypeAlias = npt.NDArray[np.object_]

_MOST_FEN: Final = 10**12
_MOST_LOTS: Final = 10**5
_MAY_LACK: Final = ("pd_high", "width", "pd_a", "pd_b")
_SHARES: Final = ("pd", "pd_high", "pd_a", "pd_b")
_LOTS: Final = ("least_lots", "most_lots")


@dataclass(frozen=True, slots=True)
class Marked:
    """A column of numbers.

    Args:
        values: NaN where there is none. Shape: one per row, as the next two.
        bad: whether the cell holds something else.
        empty: whether it holds nothing.
    """

    values: FloatArray
    bad: Bools
    empty: Bools


def first_faults(
    faults: Texts,
    *,
    texts: Mapping[str, Texts],
    labels: Mapping[Dimension, Texts],
    numbers: Mapping[str, Marked],
) -> Texts:
    """Return why each row cannot be used; null where it can.

    Args:
        faults: of the row as the file was read, or null. Shape: one per row.
        texts: `enterprise_id` and `option`.
        labels: by dimension.
        numbers: all columns of numbers.
    """
    reasons = faults.astype(object)
    for reason, bad in _tests(texts, numbers):
        _note(reasons, reason, bad)
    good = is_null(reasons)
    for reason, bad in _among(texts, labels, good):
        _note(reasons, reason, bad)
    return reasons


def _note(reasons: Texts, reason: str, bad: Bools) -> None:
    reasons[bad & is_null(reasons)] = reason


def _tests(
    texts: Mapping[str, Texts], numbers: Mapping[str, Marked]
) -> Iterator[tuple[str, Bools]]:
    yield "enterprise_id is empty", _is_empty(texts["enterprise_id"])
    for name, column in numbers.items():
        yield f"{name} is no number", column.bad
        if name not in _MAY_LACK:
            yield f"{name} is empty", column.empty
        yield from _bounds(name, column.values)
    value = {name: column.values for name, column in numbers.items()}
    yield "offered_fen is not above 0", value["offered_fen"] < 1
    yield "drawn_fen is above offered_fen", value["drawn_fen"] > value["offered_fen"]
    yield "least_lots is above most_lots", value["least_lots"] > value["most_lots"]
    yield "pd_high is below pd", value["pd_high"] < value["pd"]


def _bounds(name: str, values: FloatArray) -> Iterator[tuple[str, Bools]]:
    if name in _SHARES:
        yield f"{name} lies outside 0 to 1", (values < 0) | (values > 1)
        return
    if name == "width":
        yield "width lies outside 0 to 10", (values < 0) | (values > 10)  # noqa: PLR2004
        return
    known = ~np.isnan(values)
    yield f"{name} is no whole number", known & (values != np.floor(values))
    low = {"paid_fen": -_MOST_FEN}.get(name, 1 if name in _LOTS else 0)
    high = _MOST_LOTS if name in _LOTS else _MOST_FEN
    yield f"{name} lies outside {low} to {high}", (values < low) | (values > high)


def _among(
    texts: Mapping[str, Texts], labels: Mapping[Dimension, Texts], good: Bools
) -> Iterator[tuple[str, Bools]]:
    """Name rows that contradict another row of the firm; both are set aside."""
    ids = np.where(_is_empty(texts["enterprise_id"]), "", texts["enterprise_id"])
    _, firm = np.unique(ids.astype(np.str_), return_inverse=True)
    option = np.where(_is_empty(texts["option"]), "", texts["option"]).astype(np.str_)
    _, code = np.unique(option, return_inverse=True)
    pair = firm * (int(code.max(initial=0)) + 1) + code
    _, at, times = np.unique(pair[good], return_inverse=True, return_counts=True)
    twice = np.zeros(len(good), dtype=np.bool_)
    twice[good] = times[at] > 1
    yield "the firm has another row of this option", twice
    for name in DIMENSIONS:
        if name != "product":
            yield (
                f"another row of the firm states another {name}",
                _differs(firm, labels[name], good),
            )


def _differs(firm: npt.NDArray[np.intp], label: Texts, good: Bools) -> Bools:
    texts = np.where(_is_empty(label), "", label).astype(np.str_)
    _, code = np.unique(texts, return_inverse=True)
    count = int(firm.max(initial=0)) + 1
    low, high = np.full(count, len(code) + 1), np.full(count, -1)
    np.minimum.at(low, firm[good], code[good])
    np.maximum.at(high, firm[good], code[good])
    return good & (low[firm] < high[firm])


def _is_empty(texts: Texts) -> Bools:
    empty: Bools = is_null(texts) | (texts == "")
    return empty


def is_null(texts: Texts) -> Bools:
    """Tell which values are null."""
    # Compared one by one: an array has no `is`.
    found: Bools = texts == np.array(None, dtype=object)
    return found
