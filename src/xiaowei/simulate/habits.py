"""How each firm and each of its outside suppliers writes its invoices."""

from dataclasses import dataclass, fields
from typing import Final

import numpy as np

from xiaowei.money import FEN_PER_WAN
from xiaowei.simulate.arrays import Flags, Floats, Ints
from xiaowei.simulate.firms import DAYS_A_YEAR, Firms
from xiaowei.simulate.links import OutsideLinks
from xiaowei.simulate.prices import Ways
from xiaowei.simulate.vat import CLASSES

CAPS_WAN: Final = (1, 10, 100)
"""Face-value caps of paper invoices in 万元 net of tax; the habit outlived paper."""

_CAP_GROWS_AT_WAN: Final = (0.8, 35)
_YEARS: Final = 3
_SPREAD: Final = (0.1, 1.25)
_DEALS_SPREAD: Final = 1.0
_DEALS_BY_SIZE: Final = 0.4
_DEALS_BOUNDS: Final = (12, 5000)
_SLOT_SPREAD: Final = 0.7
_PURCHASE_DEALS: Final = 280
_SUPPLIER_CLASSES: Final = (0.4, 0.12, 0.2, 0.28)
_SMALL_TICKET: Final = (55_000, 0.7)
_SMALL_SPREAD: Final = (0.1, 1.3)
SMALL_CLASSES: Final = (0.15, 0.2, 0.25, 0.4)
_FILL: Final = (0.9, 1.0)
_TO_THE_BRIM: Final = 0.5
_BRIM: Final = 0.998
_WHOLE: Final = (3.2, 0.7)
_HUNDREDS: Final = (0.9, 0.9)
_WHOLE_BOUGHT: Final = (4.0, 0.8)
_HUNDREDS_BOUGHT: Final = (0.7, 1.9)
_WEEKEND: Final = (0.04, 1.1)
_WEEKEND_BOUGHT: Final = (0.25, 0.5)
_MONTH_END: Final = (1.0, 0.08)
_MONTH_END_BOUGHT: Final = (0.985, 0.05)
_STANDARD: Final = (0.9, 0.9)
_STANDARD_BOUGHT: Final = (1.2, 2.2)
_FEWER_DEALS: Final = 1.1
_RESTS: Final = 0.25
_RARELY: Final = 0.004
_MOST_ON_WEEKEND: Final = 0.5


@dataclass(frozen=True, slots=True)
class Habits:
    """How invoices are written, one place per firm or slot.

    Args:
        log_deal: mean of the log of a deal in fen.
        spread: standard deviation of the same.
        cap: face-value cap in fen net of tax.
        vat: column of the table of rates.
        fill: how far invoices of a deal above the cap fill it, 0..1.
        whole: share of invoices whose total is in whole yuan, 0..1.
        hundreds: share of those with a total in whole hundreds, 0..1.
        standard: share of those whose price is one of few, two digits and zeros, 0..1.
        weekend: chance of billing on a day of a weekend, 0..1.
        month_end: limit of what is billed in a month's last days, about 1.
    """

    log_deal: Floats
    spread: Floats
    cap: Ints
    vat: Ints
    fill: Floats
    whole: Floats
    hundreds: Floats
    standard: Floats
    weekend: Floats
    month_end: Floats

    def ways(self, places: Ints) -> Ways:
        """Return how totals are rounded at some places."""
        return Ways(self.whole[places], self.hundreds[places], self.standard[places])

    def at(self, places: Ints) -> "Habits":
        """Return the habits at some places."""
        return Habits(*(getattr(self, f.name)[places] for f in fields(self)))

    def beside(self, others: "Habits") -> "Habits":
        """Return these habits and then the others."""
        return Habits(
            *(
                np.concatenate([getattr(self, f.name), getattr(others, f.name)])
                for f in fields(self)
            )
        )


