"""How far sales ran away from electricity, window by window."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import reduce
from typing import Final

import numpy as np
from numpy.typing import NDArray

from xiaowei.verification.chances import Floats, middle_and_upper
from xiaowei.verification.electricity.elasticity import elasticities
from xiaowei.verification.electricity.growth import growth
from xiaowei.verification.electricity.movement import own_movements

WINDOWS: Final = (3, 6, 12, 18)
"""So many months up to the day are set against those before them."""

_LEAST_BEFORE: Final = 9
_LEAST_SHARE: Final = 0.6
_NORMAL_QUARTILE: Final = 0.6745
_DOUBTED: Final = 1.25
"""A shared meter or power of one's own makes what is odd less odd, by at least so much:
an assumption, for no count of such firms is published."""
_DOUBTED_THAT_WEIGH_HALF: Final = 40
_MOST: Final = 100.0
"""Gaps beyond so many spreads are alike."""


@dataclass(frozen=True, slots=True)
class Gaps:
    """How far sales of each firm outran its electricity.

    Args:
        oddness: the gap, all windows weighed together, in spreads among firms; missing
            where the firm has too few months.
        months: the window where the gap is the widest.
        grew: growth of sales in it against before, beyond that of peers; logarithm.
        due: the growth that electricity gives reason for; logarithm.
        power: growth of electricity beyond that of peers; logarithm.
        slope: elasticity of sales to electricity.
        residual_sd: monthly spread of the logarithm of sales given electricity.
        tells: whether the electricity of the firm's trade says anything of sales.

    Shape: one per firm.
    """

    oddness: Floats
    months: NDArray[np.int64]
    grew: Floats
    due: Floats
    power: Floats
    slope: Floats
    residual_sd: Floats
    tells: NDArray[np.bool_]

    @property
    def judged(self) -> NDArray[np.bool_]:
        """Whether a firm can be judged by its electricity."""
        return np.asarray(~np.isnan(self.oddness) & self.tells)

    @property
    def mute(self) -> NDArray[np.bool_]:
        """Whether a firm has the months and its trade's electricity says nothing."""
        return np.asarray(~np.isnan(self.oddness) & ~self.tells)


def gaps(
    sales: Floats,
    power: Floats,
    *,
    sections: Sequence[str],
    divisions: Sequence[str],
    windows: Sequence[int] = WINDOWS,
    degrees: Floats | None = None,
) -> Gaps:
    """Return how far sales outran electricity, all windows together.

    Args:
        sales: Shape: one row per firm, one column per month, the oldest first; not
            below 0, or missing.
        power: the same, of electricity.
        sections: per firm, of GB/T 4754.
        divisions: per firm, of GB/T 4754.
        windows: months up to the last, each set against all before it; at least one.
        degrees: Shape: (firms, months, 2), see `degrees_of`; null where no temperature
            is known.
    """
    sold, mixed = own_movements(sales, power, sections=sections, degrees=degrees)
    each = [
        _of_window(sold, mixed, months, sections=sections, divisions=divisions)
        for months in windows
    ]
    odd = np.stack([one.oddness for one in each])
    return replace(reduce(_odder, each), oddness=_standard(_together(odd)))


def milder(oddness: Floats, doubted: NDArray[np.bool_]) -> Floats:
    """Return gaps, those of doubted firms in spreads of such firms where wider.

    Args:
        oddness: per firm.
        doubted: whether a firm's meters may not see all of its power.
    """
    count = int(doubted.sum())
    if not count or count == len(oddness):
        wide = _DOUBTED
    else:
        rest = max(middle_and_upper(oddness[~doubted])[1], 1e-9)
        share = count / (count + _DOUBTED_THAT_WEIGH_HALF)
        theirs = middle_and_upper(oddness[doubted])[1]
        wide = max(share * theirs / rest + (1 - share) * _DOUBTED, _DOUBTED)
    return np.where(doubted & (oddness > 0), oddness / wide, oddness)


def _together(odd: Floats) -> Floats:
    """Return the logarithm of the mean likelihood of windows; of those that are known.

    One who invents sales does so in one of them, and nobody knows in which.
    """
    known = ~np.isnan(odd)
    count = known.sum(axis=0)
    whole = np.where(known, np.exp(np.minimum(odd, _MOST)), 0.0).sum(axis=0)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(np.where(count > 0, np.log(whole / count), np.nan))


def _of_window(
    sold: Floats,
    used: Floats,
    months: int,
    *,
    sections: Sequence[str],
    divisions: Sequence[str],
) -> Gaps:
    both = ~np.isnan(sold) & ~np.isnan(used)
    sold, used = np.where(both, sold, np.nan), np.where(both, used, np.nan)
    before, after = slice(None, -months), slice(-months, None)
    told = elasticities(
        sold[:, before], used[:, before], sections=sections, divisions=divisions
    )
    n_before, n_after = both[:, before].sum(axis=1), both[:, after].sum(axis=1)
    able = (n_before >= _LEAST_BEFORE) & (n_after >= _LEAST_SHARE * months)
    grew = _mean(sold[:, after]) - _mean(sold[:, before])
    power = _mean(used[:, after]) - _mean(used[:, before])
    found = growth(sold, used, months, told=told)
    odd = np.where(able, found.beyond / found.sd, np.nan)
    return Gaps(
        oddness=_standard(odd),
        months=np.full(len(sold), months, dtype=np.int64),
        grew=grew,
        due=told.slope * power,
        power=power,
        slope=told.slope,
        residual_sd=told.residual_sd,
        tells=told.tells,
    )


def _odder(a: Gaps, b: Gaps) -> Gaps:
    """Return for each firm the odder of two windows; the trade as the first has it."""
    later = np.isnan(a.oddness) | (b.oddness > a.oddness)
    return Gaps(
        oddness=np.where(later, b.oddness, a.oddness),
        months=np.where(later, b.months, a.months),
        grew=np.where(later, b.grew, a.grew),
        due=np.where(later, b.due, a.due),
        power=np.where(later, b.power, a.power),
        slope=np.where(later, b.slope, a.slope),
        residual_sd=np.where(later, b.residual_sd, a.residual_sd),
        tells=np.where(np.isnan(a.oddness), b.tells, a.tells),
    )


def _standard(values: Floats) -> Floats:
    """Return values in spreads of the upper half of all, so that windows compare."""
    known = values[~np.isnan(values)]
    if not len(known):
        return values
    middle, upper = middle_and_upper(known)
    return np.asarray((values - middle) * _NORMAL_QUARTILE / max(upper, 1e-9))


def _mean(values: Floats) -> Floats:
    count = (~np.isnan(values)).sum(axis=1)
    return np.asarray(np.nansum(values, axis=1) / np.maximum(count, 1))
