"""Our own loans: what is owed, what was paid late, and what was applied for.

A loan turns on the day `due_on` of `loans`.
"""

from typing import Final

import ibis
import ibis.expr.types as ir

from xiaowei.portraits.moments import Moments
from xiaowei.portraits.traits.states import YEAR, ago_of, many
from xiaowei.portraits.traits.trait import (
    Facts,
    Part,
    Trait,
    days_between,
    inside,
    ratio,
)
from xiaowei.portraits.whole import added, rounded

_LENT: Final = ("loans",)
_PAID: Final = ("repayments",)
_BOTH: Final = (*_LENT, *_PAID)
_APPLIED: Final = ("applications",)
_TWICE_DAYS_A_YEAR: Final = 730


def instalments(facts: Facts, moments: Moments) -> ir.Table:
    """Return the instalments that have fallen due, each as last stated.

    Returns:
        Shape: one row per key, loan and instalment; `due_fen`, `paid_fen`, `unpaid`
        fen, `due`, the day, `ago`, and `late`, days from when it was due to when it was
        paid or, if it is not, to the end of the last complete month; null where it is
        paid on a day not stated.
    """
    rows = moments.rows(facts["repayments"], family="repayments")
    unpaid = ibis.greatest(rows.due_fen - rows.paid_fen, 0)
    following = ibis.date(rows.anchor // YEAR, rows.anchor % YEAR + 1, 1)
    waited = ibis.ifelse(
        unpaid > 0,
        days_between(rows.happened_on, following) - 1,
        days_between(rows.happened_on, rows.paid_on),
    )
    return rows.select(
        *moments.keys,
        "loan_no",
        "due_fen",
        "paid_fen",
        due=rows.happened_on,
        ago=ago_of(rows, rows.happened_on),
        unpaid=unpaid,
        late=ibis.ifelse(waited.isnull(), ibis.null("int64"), ibis.greatest(waited, 0)),
    )


def lent(facts: Facts, moments: Moments) -> ir.Table:
    """Return our loans.

    Returns:
        Shape: one row per key and loan; `drawn`, the day.
    """
    rows = moments.rows(facts["loans"], family="loans")
    return rows.select(*moments.keys, "loan_no", drawn=rows.happened_on)


def balances(facts: Facts, moments: Moments) -> ir.Table:
    """Return what is left of our loans.

    Interest is taken to be spread evenly over the payments: an instalment pays back
    1 / (1 + rate * years / 2) of itself, as equal instalments do over their term.

    Returns:
        Shape: one row per key and loan; `left`, fen, and `repaid`, whether it has come
        to its end with all instalments paid.
    """
    rows = moments.rows(facts["loans"], family="loans")
    one_by_one = instalments(facts, moments)
    keys = [*moments.keys, "loan_no"]
    paid = one_by_one.group_by(keys).aggregate(
        paid=added(one_by_one.paid_fen),
        unpaid=added(one_by_one.unpaid),
    )
    paid = paid.view()
    loans = rows.left_join(paid, [rows[key] == paid[key] for key in keys])
    days = days_between(rows.happened_on, rows.due_on)
    cost = 1 + rows.rate * days / _TWICE_DAYS_A_YEAR
    back = rounded(ibis.coalesce(paid.paid, 0) / cost)
    return loans.select(
        *[rows[key] for key in keys],
        left=ibis.greatest(rows.principal_fen - back, 0),
        repaid=(rows.due_on <= rows.as_of) & (paid.unpaid == 0),
    )


def _lately(t: ir.Table) -> ir.BooleanValue:
    return inside(t.ago, YEAR)


def _late_share(t: ir.Table) -> ir.Value:
    return ratio(many(_lately(t) & (t.late > 0)), many(_lately(t) & t.late.notnull()))


_LOANS: Final = (
    Trait(
        "own_loans_all",
        "本行累计贷款笔数",
        "number of our loans ever drawn",
        "count",
        "all",
        _LENT,
        "lower_is_riskier",
        "loans of our own ever drawn",
        lambda t: t.count().cast("int64"),
    ),
    Trait(
        "own_first_loan_days_since",
        "在本行首贷至今天数",
        "days on our books since the first loan",
        "days",
        "all",
        _LENT,
        "lower_is_riskier",
        "days since the first of our loans was drawn",
        lambda t: t.drawn.min(),
        ages=True,
    ),
)
_BALANCES: Final = (
    Trait(
        "own_balance_now",
        "本行贷款余额",
        "what is left of our loans",
        "fen",
        "now",
        _BOTH,
        "none",
        "principal of our loans less what was paid back, an instalment paying back "
        "1 / (1 + rate * years / 2) of itself",
        lambda t: t.left.sum().cast("int64"),
    ),
    Trait(
        "own_repaid_now",
        "本行已结清贷款笔数",
        "number of our loans paid back in full",
        "count",
        "now",
        _BOTH,
        "lower_is_riskier",
        "loans of our own that have come to their end with all instalments paid",
        lambda t: many(t.repaid),
    ),
)
_INSTALMENTS: Final = (
    Trait(
        "own_overdue_now",
        "本行应还未还金额",
        "what has fallen due to us and is not paid",
        "fen",
        "now",
        _PAID,
        "higher_is_riskier",
        "instalments of our loans that have fallen due less what was paid of each",
        lambda t: t.unpaid.sum().cast("int64"),
    ),
    Trait(
        "own_unpaid_days_since",
        "本行当前逾期天数",
        "days since the oldest unpaid instalment fell due",
        "days",
        "all",
        _PAID,
        "higher_is_riskier",
        "days since the oldest instalment not paid in full fell due; null where all "
        "are paid",
        lambda t: t.due.min(where=t.unpaid > 0),
        ages=True,
    ),
    Trait(
        "own_dpd_12m",
        "近12月本行最大逾期天数",
        "most days an instalment was late, 12 months",
        "days",
        "12m",
        _PAID,
        "higher_is_riskier",
        "most days from when an instalment due in the last 12 months was due to when "
        "it was paid, or else to the end of the last complete month",
        lambda t: t.late.max(where=_lately(t)),
    ),
    Trait(
        "own_late_share_12m",
        "近12月本行逾期期数占比",
        "share of instalments paid late, 12 months",
        "share",
        "12m",
        _PAID,
        "higher_is_riskier",
        "instalments due in the last 12 months that were paid after the day, or not "
        "by the end of the last complete month, by count",
        _late_share,
    ),
)


def applications(facts: Facts, moments: Moments) -> ir.Table:
    """Return the applications for our loans.

    Returns:
        Shape: one row per key and application; `outcome`, `ago` and `applied`, the day.
    """
    rows = moments.rows(facts["applications"], family="applications")
    return rows.select(
        *moments.keys,
        "outcome",
        applied=rows.happened_on,
        ago=ago_of(rows, rows.happened_on),
    )


_APPLICATIONS: Final = (
    Trait(
        "applications_12m",
        "近12月贷款申请次数",
        "applications for our loans, 12 months",
        "count",
        "12m",
        _APPLIED,
        "none",
        "applications for our loans of the last 12 months",
        lambda t: many(inside(t.ago, YEAR)),
    ),
    Trait(
        "applications_declined_12m",
        "近12月被拒申请次数",
        "applications declined, 12 months",
        "count",
        "12m",
        _APPLIED,
        "higher_is_riskier",
        "applications for our loans of the last 12 months that were declined",
        lambda t: many(inside(t.ago, YEAR) & (t.outcome == "declined")),
    ),
    Trait(
        "application_days_since",
        "距上次贷款申请天数",
        "days since the last application",
        "days",
        "all",
        _APPLIED,
        "none",
        "days since the last application for one of our loans",
        lambda t: t.applied.max(),
        ages=True,
    ),
)
PARTS: Final = (
    Part(_LENT, lent, _LOANS),
    Part(_BOTH, balances, _BALANCES),
    Part(_PAID, instalments, _INSTALMENTS),
    Part(_APPLIED, applications, _APPLICATIONS),
)
