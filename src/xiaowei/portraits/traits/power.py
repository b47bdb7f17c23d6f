"""Electricity beside what the meters can carry, and beside sales."""

from typing import Final

import ibis
import ibis.expr.types as ir

from xiaowei.portraits.moments import Moments
from xiaowei.portraits.traits.beside import beside
from xiaowei.portraits.traits.electricity import metered_months, watt_hours
from xiaowei.portraits.traits.invoice_months import invoice_months
from xiaowei.portraits.traits.trait import (
    Facts,
    Part,
    Trait,
    inside,
    months_seen,
    ratio,
    total,
    unknown,
)
from xiaowei.portraits.whole import added, rounded

_METERS: Final = ("meters",)
_METERED: Final = ("electricity", "meters")
_SOLD: Final = ("electricity", "invoices")
_QUARTER: Final = 3
_TWO_YEARS: Final = 24
_MILLION: Final = 1_000_000
_TWO_MONTHS_HOURS: Final = 1461
"""A mean month has 730.5 hours."""
_FEWEST: Final = 6
"""Of fewer changes no slope is told."""


def capacities(facts: Facts, moments: Moments) -> ir.Table:
    """Return the meters of each enterprise.

    Returns:
        Shape: one row per key and meter; `va` under contract, `unclear`, whether its
        readings tell less than the use, being shared or beside own power, null where
        neither is stated.
    """
    rows = moments.rows(facts["meters"], family="meters")
    shared, own = rows.shared == "yes", rows.own_power == "yes"
    no = ibis.literal(value=False)
    unclear = shared.fill_null(no) | own.fill_null(no)
    told = rows.shared.notnull() | rows.own_power.notnull()
    return rows.mutate(
        va=rounded(rows.capacity_kva * 1000),
        unclear=unknown(told, unclear),
    )


def loads(facts: Facts, moments: Moments) -> ir.Table:
    """Return what each meter read in 3 complete months, beside its capacity.

    Returns:
        Shape: one row per key and meter that is on file and was read by then; `wh`,
        `va`, and `seen`, the months since its first reading in them.
    """
    cells = moments.cells(
        facts["electricity"],
        family="electricity",
        by=("meter",),
        sums={"wh": watt_hours},
        within=_QUARTER,
    )
    own = [*moments.keys, "meter"]
    read = cells.group_by(own).aggregate(
        wh=total(cells.wh, inside(cells.ago, _QUARTER)),
        seen=months_seen(cells, months=_QUARTER),
    )
    file = capacities(facts, moments).view()
    joined = read.inner_join(file, [read[name] == file[name] for name in own])
    return joined.select(*[read[name] for name in read.columns], va=file.va)


def changes(facts: Facts, moments: Moments) -> ir.Table:
    """Return by how much sales and electricity changed from month to month.

    Both trend, and trends agree by chance; changes do not.

    Returns:
        Shape: one row per key and month of the last 24 that, like the one before it,
        has sales and electricity above 0; `sales` and `power`, changes of their
        logarithms in whole millionths.
    """
    sold = invoice_months(facts, moments, way="sale")
    sold = sold.filter(sold.ago < _TWO_YEARS).mutate(amount=sold.net)
    power = metered_months(facts, moments)
    months = beside(moments, sold=sold, wh=power.mutate(amount=power.wh))
    months = months.filter(
        inside(months.ago, _TWO_YEARS) & (months.sold > 0) & (months.wh > 0)
    )
    months = months.mutate(x=_log(months.sold), y=_log(months.wh))
    order = ibis.window(group_by=moments.keys, order_by=ibis.desc("ago"))
    months = months.mutate(
        **{
            f"{name}_before": months[name].lag().over(order)
            for name in ("x", "y", "ago")
        }
    )
    months = months.filter(months.ago_before == months.ago + 1)
    return months.mutate(
        sales=months.x - months.x_before, power=months.y - months.y_before
    )


def _log(value: ir.Value) -> ir.Value:
    return rounded(ibis.greatest(value, 1).ln() * _MILLION)


def _spread(t: ir.Table, one: str, other: str) -> ir.Value:
    """Return n**2 times a covariance, exactly: sums of whole numbers, below 10**18."""
    products = added(t[one] * t[other])
    sums = added(t[one]) * added(t[other])
    return (t.count() * products - sums).cast("float64")


def _elasticity(t: ir.Table) -> ir.Value:
    varied = _spread(t, "sales", "sales")
    slope = ratio(_spread(t, "sales", "power"), varied)
    return unknown(t.count() >= _FEWEST, slope)


def _correlation(t: ir.Table) -> ir.Value:
    sizes = _spread(t, "sales", "sales").sqrt() * _spread(t, "power", "power").sqrt()
    alike = ratio(_spread(t, "sales", "power"), sizes)
    return unknown(t.count() >= _FEWEST, alike)


def _use(t: ir.Table) -> ir.Value:
    able = (t.va * t.seen * _TWO_MONTHS_HOURS).sum()
    return ratio((2 * t.wh).sum(), able)


METERS: Final = (
    Trait(
        "capacity_unclear_share_now",
        "合用或自备电源容量占比",
        "share of capacity shared or beside own power",
        "share",
        "now",
        _METERS,
        "none",
        "capacity of meters that are shared or have own power beside them over that of "
        "all of which it is stated; what they read tells less",
        lambda t: ratio(total(t.va, t.unclear), total(t.va, t.unclear.notnull())),
    ),
)
LOADS: Final = (
    Trait(
        "capacity_use_3m",
        "近3月合同容量利用率",
        "use of contracted capacity, 3 months",
        "share",
        "3m",
        _METERED,
        "lower_is_riskier",
        "electricity of the last 3 months, or since the first reading in them, over "
        "capacity under contract times hours, of meters on file; above 1 is more than "
        "they can carry",
        _use,
    ),
)
CHANGES: Final = (
    Trait(
        "kwh_sales_elasticity_24m",
        "近24月用电对销售弹性",
        "elasticity of electricity to sales, 24 months",
        "ratio",
        "24m",
        _SOLD,
        "lower_is_riskier",
        "slope of monthly changes of log electricity on those of log sales, of the "
        f"last 24 months; null with fewer than {_FEWEST} changes",
        _elasticity,
    ),
    Trait(
        "kwh_sales_correlation_24m",
        "近24月用电与销售相关",
        "correlation of electricity and sales, 24 months",
        "ratio",
        "24m",
        _SOLD,
        "lower_is_riskier",
        "correlation of monthly changes of log electricity and log sales, of the last "
        f"24 months, -1..1; null with fewer than {_FEWEST} changes",
        _correlation,
    ),
)

PARTS: Final = (
    Part(_METERS, capacities, METERS),
    Part(_METERED, loads, LOADS),
    Part(_SOLD, changes, CHANGES),
)
