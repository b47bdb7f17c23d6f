"""Numbers, days and texts in; those whose way of being written tells the outcome out.

A field that was keyed again after the default, or that holds what came to pass and not
what was agreed, differs in its last digits from firms of the same size: SBA terms are
whole years unless the loan was charged off. So firms are compared within windows of
size, and the odds ratio over all windows is what counts.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np

from xiaowei.risk.leaks.bounds import ALONE, Doubt, Marks, Odds, odds_within
from xiaowei.risk.leaks.candidate import Candidate
from xiaowei.risk.leaks.dossier import Dossier
from xiaowei.risk.leaks.leak import Kind, Leak, found
from xiaowei.risk.sample import Floats, Ints

MODULI: Final = (2, 3, 4, 5, 6, 7, 10, 12)
"""Divisors of which every remainder is looked at."""

ROUND: Final = (30, 50, 100, 360, 500, 1000, 5000, 10000)
"""Divisors of which only the multiples are looked at."""

_ODDS: Final = 12.0
_ODDS_IN_ALL: Final = 6.0
_ODDS_DOUBTED: Final = 4.0
_LOG_DOUBTED: Final = float(np.log(_ODDS_DOUBTED))
_PART: Final = 0.20
_LITTLE: Final = 0.10
_DECIMALS: Final = 6
_CENTS: Final = 4
_NEARLY_ALL: Final = 0.9
_EXACT: Final = 1e-9
_LARGEST: Final = 1e15
_FEWEST_VALUES: Final = 4
_FEWEST_WRITTEN: Final = 10
_WINDOWS: Final = np.linspace(0, 1, 9)[1:-1]
_WEEK: Final = 7
_YEAR: Final = 12


@dataclass(frozen=True, slots=True)
class Trace:
    """A way of being written, and how the outcome follows it.

    Args:
        kind: of leak.
        text: what the marked have in common.
        odds: of the marked to the others.
        spread: over how many values the defaults of the worse side are spread.
    """

    kind: Kind
    text: str
    odds: Odds
    spread: float


def told_by_digits(candidate: Candidate, dossier: Dossier) -> Iterator[Leak]:
    """Yield a candidate whose last digits, decimals or calendar tell the outcome."""
    known = candidate.known
    if candidate.form == "number":
        known = known & (candidate.values != 0)
    numbers, defaulted = candidate.values[known], dossier.defaulted[known]
    if candidate.form == "category" or len(numbers) < _FEWEST_WRITTEN:
        return
    look = _calendars if candidate.form == "day" else _writings
    traces = list(look(numbers, defaulted))
    traces = [one for one in traces if one.spread >= _FEWEST_WRITTEN]
    if traces:
        yield from _graved(candidate.name, _strongest(traces, dossier.doubt), dossier)


def decimals_of(numbers: Floats) -> Ints:
    """Return how many decimals each number is written with; 7 means more than six.

    >>> decimals_of(np.array([5.0, 0.25, 1 / 3])).tolist()
    [0, 2, 7]
    """
    found_at = np.full(len(numbers), _DECIMALS + 1)
    near = _EXACT * np.maximum(1, np.abs(numbers))
    for places in range(_DECIMALS, -1, -1):
        found_at[np.abs(np.round(numbers, places) - numbers) < near] = places
    return found_at


def remainders(whole: Ints, defaulted: Ints) -> Iterator[Trace]:
    """Yield how the outcome follows remainders among numbers of one size.

    Args:
        whole: Shape: one number per firm, none 0.
        defaulted: Shape: 1 for a default, 0 else.
    """
    distinct, cuts = np.unique(whole), np.quantile(whole, _WINDOWS)
    for modulus in (*MODULI, *ROUND):
        enough = np.bincount(distinct % modulus, minlength=modulus) >= _FEWEST_VALUES
        if len(distinct) < 2 * min(modulus, _YEAR) or enough.sum() == 0:
            continue
        every = _odds_of_rests(whole, defaulted, modulus, cuts)
        for rest, odds in enumerate(every):
            if odds is not None and enough[rest] and abs(odds.log) >= _LOG_DOUBTED:
                text = f"remainder {rest} of division by {modulus}"
                spread = _spread(whole, whole % modulus == rest, odds, defaulted)
                yield Trace("remainder", text, odds, spread)


def _writings(numbers: Floats, defaulted: Ints) -> Iterator[Trace]:
    numbers = np.abs(numbers)
    places = decimals_of(numbers)
    most = int(np.quantile(places, _NEARLY_ALL))
    fits = (places <= most) & (numbers * 10.0**most < _LARGEST)
    if most <= _CENTS:
        whole = np.rint(numbers[fits] * 10**most).astype(np.int64)
        yield from remainders(whole, defaulted[fits])
    windows = np.searchsorted(np.unique(np.quantile(numbers, _WINDOWS)), numbers)
    for most in range(_DECIMALS):
        mark = places <= most
        odds = _marked_odds(mark, numbers, windows, defaulted)
        if odds is not None:
            spread = _spread(numbers, mark, odds, defaulted)
            yield Trace("precision", f"at most {most} decimals", odds, spread)


def _calendars(days: Floats, defaulted: Ints) -> Iterator[Trace]:
    dates = days.astype(np.int64).astype("datetime64[D]")
    months = dates.astype("datetime64[M]")
    in_month = (dates - months).astype(np.int64) + 1
    tomorrow = (dates + 1).astype("datetime64[M]")
    windows = np.searchsorted(np.unique(np.quantile(days, _WINDOWS)), days)
    marks = {
        "first of the month": in_month == 1,
        "last of the month": tomorrow != months,
        "middle of the month": in_month == _YEAR + 3,
        "weekend": (days.astype(np.int64) + 3) % _WEEK >= _WEEK - 2,
    }
    for day in range(_WEEK):
        marks[f"weekday {day + 1}"] = (days.astype(np.int64) + 3) % _WEEK == day
    for month in range(_YEAR):
        marks[f"month {month + 1}"] = months.astype(np.int64) % _YEAR == month
    for text, mark in marks.items():
        odds = _marked_odds(mark, days, windows, defaulted)
        if odds is not None:
            yield Trace("calendar", text, odds, _spread(days, mark, odds, defaulted))


def _marked_odds(
    mark: Marks, numbers: Floats, windows: Ints, defaulted: Ints
) -> Odds | None:
    sides = (numbers[mark], numbers[~mark])
    if any(len(np.unique(side)) < _FEWEST_WRITTEN for side in sides):
        return None
    count = int(windows.max()) + 1
    cells = windows * 2 + mark
    bads = np.bincount(cells, weights=defaulted, minlength=2 * count).astype(float)
    firms = np.bincount(cells, minlength=2 * count).astype(np.float64)
    (odds,) = _odds_of_cells(
        bads.reshape(count, 2), firms.reshape(count, 2), slice(1, 2)
    )
    if odds is None or abs(odds.log) < _LOG_DOUBTED:
        return None
    return odds


def _spread(numbers: Floats | Ints, mark: Marks, odds: Odds, defaulted: Ints) -> float:
    """Return over how many values, evenly held, the bads of the worse side spread.

    One value that defaulted firms share is no way of being written.
    """
    worse = mark if odds.log > 0 else ~mark
    _, held = np.unique(numbers[worse & (defaulted == 1)], return_counts=True)
    return float(held.sum() ** 2 / max(1, (held**2).sum()))


def _odds_of_rests(
    whole: Ints, defaulted: Ints, modulus: int, cuts: Floats
) -> list[Odds | None]:
    # Windows begin at multiples, so that each holds every remainder equally often.
    edges = np.unique(cuts // modulus) * modulus
    windows = np.searchsorted(edges, whole, side="right")
    rests = whole % modulus
    kinds = modulus if modulus in MODULI else 2
    cells = windows * kinds + (rests if modulus in MODULI else rests > 0)
    size = (len(edges) + 1) * kinds
    bads = np.bincount(cells, weights=defaulted, minlength=size).astype(float)
    firms = np.bincount(cells, minlength=size).astype(np.float64)
    shown = slice(None) if modulus in MODULI else slice(0, 1)
    return _odds_of_cells(bads.reshape(-1, kinds), firms.reshape(-1, kinds), shown)


def _odds_of_cells(bads: Floats, firms: Floats, shown: slice) -> list[Odds | None]:
    return odds_within(
        bads[:, shown],
        firms[:, shown],
        every_bad=bads.sum(axis=1),
        every_firm=firms.sum(axis=1),
    )


def _strongest(traces: list[Trace], doubt: Doubt) -> Trace:
    grave = [one for one in traces if one.odds.caught >= _PART]
    return max(grave or traces, key=lambda one: one.odds.floor(doubt))


def _graved(name: str, trace: Trace, dossier: Dossier) -> Iterator[Leak]:
    low, odds = trace.odds.floor(dossier.doubt), trace.odds
    if low < _ODDS_DOUBTED or odds.caught < _LITTLE:
        return
    leaks = odds.floor(ALONE) >= _ODDS and low >= _ODDS_IN_ALL and odds.caught >= _PART
    evidence = (
        f"{trace.text}: odds {np.exp(abs(odds.log)):.1f} times "
        f"(at least {odds.floor(ALONE):.1f}), {odds.caught:.0%} of defaults there"
    )
    yield found(name, trace.kind, evidence, severity="leak" if leaks else "suspect")
