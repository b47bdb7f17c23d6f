"""People agree on round totals: the tax is taken out of them, not put on top."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from xiaowei.simulate.arrays import Floats, Ints
from xiaowei.simulate.vat import tax_on

YUAN: Final = 100
HUNDRED_YUAN: Final = 10_000
_ROUND_FROM: Final = 4
"""A total is rounded to hundreds only where it is this many hundreds or more."""


@dataclass(frozen=True, slots=True)
class Ways:
    """How totals are rounded, one place per invoice.

    Args:
        whole: share of totals in whole yuan, 0..1.
        hundreds: share of those in whole hundreds, 0..1.
        standard: share of those that are two digits and zeros, 0..1.
    """

    whole: Floats
    hundreds: Floats
    standard: Floats


def grids(net: Ints, ways: Ways, *, rng: np.random.Generator) -> Ints:
    """Draw to what each total is rounded, in fen; 1 where it is not.

    Args:
        net: fen without tax, above 0.
        ways: how each is priced.
        rng: where chance comes from.
    """
    in_yuan = rng.random(len(net)) < ways.whole
    in_hundreds = in_yuan & (rng.random(len(net)) < ways.hundreds)
    in_hundreds &= net >= _ROUND_FROM * HUNDRED_YUAN
    grid = np.where(in_hundreds, HUNDRED_YUAN, np.where(in_yuan, YUAN, 1))
    standard = in_yuan & (rng.random(len(net)) < ways.standard)
    digits = np.floor(np.log10(np.maximum(net, 1))).astype(np.int64) - 1
    coarse = np.maximum(10 ** np.maximum(digits, 0), YUAN)
    grid = np.where(standard, np.maximum(coarse, grid), grid)
    return np.where(net >= _ROUND_FROM * YUAN, grid, 1).astype(np.int64)


def priced(net: Ints, *, percent: Ints, grid: Ints) -> tuple[Ints, Ints]:
    """Return net amounts and tax whose totals are round, and no larger than before.

    Args:
        net: fen without tax, above 0.
        percent: rate of VAT.
        grid: to what each total is rounded, in fen; 1 for not at all.

    >>> net, tax = priced(np.array([100_070]), percent=np.array([13]),
    ...                   grid=np.array([10_000]))
    >>> net.tolist(), tax.tolist()
    ([97345], [12655])
    """
    total = (net + tax_on(net, percent)) // grid * grid
    inside = (total * 200 + 100 + percent) // (2 * (100 + percent))
    rounded = np.where(grid > 1, inside, net)
    tax = np.where(grid > 1, total - inside, tax_on(net, percent))
    return rounded.astype(np.int64), tax.astype(np.int64)
