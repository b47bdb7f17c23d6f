"""What a run learns its PD from: its development sample 建模样本.

Firms as they were known at an observation point 观察点 a year before, and what became
of them in the performance window 表现期 of twelve months since: so a trait is what was
known before the default, and the PD is of the twelve months to come. Where the facts do
not reach back so far, or tell too few defaults with their day, it is learnt from who is
in default by the day of the run, which is said in the run.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

import ibis.expr.types as ir
import numpy as np

from xiaowei.desk.knowledge import Portrayed, traits_then
from xiaowei.desk.modelling.became import Fate, became, later
from xiaowei.facts.lake import Lake
from xiaowei.risk.assess import LEAST_OUTCOMES
from xiaowei.risk.fit import Expected
from xiaowei.risk.pd import AHEAD_TRAITS, BASELINE, PD_TRAITS
from xiaowei.risk.sample import Ints, Sample

MONTHS: Final = 12
"""Of the performance window, and of the history that traits look at."""

LEAST_KNOWN: Final = 1 / 3
"""Of the firms learnt from; a trait known of fewer would count as the worst of most."""

_FLOWS: Final = ("invoices", "bank_flows")
"""Families whose windows must be full before firms are portrayed for learning."""

_ASKED: Final = frozenset({BASELINE.trait, *(one.trait for one in AHEAD_TRAITS)})
"""Traits that are looked at; a portrait of all costs twenty times as much."""

_OUTCOMES: Final[Mapping[Fate, int]] = {"defaulted": 1, "sound": 0}


@dataclass(frozen=True, slots=True, kw_only=True)
class DevelopmentSample:
    """Firms to learn a PD from.

    Args:
        sample: they, with their traits as known on the day.
        defaulted: Shape: 1 for a default, 0 else.
        day: the observation point.
        ahead: whether outcomes are of the twelve months after the day; else they are of
            the day itself.
        expected: traits that a card may use.
    """

    sample: Sample
    defaulted: Ints
    day: date
    ahead: bool
    expected: tuple[Expected, ...]

    @property
    def outcomes(self) -> dict[str, int]:
        """Enterprise to whether it defaulted."""
        return dict(zip(self.sample.ids, map(int, self.defaulted), strict=True))


def of_the_day(portrayed: Portrayed, *, day: date) -> DevelopmentSample:
    """Return those whose standing on the day is on record.

    Args:
        portrayed: the firms of the run.
        day: its day.
    """
    known, defaulted = portrayed.outcomes.labelled(portrayed.sample)
    return DevelopmentSample(
        sample=known, defaulted=defaulted, day=day, ahead=False, expected=PD_TRAITS
    )


def of_the_year(
    lake: Lake, facts: Mapping[str, ir.Table], *, day: date
) -> DevelopmentSample | None:
    """Return firms as they were known a year before a day, and what became of them.

    Args:
        lake: where the facts are.
        facts: a family's name to its facts.
        day: by which outcomes are known.

    Returns:
        Those sound then whose credit was looked at since; null where facts do not reach
        back two years, nobody's credit was looked at by then, or fewer than
        LEAST_OUTCOMES defaulted, or did not, or no trait is known of enough of them.
    """
    before = later(day, -MONTHS)
    if not _reach_back(facts, before):
        return None
    found = became(lake, facts, today=day)
    if not found.looked_by(before) or found.between(before, day) < LEAST_OUTCOMES:
        return None
    firms = traits_then(facts, _ASKED, as_of=before, engine=lake.engine)
    fates = found.of(firms.ids, before, months=MONTHS)
    places = [at for at, fate in enumerate(fates) if fate in _OUTCOMES]
    defaulted = np.array([_OUTCOMES[fates[at]] for at in places], dtype=np.int64)
    bads = int(defaulted.sum())
    if min(bads, len(defaulted) - bads) < LEAST_OUTCOMES:
        return None
    sample = firms.take(np.array(places, dtype=np.int64))
    expected = _told_of(sample, AHEAD_TRAITS)
    if not expected:
        return None
    return DevelopmentSample(
        sample=sample,
        defaulted=defaulted,
        day=before,
        ahead=True,
        expected=expected,
    )


def _reach_back(facts: Mapping[str, ir.Table], before: date) -> bool:
    """Test whether facts known by a day tell of the twelve months up to it."""
    flows = [facts[family] for family in _FLOWS if family in facts]
    first = [
        one.filter(one.known_on <= before).happened_on.min().to_pyarrow().as_py()
        for one in flows
    ]
    # A month that begins with a holiday has no fact of its first days.
    start = later(before, 1 - MONTHS)
    return any(one is not None and one <= start for one in first)


def _told_of(sample: Sample, traits: Sequence[Expected]) -> tuple[Expected, ...]:
    """Return the traits that are known of enough firms."""
    return tuple(
        one
        for one in traits
        if np.isfinite(sample.traits[one.trait]).mean() >= LEAST_KNOWN
    )
