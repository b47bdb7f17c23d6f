"""What the bureau tells of debts, guarantees for others, and who asked about them.

What lasts until a day turns on the day after `until_on` of `bureau_guarantees`.
"""

from collections.abc import Callable
from typing import Final

import ibis
import ibis.expr.types as ir

from xiaowei.portraits.moments import Moments
from xiaowei.portraits.traits.states import (
    HALF,
    TWO_YEARS,
    YEAR,
    added,
    ago_of,
    lasts,
    many,
    surely,
)
from xiaowei.portraits.traits.trait import Facts, Part, Trait, inside, ratio, unknown

_LOANS: Final = ("bureau_loans",)
_GIVEN: Final = ("bureau_guarantees",)
_ASKED: Final = ("bureau_enquiries",)
_GRADES: Final = {
    "normal": 1,
    "special_mention": 2,
    "substandard": 3,
    "doubtful": 4,
    "loss": 5,
}
_LAST: Final = "by the bureau's last report, if it is of the last 24 months"


def _grade(t: ir.Table) -> ir.Value:
    named = [(word, ibis.literal(n, "int64")) for word, n in _GRADES.items()]
    return t.five_class.cases(*named, else_=ibis.null("int64"))


def reports(facts: Facts, moments: Moments) -> ir.Table:
    """Return what the bureau reported of debts in the last 24 months.

    Returns:
        Shape: any number of rows per key, subject, lender, day of report and day of
        opening; `loans`, how many, `balance`, `granted` and `overdue` in fen, `dpd`,
        `grade` 1 to 5, `ago`, `opened`, months ago, `now`, whether the report is the
        subject's last, and `then`, whether it is the last before the past 6 months.
    """
    cells = moments.cells(
        facts["bureau_loans"],
        family="bureau_loans",
        by=("subject", "lender", "happened_on", "opened_on"),
        sums={
            "loans": lambda _: ibis.literal(1, "int64"),
            "balance": lambda t: t.balance_fen,
            "granted": lambda t: t.limit_fen,
            "overdue": lambda t: t.overdue_fen,
        },
        lasts={"dpd": lambda t: t.dpd, "grade": _grade},
        within=TWO_YEARS,
    )
    own = ibis.window(group_by=[*moments.keys, "subject"])
    early = ibis.ifelse(cells.ago >= HALF, cells.happened_on, ibis.null("date"))
    return cells.mutate(
        opened=ago_of(cells, cells.opened_on),
        now=cells.happened_on == cells.happened_on.max().over(own),
        then=surely(cells.happened_on == early.max().over(own)),
    )


def _own(t: ir.Table) -> ir.BooleanValue:
    return t.subject == "enterprise"


def _person(t: ir.Table) -> ir.BooleanValue:
    return t.subject == "legal_person"


def _lenders(t: ir.Table, where: ir.Value) -> ir.Value:
    return t.lender.nunique(where=where & _own(t) & (t.balance > 0)).cast("int64")


def _known(t: ir.Table, value: ir.Value) -> ir.Value:
    return unknown(_own(t).any(), value)


def _lender_change(t: ir.Table) -> ir.Value:
    change = _lenders(t, t.now) - _lenders(t, t.then)
    return unknown((t.then & _own(t)).any(), change)


def _debt(name: str, zh: str, en: str, value: Callable[[ir.Table], ir.Value]) -> Trait:
    return Trait(
        name,
        zh,
        en,
        "fen",
        "now",
        _LOANS,
        "higher_is_riskier",
        f"{en}, {_LAST}",
        value,
    )


def _worst_dpd(n: int) -> Trait:
    return Trait(
        f"debt_dpd_{n}m",
        f"近{n}月征信最大逾期天数",
        f"most days past due at any lender, {n} months",
        "days",
        f"{n}m",
        _LOANS,
        "higher_is_riskier",
        "most days for which a loan of the enterprise was past due in a report of the "
        f"last {n} months; null where there is none",
        lambda t: t.dpd.max(where=_own(t) & inside(t.ago, n)),
    )


