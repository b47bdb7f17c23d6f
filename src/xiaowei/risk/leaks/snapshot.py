"""A table and its snapshot of the decision day in; what the outcome changed out."""

from collections.abc import Iterator
from typing import Final

import numpy as np

from xiaowei.risk.leaks.bounds import Marks, area_floor, area_of, tally
from xiaowei.risk.leaks.candidate import Candidate
from xiaowei.risk.leaks.dossier import Dossier
from xiaowei.risk.leaks.leak import Leak, found
from xiaowei.risk.leaks.levels import said

_EXACT: Final = 1e-9
_FEWEST: Final = 10
_STRAY: Final = 0.005
_ODDS: Final = 2.0
_AUC: Final = 0.55


def told_by_snapshot(candidate: Candidate, dossier: Dossier) -> Iterator[Leak]:
    """Yield a candidate that is not what was known on the day of the decision.

    If defaulted firms were changed oftener, or the other way, it leaks. Changes that
    say nothing of the outcome make it a suspect: the model would learn from a table
    that nobody had on that day.
    """
    then = dossier.snapshot.get(candidate.name)
    if then is None:
        return
    changed = _changed(candidate, then)
    if changed.sum() < max(_FEWEST, _STRAY * len(changed)):
        return
    region = tally(changed, dossier.defaulted).worse()
    tells = region.odds_floor(dossier.doubt) >= _ODDS or _moves(
        candidate, then, dossier
    )
    evidence = (
        f"{int(changed.sum())} of {len(changed)} rows changed since: {said(region)}"
    )
    yield found(
        candidate.name,
        "later_copy",
        evidence,
        severity="leak" if tells else "suspect",
    )


def _changed(now: Candidate, then: Candidate) -> Marks:
    if now.form == "category":
        place = {label: at for at, label in enumerate(then.labels)}
        moved = np.array([*(place.get(one, -2) for one in now.labels), -1])
        return np.asarray(moved[now.codes] != then.codes, dtype=np.bool_)
    both = now.known & then.known
    apart = np.abs(now.values - then.values)
    near = _EXACT * np.maximum(1, np.abs(then.values))
    return np.where(both, apart > near, now.known != then.known)


def _moves(now: Candidate, then: Candidate, dossier: Dossier) -> bool:
    """Return whether values moved apart by outcome, though all of them moved."""
    both = now.known & then.known
    if now.form == "category" or not both.any():
        return False
    outcomes = dossier.defaulted[both]
    bads, goods = int(outcomes.sum()), int((1 - outcomes).sum())
    if min(bads, goods) < _FEWEST:
        return False
    area = area_of((now.values - then.values)[both], outcomes)
    low = area_floor(max(area, 1 - area), bads=bads, goods=goods, doubt=dossier.doubt)
    return low >= _AUC
