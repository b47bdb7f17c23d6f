"""What may change while a loan lasts: early money, a holiday, income come to light.

A change leaves every line before its day as it was.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from xiaowei.errors import InputError
from xiaowei.money import Fen
from xiaowei.offers.schedules.agreement import (
    Holiday,
    Keep,
    Pays,
    Prepayment,
)
from xiaowei.offers.schedules.schedule import Schedule, schedule_of


class NoIncomeError(InputError):
    """Income came to light for a schedule that does not depend on it."""

    def __init__(self, kind: str) -> None:
        """Name the kind."""
        super().__init__(
            f"a schedule of kind '{kind}' does not depend on income",
            expected="one of kind 'income_linked'",
            remedy="Leave it as it is, or agree on another kind",
        )


def prepay(
    schedule: Schedule, *, on: date, amount_fen: Fen, keep: Keep = "term"
) -> Schedule:
    """Return the schedule with principal paid early (部分提前还款).

    The interest owed by then is paid with it. Nothing paid early changes nothing.

    Args:
        schedule: the schedule so far.
        on: the day, after drawdown and before the loan is repaid; on a due day the
            instalment is paid first.
        amount_fen: principal, from 0 to what is owed.
        keep: "term" for lower instalments to the same last day, "instalment" for the
            same instalments, or principal parts, until nothing is owed; where income or
            the last day alone decides, both are the same.

    Raises:
        AgreementError: more is paid than is owed, or on a day on which that cannot be.
    """
    if amount_fen == 0:
        return schedule
    return _prepaid(schedule, Prepayment(on=on, amount_fen=amount_fen, keep=keep))


def settle(schedule: Schedule, *, on: date) -> Schedule:
    """Return the schedule with all that is owed paid on a day (提前结清).

    Args:
        schedule: the schedule so far.
        on: the day, after drawdown and before the loan is repaid.

    Raises:
        AgreementError: nothing is owed on that day.
    """
    return _prepaid(schedule, Prepayment(on=on, amount_fen=None))


def pause(
    schedule: Schedule,
    *,
    first: int,
    count: int,
    pays: Pays = "interest",
    keep: Keep = "term",
) -> Schedule:
    """Return the schedule with a repayment holiday (还款假期, 延期还本付息).

    It never lowers the total interest.

    Args:
        schedule: the schedule so far.
        first: number of the first instalment in it.
        count: how many instalments, at least 1.
        pays: "interest" for a holiday from principal; "nothing" to carry the interest,
            without interest on it, to the first instalment after.
        keep: "term" for the same last day, "instalment" for as many more due days.

    Raises:
        AgreementError: the holiday cannot be; every fault is named.
    """
    holiday = Holiday(first=first, count=count, pays=pays, keep=keep)
    agreement = schedule.agreement
    holidays = sorted([*agreement.holidays, holiday], key=lambda one: one.first)
    return schedule_of(replace(agreement, holidays=tuple(holidays)))


def with_true_income(schedule: Schedule, *, incomes_fen: Sequence[Fen]) -> Schedule:
    """Return the schedule by the true income of its first periods.

    Args:
        schedule: one of kind 'income_linked'.
        incomes_fen: true income of the first periods in order, at least 0, no more than
            there are instalments; later ones stay as expected.

    Raises:
        NoIncomeError: the schedule is of another kind.
        AgreementError: an income is below 0, or there are too many.
    """
    agreement = schedule.agreement
    if agreement.kind != "income_linked":
        raise NoIncomeError(agreement.kind)
    expected = agreement.income.incomes_fen[len(incomes_fen) :]
    income = replace(agreement.income, incomes_fen=(*incomes_fen, *expected))
    return schedule_of(replace(agreement, income=income))


def _prepaid(schedule: Schedule, prepayment: Prepayment) -> Schedule:
    agreement = schedule.agreement
    prepayments = sorted([*agreement.prepayments, prepayment], key=lambda one: one.on)
    return schedule_of(replace(agreement, prepayments=tuple(prepayments)))
