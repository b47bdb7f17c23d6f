"""Rules that see sales beside a meter: the product's, and peers."""

from collections.abc import Callable, Mapping, Sequence
from typing import Final

import numpy as np
import numpy.typing as npt

from xiaowei.verification.chances import peer_tails
from xiaowei.verification.electricity.diandai import outrun
from xiaowei.verification.electricity.gaps import WINDOWS, gaps, milder

Floats = npt.NDArray[np.float64]
Rule = Callable[[Floats, Floats, Sequence[str]], Floats]
"""Sales, kWh and trades to a score, the higher the odder."""


def ours(windows: Sequence[int] = WINDOWS, *, degrees: Floats | None = None) -> Rule:
    """Return the product's check.

    Args:
        windows: that it looks at.
        degrees: Shape: (months, 2); null for the check without a thermometer.
    """

    def rule(sales: Floats, kwh: Floats, trades: Sequence[str]) -> Floats:
        return -tails_of(sales, kwh, trades, windows=windows, degrees=degrees)

    return rule


def tails_of(
    sales: Floats,
    kwh: Floats,
    trades: Sequence[str],
    *,
    windows: Sequence[int] = WINDOWS,
    doubted: npt.NDArray[np.bool_] | None = None,
    degrees: Floats | None = None,
) -> Floats:
    """Return the tail of each firm's gap by the product's check; 1 where unjudged.

    Args:
        sales: Shape: one row per firm, one column per month.
        kwh: likewise.
        trades: per firm.
        windows: months up to the last, each set against all before it.
        doubted: whether a firm's meter may not see all of its power; null for no one.
        degrees: of the months where all are, Shape: (months, 2).
    """
    sections = [one[:1] for one in trades]
    found = gaps(
        sales,
        kwh,
        sections=sections,
        divisions=trades,
        windows=windows,
        degrees=None if degrees is None else np.tile(degrees, (len(sales), 1, 1)),
    )
    tails = np.ones(len(sales))
    judged = found.judged
    among = [one for one, yes in zip(sections, judged, strict=True) if yes]
    odd = found.oddness[judged]
    if doubted is not None:
        odd = milder(odd, doubted[judged])
    tails[judged] = peer_tails(odd, among)
    return tails


def year_over_year(sales: Floats, kwh: Floats, _: Sequence[str]) -> Floats:
    """Return the gap of the check that was before: half-years a year apart."""
    sold, used = (
        np.log(np.maximum(one[:, -6:].sum(axis=1), 1.0))
        - np.log(np.maximum(one[:, -18:-12].sum(axis=1), 1.0))
        for one in (sales, kwh)
    )
    return np.asarray(sold - used)


def ratio(sales: Floats, kwh: Floats, _: Sequence[str]) -> Floats:
    """Return how sales per kWh of half a year stand to those before."""
    lately = sales[:, -6:].sum(axis=1) / np.maximum(kwh[:, -6:].sum(axis=1), 1.0)
    before = sales[:, :-6].sum(axis=1) / np.maximum(kwh[:, :-6].sum(axis=1), 1.0)
    return np.asarray(lately / before)


def correlation(sales: Floats, kwh: Floats, _: Sequence[str]) -> Floats:
    """Return how little sales and electricity of a year go together."""
    x, y = (np.log(np.maximum(one[:, -12:], 1.0)) for one in (kwh, sales))
    x, y = (one - one.mean(axis=1, keepdims=True) for one in (x, y))
    both = np.sqrt((x**2).sum(axis=1) * (y**2).sum(axis=1))
    return np.asarray(-(x * y).sum(axis=1) / np.maximum(both, 1e-9))


def diandai(sales: Floats, kwh: Floats, _: Sequence[str]) -> Floats:
    """Return the growth of sales less that of electricity by 电E贷's formula.

    The formula wants 24 months; the months that lack are taken from a year later, so
    that each half holds every season.
    """
    lacking = max(24 - sales.shape[1], 0)
    sold, used = (
        np.concatenate([one[:, 12 - lacking : 12], one], axis=1) for one in (sales, kwh)
    )
    gap = outrun(sold, used)
    return np.asarray(np.nan_to_num(gap, nan=0.0, posinf=0.0), dtype=np.float64)


PEERS: Final[Mapping[str, Rule]] = {
    "no thermometer": ours(),
    "year over year": year_over_year,
    "ratio": ratio,
    "correlation": correlation,
    "电E贷": diandai,
}
