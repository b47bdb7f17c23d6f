"""Temperatures in; sales and electricity of each firm, less what heat and cold do, out.

A firm that cools its halls burns more in a hot August than one that does not, and what
the whole trade does in a month says nothing of that. Among the meters of Yangzhong a
degree of a day's mean above 24 °C takes 4.4% more power, from firm to firm within 4.8%;
one below 8 °C takes 2.6%, within 2.4% (bench/meters.py).
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Final

import ibis.expr.types as ir
import numpy as np
from numpy.typing import NDArray

from xiaowei.portraits.moments import months_ago
from xiaowei.verification.chances import Floats
from xiaowei.verification.finding import Case
from xiaowei.verification.months import SPAN

TEMPERATURE: Final = "TEMPERATURE"
"""Series of a day's mean temperature in degrees Celsius, of all firms or, followed by -
and the first digits of GB/T 2260, of those registered there: TEMPERATURE-3309."""
COOLING_FROM: Final = 24.0
HEATING_FROM: Final = 8.0
"""Degrees Celsius of a day's mean beyond which power goes into cooling and heating."""

FIRMS_DIFFER: Final = (0.048, 0.024)
"""Spread between firms of what a degree of heat and of cold does to their power."""
_MONTHLY_SD: Final = 0.32
"""Spread of a firm's own months (docs/science: calibration targets)."""
_SLACK: Final = 1.8
"""Months of one season follow each other, in weather and in what is not explained:
(1 + a) / (1 - a), a the product of how much of a month the next one keeps: 0.48 of what
meters do by themselves, 0.6 of degrees (Yangzhong)."""
_LEAST_DAYS: Final = 20
_CODE_LENGTH: Final = 18
_REGION: Final = slice(2, 8)
"""Where a credit code (GB 32100-2015) states where its enterprise is registered."""


def degrees_of(case: Case, firms: Sequence[str]) -> Floats:
    """Return how hot and how cold each month was where firms are registered.

    Args:
        case: the facts known by the day.
        firms: whose, by credit code.

    Returns:
        Shape: (firms, 36 months, 2), the oldest month first: the mean over its days of
        degrees Celsius above 24 and below 8; missing where most days are not known, and
        of firms for whose region no series was taken in.
    """
    told: Mapping[str, Floats] = {}
    if "series" in case.facts:
        told = _by_region(case.current("series"), as_of=case.as_of)
    unknown = np.full((SPAN, 2), np.nan)
    months = [told.get(_nearest(firm, told), unknown) for firm in firms]
    return np.asarray(months, dtype=np.float64).reshape(len(firms), SPAN, 2)


def without_weather(values: Floats, degrees: Floats) -> Floats:
    """Return values less what heat and cold do to each firm.

    Each firm's least squares of its months on degrees is drawn to nothing, as far as
    its months may wander by chance and as little as firms differ. A month whose degrees
    are missing stays as it is.

    Args:
        values: own movement, see `own_movement`; one row per firm, one column per
            month; logarithms or missing.
        degrees: Shape: (firms, months, 2).

    Source: normal prior and likelihood, the ridge of Hoerl and Kennard 1970; its
    figures are those of the meters of Yangzhong.
    """
    both = ~np.isnan(values) & ~np.isnan(degrees).any(axis=2)
    x, y = _centred(degrees, both), _centred(values[:, :, None], both)[:, :, 0]
    square = np.einsum("ftk,ftl->fkl", x, x)
    cross = np.einsum("ftk,ft->fk", x, y)
    prior = np.diag(_SLACK * _MONTHLY_SD**2 / np.square(FIRMS_DIFFER))
    slope = np.linalg.solve(square + prior, cross[:, :, None])[:, :, 0]
    return np.asarray(values - np.einsum("ftk,fk->ft", x, slope), dtype=np.float64)


def _centred(values: Floats, both: NDArray[np.bool_]) -> Floats:
    """Return values less each firm's mean of the months known; 0 where not known."""
    known = np.where(both[:, :, None], values, 0.0)
    mean = known.sum(axis=1) / np.maximum(both.sum(axis=1), 1)[:, None]
    return np.where(both[:, :, None], known - mean[:, None, :], 0.0)


def _by_region(series: ir.Table, *, as_of: date) -> Mapping[str, Floats]:
    """Return the degrees of each region's months; "" is where all firms are."""
    rows = series.filter(
        (series.series == TEMPERATURE) | series.series.startswith(f"{TEMPERATURE}-")
    )
    rows = rows.select(
        "series",
        "happened_on",
        "value",
        ago=months_ago(rows.happened_on, as_of=as_of),
    )
    sums = rows.filter(rows.ago.between(0, SPAN - 1)).group_by(["series", "ago"])
    means = sums.aggregate(
        days=rows.happened_on.nunique().cast("int64"),
        hot=(rows.value - COOLING_FROM).clip(lower=0.0).mean(),
        cold=(HEATING_FROM - rows.value).clip(lower=0.0).mean(),
    )
    told: dict[str, Floats] = {}
    for row in means.to_pyarrow().to_pylist():
        region = row["series"].partition("-")[2]
        mine = told.setdefault(region, np.full((SPAN, 2), np.nan))
        if row["days"] >= _LEAST_DAYS:
            mine[SPAN - 1 - row["ago"]] = row["hot"], row["cold"]
    return told


def _nearest(firm: str, told: Mapping[str, Floats]) -> str:
    """Return the smallest region that a firm's credit code lies in."""
    # A bank's own code, and one of before 2015, states none there.
    code = firm[_REGION] if len(firm) == _CODE_LENGTH else ""
    return next(
        (code[:long] for long in range(len(code), -1, -1) if code[:long] in told), ""
    )
