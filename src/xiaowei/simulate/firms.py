"""The firms of the county: who they are, where they sit, and how good they are."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

import numpy as np

from xiaowei.money import FEN_PER_WAN
from xiaowei.simulate.arrays import Flags, Floats, Ints
from xiaowei.simulate.names import county_codes, firm_names
from xiaowei.simulate.places import Place
from xiaowei.simulate.seasons import Days
from xiaowei.simulate.trades import TRADES, Trade

TOWNS: Final = ("城关街道", "东湖镇", "青禾镇", "临港镇", "石桥镇", "南屏乡")
PARKS: Final = (
    "",
    "云溪经济开发区",
    "东湖五金产业园",
    "青禾食品产业园",
    "临港物流园",
    "数智创新园",
)
"""The first stands for a place outside any park."""

DAYS_A_YEAR: Final = 365
MONTHLY_WAGE_FEN: Final = 650_000

_HOME_PARKS: Final = {
    "C13": (3, 1),
    "C17": (1, 1),
    "C29": (1, 2),
    "C33": (2, 1),
    "C34": (2, 1),
    "C39": (1, 5),
    "F51": (4, 1),
    "G54": (4, 4),
    "I65": (5, 5),
    "M74": (5, 1),
    "A01": (3, 3),
}
_OWN_ACCOUNT: Final = 0.5
_IN_A_PARK: Final = {"C": 0.75, "G": 0.5, "I": 0.6, "F51": 0.35, "A": 0.25}
_PARK_TOWN: Final = (-1, 0, 1, 2, 3, 0)
_OLDEST: Final = 22
_NEW_SHARE: Final = 0.08
_NEW_FROM: Final = 0.15
_NEW_UNTIL: Final = 0.65
_MARGIN: Final = 0.034
_MARGIN_BY_QUALITY: Final = 0.055
_SIZE_SPREAD: Final = 1.0
_SIZE_BY_QUALITY: Final = 1.0
_SIZE_BOUNDS_WAN: Final = (8, 40_000)
_SMALL_SCALE_LIMIT_FEN: Final = 450 * FEN_PER_WAN
"""Below the 500万 of sales a year at which a taxpayer becomes a general one."""


@dataclass(frozen=True, slots=True)
class Firms:
    """The firms, one place each in every array.

    Args:
        codes: unified social credit codes.
        names: registered names.
        trade: place in `TRADES`.
        park: place in `PARKS`.
        towns: town of each firm.
        established: day of registration.
        opens: day number of the first trade, 0 for those that always traded.
        ends: day number on which it is struck off whatever it owes; beyond the last
            day for almost all.
        small_scale: small-scale taxpayers.
        quality: latent quality, about N(0, 1); nobody in the county sees it.
        scale: planned sales a day in fen, net of VAT.
        growth: yearly log trend of demand.
        margin: share of sales left after inputs, wages and overheads.
    """

    codes: list[str]
    names: list[str]
    trade: Ints
    park: Ints
    towns: list[str]
    established: list[date]
    opens: Ints
    ends: Ints
    small_scale: Flags
    quality: Floats
    scale: Floats
    growth: Floats
    margin: Floats

    @property
    def count(self) -> int:
        """Say how many firms there are."""
        return len(self.codes)

    @property
    def trades(self) -> list[Trade]:
        """Return each firm's trade."""
        return [TRADES[place] for place in self.trade]

    def born(self, days: Days) -> Ints:
        """Return the day of each firm's registration by number, negative before 0."""
        return np.array([(day - days.first).days for day in self.established])

    def of_trade(self, name: str) -> Floats:
        """Return one number of its trade for every firm, e.g. `wages`."""
        values = np.array([float(getattr(trade, name)) for trade in TRADES])
        return values[self.trade]

    @property
    def staff(self) -> Ints:
        """Return how many people each firm employs."""
        wages = self.of_trade("wages") * self.scale * DAYS_A_YEAR / 12
        return np.maximum(np.rint(wages / MONTHLY_WAGE_FEN), 1).astype(np.int64)

    @property
    def inputs(self) -> Floats:
        """Return the share of sales that goes into what is bought."""
        left = 1 - self.of_trade("wages") - self.of_trade("overheads") - self.margin
        return np.clip(left / np.where(self.small_scale, 1.1, 1.0), 0.05, 0.95)


