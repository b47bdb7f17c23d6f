"""Water beside electricity, and how the bills of both are paid.

Whether a bill counts as due turns on the day after `due_on` of `utility_bills`.
"""

from typing import Final

import ibis
import ibis.expr.types as ir

from xiaowei.portraits.moments import Moments
from xiaowei.portraits.traits.beside import beside
from xiaowei.portraits.traits.electricity import metered_months
from xiaowei.portraits.traits.states import ago_of
from xiaowei.portraits.traits.trait import (
    Facts,
    Part,
    Trait,
    days_between,
    grown,
    inside,
    ratio,
    total,
)
from xiaowei.portraits.whole import added, rounded

_WATER: Final = ("water",)
_BOTH: Final = ("electricity", "water")
_BILLS: Final = ("utility_bills",)
_YEAR: Final = 12


def water_months(facts: Facts, moments: Moments) -> ir.Table:
    """Return what the water meters of each enterprise read in each month.

    Returns:
        Shape: one row per key and month `ago` with a reading; `litres` of all meters.
    """
    cells = moments.cells(
        facts["water"],
        family="water",
        # Litres are whole numbers: their sums do not depend on the order of adding.
        sums={"litres": lambda t: rounded(t.m3 * 1000)},
    )
    months = cells.group_by([*moments.keys, "ago"])
    return months.aggregate(litres=added(cells.litres))


def used(facts: Facts, moments: Moments) -> ir.Table:
    """Return water beside electricity.

    Returns:
        Shape: see `beside`; `litres` and `wh`.
    """
    water, power = water_months(facts, moments), metered_months(facts, moments)
    return beside(
        moments,
        litres=water.mutate(amount=water.litres),
        wh=power.mutate(amount=power.wh),
    )


def bills(facts: Facts, moments: Moments) -> ir.Table:
    """Return the bills that should have been paid by the day.

    Returns:
        Shape: one row per key and bill whose due day has passed; `due_fen`, `due_on`,
        `ago`, months ago that it was made out, `open`, whether it is not paid, and
        `late`, days until it was, early ones as 0, null where it is open.
    """
    rows = moments.rows(facts["utility_bills"], family="utility_bills")
    rows = rows.filter(rows.due_on < rows.as_of)
    open_now = rows.paid_on.isnull()
    days = days_between(rows.due_on, rows.paid_on)
    # An engine's greatest would pass over a null, which here says 'not yet'.
    late = ibis.ifelse(open_now, ibis.null("int64"), ibis.greatest(days, 0))
    return rows.mutate(ago=ago_of(rows, rows.happened_on), open=open_now, late=late)


def _level(n: int) -> Trait:
    return Trait(
        f"water_{n}m",
        f"近{n}月用水量",
        f"water of {n} months",
        "m3",
        f"{n}m",
        _WATER,
        "lower_is_riskier",
        f"water of all meters in the last {n} months",
        lambda t: total(t.litres, inside(t.ago, n)).cast("float64") / 1000,
    )


def _growth(n: int) -> Trait:
    return Trait(
        f"water_growth_{n}m",
        f"近{n}月用水同比",
        f"growth of water, {n} months",
        "share",
        f"{n}m",
        _WATER,
        "lower_is_riskier",
        f"water of the last {n} months against the same months a year before, "
        "(now - before) / (|now| + |before|), -1..1; null unless the first reading is "
        "as old as those months",
        lambda t: grown(t, t.litres, months=n),
    )


def _late_share(t: ir.Table) -> ir.Value:
    year = inside(t.ago, _YEAR)
    late = t.open | (t.late.fill_null(0) > 0)
    return ratio((year & late).sum(), year.sum())


def _days_late(t: ir.Table) -> ir.Value:
    paid = inside(t.ago, _YEAR) & ~t.open
    return ratio(total(t.late, paid), paid.sum())


WATER: Final = (_level(3), _level(12), _growth(3), _growth(12))
USED: Final = (
    Trait(
        "water_kwh_ratio_12m",
        "近12月水电比",
        "litres of water per kWh, 12 months",
        "ratio",
        "12m",
        _BOTH,
        "none",
        "litres of water over kWh of electricity, of those of the last 12 months since "
        "both are on record",
        lambda t: ratio(
            total(t.litres, inside(t.ago, _YEAR)) * 1000,
            total(t.wh, inside(t.ago, _YEAR)),
        ),
    ),
)
BILLS: Final = (
    Trait(
        "bills_late_share_12m",
        "近12月水电账单逾期率",
        "share of utility bills paid late, 12 months",
        "share",
        "12m",
        _BILLS,
        "higher_is_riskier",
        "bills made out in the last 12 months and paid after the due day or not yet, "
        "over those whose due day has passed, by count",
        _late_share,
    ),
    Trait(
        "bill_days_late_12m",
        "近12月水电账单平均逾期天数",
        "mean days utility bills were late, 12 months",
        "days",
        "12m",
        _BILLS,
        "higher_is_riskier",
        "mean days from the due day to the day of payment, early ones as 0, of bills "
        "made out in the last 12 months, due and paid",
        _days_late,
    ),
    Trait(
        "bills_unpaid_now",
        "逾期未缴水电费",
        "utility bills overdue and unpaid",
        "fen",
        "now",
        _BILLS,
        "higher_is_riskier",
        "amount of bills whose due day has passed and that are not paid",
        lambda t: total(t.due_fen, t.open),
    ),
    Trait(
        "bill_oldest_unpaid_days_now",
        "最早未缴水电账单逾期天数",
        "days that the oldest unpaid utility bill is overdue",
        "days",
        "now",
        _BILLS,
        "higher_is_riskier",
        "days since the due day of the oldest bill that is overdue and not paid",
        lambda t: t.due_on.min(where=t.open),
        ages=True,
    ),
)

PARTS: Final = (
    Part(_WATER, water_months, WATER),
    Part(_BOTH, used, USED),
    Part(_BILLS, bills, BILLS),
)
