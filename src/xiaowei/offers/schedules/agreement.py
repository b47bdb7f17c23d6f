"""How a loan is to be repaid: the kind, and what was agreed beside it or later on."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import pairwise
from typing import Final, Literal, TypeAlias

from xiaowei.errors import InputError
from xiaowei.money import Fen
from xiaowei.offers.schedules.borrowing import MOST_INSTALMENTS, Borrowing, Due
from xiaowei.policy.products.product import KINDS, Kind

Keep: TypeAlias = Literal["term", "instalment"]
"""What stays as it was when something changes: the last due day, or what is paid."""

Pays: TypeAlias = Literal["interest", "nothing"]

YEAR_MONTHS: Final = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Income:
    """What an instalment by income is counted from.

    Args:
        incomes_fen: expected, or once known true, income of each period in order, one
            for each instalment, at least 0.
        share: share of it that is paid, above 0, at most 1.
        floor_fen: least instalment, at least 0.
        cap_fen: largest instalment but the last, at least the floor.
    """

    incomes_fen: tuple[Fen, ...]
    share: Decimal
    floor_fen: Fen
    cap_fen: Fen


NO_INCOME: Final = Income(incomes_fen=(), share=Decimal(0), floor_fen=0, cap_fen=0)
"""What all other kinds are counted from."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Holiday:
    """A stretch of instalments without principal, or without any payment (还款假期).

    Args:
        first: number of the first instalment in it, 1 for the first of all.
        count: how many, at least 1.
        pays: "interest", or "nothing": then the interest is carried, bears none itself,
            and falls due with the first instalment after the holiday.
        keep: "term": the last due day stays and later instalments rise; "instalment":
            as many due days are added at the end.
    """

    first: int
    count: int
    pays: Pays = "interest"
    keep: Keep = "term"


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepayment:
    """Principal paid before it is due, with the interest owed by then (提前还款).

    Args:
        on: the day, after drawdown.
        amount_fen: principal, above 0; None for all that is left.
        keep: "term": the last due day stays and instalments fall; "instalment": what
            was planned is paid on, until nothing is owed: equal instalments as they
            were, of other kinds the principal of each. By income both are the same.
    """

    on: date
    amount_fen: Fen | None
    keep: Keep = "term"


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """How a loan is repaid; a schedule follows from it alone.

    Args:
        borrowing: what is lent and when it falls due.
        kind: a key of `KINDS`.
        grace: first instalments of interest alone, fewer than all.
        weights: of a seasonal schedule, how much principal January to December bear,
            whole numbers, at least 0.
        income: of a schedule by income.
        holidays: repayment holidays in order; one that begins after the loan is repaid
            is moot.
        prepayments: in order, each on another day.

    Raises:
        AgreementError: it contradicts itself; every fault is named.
    """

    borrowing: Borrowing
    kind: Kind
    grace: int = 0
    weights: tuple[int, ...] = ()
    income: Income = NO_INCOME
    holidays: tuple[Holiday, ...] = ()
    prepayments: tuple[Prepayment, ...] = ()

    def __post_init__(self) -> None:
        """Refuse what contradicts itself."""
        faults = list(_faults(self))
        if faults:
            raise AgreementError(faults)

    @property
    def dues(self) -> tuple[Due, ...]:
        """The due days, before holidays add to them."""
        last = self.borrowing.instalments
        if self.kind == "at_end":
            return (self.borrowing.due(last)._replace(number=1),)
        return tuple(self.borrowing.due(number) for number in range(1, last + 1))


class AgreementError(InputError):
    """An agreement contradicts itself; all faults are named at once."""

    def __init__(self, faults: Sequence[str]) -> None:
        """Name each fault."""
        super().__init__(
            "the loan cannot be repaid as agreed: " + "; ".join(faults),
            expected=f"one of {', '.join(KINDS)} with the weights or incomes it needs, "
            "grace, holidays and prepayments while the loan lasts",
            remedy="Correct them and ask for the schedule again",
        )


def _faults(agreement: Agreement) -> Iterator[str]:
    if agreement.kind not in KINDS:
        yield f"kind '{agreement.kind}' is none of {', '.join(KINDS)}"
        return
    due_days = 1 if agreement.kind == "at_end" else agreement.borrowing.instalments
    if not 0 <= agreement.grace < due_days:
        yield f"a grace of {agreement.grace} of {due_days} instalments"
    if agreement.kind == "seasonal":
        yield from _weight_faults(agreement)
    elif agreement.weights:
        yield f"weights, which '{agreement.kind}' does not take"
    if agreement.kind == "income_linked":
        yield from _income_faults(agreement)
    elif agreement.income != NO_INCOME:
        yield f"incomes, which '{agreement.kind}' does not take"
    yield from _holiday_faults(agreement)
    yield from _prepayment_faults(agreement)


def _weight_faults(agreement: Agreement) -> Iterator[str]:
    weights, borrowing = agreement.weights, agreement.borrowing
    if len(weights) != YEAR_MONTHS:
        yield f"{len(weights)} weights, not one for each calendar month"
        return
    if min(weights) < 0:
        yield f"a weight of {min(weights)}"
    last = borrowing.due(borrowing.instalments)
    if not any(weights):
        yield "weights that are all 0"
    elif not weights[last.month - 1]:
        yield f"weight 0 for month {last.month}, in which the term ends"


def _income_faults(agreement: Agreement) -> Iterator[str]:
    income, count = agreement.income, agreement.borrowing.instalments
    if len(income.incomes_fen) != count:
        yield f"{len(income.incomes_fen)} incomes for {count} instalments"
    if min(income.incomes_fen, default=0) < 0:
        yield f"an income of {min(income.incomes_fen)} fen"
    if not income.share.is_finite() or not 0 < income.share <= 1:
        yield f"a share of income of {income.share}"
    if not 0 <= income.floor_fen <= income.cap_fen:
        yield f"floor {income.floor_fen} and cap {income.cap_fen} fen do not rise"


def _holiday_faults(agreement: Agreement) -> Iterator[str]:
    last = agreement.borrowing.instalments
    if agreement.holidays and agreement.kind == "at_end":
        yield "a holiday where there is but one payment"
    for one in agreement.holidays:
        last += one.count if one.keep == "instalment" else 0
        if not 1 <= one.first < one.first + one.count <= last:
            yield f"a holiday of {one.count} from number {one.first} of {last}"
    if last > MOST_INSTALMENTS:
        yield f"{last} instalments with those that holidays add"
    for one, later in pairwise(agreement.holidays):
        if one.first + one.count > later.first:
            yield f"the holiday from number {later.first} begins before one has ended"


def _prepayment_faults(agreement: Agreement) -> Iterator[str]:
    drawn_on = agreement.borrowing.drawn_on
    for one in agreement.prepayments:
        if one.on <= drawn_on:
            yield f"a prepayment on {one.on}, not after the drawdown on {drawn_on}"
        if one.amount_fen is not None and one.amount_fen <= 0:
            yield f"a prepayment of {one.amount_fen} fen"
    for one, later in pairwise(agreement.prepayments):
        if one.on >= later.on:
            yield f"the prepayment on {later.on} does not come after that on {one.on}"
