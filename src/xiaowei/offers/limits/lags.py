"""How long money comes after invoices, from the months of both."""

from typing import Final

import numpy as np
from scipy.optimize import nnls

from xiaowei.offers.limits.season import Floats

LONGEST: Final = 6
"""Months after an invoice that are looked at."""

_LEAST_MONTHS: Final = 18
_MONTH_DAYS: Final = 365.25 / 12


def lag_days(invoiced: Floats, moved: Floats) -> float | None:
    """Return the mean days from an invoice to its money.

    What moves in a month is explained by the invoices of it and of the six before, each
    with a weight of 0 or more (least squares); the mean lag is that of the weights.

    Args:
        invoiced: Shape: (months,); fen with tax, oldest first.
        moved: Shape: (months,); fen paid for trade in the same months.

    Returns:
        Days, 0 or more; None where fewer than 18 months are known or none of what moved
        is explained.
    """
    if len(invoiced) < _LEAST_MONTHS or len(invoiced) != len(moved):
        return None
    lagged = np.column_stack(
        [invoiced[LONGEST - lag : len(invoiced) - lag] for lag in range(LONGEST + 1)]
    )
    scale = max(float(np.abs(lagged).max()), 1.0)
    weights, _ = nnls(lagged / scale, moved[LONGEST:] / scale)
    whole = float(weights.sum())
    if whole <= 0:
        return None
    return float(weights @ np.arange(LONGEST + 1)) / whole * _MONTH_DAYS
