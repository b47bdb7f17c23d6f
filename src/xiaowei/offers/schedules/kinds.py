"""What each kind of schedule pays on a due day: one small rule for each.

What is paid is counted anew on every due day from what is owed then, so that whatever
a rounding left over is spread over the instalments that follow. Each rule leaves more
owed, or as much, to one who owed more: a holiday can never lower the interest.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Final, NamedTuple, TypeAlias

from xiaowei.money import Fen, share_of
from xiaowei.offers.schedules.agreement import Agreement
from xiaowei.offers.schedules.borrowing import Due, rounded
from xiaowei.policy.products.product import Kind

_ONE: Final = 1 << 96
"""One, as annuity factors are kept: whole numbers, so that no float meets money."""


class Debt(NamedTuple):
    """What is owed on a due day.

    Args:
        outstanding_fen: principal.
        accrued_fen: interest of the period that ends.
        carried_fen: interest of earlier periods.
    """

    outstanding_fen: Fen
    accrued_fen: Fen
    carried_fen: Fen

    @property
    def interest_fen(self) -> Fen:
        """All interest owed."""
        return self.accrued_fen + self.carried_fen

    @property
    def all_fen(self) -> Fen:
        """Principal and interest."""
        return self.outstanding_fen + self.interest_fen


class Ahead(NamedTuple):
    """What lies ahead of a debt.

    Args:
        agreement: the kind, with weights or incomes.
        since: the day from which interest is owed.
        dues: the due days left, all of which are taken to be paid.
    """

    agreement: Agreement
    since: date
    dues: Sequence[Due]


Payer: TypeAlias = Callable[[Due, Debt], Fen]
"""What is to be paid on a due day before the last."""

Rule: TypeAlias = Callable[[Ahead], Payer]


def payer_of(agreement: Agreement, *, since: date, dues: Sequence[Due]) -> Payer:
    """Return what is to be paid on each of some due days, by the agreement's kind.

    Args:
        agreement: the kind, with weights or incomes.
        since: the day from which interest is owed.
        dues: the due days left, all of which are taken to be paid.
    """
    return _RULES[agreement.kind](Ahead(agreement, since, dues))


def _equal_instalments(ahead: Ahead) -> Payer:
    """Divide the principal by what one fen on each due day left is worth today.

    Where a long first period or month bears more interest than that, it is what is
    paid: principal never grows.
    """
    borrowing, worth, worths = ahead.agreement.borrowing, 0, dict[int, int]()
    starts = [ahead.since, *(due.on for due in ahead.dues[:-1])]
    for start, due in zip(reversed(starts), reversed(ahead.dues), strict=True):
        above, below = borrowing.growth(start, due.on)
        worth = (_ONE + worth) * below // (below + above)
        worths[due.number] = worth

    def pay(due: Due, debt: Debt) -> Fen:
        level = rounded(debt.outstanding_fen * _ONE, worths[due.number])
        return max(level, debt.accrued_fen) + debt.carried_fen

    return pay


def _equal_principal(ahead: Ahead) -> Payer:
    left = {due.number: len(ahead.dues) - at for at, due in enumerate(ahead.dues)}

    def pay(due: Due, debt: Debt) -> Fen:
        return debt.outstanding_fen // left[due.number] + debt.interest_fen

    return pay


def _interest_alone(_: Ahead) -> Payer:
    return lambda _, debt: debt.interest_fen


def _seasonal(ahead: Ahead) -> Payer:
    weights, total, totals = ahead.agreement.weights, 0, dict[int, int]()
    for due in reversed(ahead.dues):
        total += weights[due.month - 1]
        totals[due.number] = total

    def pay(due: Due, debt: Debt) -> Fen:
        part = debt.outstanding_fen * weights[due.month - 1]
        # A holiday may take every month of weight: then the last due day bears it all.
        return part // (totals[due.number] or 1) + debt.interest_fen

    return pay


def _income_linked(ahead: Ahead) -> Payer:
    income = ahead.agreement.income

    def pay(due: Due, _: Debt) -> Fen:
        # Of instalments that a holiday adds no income is stated: they pay the floor.
        known = income.incomes_fen[due.number - 1 : due.number]
        wanted = share_of(sum(known), income.share)
        return min(max(wanted, income.floor_fen), income.cap_fen)

    return pay


_RULES: Final[Mapping[Kind, Rule]] = {
    "equal_instalments": _equal_instalments,
    "equal_principal": _equal_principal,
    "interest_first": _interest_alone,
    "at_end": _interest_alone,
    "seasonal": _seasonal,
    "income_linked": _income_linked,
}
