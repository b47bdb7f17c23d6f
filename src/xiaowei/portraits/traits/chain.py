"""Position in the supply chain, as it was at the last month end: see `network`."""

from collections.abc import Callable
from functools import partial
from typing import Final

import ibis.expr.types as ir

from xiaowei.portraits.moments import Moments
from xiaowei.portraits.network import FAMILY, SCHEMA
from xiaowei.portraits.traits.trait import Facts, Part, Trait, growth

_BOTH: Final = ("invoices", FAMILY)
"""Positions are told from invoices; who no longer agrees to those has none."""
_KEYS: Final = ("enterprise_id", "happened_on", "known_on")
_VALUES: Final = tuple(name for name in SCHEMA.names if name not in _KEYS)


def _column(t: ir.Table, name: str) -> ir.Value:
    return t[name]


def last_positions(facts: Facts, moments: Moments) -> ir.Table:
    """Return the positions as of the end of the last complete month.

    Returns:
        Shape: at most one row per key; the values of the family `network`.
    """
    cells = moments.cells(
        facts[FAMILY],
        family=FAMILY,
        sums={},
        lasts={name: partial(_column, name=name) for name in _VALUES},
        within=1,
    )
    return cells.filter(cells.ago == 0)


def _value(column: str) -> Callable[[ir.Table], ir.Value]:
    return lambda t: t[column].max()


def _change(t: ir.Table) -> ir.Value:
    return growth(t.position.max(), t.position_before.max())


TRAITS: Final = (
    Trait(
        "chain_position_12m",
        "近12月供应链地位",
        "position in the supply chain, 12 months",
        "ratio",
        "12m",
        _BOTH,
        "lower_is_riskier",
        "PageRank among enterprises known here, from who buys to who sells and by "
        "amount, 1 being the mean; null for one that trades with none of them",
        _value("position"),
    ),
    Trait(
        "chain_position_change_12m",
        "供应链地位同比变化",
        "change of position in the supply chain, 12 months",
        "share",
        "12m",
        _BOTH,
        "lower_is_riskier",
        "position of the last 12 months against that of the 12 before, (now - before) "
        "/ (now + before), -1..1",
        _change,
    ),
    Trait(
        "chain_customers_12m",
        "近12月本地客户企业数",
        "customers that are enterprises known here, 12 months",
        "count",
        "12m",
        _BOTH,
        "lower_is_riskier",
        "enterprises known here to which it sold more than was sent back, by either "
        "side's invoices",
        _value("customers"),
    ),
    Trait(
        "chain_suppliers_12m",
        "近12月本地供应企业数",
        "suppliers that are enterprises known here, 12 months",
        "count",
        "12m",
        _BOTH,
        "lower_is_riskier",
        "enterprises known here from which it bought more than it sent back, by "
        "either side's invoices",
        _value("suppliers"),
    ),
    Trait(
        "chain_dependence_12m",
        "近12月对最大客户单向依赖度",
        "one-sided dependence on a customer, 12 months",
        "share",
        "12m",
        _BOTH,
        "higher_is_riskier",
        "share of its sales that an enterprise known here takes times the share of "
        "that one's purchases that come from others, for the customer for whom this "
        "is most, 0..1",
        _value("dependence"),
    ),
    Trait(
        "chain_depth_12m",
        "近12月距终端买方层级",
        "steps to final buyers, 12 months",
        "ratio",
        "12m",
        _BOTH,
        "none",
        "mean number of steps that its sales lie before buyers not known here, "
        "weighted by amount, 1..10",
        _value("depth"),
    ),
    Trait(
        "chain_known_share_12m",
        "近12月本地企业伙伴占比",
        "share of partners that are enterprises known here, 12 months",
        "share",
        "12m",
        _BOTH,
        "none",
        "share of its customers and suppliers that are enterprises known here, by "
        "count",
        _value("known_share"),
    ),
)
PART: Final = Part(_BOTH, last_positions, TRAITS, alone=False)
