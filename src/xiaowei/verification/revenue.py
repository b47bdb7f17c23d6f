"""Between what bounds an enterprise's true revenue lies."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np

from xiaowei.verification.band import sales_story
from xiaowei.verification.chances import Floats
from xiaowei.verification.finding import Case
from xiaowei.verification.months import Months, months_of
from xiaowei.verification.story import Steps

_YEAR: Final = 12
_QUANTILE: Final = 1.645
"""Of a normal distribution: nine in ten lie between."""
_ALONE: Final = 0.5
"""Spread of the logarithm of revenue about what is invoiced where nobody witnesses
it: about that of a step by chance on a quarter of real monthly sales."""


@dataclass(frozen=True, slots=True)
class Revenue:
    """What an enterprise truly sold in the last twelve complete months.

    Args:
        stated_fen: valid sales invoices, tax included.
        low_fen: nine in ten lie between this and `high_fen`.
        likely_fen: what is most likely.
        high_fen: as above; more than is stated where sales go without invoice.
        witnesses: how many sources other than invoices speak of it.
    """

    stated_fen: int
    low_fen: int
    likely_fen: int
    high_fen: int
    witnesses: int


def revenues(case: Case, probability: Mapping[str, float]) -> dict[str, Revenue]:
    """Return between what bounds the revenue of enterprises lies.

    What invoices say beyond what electricity, people and inflow explain is taken off
    as far as deceit is likely. The fewer witnesses, the wider; without any, the range
    is that of invoices alone. Enterprises without sales invoices have none.

    Args:
        case: the facts known by the day.
        probability: enterprise to how likely it deceives, 0..1.
    """
    months = months_of(case)
    if not months.firms:
        return {}
    steps = sales_story(case)
    stated = _last_year(months, "sales")
    others = np.fmax(_last_year(months, "inflow"), _last_year(months, "declared"))
    return {
        firm: _of(
            place, float(stated[place]), float(others[place]), probability, firm, steps
        )
        for place, firm in enumerate(months.firms)
        if stated[place] > 0 and case.asks_for(firm)
    }


def _last_year(months: Months, name: str) -> Floats:
    lately = months.of(name)[:, -_YEAR:]
    known = ~np.isnan(lately)
    total = np.where(known, lately, 0.0).sum(axis=1)
    return np.where(known.any(axis=1), total, np.nan)


def _of(
    place: int,
    stated: float,
    other: float,
    probability: Mapping[str, float],
    firm: str,
    steps: Steps | None,
) -> Revenue:
    told = steps is not None and not math.isnan(steps.height[place])
    size = max(float(steps.size[place]), 0.0) if told and steps is not None else 0.0
    spread = float(steps.spread[place]) if told and steps is not None else _ALONE
    witnesses = int(steps.witnesses[place]) if told and steps is not None else 0
    likely = probability.get(firm, 0.0) * size
    wide = _QUANTILE * min(spread, _ALONE)
    low = stated * math.exp(-max(likely, 0.0) - wide)
    high = stated * math.exp(max(wide - likely, 0.0))
    if not math.isnan(other):
        high = max(high, min(other, stated * math.exp(2 * wide)))
    return Revenue(
        stated_fen=round(stated),
        low_fen=round(low),
        likely_fen=round(stated * math.exp(-likely)),
        high_fen=round(high),
        witnesses=witnesses,
    )
