"""The course of a debt from drawdown to nothing, one line for each day of payment."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from xiaowei.money import Fen
from xiaowei.offers.schedules.agreement import (
    Agreement,
    AgreementError,
    Holiday,
    Keep,
    Pays,
    Prepayment,
)
from xiaowei.offers.schedules.borrowing import Due
from xiaowei.offers.schedules.kinds import Debt, Payer, payer_of
from xiaowei.policy.products.product import Kind


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """What is paid on one day, and what is owed after it.

    Args:
        number: of the instalment, 1 for the first; None for a prepayment between two.
        due_on: the day.
        principal_fen: principal paid, at least 0.
        interest_fen: interest paid, at least 0.
        accrued_fen: interest of the days since the line before; paid at once unless a
            holiday or a low income lets it be carried.
        carried_fen: interest owed after it, which bears none itself.
        outstanding_fen: principal owed after it.
    """

    number: int | None
    due_on: date
    principal_fen: Fen
    interest_fen: Fen
    accrued_fen: Fen
    carried_fen: Fen
    outstanding_fen: Fen

    @property
    def paid_fen(self) -> Fen:
        """Principal and interest paid."""
        return self.principal_fen + self.interest_fen

    @property
    def owed_fen(self) -> Fen:
        """Principal and interest still owed."""
        return self.outstanding_fen + self.carried_fen


def lines_of(agreement: Agreement) -> tuple[Line, ...]:
    """Return the lines of an agreement, the last of which leaves nothing owed.

    What is agreed for later days does not change earlier lines.

    Args:
        agreement: how the loan is repaid.

    Raises:
        AgreementError: a prepayment is more than is owed on its day, or a holiday would
            not leave an instalment after it.
    """
    course = _Course(agreement)
    waiting = list(agreement.prepayments)
    while course.runs:
        due = course.dues[0]
        if waiting and waiting[0].on < due.on:
            course.prepay(waiting.pop(0))
            continue
        course.fall_due()
        if waiting and waiting[0].on == due.on:
            course.prepay_too(waiting.pop(0))
    if waiting:
        raise AgreementError(
            [f"the loan is repaid before the prepayment on {waiting[0].on}"]
        )
    return tuple(course.lines)


class _Course:
    """A debt under way: the lines so far, the due days left and what they pay."""

    def __init__(self, agreement: Agreement) -> None:
        borrowing = agreement.borrowing
        self.agreement = agreement
        self.lines: list[Line] = []
        self.last = Line(
            number=None,
            due_on=borrowing.drawn_on,
            principal_fen=0,
            interest_fen=0,
            accrued_fen=0,
            carried_fen=0,
            outstanding_fen=borrowing.amount_fen,
        )
        self.holidays = {one.first: one for one in agreement.holidays}
        self.spared: dict[int, Pays] = dict.fromkeys(
            range(1, agreement.grace + 1), "interest"
        )
        self.aim(agreement.dues)

    @property
    def runs(self) -> bool:
        return bool(self.dues and self.last.owed_fen)

    def aim(self, dues: Sequence[Due]) -> None:
        """Take these as the due days left, and count anew what is paid on them."""
        self.dues = list(dues)
        self.payer = payer_of(self.agreement, since=self.last.due_on, dues=dues)

    def fall_due(self) -> None:
        """Let the next due day come."""
        holiday = self.holidays.get(self.dues[0].number)
        if holiday is not None:
            self.begin(holiday)
        due = self.dues.pop(0)
        self.add(self.paid_on(self.last, due, last=not self.dues))

    def begin(self, holiday: Holiday) -> None:
        """Spare the instalments of a holiday, and spread what is owed over the rest."""
        spared = range(holiday.first, holiday.first + holiday.count)
        self.spared.update(dict.fromkeys(spared, holiday.pays))
        added = range(0)
        if holiday.keep == "instalment":
            final = self.dues[-1].number
            added = range(final + 1, final + holiday.count + 1)
        self.aim([*self.dues, *map(self.agreement.borrowing.due, added)])
        if self.dues[-1].number < spared.stop:
            raise AgreementError(
                [f"the holiday from number {holiday.first} outlasts the loan"]
            )

    def prepay(self, prepayment: Prepayment) -> None:
        """Take a prepayment between two due days, with the interest owed by then."""
        before = self.last
        now = self.now(before, prepayment.on)
        line = _line(None, prepayment.on, debt=now, wanted=now.interest_fen)
        self.add(_prepaid(line, prepayment))
        self.go_on(before, prepayment.keep)

    def prepay_too(self, prepayment: Prepayment) -> None:
        """Take a prepayment on the day of the line just made."""
        before = self.lines.pop()
        self.add(_prepaid(before, prepayment))
        self.go_on(before, prepayment.keep)

    def go_on(self, before: Line, keep: Keep) -> None:
        """Count what is paid anew, or keep to what was planned and end earlier."""
        kind = self.agreement.kind
        if keep == "term" or kind == "income_linked":
            self.aim(self.dues)
        else:
            self.payer = _as_planned(kind, self.ahead(before))
            self.dues = self.dues[: len(self.ahead(self.last))]

    def ahead(self, line: Line) -> list[Line]:
        """Return the lines to come if nothing else is agreed."""
        lines = list[Line]()
        for due in self.dues:
            if not line.owed_fen:
                break
            line = self.paid_on(line, due, last=due is self.dues[-1])
            lines.append(line)
        return lines

    def paid_on(self, before: Line, due: Due, *, last: bool) -> Line:
        debt = self.now(before, due.on)
        wanted = debt.all_fen if last else self.payer(due, debt)
        spared = None if last else self.spared.get(due.number)
        if spared:
            # A low income may pay less than the interest, also in a holiday.
            wanted = min(wanted, debt.interest_fen) if spared == "interest" else 0
        return _line(due.number, due.on, debt=debt, wanted=wanted)

    def now(self, before: Line, day: date) -> Debt:
        outstanding = before.outstanding_fen
        accrued = self.agreement.borrowing.interest_fen(
            outstanding, since=before.due_on, until=day
        )
        return Debt(outstanding, accrued, before.carried_fen)

    def add(self, line: Line) -> None:
        self.lines.append(line)
        self.last = line


def _line(number: int | None, day: date, *, debt: Debt, wanted: Fen) -> Line:
    """Pay interest first, then principal, and never more than is owed."""
    paid = min(wanted, debt.all_fen)
    interest = min(paid, debt.interest_fen)
    return Line(
        number=number,
        due_on=day,
        principal_fen=paid - interest,
        interest_fen=interest,
        accrued_fen=debt.accrued_fen,
        carried_fen=debt.interest_fen - interest,
        outstanding_fen=debt.outstanding_fen - paid + interest,
    )


def _prepaid(line: Line, prepayment: Prepayment) -> Line:
    left, amount = line.outstanding_fen, prepayment.amount_fen
    if amount is None:
        amount = left
    if not 0 < amount <= left:
        raise AgreementError(
            [f"a prepayment of {amount} fen on {prepayment.on}, when {left} are owed"]
        )
    return replace(
        line,
        principal_fen=line.principal_fen + amount,
        interest_fen=line.interest_fen + line.carried_fen,
        carried_fen=0,
        outstanding_fen=left - amount,
    )


def _as_planned(kind: Kind, planned: Sequence[Line]) -> Payer:
    lines = {line.number: line for line in planned}
    level = kind == "equal_instalments"

    def pay(due: Due, debt: Debt) -> Fen:
        line = lines[due.number]
        interest = line.accrued_fen if level else debt.accrued_fen
        return line.principal_fen + interest + debt.carried_fen

    return pay
