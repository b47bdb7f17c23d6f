"""Texts in; those whose spelling tells the outcome, or that only name rows, out."""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Final

import numpy as np

from xiaowei.risk.leaks.bounds import tally
from xiaowei.risk.leaks.candidate import Candidate
from xiaowei.risk.leaks.dossier import Dossier
from xiaowei.risk.leaks.leak import Leak, found
from xiaowei.risk.leaks.levels import said, severity_of

_FEWEST_LABELS: Final = 3
_MOST_SHAPES: Final = 40
_NEARLY_EACH: Final = 0.5
_EACH: Final = 0.999
_FEWEST: Final = 200
_DENSE: Final = 20
_LONG: Final = 8


def _case(label: str) -> str:
    return "upper" if label.isupper() else "lower" if label.islower() else "mixed"


def _blanks(label: str) -> str:
    outer = "outer" if label != label.strip() else "none"
    return f"{outer}, {'double' if '  ' in label else 'single'}"


def _shape(label: str) -> str:
    signs = re.sub(r"[0-9]", "9", re.sub(r"[^\W\d_]", "A", label))
    return re.sub(r"A+", "A", signs)


WRITINGS: Final[Mapping[str, Callable[[str], str]]] = {
    "case": _case,
    "blanks": _blanks,
    "length": lambda label: str(len(label)),
    "shape": _shape,
    "first sign": lambda label: label[:1],
    "first two signs": lambda label: label[:2],
    "last sign": lambda label: label[-1:],
}
"""What is looked at of a text, its content aside."""


def told_by_spelling(candidate: Candidate, dossier: Dossier) -> Iterator[Leak]:
    """Yield a candidate whose way of being written tells the outcome.

    A way counts only if it joins several values: else it is the value that tells.
    """
    if len(candidate.labels) < 2 * _FEWEST_LABELS or candidate.form != "category":
        return
    for way, write in WRITINGS.items():
        leak = _told(candidate, way, [write(one) for one in candidate.labels], dossier)
        if leak is not None:
            yield leak
            return


def told_to_be_identifier(candidate: Candidate) -> Iterator[Leak]:
    """Yield a candidate that has nearly as many values as there are firms."""
    known = int(candidate.known.sum())
    if known < _FEWEST or candidate.form == "day":
        return
    each = candidate.levels / known
    if candidate.form == "category":
        names_rows = each >= _NEARLY_EACH
    else:
        names_rows = candidate.is_whole and each >= _EACH and _is_numbered(candidate)
    if names_rows:
        evidence = f"{candidate.levels} values in {known} rows"
        yield found(candidate.name, "identifier", evidence, severity="suspect")


def _is_numbered(candidate: Candidate) -> bool:
    """Return whether numbers are dense, or all written with the same many digits."""
    numbers = np.abs(candidate.values[candidate.known])
    span = float(numbers.max() - numbers.min())
    digits = np.floor(np.log10(np.maximum(numbers[[0]], 1)))
    alike = np.floor(np.log10(np.maximum(numbers, 1))) == digits
    long = bool(digits[0] + 1 >= _LONG) and bool(alike.all())
    return long or span <= _DENSE * len(numbers)


def _told(
    candidate: Candidate, way: str, written: list[str], dossier: Dossier
) -> Leak | None:
    shapes, places = np.unique(np.array(written), return_inverse=True)
    if not 1 < len(shapes) <= _MOST_SHAPES:
        return None
    known = candidate.known
    shape_of, defaulted = places[candidate.codes[known]], dossier.defaulted[known]
    for shape in np.nonzero(np.bincount(places) >= _FEWEST_LABELS)[0].tolist():
        region = tally(shape_of == shape, defaulted).worse()
        severity = severity_of(region, dossier)
        if severity is not None:
            evidence = f"{way} '{shapes[shape]}': {said(region)}"
            return found(candidate.name, "spelling", evidence, severity=severity)
    return None
