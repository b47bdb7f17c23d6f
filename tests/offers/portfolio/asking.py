"""Options and limits as a test asks for them, and the best book by trying all."""

from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import product
from typing import Any

import numpy as np

from xiaowei.offers.portfolio.limits import Counts, Limit
from xiaowei.offers.portfolio.options import (
    DIMENSIONS,
    UNKNOWN,
    Dimension,
    Options,
    options_of,
)
from xiaowei.offers.pricing import IntArray
from xiaowei.said import Said

USUAL: dict[str, Any] = {
    "enterprise_id": "E1",
    "option": "a",
    "least_lots": 1,
    "most_lots": 3,
    "offered_fen": 10,
    "drawn_fen": 8,
    "capital_fen": 1,
    "paid_fen": 5,
    "lost_fen": 0,
    "pd": 0.0,
    "pd_high": np.nan,
    "width": np.nan,
    "pd_a": np.nan,
    "pd_b": np.nan,
}


def option(**stated: Any) -> dict[str, Any]:  # noqa: ANN401 - any column
    """Return a row of options; what is not stated is as usual, labels unknown."""
    return {**USUAL, **dict.fromkeys(DIMENSIONS), **stated}


def options(*rows: dict[str, Any]) -> Options:
    """Return options of rows in any order."""
    return options_of(
        {name: [row[name] for row in rows] for name in USUAL},
        labels={name: [row[name] for row in rows] for name in DIMENSIONS},
    )


def limit(code: str = "budget", counts: Counts = "offered", **stated: Any) -> Limit:  # noqa: ANN401
    """Return a limit; shares may be texts."""
    for side in ("most_share", "least_share"):
        if side in stated:
            stated[side] = Fraction(stated[side])
    return Limit(code=code, title=Said(f"{code}中", code), counts=counts, **stated)


def every_book(one: Options) -> Iterator[IntArray]:
    """Yield all books: for every firm nothing, or lots of one option."""
    ways: list[list[tuple[int, int]]] = [[(-1, 0)] for _ in one.firms]
    for at in range(one.count):
        spread = range(int(one.least_lots[at]), int(one.most_lots[at]) + 1)
        ways[one.firm[at]] += [(at, lots) for lots in spread]
    for chosen in product(*ways):
        lots = np.zeros(one.count, dtype=np.int64)
        for at, n in chosen:
            if n:
                lots[at] = n
        yield lots


def keeps(one: Options, lots: IntArray, limits: Sequence[Limit]) -> bool:
    """Tell whether a book keeps limits, worked out option by option."""
    return all(_keeps(one, lots, limit) for limit in limits)


def _keeps(one: Options, lots: IntArray, limit: Limit) -> bool:
    whole = _count(one, lots, limit, range(one.count))
    if limit.each is not None:
        found = label_texts(one, limit.each)
        return all(
            _within(
                _count(one, lots, limit, _at(found, {name})),
                whole,
                limit,
                asked=name != UNKNOWN,
            )
            for name in set(found)
        )
    if limit.of is None:
        return _within(whole, whole, limit, asked=True)
    found = label_texts(one, limit.of[0])
    named = _count(one, lots, limit, _at(found, set(limit.of[1])))
    widely = _count(one, lots, limit, _at(found, {*limit.of[1], UNKNOWN}))
    return _below(widely, whole, limit) and _above(named, whole, limit)


def _within(value: int, whole: int, limit: Limit, *, asked: bool) -> bool:
    above = not asked or _above(value, whole, limit)
    return above and _below(value, whole, limit)


def _below(value: int, whole: int, limit: Limit) -> bool:
    if limit.most is not None and value > limit.most:
        return False
    return limit.most_share is None or value <= limit.most_share * whole


def _above(value: int, whole: int, limit: Limit) -> bool:
    if limit.least is not None and value < limit.least:
        return False
    return limit.least_share is None or value >= limit.least_share * whole


def label_texts(one: Options, name: Dimension) -> list[str]:
    """Return the label of every option."""
    labels = one.labels[name]
    return [labels.names[code] for code in labels.codes]


def _at(found: list[str], wanted: set[str]) -> list[int]:
    return [at for at, name in enumerate(found) if name in wanted]


def _count(
    one: Options, lots: IntArray, limit: Limit, places: Sequence[int] | range
) -> int:
    if limit.counts == "firms":
        return len({int(one.firm[at]) for at in places if lots[at]})
    amounts: dict[Counts, Any] = {
        "offered": one.offered_fen,
        "drawn": one.drawn_fen,
        "capital": one.capital_fen,
        "expected_loss": np.floor(one.pd * one.lost_fen + 0.5).astype(int),
    }
    return sum(int(amounts[limit.counts][at] * lots[at]) for at in places)


def profit(one: Options, lots: IntArray) -> int:
    """Return what a book earns by the stated PDs."""
    return int(one.profit_fen(one.pd) @ lots)


def best_of_all(one: Options, limits: Sequence[Limit]) -> int | None:
    """Return what the best book earns; null where none keeps the limits."""
    kept = [profit(one, lots) for lots in every_book(one) if keeps(one, lots, limits)]
    return max(kept, default=None)
