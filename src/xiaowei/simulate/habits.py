"""How each firm and each of its outside suppliers writes its invoices."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from xiaowei.money import FEN_PER_WAN
from xiaowei.simulate.arrays import Floats, Ints
from xiaowei.simulate.firms import DAYS_A_YEAR, Firms
from xiaowei.simulate.links import OutsideLinks
from xiaowei.simulate.vat import CLASSES

CAPS_WAN: Final = (1, 10, 100)
"""Face-value caps of paper invoices in 万元 net of tax; the habit outlived paper."""

_CAP_GROWS_AT_WAN: Final = (0.3, 32)
_YEARS: Final = 3
_SPREAD: Final = (1.3, 1.9)
_DEALS_SPREAD: Final = 0.55
_SLOT_SPREAD: Final = 0.6
_PURCHASE_DEALS: Final = 270
_SUPPLIER_CLASSES: Final = (0.72, 0.08, 0.1, 0.1)


@dataclass(frozen=True, slots=True)
class Habits:
    """How invoices are written, one place per firm or slot.

    Args:
        log_deal: mean of the log of a deal in fen.
        spread: standard deviation of the same.
        cap: face-value cap in fen net of tax.
        vat: column of the table of rates.
    """

    log_deal: Floats
    spread: Floats
    cap: Ints
    vat: Ints

    def at(self, places: Ints) -> "Habits":
        """Return the habits at some places."""
        return Habits(
            self.log_deal[places],
            self.spread[places],
            self.cap[places],
            self.vat[places],
        )

    def beside(self, others: "Habits") -> "Habits":
        """Return these habits and then the others."""
        return Habits(
            np.concatenate([self.log_deal, others.log_deal]),
            np.concatenate([self.spread, others.spread]),
            np.concatenate([self.cap, others.cap]),
            np.concatenate([self.vat, others.vat]),
        )


def selling_habits(firms: Firms, *, rng: np.random.Generator) -> Habits:
    """Draw how each firm bills what it sells.

    Args:
        firms: the firms.
        rng: where chance comes from.
    """
    deals = firms.of_trade("deals") * np.exp(rng.normal(0, _DEALS_SPREAD, firms.count))
    classes = [
        CLASSES.index("small" if small else trade.vat)
        for trade, small in zip(firms.trades, firms.small_scale, strict=True)
    ]
    mean = firms.scale * DAYS_A_YEAR * _YEARS / deals
    return _habits(mean, vat=np.array(classes, dtype=np.int64), rng=rng)


def supplier_habits(
    firms: Firms, suppliers: OutsideLinks, *, rng: np.random.Generator
) -> Habits:
    """Draw how the outside suppliers in each slot bill.

    Args:
        firms: the firms.
        suppliers: the slots.
        rng: where chance comes from.
    """
    count = len(suppliers.firm)
    deals = _PURCHASE_DEALS * np.exp(rng.normal(0, _DEALS_SPREAD, firms.count))
    bought = firms.inputs * firms.scale * DAYS_A_YEAR * _YEARS
    mean = (bought / deals)[suppliers.firm] * np.exp(rng.normal(0, _SLOT_SPREAD, count))
    vat = rng.choice(len(CLASSES), size=count, p=_SUPPLIER_CLASSES)
    return _habits(mean, vat=vat.astype(np.int64), rng=rng)


def _habits(mean: Floats, *, vat: Ints, rng: np.random.Generator) -> Habits:
    spread = rng.uniform(*_SPREAD, len(mean))
    size = np.searchsorted(_CAP_GROWS_AT_WAN, mean / FEN_PER_WAN)
    cap = np.array(CAPS_WAN, dtype=np.int64)[size] * FEN_PER_WAN
    return Habits(np.log(mean) - spread**2 / 2, spread, cap, vat)
