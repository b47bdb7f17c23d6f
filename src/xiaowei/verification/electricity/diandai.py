"""The published formula of 电E贷, kept as a peer: it judges nobody here."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from xiaowei.verification.chances import Floats

_YEAR: Final = 12
_KWH_A_STEP: Final = 1000.0
_STEP: Final = 10.0


@dataclass(frozen=True, slots=True)
class Diandai:
    """What the formula says of firms.

    Args:
        capacity: INT(mean kWh of the last 12 months / 1000 + 1) x 10.
        utilisation: the last month beside the highest of the last 12, 0..1.
        growth: the last 12 months beside the 12 before, less 1.

    Shape: one per firm; missing where a month it needs was not read.

    Source: docs/science: B4 (electricity).
    """

    capacity: Floats
    utilisation: Floats
    growth: Floats


def diandai(kwh: Floats) -> Diandai:
    """Return what the formula says of monthly electricity.

    Args:
        kwh: Shape: one row per firm, one column per month, the oldest first.

    >>> told = diandai(np.array([[100.0] * 12 + [1500.0] * 11 + [750.0]]))
    >>> told.capacity.tolist(), told.utilisation.tolist(), told.growth.tolist()
    ([20.0], [0.5], [13.375])
    """
    if kwh.shape[1] < _YEAR:
        nothing = np.full(len(kwh), np.nan)
        return Diandai(nothing, nothing, nothing)
    lately = kwh[:, -_YEAR:]
    peak = lately.max(axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        return Diandai(
            np.floor(lately.mean(axis=1) / _KWH_A_STEP + 1) * _STEP,
            np.where(peak > 0, lately[:, -1] / peak, np.nan),
            yearly_growth(kwh),
        )


def yearly_growth(amounts: Floats) -> Floats:
    """Return the last 12 months beside the 12 before, less 1; missing if not known."""
    if amounts.shape[1] < 2 * _YEAR:
        return np.full(len(amounts), np.nan)
    before = amounts[:, -2 * _YEAR : -_YEAR].sum(axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        grown = amounts[:, -_YEAR:].sum(axis=1) / before - 1
    return np.asarray(np.where(before > 0, grown, np.nan))


def outrun(sales: Floats, kwh: Floats) -> Floats:
    """Return by how much sales grew more than electricity: the formula as a detector.

    The formula was published for limits and not for deceit; the simplest rule that
    sets its growth against that of sales stands for it.

    Args:
        sales: Shape: one row per firm, one column per month, the oldest first.
        kwh: the same.
    """
    sold, used = yearly_growth(sales), yearly_growth(kwh)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(np.log1p(sold) - np.log1p(used))
