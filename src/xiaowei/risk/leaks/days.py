"""Days in; what was dated, or became known, only after the decision out."""

from collections.abc import Iterator
from typing import Final

import numpy as np

from xiaowei.risk.leaks.candidate import Candidate
from xiaowei.risk.leaks.dossier import Dossier
from xiaowei.risk.leaks.leak import Leak, found
from xiaowei.risk.sample import Floats

_STRAY: Final = 0.005
_SAME: Final = 0.20
_MATCHED: Final = 0.50
_TIMES: Final = 3.0
_NEAR_DAYS: Final = 3.0
_FEWEST: Final = 20
_UNRIPE: Final = 0.05
_UNITS: Final = {"days": 1.0, "months": 30.4375, "quarters": 91.3125, "years": 365.25}


def told_by_days(candidate: Candidate, dossier: Dossier) -> Iterator[Leak]:
    """Yield what is wrong with the days of a candidate, each kind once."""
    if candidate.form == "day":
        yield from _dated_later(candidate, dossier)
        yield from _outcome_day(candidate, dossier)
    elif candidate.form == "number":
        yield from _duration(candidate, dossier)
    yield from _known_later(candidate, dossier)


def told_by_ripeness(dossier: Dossier) -> Iterator[Leak]:
    """Yield the span of watching, if firms count as good that were watched briefly.

    Brief is what is shorter than the middle of the times to default.
    """
    if dossier.decided is None or dossier.observed is None or dossier.happened is None:
        return
    bad = dossier.defaulted == 1
    until = (dossier.happened - dossier.decided)[bad]
    watched = (dossier.observed - dossier.decided)[~bad]
    until, watched = until[~np.isnan(until)], watched[~np.isnan(watched)]
    if min(len(until), len(watched)) < _FEWEST:
        return
    middle = float(np.median(until))
    share = float((watched < middle).mean())
    if share >= _UNRIPE:
        evidence = (
            f"{share:.0%} of the good were watched for less than {middle:.0f} days, "
            "in which half of the defaults came"
        )
        yield found(
            "(time watched)", "unripe", evidence, severity="suspect", columns=()
        )


def _dated_later(candidate: Candidate, dossier: Dossier) -> Iterator[Leak]:
    if dossier.decided is None or candidate.name in dossier.planned:
        return
    yield from _later(candidate, candidate.values, dossier.decided, kind_days=True)


def _known_later(candidate: Candidate, dossier: Dossier) -> Iterator[Leak]:
    known_on = dossier.known_on.get(candidate.name)
    if dossier.decided is None or known_on is None:
        return
    stated = np.where(candidate.known, known_on, np.nan)
    yield from _later(candidate, stated, dossier.decided, kind_days=False)


def _later(
    candidate: Candidate, days: Floats, decided: Floats, *, kind_days: bool
) -> Iterator[Leak]:
    both = ~np.isnan(days) & ~np.isnan(decided)
    late = (days - decided)[both] > 0
    if not late.any():
        return
    middle = float(np.median((days - decided)[both][late]))
    evidence = (
        f"{int(late.sum())} of {len(late)} rows, half of them by {middle:.0f} days"
        " or more"
    )
    if kind_days:
        evidence += "; name it in `planned` if its days were fixed beforehand"
    yield found(
        candidate.name,
        "later_day" if kind_days else "known_later",
        evidence,
        severity="leak" if late.mean() >= _STRAY else "suspect",
    )


def _outcome_day(candidate: Candidate, dossier: Dossier) -> Iterator[Leak]:
    if dossier.happened is None:
        return
    gap = np.abs(candidate.values - dossier.happened)
    gap = gap[~np.isnan(gap)]
    if len(gap) >= _FEWEST and (gap <= _NEAR_DAYS).mean() >= _SAME:
        evidence = f"{int((gap <= _NEAR_DAYS).sum())} of {len(gap)} within three days"
        yield found(candidate.name, "outcome_day", evidence)


def _duration(candidate: Candidate, dossier: Dossier) -> Iterator[Leak]:
    """Yield a span that ends when the default came, far oftener than by chance.

    Chance is what the same numbers would meet with the spans of other firms.
    """
    if dossier.happened is None:
        return
    for name, start in _starts(dossier, candidate):
        span = dossier.happened - start
        use = candidate.known & ~np.isnan(span)
        if use.sum() < _FEWEST:
            continue
        for unit, length in _UNITS.items():
            met, by_chance = _matches(candidate.values[use], span[use] / length)
            if met >= _MATCHED and met >= _TIMES * by_chance:
                evidence = f"{met:.0%} of defaults after as many {unit} from {name}"
                yield found(candidate.name, "duration", evidence)
                return


def _starts(dossier: Dossier, candidate: Candidate) -> Iterator[tuple[str, Floats]]:
    if dossier.decided is not None:
        yield "the decision", dossier.decided
    for one in dossier.candidates:
        if one.form == "day" and one.name != candidate.name:
            yield f"'{one.name}'", one.values


def _matches(numbers: Floats, spans: Floats) -> tuple[float, float]:
    near = 1.0
    met = float((np.abs(numbers - spans) <= near).mean())
    turned = np.roll(spans, len(spans) // 2)
    return met, float((np.abs(numbers - turned) <= near).mean())
