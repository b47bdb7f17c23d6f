"""How much sales grew in a window beyond what electricity gives reason for."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from xiaowei.verification.chances import Floats
from xiaowei.verification.electricity.elasticity import Elasticities, drawn_variances

_LEVEL, _GREW, _SLOPE, _SALES = range(4)
_HELD: Final = 1e9
"""How many months the elasticity of a trade counts as whose firms do not differ."""


@dataclass(frozen=True, slots=True)
class Growth:
    """What electricity gives no reason for in the sales of a window.

    Args:
        beyond: growth against the months before; logarithm.
        sd: how far it may be off.

    Shape: one per firm; both say nothing of firms without months on either side.
    """

    beyond: Floats
    sd: Floats


def growth(sold: Floats, used: Floats, months: int, *, told: Elasticities) -> Growth:
    """Return how much the level of sales rose with the window, elasticity beside it.

    Level, growth and elasticity of a firm are found together by least squares over all
    its months, as the months of one firm go together; its elasticity is one more
    observation, that of its trade, as sure as the firms of the trade are alike. So a
    month in which electricity moved far, of which nobody knows what sales make of it,
    counts for little, and those in which it stood as usual speak.

    Args:
        sold: own movement of sales; Shape: one row per firm, one column per month.
        used: own movement of electricity, as `lagged` mixes it.
        months: the window, up to the last.
        told: what the months before it say.

    Source: Prais and Winsten 1954 (months that go together), Theil and Goldberger 1961
    (an observation from elsewhere).
    """
    both = ~np.isnan(sold) & ~np.isnan(used)
    late = np.zeros_like(sold)
    late[:, -months:] = 1.0
    rows = np.stack([np.ones_like(sold), late, used, sold])
    free = _unlinked(np.where(both, rows, 0.0), both, remembered=told.remembered)
    sums = np.einsum("kft,lft->fkl", free, free)
    likeness = np.minimum(_months_worth(told), _HELD)
    sums[:, _SLOPE, _SLOPE] += likeness
    sums[:, _SLOPE, _SALES] += likeness * told.trade
    square, cross = sums[:, :_SALES, :_SALES], sums[:, :_SALES, _SALES]
    able = both[:, :-months].any(axis=1) & both[:, -months:].any(axis=1)
    able &= square[:, _SLOPE, _SLOPE] > 0
    inverse = np.linalg.inv(np.where(able[:, None, None], square, np.eye(_SALES)))
    found = (inverse @ cross[:, :, None])[:, :, 0]
    left = sums[:, _SALES, _SALES] + likeness * told.trade**2
    left = np.maximum(left - (cross * found).sum(axis=1), 0.0)
    # So many months and one observation more, of which three are used up.
    freedom = np.maximum(both.sum(axis=1) + 1 - _SALES, 1).astype(np.float64)
    variance = drawn_variances(left / freedom, freedom, able)
    return Growth(
        beyond=np.where(able, found[:, _GREW], np.nan),
        sd=np.where(able, np.sqrt(variance * inverse[:, _GREW, _GREW]), np.nan),
    )


def _months_worth(told: Elasticities) -> Floats:
    """Return how many months of unit movement a trade's elasticity is worth."""
    with np.errstate(divide="ignore"):
        return np.asarray(told.residual_sd**2 / told.firm_sd**2, dtype=np.float64)


def _unlinked(values: Floats, both: NDArray[np.bool_], *, remembered: float) -> Floats:
    """Return months less what they keep of the last known one, all alike unsure.

    Args:
        values: Shape: (series, firms, months).
        both: whether a month of a firm is known.
        remembered: share of a month that the next one keeps.
    """
    free = np.zeros_like(values)
    last = np.zeros(values.shape[:2])
    kept = np.zeros(values.shape[1])
    for month in range(values.shape[2]):
        known, here = both[:, month], values[:, :, month]
        fresh = (here - kept * last) / np.sqrt(1 - kept**2)
        free[:, :, month] = np.where(known, fresh, 0.0)
        last = np.where(known, here, last)
        kept = np.where(known, remembered, kept * remembered)
    return free
