"""A run's portraits in; what a model on record says of each firm, and why, out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import pandas as pd

from xiaowei.desk.home import Home
from xiaowei.desk.knowledge import Portrayed
from xiaowei.desk.modelling.scoring import Asked, scoring_of
from xiaowei.desk.modelling.tables import picked
from xiaowei.risk.assess import Assessment
from xiaowei.risk.why.told import Reason

_LEVEL: Final = 0.95
_REASONS: Final = 4
_DIGITS: Final = 9
_WHO: Final = ("industry", "region")


@dataclass(frozen=True, slots=True)
class Applied:
    """What a model on record says of the firms of a run.

    Args:
        name: of the model.
        fingerprint: of its text.
        by_card: enterprise to the PD of the run's own card, which is put aside.
        reasons: enterprise to what lifts its PD above the baseline, the most first.
    """

    name: str
    fingerprint: str
    by_card: Mapping[str, float]
    reasons: Mapping[str, Sequence[Reason]]


def apply_model(
    home: Home,
    asked: str | None,
    portrayed: Portrayed,
    assessments: Sequence[Assessment],
) -> tuple[Applied | None, Sequence[Assessment]]:
    """Return assessments with the PD of a model on record in place of the card's.

    Score and points stay the card's. The interval is that of the model learnt anew.

    Args:
        home: the workspace.
        asked: which model; null to leave assessments as they are.
        portrayed: the firms.
        assessments: one per firm, in their order.

    Raises:
        UnknownModelError: there is no such model.
        NoRefitsError: its PDs have no interval, without which no tier is decided.
        TableError: it asks for what no portrait has.
    """
    if asked is None:
        return None, assessments
    scoring = scoring_of(home, asked, beside=Asked(reasons=True, level=_LEVEL))
    table = _table(portrayed)
    known = picked(table, scoring.model.names, file="the portraits of the run")
    told = scoring.scored(known)
    bounds, families = told.bounds, told.told
    if bounds is None or families is None:  # pragma: no cover - both were asked for
        msg = "a scoring without what it was asked for"
        raise AssertionError(msg)
    pds, low, high = (
        np.round(one, _DIGITS).tolist() for one in (told.pds, bounds.low, bounds.high)
    )
    applied = Applied(
        name=scoring.card["name"],
        fingerprint=scoring.card["fingerprint"],
        by_card={one.enterprise_id: one.pd for one in assessments},
        reasons={
            one.enterprise_id: families.adverse(at, most=_REASONS)
            for at, one in enumerate(assessments)
        },
    )
    return applied, [
        replace(one, pd=pd_, pd_low=min(least, pd_), pd_high=max(most, pd_))
        for one, pd_, least, most in zip(assessments, pds, low, high, strict=True)
    ]


def _table(portrayed: Portrayed) -> pd.DataFrame:
    """Return the portraits as `panel` writes them, a row per firm."""
    traits = pd.DataFrame(dict(portrayed.sample.traits))
    for name in _WHO:
        traits[name] = [
            portrayed.profiles.get(firm, {}).get(name) for firm in portrayed.sample.ids
        ]
    return traits
