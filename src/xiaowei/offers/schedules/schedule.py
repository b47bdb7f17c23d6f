"""A repayment schedule: what falls due on which day, what it costs, in one line too."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from xiaowei.money import Fen, yuan_text
from xiaowei.offers.schedules.agreement import Agreement
from xiaowei.offers.schedules.course import Line, lines_of
from xiaowei.offers.schedules.rate import FeesError, effective_rate
from xiaowei.offers.terms import cny
from xiaowei.policy.products.product import KINDS
from xiaowei.said import Said, percent

_EVERY: Final = {
    1: Said("按月", "monthly instalments"),
    3: Said("按季", "quarterly instalments"),
    6: Said("按半年", "half-yearly instalments"),
    12: Said("按年", "yearly instalments"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """What falls due on which day, to the fen (还款计划).

    Principal parts add up to what was lent, none is negative, nothing is owed after the
    last line, and due days rise. Equal instalments differ from one another by at most
    1 fen and the last by at most 2, but for one whose interest alone is more.

    Args:
        agreement: what it follows from.
        lines: one for each day on which something falls due or is paid early; an
            instalment of a holiday has its line, also where nothing is paid.
    """

    agreement: Agreement
    lines: tuple[Line, ...]

    @property
    def instalments(self) -> int:
        """Instalments, prepayments between them not counted."""
        return sum(line.number is not None for line in self.lines)

    @property
    def ends_on(self) -> date:
        """The day after which nothing is owed."""
        return self.lines[-1].due_on

    @property
    def first_fen(self) -> Fen:
        """What is paid on the first line."""
        return self.lines[0].paid_fen

    @property
    def largest_fen(self) -> Fen:
        """The most that is paid on one day."""
        return max(line.paid_fen for line in self.lines)

    @property
    def interest_fen(self) -> Fen:
        """All interest paid."""
        return sum(line.interest_fen for line in self.lines)

    @property
    def paid_fen(self) -> Fen:
        """All that is paid."""
        return sum(line.paid_fen for line in self.lines)

    @property
    def text(self) -> Said:
        """Kind, instalments, first and largest payment, interest, yearly rate."""
        kind, rate = _kind_text(self), percent(self.yearly_rate())
        first, largest, interest = self.first_fen, self.largest_fen, self.interest_fen
        return Said(
            f"{kind.zh}，首期还款 {yuan_text(first)} 元，最高一期 {yuan_text(largest)}"
            f" 元，利息合计 {yuan_text(interest)} 元，年化利率 {rate}（内部收益率，"
            "复利）",
            f"{kind.en}, first payment {cny(first)}, largest {cny(largest)},"
            f" total interest {cny(interest)}, yearly rate {rate} (compound)",
        )

    def outstanding_on(self, day: date) -> Fen:
        """Return the principal owed at the end of a day.

        Args:
            day: 0 fen are owed before drawdown.
        """
        borrowing = self.agreement.borrowing
        owed = borrowing.amount_fen if day >= borrowing.drawn_on else 0
        for line in self.lines:
            if line.due_on > day:
                break
            owed = line.outstanding_fen
        return owed

    def yearly_rate(self, *, fees_fen: Fen = 0) -> Decimal:
        """Return the yearly rate that must be shown, compounded (贷款年化利率).

        Args:
            fees_fen: fees for the loan taken at drawdown, 0 to less than what is lent.

        Returns:
            Yearly rate to six decimals.

        Raises:
            FeesError: the fees are below 0 or leave no rate to state.

        Source: 中国人民银行公告〔2021〕第3号: all costs of the loan count.
        """
        borrowing = self.agreement.borrowing
        if fees_fen < 0:
            raise FeesError(borrowing.amount_fen - fees_fen, self.paid_fen)
        return effective_rate(
            [(line.due_on, line.paid_fen) for line in self.lines],
            drawn_on=borrowing.drawn_on,
            received_fen=borrowing.amount_fen - fees_fen,
        )


def schedule_of(agreement: Agreement) -> Schedule:
    """Return the schedule that follows from an agreement, by the name of its kind.

    Args:
        agreement: how the loan is repaid; its `kind` is one of `KINDS`.

    Raises:
        AgreementError: a prepayment is more than is owed on its day or comes too late,
            or a holiday would not leave an instalment after it.
    """
    return Schedule(agreement=agreement, lines=lines_of(agreement))


def _kind_text(schedule: Schedule) -> Said:
    agreement, count = schedule.agreement, schedule.instalments
    months = agreement.borrowing.every_months
    name = KINDS[agreement.kind]
    every = _EVERY.get(
        months, Said(f"每{months}个月", f"instalments every {months} months")
    )
    zh, en = f"{name.zh}，{every.zh}共{count}期", f"{name.en}, {count} {every.en}"
    if agreement.kind == "at_end":
        zh, en = f"{name.zh}，共1期", f"{name.en}, 1 instalment"
    if agreement.grace:
        zh, en = f"{zh}，宽限{agreement.grace}期", f"{en}, grace {agreement.grace}"
    spared = sum(one.count for one in agreement.holidays)
    if spared:
        zh, en = f"{zh}，还款假期{spared}期", f"{en}, holiday {spared}"
    early = len(agreement.prepayments)
    if early:
        zh, en = f"{zh}，提前还款{early}次", f"{en}, prepayments {early}"
    return Said(zh, en)