def draw_firms(
    count: int, *, days: Days, first_day: int, place: Place, rng: np.random.Generator
) -> Firms:
    """Draw the firms of a county.

    Args:
        count: how many.
        days: the days.
        first_day: first day that is delivered.
        place: which district they sit in.
        rng: where chance comes from.
    """
    trade = _trades_of(count, rng=rng)
    quality = rng.standard_normal(count)
    scale_wan = np.array([TRADES[one].yearly_sales_wan for one in trade]) * np.exp(
        rng.normal(0, _SIZE_SPREAD, count) + _SIZE_BY_QUALITY * quality
    )
    scale = np.clip(scale_wan, *_SIZE_BOUNDS_WAN) * FEN_PER_WAN
    may_be_small = np.array([TRADES[one].small_scale for one in trade])
    small_scale = (rng.random(count) < 2 * may_be_small) & (
        scale < _SMALL_SCALE_LIMIT_FEN
    )
    opens = _openings(count, first_day=first_day, last_day=days.count, rng=rng)
    park = _parks_of(trade, rng=rng)
    own = (small_scale & (rng.random(count) < _OWN_ACCOUNT)).tolist()
    words = [str(rng.choice(TRADES[one].words)) for one in trade]
    return Firms(
        codes=county_codes(own, place=place),
        names=firm_names(words, own_account=own, place=place, rng=rng),
        trade=trade,
        park=park,
        towns=_towns_of(park, place=place, rng=rng),
        established=_established(opens, start=days.first, rng=rng),
        opens=opens,
        ends=np.full(count, days.count, dtype=np.int64),
        small_scale=small_scale,
        quality=quality,
        scale=scale / DAYS_A_YEAR,
        growth=0.01 + 0.04 * quality + rng.normal(0, 0.05, count),
        margin=_MARGIN + _MARGIN_BY_QUALITY * quality + rng.normal(0, 0.015, count),
    )


def _trades_of(count: int, *, rng: np.random.Generator) -> Ints:
    """Give each trade its share of the firms, so that small counties have all."""
    shares = np.array([trade.share for trade in TRADES])
    bounds = np.cumsum(shares) / shares.sum() * count
    places = np.searchsorted(bounds, np.arange(count) + 0.5)
    return rng.permutation(places).astype(np.int64)


def _openings(
    count: int, *, first_day: int, last_day: int, rng: np.random.Generator
) -> Ints:
    span = last_day - first_day
    day = first_day + rng.uniform(_NEW_FROM, _NEW_UNTIL, count) * span
    new = rng.random(count) < _NEW_SHARE
    return np.where(new, day, 0).astype(np.int64)


def _established(opens: Ints, *, start: date, rng: np.random.Generator) -> list[date]:
    ages = (rng.beta(1.6, 2.2, len(opens)) * _OLDEST + 0.6) * DAYS_A_YEAR
    lead = rng.integers(20, 70, len(opens))
    days = np.where(opens > 0, lead - opens, ages).astype(np.int64)
    return [start - timedelta(days=int(day)) for day in days]


def _parks_of(trade: Ints, *, rng: np.random.Generator) -> Ints:
    inside = rng.random(len(trade))
    which = rng.integers(2, size=len(trade))
    parks = [
        _HOME_PARKS.get(TRADES[place].code, (0, 0))[second]
        if chance < _IN_A_PARK.get(TRADES[place].group, 0.0)
        else 0
        for place, chance, second in zip(trade, inside, which, strict=True)
    ]
    return np.array(parks, dtype=np.int64)


def _towns_of(park: Ints, *, place: Place, rng: np.random.Generator) -> list[str]:
    anywhere = rng.integers(len(TOWNS), size=len(park))
    home = np.array(_PARK_TOWN)[park]
    return [
        place.name + TOWNS[town] for town in np.where(park > 0, home, anywhere).tolist()
    ]
