"""People at work: how many, how they change, whether their due is paid in time."""

from typing import Final

import ibis
import ibis.expr.types as ir

from xiaowei.portraits.moments import Moments
from xiaowei.portraits.traits.beside import beside
from xiaowei.portraits.traits.states import ago_of
from xiaowei.portraits.traits.trait import (
    Facts,
    Part,
    Trait,
    days_between,
    grown,
    growth,
    inside,
    ratio,
    total,
)
from xiaowei.portraits.whole import rounded

_INSURED: Final = ("social_security",)
_PAID: Final = ("payroll",)
_BOTH: Final = ("payroll", "social_security")
_YEAR: Final = 12
_HALF: Final = 6
_QUARTER: Final = 3


def insured(facts: Facts, moments: Moments) -> ir.Table:
    """Return the periods of social security that ended in complete months.

    Returns:
        Shape: one row per key and period; `headcount`, `base_fen`, `due` and `unpaid`
        in fen, none below 0, `late` days, early ones as 0, `ago`, and `newest`,
        whether it is the last.
    """
    rows = moments.rows(facts["social_security"], family="social_security")
    due = ibis.greatest(rows.due_fen, 0)
    rows = rows.mutate(
        ago=ago_of(rows, rows.period_end),
        due=due,
        unpaid=ibis.greatest(due - ibis.greatest(rows.paid_fen, 0), 0),
        late=ibis.greatest(days_between(rows.due_on, rows.happened_on), 0),
    )
    rows = rows.filter(rows.ago >= 0)
    own = ibis.window(group_by=moments.keys)
    return rows.mutate(newest=rows.ago == rows.ago.min().over(own))


def wages(facts: Facts, moments: Moments) -> ir.Table:
    """Return the periods of wages that ended in complete months.

    Returns:
        Shape: one row per key and period; `headcount`, `wages_fen`, `ago`.
    """
    rows = moments.rows(facts["payroll"], family="payroll")
    rows = rows.mutate(ago=ago_of(rows, rows.period_end))
    return rows.filter(rows.ago >= 0)


def heads(facts: Facts, moments: Moments) -> ir.Table:
    """Return people paid beside people insured.

    Returns:
        Shape: see `beside`; `paid` and `insured` people.
    """
    paid, covered = wages(facts, moments), insured(facts, moments)
    return beside(
        moments,
        paid=paid.mutate(amount=paid.headcount),
        insured=covered.mutate(amount=covered.headcount),
    )


def _mean_growth(t: ir.Table, *, before: int) -> ir.Value:
    """Return the growth of the mean headcount of 3 months since as many before.

    Each sum is multiplied by the other's number of months, so that whole numbers are
    compared and a month not stated is no fall.
    """
    now = inside(t.ago, _QUARTER)
    then = t.ago.between(before, before + _QUARTER - 1)
    return growth(
        total(t.headcount, now) * then.sum(), total(t.headcount, then) * now.sum()
    )


def _grown(before: int, window: int, zh: str, words: str) -> Trait:
    return Trait(
        f"insured_growth_{window}m",
        f"参保人数{zh}",
        f"growth of people insured against {words}",
        "share",
        f"{window}m",
        _INSURED,
        "lower_is_riskier",
        f"mean number of people insured in the last 3 months against {words}, "
        "(now - before) / (now + before), -1..1",
        lambda t: _mean_growth(t, before=before),
    )


def _base(t: ir.Table) -> ir.Value:
    told = inside(t.ago, _YEAR) & t.base_fen.notnull()
    return rounded(ratio(total(t.base_fen, told), total(t.headcount, told)))


def _wage(t: ir.Table) -> ir.Value:
    year = inside(t.ago, _YEAR)
    return rounded(ratio(total(t.wages_fen, year), total(t.headcount, year)))


def _wages_growth(t: ir.Table) -> ir.Value:
    return grown(t, t.wages_fen, months=_YEAR)


def _paid_insured(t: ir.Table) -> ir.Value:
    both = inside(t.ago, _YEAR) & t.paid_told & t.insured_told
    return ratio(total(t.paid, both), total(t.insured, both))


INSURED: Final = (
    Trait(
        "insured_now",
        "参保人数",
        "people insured in the last period",
        "count",
        "now",
        _INSURED,
        "lower_is_riskier",
        "people insured in the last period on record, if it ended in the last 6 months",
        lambda t: t.headcount.max(where=t.newest & inside(t.ago, _HALF)).cast("int64"),
    ),
    _grown(_QUARTER, 3, "环比", "the 3 months before"),
    _grown(_YEAR, 12, "同比", "the same months a year before"),
    Trait(
        "social_days_late_12m",
        "近12月社保平均逾期天数",
        "mean days social security was late, 12 months",
        "days",
        "12m",
        _INSURED,
        "higher_is_riskier",
        "mean days by which social security of periods that ended in the last 12 "
        "months was paid after the due day, early ones as 0",
        lambda t: ratio(
            total(t.late, inside(t.ago, _YEAR)), inside(t.ago, _YEAR).sum()
        ),
    ),
    Trait(
        "social_unpaid_share_12m",
        "近12月社保欠缴率",
        "share of social security unpaid, 12 months",
        "share",
        "12m",
        _INSURED,
        "higher_is_riskier",
        "social security due and not paid over what was due, for periods that ended in "
        "the last 12 months",
        lambda t: ratio(
            total(t.unpaid, inside(t.ago, _YEAR)), total(t.due, inside(t.ago, _YEAR))
        ),
    ),
    Trait(
        "social_base_12m",
        "近12月人均缴费基数",
        "mean monthly base per person insured, 12 months",
        "fen",
        "12m",
        _INSURED,
        "lower_is_riskier",
        "base of social security over people insured, of periods that ended in the "
        "last 12 months and state a base, in whole fen",
        _base,
    ),
)
WAGES: Final = (
    Trait(
        "wages_12m",
        "近12月工资总额",
        "wages of 12 months",
        "fen",
        "12m",
        _PAID,
        "lower_is_riskier",
        "wages of periods that ended in the last 12 months",
        lambda t: total(t.wages_fen, inside(t.ago, _YEAR)),
    ),
    Trait(
        "wages_growth_12m",
        "近12月工资同比",
        "growth of wages, 12 months",
        "share",
        "12m",
        _PAID,
        "lower_is_riskier",
        "wages of the last 12 months against the 12 before, (now - before) / (|now| + "
        "|before|), -1..1; null unless the first period is as old as those months",
        _wages_growth,
    ),
    Trait(
        "wage_12m",
        "近12月人均月工资",
        "mean monthly wage per person, 12 months",
        "fen",
        "12m",
        _PAID,
        "lower_is_riskier",
        "wages over people paid, of periods that ended in the last 12 months, in whole "
        "fen",
        _wage,
    ),
)
HEADS: Final = (
    Trait(
        "paid_insured_ratio_12m",
        "近12月发薪参保人数比",
        "people paid over people insured, 12 months",
        "ratio",
        "12m",
        _BOTH,
        "none",
        "people paid over people insured, in the months of the last 12 that both "
        "state: far above 1 the staff is not insured, far below it is not there",
        _paid_insured,
    ),
)

PARTS: Final = (
    Part(_INSURED, insured, INSURED),
    Part(_PAID, wages, WAGES),
    Part(_BOTH, heads, HEADS),
)
