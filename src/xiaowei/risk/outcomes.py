"""Facts of credit in; who defaulted when, and whom anybody watched, out.

An enterprise has defaulted on the first day on which one of these was so: an instalment
of ours was owed for more than 90 days; the bureau reported one of its own loans as more
than 90 days overdue, or as substandard, doubtful or lost; our own record says so.

Whoever owed nothing to anybody could not default. Its outcome is unknown, not good:
only firms with credit that was looked at within the window have one.
"""

from collections.abc import Callable, Mapping
from datetime import date
from functools import reduce
from typing import Final, TypeAlias

import ibis
import ibis.expr.types as ir

from xiaowei.portraits.moments import known_by
from xiaowei.portraits.standing import current

DAYS_OVERDUE: Final = 90
"""More than so many days past due are a default.

Source: Basel framework CRE36.69; 商业银行金融资产风险分类办法 (2023), art. 10.
"""
_BAD_CLASSES: Final = ("substandard", "doubtful", "loss")
_FIRM: Final = "enterprise_id"
_DAY: Final = "day"
_Told: TypeAlias = Callable[[ir.Table, date], ir.Table]
_NOTHING: Final = ibis.schema({_FIRM: "string", _DAY: "date"})


def defaults(facts: Mapping[str, ir.Table], *, as_of: date) -> ir.Table:
    """Return the day of each enterprise's first default that is known.

    Args:
        facts: a family's name to its facts; those of credit may be lacking.
        as_of: the day by which it must be known.

    Returns:
        `enterprise_id` and `day`, one row per enterprise that defaulted.
    """
    found = [
        *_of(facts, "repayments", as_of, _unpaid),
        *_of(facts, "bureau_loans", as_of, _reported),
        *_of(facts, "credit_history", as_of, _recorded),
    ]
    events = _together(found)
    return events.group_by(_FIRM).agg(day=events.day.min())


def watched(facts: Mapping[str, ir.Table], *, as_of: date) -> ir.Table:
    """Return the days on which the credit of an enterprise was looked at.

    Args:
        facts: a family's name to its facts; those of credit may be lacking.
        as_of: the day by which it must be known.

    Returns:
        `enterprise_id` and `day`: an instalment that was due, a report of the bureau on
        a loan, a record of ours.
    """
    found = [
        *_of(facts, "repayments", as_of, _seen),
        *_of(facts, "bureau_loans", as_of, _seen_own),
        *_of(facts, "credit_history", as_of, _seen),
    ]
    return _together(found).distinct()


def _of(
    facts: Mapping[str, ir.Table], family: str, as_of: date, told: _Told
) -> list[ir.Table]:
    if family not in facts:
        return []
    known = known_by(facts[family], as_of=as_of)
    # A later record that says nothing of a default does not undo an earlier one.
    last = known if family == "credit_history" else current(known, family=family)
    return [told(last, as_of)]


def _together(tables: list[ir.Table]) -> ir.Table:
    empty = ibis.memtable([], schema=_NOTHING)
    return reduce(lambda a, b: a.union(b), tables, empty)


def _unpaid(t: ir.Table, as_of: date) -> ir.Table:
    paid = ibis.ifelse(t.paid_fen >= t.due_fen, t.paid_on, ibis.null("date"))
    until = paid.fill_null(ibis.literal(as_of))
    late = t.filter(until.delta(t.happened_on, unit="day") > DAYS_OVERDUE)
    first = late.happened_on + ibis.interval(days=DAYS_OVERDUE + 1)
    return late.select(_FIRM, day=first.cast("date"))


def _reported(t: ir.Table, _: date) -> ir.Table:
    bad = (t.dpd > DAYS_OVERDUE) | t.five_class.fill_null("normal").isin(_BAD_CLASSES)
    return t.filter(_own(t) & bad).select(_FIRM, day=t.happened_on)


def _recorded(t: ir.Table, _: date) -> ir.Table:
    return t.filter(t.defaulted == "yes").select(_FIRM, day=t.happened_on)


def _seen(t: ir.Table, _: date) -> ir.Table:
    return t.select(_FIRM, day=t.happened_on)


def _seen_own(t: ir.Table, _: date) -> ir.Table:
    return t.filter(_own(t)).select(_FIRM, day=t.happened_on)


def _own(t: ir.Table) -> ir.BooleanValue:
    """Test whether a loan is the enterprise's, not its legal person's."""
    return t.subject == "enterprise"
