"""The power of a check that knows the elasticity, in closed form.

Source: docs/science: A4.
"""

import math

import numpy as np
import numpy.typing as npt
from scipy import stats

Floats = npt.NDArray[np.float64]


def mean_variance(months: npt.ArrayLike, remembered: float) -> Floats:
    """Return the variance of the mean of months, in units of one month's.

    Args:
        months: how many, at least 1.
        remembered: share of a month that the next one keeps, 0..1.
    """
    n = np.asarray(months, dtype=np.float64)
    k = remembered
    # The sum over k < n of (n - k) r^k, twice, and n: the geometric series in full.
    return np.asarray(
        (n * (1 - k**2) - 2 * k * (1 - k**n)) / ((1 - k) ** 2 * n**2), dtype=np.float64
    )


def power(
    times: float,
    *,
    held: int,
    before: int,
    sd: float,
    remembered: float,
    rate: float,
) -> float:
    """Return the share found of firms that inflate sales.

    Args:
        times: by how much.
        held: for how many months.
        before: how many months are known before those.
        sd: monthly spread of the logarithm of sales given electricity.
        remembered: share of a month that the next one keeps, 0..1.
        rate: of false alarms.
    """
    both = float(mean_variance([held, before], remembered).sum())
    gap = math.log(times) / (sd * math.sqrt(both))
    return float(stats.norm.sf(stats.norm.isf(rate) - gap))
