"""What invoices are for: codes of the tax office's classification of goods."""

from typing import Final

import numpy as np

from xiaowei.simulate.arrays import Ints
from xiaowei.simulate.history import County
from xiaowei.simulate.tickets import OUTSIDE
from xiaowei.simulate.trades import SUPPLIERS, TRADES

_HEADS: Final = {
    "C13": ("1030101", "1030107", "1030211"),
    "C17": ("1040101", "1040104", "1040201"),
    "C29": ("1070601", "1070602", "1070604"),
    "C33": ("1080412", "1080413", "1080414"),
    "C34": ("1090101", "1090117", "1090132"),
    "C39": ("1090506", "1090511", "1090527"),
    "E47": ("3050100", "3050200", "3050300"),
    "E50": ("3050400", "3050401", "3050500"),
    "F51": ("1080207", "1080131", "1070213"),
    "F52": ("1060105", "1060301", "1060512"),
    "G54": ("3010102", "3010200", "3010600"),
    "H62": ("3070401", "3070402", "3070300"),
    "I65": ("3040201", "3040202", "3040203"),
    "M74": ("3040301", "3040303", "3040602"),
    "A01": ("1010101", "1010105", "1010115"),
}
"""First digits of what each trade sells; the first two say the class of goods."""

ODD_HEADS: Final = ("1100301", "1080601", "1120101")
"""Fuel, gold and tobacco: what a carousel buys and no trade of the county works up."""

GOODS: Final = tuple(
    f"{head:0<19}"
    for head in (
        *(head for trade in TRADES for head in _HEADS[trade.code]),
        *ODD_HEADS,
    )
)
"""Codes of 19 digits: three for each trade in order, then the odd ones."""

_PER_TRADE: Final = 3
_ODD: Final = _PER_TRADE * len(TRADES)
_FITS_FROM: Final = 2
_MAIN_GOODS: Final = 0.85


def goods_of(county: County, *, rng: np.random.Generator) -> Ints:
    """Return what each invoice is for, a place in `GOODS`.

    A partner sells a firm the same goods each time; of an outside seller they are
    those that the buyer's trade buys. A carousel buys what fits no product, unless it
    is well hidden.

    Args:
        county: what was lived.
        rng: where chance comes from.
    """
    tickets, world = county.tickets, county.world
    trade = world.firms.trade
    inside = tickets.seller != OUTSIDE
    kind = (tickets.partner + 7 * tickets.buyer) % _PER_TRADE
    usual = rng.random(tickets.count)
    kind = np.where(inside & (usual < _MAIN_GOODS), tickets.seller % _PER_TRADE, kind)
    bought = _bought(rng=rng)
    buyer = np.maximum(tickets.buyer, 0)
    column = np.where(tickets.partner >= 0, tickets.partner % bought.shape[1], 0)
    seller_trade = np.where(
        inside, trade[np.maximum(tickets.seller, 0)], bought[trade[buyer], column]
    )
    goods = _PER_TRADE * seller_trade + kind
    frauds = world.frauds
    odd = frauds.is_kind("carousel") & (frauds.camouflage < _FITS_FROM)
    strange = tickets.staged & ~inside & odd[buyer]
    return np.where(strange, _ODD + buyer % len(ODD_HEADS), goods).astype(np.int64)


def _bought(*, rng: np.random.Generator) -> Ints:
    """Return which trade each of some kinds of outside seller is, by buyer's trade."""
    columns = 97
    table = np.empty((len(TRADES), columns), dtype=np.int64)
    for row, buyer in enumerate(TRADES):
        liking = SUPPLIERS[buyer.group]
        weight = np.array([liking.get(t.group, 0.0) * t.share for t in TRADES])
        table[row] = rng.choice(len(TRADES), columns, p=weight / weight.sum())
    return table