_DEBTS: Final = (
    _debt(
        "debt_balance_now",
        "征信贷款余额",
        "what the enterprise owes all lenders",
        lambda t: added(t.balance, t.now & _own(t)),
    ),
    _debt(
        "debt_limit_now",
        "征信授信总额",
        "limits that all lenders granted the enterprise",
        lambda t: added(t.granted, t.now & _own(t)),
    ),
    Trait(
        "debt_limit_use_now",
        "授信使用率",
        "share of granted limits that is used",
        "share",
        "now",
        _LOANS,
        "higher_is_riskier",
        f"what the enterprise owes all lenders over the limits granted, {_LAST}",
        lambda t: ratio(
            added(t.balance, t.now & _own(t)), added(t.granted, t.now & _own(t))
        ),
    ),
    Trait(
        "debt_lenders_now",
        "有余额的贷款机构数",
        "number of lenders that are owed money",
        "count",
        "now",
        _LOANS,
        "higher_is_riskier",
        f"lenders whom the enterprise owes anything, {_LAST}",
        lambda t: _known(t, _lenders(t, t.now)),
    ),
    Trait(
        "debt_lenders_change_6m",
        "近6月贷款机构数变化",
        "change in the number of lenders, 6 months",
        "count",
        "6m",
        _LOANS,
        "higher_is_riskier",
        "lenders by the last report less those by the last report before the past 6 "
        "months; null where there is none",
        _lender_change,
    ),
    _debt(
        "debt_overdue_now",
        "征信逾期金额",
        "what the enterprise is late with at all lenders",
        lambda t: added(t.overdue, t.now & _own(t)),
    ),
    _worst_dpd(12),
    _worst_dpd(24),
    Trait(
        "debt_class_now",
        "最差五级分类",
        "worst of the five classes, 1 normal to 5 loss",
        "grade",
        "now",
        _LOANS,
        "higher_is_riskier",
        f"worst class of a loan of the enterprise, 1 normal to 5 loss, {_LAST}",
        lambda t: t.grade.max(where=t.now & _own(t)),
    ),
    Trait(
        "debt_new_loans_6m",
        "近6月新增贷款笔数",
        "number of new loans, 6 months",
        "count",
        "6m",
        _LOANS,
        "higher_is_riskier",
        "loans of the enterprise in the bureau's last report that were opened in the "
        "last 6 months",
        lambda t: _known(
            t,
            t.loans.sum(where=t.now & _own(t) & inside(t.opened, HALF))
            .fill_null(0)
            .cast("int64"),
        ),
    ),
    _debt(
        "person_debt_now",
        "法定代表人贷款余额",
        "what the legal person owes all lenders",
        lambda t: added(t.balance, t.now & _person(t)),
    ),
    _debt(
        "person_overdue_now",
        "法定代表人逾期金额",
        "what the legal person is late with at all lenders",
        lambda t: added(t.overdue, t.now & _person(t)),
    ),
)


def guarantees(facts: Facts, moments: Moments) -> ir.Table:
    """Return what enterprises guarantee for others.

    Returns:
        Shape: one row per key and guarantee; `guaranteed_id`, `amount_fen` and
        `live`, whether it still binds.
    """
    rows = moments.rows(facts["bureau_guarantees"], family="bureau_guarantees")
    return rows.select(*moments.keys, "guaranteed_id", "amount_fen", live=lasts(rows))


def given_and_owed(facts: Facts, moments: Moments) -> ir.Table:
    """Return what each enterprise guarantees and what it owes, below each other.

    Returns:
        Shape: any number of rows per key; `given` and `owed` in fen, one of them null.
    """
    given, owed = guarantees(facts, moments), reports(facts, moments)
    none = ibis.null("int64")
    return given.select(
        *moments.keys,
        given=ibis.ifelse(given.live, given.amount_fen, 0).cast("int64"),
        owed=none,
    ).union(
        owed.filter(owed.now & _own(owed)).select(
            *moments.keys, given=none, owed=owed.balance
        )
    )


_GUARANTEES: Final = (
    Trait(
        "guaranteed_now",
        "对外担保余额",
        "amount guaranteed for others",
        "fen",
        "now",
        _GIVEN,
        "higher_is_riskier",
        "amount of the guarantees for others that have not ended",
        lambda t: t.amount_fen.sum(where=t.live).fill_null(0).cast("int64"),
    ),
    Trait(
        "guarantees_now",
        "对外担保笔数",
        "number of guarantees for others",
        "count",
        "now",
        _GIVEN,
        "higher_is_riskier",
        "guarantees for others that have not ended",
        lambda t: many(t.live),
    ),
)
_GIVEN_AND_OWED: Final = (
    Trait(
        "guaranteed_to_debt_now",
        "对外担保与贷款余额之比",
        "amount guaranteed for others over own debt",
        "ratio",
        "now",
        (*_GIVEN, *_LOANS),
        "higher_is_riskier",
        "amount of guarantees for others that have not ended over what the enterprise "
        "owes all lenders; null where it owes nothing",
        lambda t: ratio(t.given.sum(), t.owed.sum()),
    ),
)


def enquiries(facts: Facts, moments: Moments) -> ir.Table:
    """Return the enquiries about an enterprise or its legal person.

    Returns:
        Shape: any number of rows per key; `enquirer`, `ago` and `applied`, how many
        were made to decide on an application.
    """
    return moments.cells(
        facts["bureau_enquiries"],
        family="bureau_enquiries",
        by=("enquirer",),
        sums={"applied": lambda t: (t.reason == "application").cast("int64")},
    )


def _enquiries(n: int) -> Trait:
    return Trait(
        f"enquiries_{n}m",
        f"近{n}月贷款审批查询次数",
        f"enquiries for applications, {n} months",
        "count",
        f"{n}m",
        _ASKED,
        "higher_is_riskier",
        "enquiries about the enterprise or its legal person to decide on an "
        f"application, of the last {n} months",
        lambda t: t.applied.sum(where=inside(t.ago, n)).fill_null(0).cast("int64"),
    )


_ENQUIRIES: Final = (
    _enquiries(3),
    _enquiries(6),
    Trait(
        "enquirers_12m",
        "近12月贷款审批查询机构数",
        "number of lenders asking for applications, 12 months",
        "count",
        "12m",
        _ASKED,
        "higher_is_riskier",
        "lenders that enquired to decide on an application in the last 12 months",
        lambda t: t.enquirer.nunique(where=inside(t.ago, YEAR) & (t.applied > 0)).cast(
            "int64"
        ),
    ),
)
PARTS: Final = (
    Part(_LOANS, reports, _DEBTS),
    Part(_GIVEN, guarantees, _GUARANTEES),
    Part((*_GIVEN, *_LOANS), given_and_owed, _GIVEN_AND_OWED),
    Part(_ASKED, enquiries, _ENQUIRIES),
)
