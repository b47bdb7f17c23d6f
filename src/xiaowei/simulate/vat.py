"""Which VAT rate an invoice of a day bears."""

from datetime import date
from typing import Final

import numpy as np

from xiaowei.simulate.arrays import Ints
from xiaowei.simulate.seasons import Days
from xiaowei.simulate.trades import VatClass

CLASSES: Final[tuple[VatClass, ...]] = ("goods", "low", "service", "small")
"""In the order of the columns of `rates`."""

# Goods and low rates fell on 2018-05-01 and 2019-04-01 and on 2017-07-01 13 and 11
# became one; small-scale taxpayers pay 1% since 2020-03-01 (the exemption of 2022 and
# other reliefs are left out).
_PERCENT: Final[dict[VatClass, dict[date, int]]] = {
    "goods": {date.min: 17, date(2018, 5, 1): 16, date(2019, 4, 1): 13},
    "low": {date.min: 11, date(2018, 5, 1): 10, date(2019, 4, 1): 9},
    "service": {date.min: 6},
    "small": {date.min: 3, date(2020, 3, 1): 1},
}


def percent_on(vat: VatClass, day: date) -> int:
    """Return the rate in per cent of one class on one day.

    >>> [percent_on("goods", date(2018, month, 1)) for month in (4, 5)]
    [17, 16]
    """
    rates = _PERCENT[vat]
    return rates[max(since for since in rates if since <= day)]


def rates(days: Days) -> Ints:
    """Return the rate in per cent of every class on every day.

    Args:
        days: the days.

    Returns:
        Shape: one row per day, one column per class in the order of `CLASSES`.
    """
    columns = []
    for vat in CLASSES:
        turns = [(since - days.first).days for since in _PERCENT[vat]]
        held = np.searchsorted(turns, np.arange(days.count), side="right") - 1
        columns.append(np.array(list(_PERCENT[vat].values()))[held])
    return np.column_stack(columns).astype(np.int64)


def tax_on(net_fen: Ints, percent: Ints) -> Ints:
    """Return the tax on net amounts, half a fen rounded away from zero.

    Args:
        net_fen: net amounts in fen, negative for red letters.
        percent: rate of each.

    >>> tax_on(np.array([10_001, -10_050]), np.array([13, 1])).tolist()
    [1300, -101]
    """
    size = (np.abs(net_fen) * percent + 50) // 100
    return np.asarray(np.sign(net_fen) * size, dtype=np.int64)
