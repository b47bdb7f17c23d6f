"""Between what bounds an enterprise's true revenue lies."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr

from xiaowei.verification.band import sales_story
from xiaowei.verification.chances import Floats
from xiaowei.verification.finding import Case
from xiaowei.verification.months import Months, months_of
from xiaowei.verification.story import PERIOD_MONTHS, Steps

_YEAR: Final = 12
_TAIL: Final = 0.05
_NORMAL: Final = 1.645
"""Nine in ten lie between the bounds, one in twenty on either side."""
_ALONE: Final = 0.5
"""Spread of the logarithm of revenue about what is invoiced where nobody witnesses
it: about that of a step by chance on a quarter of real monthly sales. So far, too, the
revenue of one who deceives lies from what witnesses leave of it: they may be bought as
well, and a lie as old as the books leaves no step."""
_LEAST_TRUE: Final = 0.01
_LEAST_SPREAD: Final = 1e-6
_FARTHEST: Final = 8.0
_HALVINGS: Final = 48


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

    Either an enterprise tells the truth, and its revenue is what it invoiced, give or
    take the noise of its trade; or it deceives, and what stands out beside electricity,
    people and inflow was never sold, though by how much more nobody witnesses. The
    bounds are those of both, each as likely as it is. Enterprises without sales
    invoices have none.

    Args:
        case: the facts known by the day.
        probability: enterprise to how likely it deceives, 0..1.

    Source: quantiles of a mixture of two normal distributions of the logarithm.
    """
    months = months_of(case)
    if not months.firms:
        return {}
    chance = np.array([probability.get(firm, 0.0) for firm in months.firms])
    stated = _last_year(months, "sales")
    found = _beyond(sales_story(case), months, stated)
    low, high = (
        stated * np.exp(_quantile(share, chance, found)) for share in (_TAIL, 1 - _TAIL)
    )
    others = np.fmax(_last_year(months, "inflow"), _last_year(months, "declared"))
    # Sales go without invoice, too: so far as others witness more, and it may be noise.
    most = np.minimum(others, stated * np.exp(2 * _NORMAL * found.spread))
    return {
        firm: Revenue(
            stated_fen=round(float(stated[place])),
            low_fen=round(float(low[place])),
            likely_fen=round(
                float(stated[place] * np.exp(-chance[place] * found.taken[place]))
            ),
            high_fen=round(float(np.fmax(high, most)[place])),
            witnesses=int(found.witnesses[place]),
        )
        for place, firm in enumerate(months.firms)
        if stated[place] > 0 and case.asks_for(firm)
    }


@dataclass(frozen=True, slots=True)
class _Beyond:
    """What would be taken off each firm's sales of a year if it deceived.

    Args:
        taken: logarithm, 0 or more.
        spread: of the logarithm of revenue about what is invoiced if it does not.
        witnesses: how many spoke.
    """

    taken: Floats
    spread: Floats
    witnesses: NDArray[np.int64]


def _beyond(steps: Steps | None, months: Months, stated: Floats) -> _Beyond:
    """Return what stands out of each firm's last year, as its step has it."""
    none = np.zeros(len(stated))
    if steps is None:
        return _Beyond(none, np.full(len(stated), _ALONE), none.astype(np.int64))
    told = ~np.isnan(steps.height)
    size = np.where(told, np.fmax(steps.size, 0.0), 0.0)
    # Only what was invoiced since the step is more than it should be.
    month = np.arange(months.of("sales").shape[1])
    since = np.where(told, steps.since, 0)[:, None] * PERIOD_MONTHS
    sales = np.nan_to_num(months.of("sales"))
    lately = (month >= len(month) - _YEAR) & (month >= since)
    with np.errstate(divide="ignore", invalid="ignore"):
        share = np.nan_to_num(np.where(lately, sales, 0.0).sum(axis=1) / stated)
    return _Beyond(
        taken=-np.log(np.maximum(1 - share * (1 - np.exp(-size)), _LEAST_TRUE)),
        spread=np.where(told, np.fmin(steps.spread, _ALONE), _ALONE),
        witnesses=np.where(told, steps.witnesses, 0),
    )


def _quantile(share: float, chance: Floats, found: _Beyond) -> Floats:
    """Return a quantile of the logarithm of revenue about what is invoiced."""
    low = np.full(len(chance), -_FARTHEST)
    high = np.full(len(chance), _FARTHEST)
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        honest = ndtr(middle / np.maximum(found.spread, _LEAST_SPREAD))
        below = (1 - chance) * honest + chance * ndtr((middle + found.taken) / _ALONE)
        low, high = (
            np.where(below < share, middle, low),
            np.where(below < share, high, middle),
        )
    return np.asarray((low + high) / 2, dtype=np.float64)


def _last_year(months: Months, name: str) -> Floats:
    lately = months.of(name)[:, -_YEAR:]
    known = ~np.isnan(lately)
    total = np.where(known, lately, 0.0).sum(axis=1)
    return np.where(known.any(axis=1), total, np.nan)
