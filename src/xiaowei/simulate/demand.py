"""What the world outside asks of each firm on each day."""

from typing import Final

import numpy as np

from xiaowei.money import FEN_PER_WAN
from xiaowei.simulate.arrays import Floats, wander
from xiaowei.simulate.climate import Climate
from xiaowei.simulate.firms import DAYS_A_YEAR, PARKS, Firms
from xiaowei.simulate.links import CountyLinks
from xiaowei.simulate.seasons import Days, order_season
from xiaowei.simulate.trades import TRADES

RAMP_DAYS: Final = 240
"""A new firm needs this long to come to its planned sales."""

_LEAST_OUTSIDE: Final = 0.3
_MEMORY_DAYS: Final = 85
_COMMON_MEMORY_DAYS: Final = 120
_SWINGS: Final = (0.4, 0.75)
_CALMER_BY_SIZE: Final = -0.12
_SWING_BOUNDS: Final = (0.25, 1.0)
_COUNTY_SWING: Final = 0.05
_TRADE_SWING: Final = 0.07
_PARK_SWING: Final = 0.04
_LOSSES_A_YEAR: Final = 0.1
_LOSS: Final = (0.2, 0.7)


def outside_demand(
    firms: Firms,
    links: CountyLinks,
    *,
    days: Days,
    climate: Climate,
    rng: np.random.Generator,
) -> Floats:
    """Return the orders from outside the county.

    A firm's own swings die out within months; a lost main customer does not come
    back, and weaker firms lose them more often.

    Args:
        firms: the firms.
        links: what the county's firms will order from each other.
        days: the days.
        climate: what is common to all.
        rng: where chance comes from.

    Returns:
        Shape: one row per day, one column per firm; fen a day, net of VAT.
    """
    log = _own_swings(firms, days=days, rng=rng) + _common_swings(
        firms, days=days, rng=rng
    )
    log += climate.common[:, None] + climate.trades[:, firms.trade]
    log -= _lost_customers(firms, days=days, rng=rng)
    log += firms.growth * (np.arange(days.count)[:, None] / DAYS_A_YEAR - 1)
    season = np.column_stack([order_season(days, trade.rhythm) for trade in TRADES])
    since_open = np.arange(days.count)[:, None] - firms.opens[None, :]
    ramp = np.where(firms.opens > 0, np.clip(since_open / RAMP_DAYS, 0, 1), 1.0)
    demand = _outside_scale(firms, links, days=days) * np.exp(log) * ramp
    return np.asarray(demand * season[:, firms.trade], dtype=np.float64)


def _outside_scale(firms: Firms, links: CountyLinks, *, days: Days) -> Floats:
    """Return planned sales less what the county's own firms will order."""
    lives = np.clip(links.until, 0, days.count) - np.clip(links.since, 0, days.count)
    flow = links.share * (firms.inputs * firms.scale)[links.buyer] * lives / days.count
    inside = np.bincount(links.supplier, weights=flow, minlength=firms.count)
    return np.maximum(_LEAST_OUTSIDE * firms.scale, firms.scale - inside)


def _own_swings(firms: Firms, *, days: Days, rng: np.random.Generator) -> Floats:
    usual = np.array([trade.yearly_sales_wan for trade in firms.trades])
    size = firms.scale * DAYS_A_YEAR / (usual * FEN_PER_WAN)
    swing = rng.uniform(*_SWINGS, firms.count) * size**_CALMER_BY_SIZE
    swing = np.asarray(np.clip(swing, *_SWING_BOUNDS), dtype=np.float64)
    shape = (days.count, firms.count)
    return wander(shape, memory=_MEMORY_DAYS, swing=swing, rng=rng) - swing**2 / 2


def _common_swings(firms: Firms, *, days: Days, rng: np.random.Generator) -> Floats:
    def shared(count: int, swing: float) -> Floats:
        swings = np.full(count, swing)
        shape = (days.count, count)
        return wander(shape, memory=_COMMON_MEMORY_DAYS, swing=swings, rng=rng)

    county = shared(1, _COUNTY_SWING)
    trades = shared(len(TRADES), _TRADE_SWING)[:, firms.trade]
    parks = shared(len(PARKS), _PARK_SWING)[:, firms.park]
    return np.asarray(county + trades + parks, dtype=np.float64)


def _lost_customers(firms: Firms, *, days: Days, rng: np.random.Generator) -> Floats:
    yearly = _LOSSES_A_YEAR * np.exp(-0.6 * firms.quality)
    lost = rng.random((days.count, firms.count)) < yearly / DAYS_A_YEAR
    size: Floats = rng.uniform(*_LOSS, (days.count, firms.count))
    return np.asarray(np.cumsum(lost * size, axis=0), dtype=np.float64)