def selling_habits(firms: Firms, *, rng: np.random.Generator) -> Habits:
    """Draw how each firm bills what it sells; larger firms write more invoices.

    Args:
        firms: the firms.
        rng: where chance comes from.
    """
    usual = np.array([trade.yearly_sales_wan for trade in firms.trades])
    size = firms.scale * DAYS_A_YEAR / (usual * FEN_PER_WAN)
    spread = np.exp(rng.normal(0, _DEALS_SPREAD, firms.count))
    deals = _FEWER_DEALS * firms.of_trade("deals") * size**_DEALS_BY_SIZE * spread
    deals = np.clip(deals, *_DEALS_BOUNDS)
    classes = [
        CLASSES.index("small" if small else trade.vat)
        for trade, small in zip(firms.trades, firms.small_scale, strict=True)
    ]
    mean = firms.scale * DAYS_A_YEAR * _YEARS / deals
    return _habits(mean, vat=np.array(classes, dtype=np.int64), bought=False, rng=rng)


def supplier_habits(
    firms: Firms, suppliers: OutsideLinks, *, rng: np.random.Generator
) -> Habits:
    """Draw how the outside suppliers in each slot bill.

    Args:
        firms: the firms.
        suppliers: the slots; in a scattered one fuel, fares and fees are bought.
        rng: where chance comes from.
    """
    count = len(suppliers.firm)
    deals = _PURCHASE_DEALS * np.exp(rng.normal(0, _DEALS_SPREAD, firms.count))
    bought = firms.inputs * firms.scale * DAYS_A_YEAR * _YEARS
    mean = (bought / deals)[suppliers.firm] * np.exp(rng.normal(0, _SLOT_SPREAD, count))
    small: Flags = suppliers.scatter > 0
    ticket, spread = _SMALL_TICKET
    mean = np.where(small, ticket * np.exp(rng.normal(0, spread, count)), mean)
    vat = np.where(
        small,
        rng.choice(len(CLASSES), size=count, p=SMALL_CLASSES),
        rng.choice(len(CLASSES), size=count, p=_SUPPLIER_CLASSES),
    )
    habits = _habits(mean, vat=vat.astype(np.int64), bought=True, rng=rng)
    narrow = rng.uniform(*_SMALL_SPREAD, count)
    spread_of = np.where(small, narrow, habits.spread)
    log = np.log(mean) - spread_of**2 / 2
    return Habits(
        log, spread_of, *(getattr(habits, f.name) for f in fields(Habits)[2:])
    )


def _habits(
    mean: Floats, *, vat: Ints, bought: bool, rng: np.random.Generator
) -> Habits:
    count = len(mean)
    spread = rng.uniform(*_SPREAD, count)
    size = np.searchsorted(_CAP_GROWS_AT_WAN, mean / FEN_PER_WAN)
    cap = np.array(CAPS_WAN, dtype=np.int64)[size] * FEN_PER_WAN
    often, vary = _WEEKEND_BOUGHT if bought else _WEEKEND
    ease, ease_spread = _MONTH_END_BOUGHT if bought else _MONTH_END
    rests = (rng.random(count) < _RESTS) & (not bought)
    fill = rng.uniform(*_FILL, count)
    return Habits(
        log_deal=np.log(mean) - spread**2 / 2,
        spread=spread,
        cap=cap,
        vat=vat,
        fill=np.where(rng.random(count) < _TO_THE_BRIM, _BRIM, fill),
        whole=rng.beta(*(_WHOLE_BOUGHT if bought else _WHOLE), count),
        hundreds=rng.beta(*(_HUNDREDS_BOUGHT if bought else _HUNDREDS), count),
        standard=rng.beta(*(_STANDARD_BOUGHT if bought else _STANDARD), count),
        weekend=np.where(
            rests,
            _RARELY,
            np.minimum(often * np.exp(rng.normal(0, vary, count)), _MOST_ON_WEEKEND),
        ),
        month_end=ease + rng.normal(0, ease_spread, count),
    )
