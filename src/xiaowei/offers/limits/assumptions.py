"""What the twin and the caps assume on a day: dated numbers of the policy book."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from datetime import date
from typing import Any

from xiaowei.errors import InputError
from xiaowei.policy.book import Book


@dataclass(frozen=True, slots=True, kw_only=True)
class Assumptions:
    """The numbers of `policy/limits.yaml` as of a day, by the names they have there.

    Yuan are fen here: `cap_group_fen` is `cap_group_yuan`.

    Raises:
        AssumptionsError: they contradict each other; every fault is named.
    """

    limit_shortfall_most: float
    limit_paths: int
    limit_loan_spent: float
    twin_least_months: int
    twin_most_months: int
    twin_growth_years: float
    twin_growth_usual: float
    twin_growth_spread: float
    twin_season_years: float
    twin_noise_months: float
    twin_noise_usual: float
    twin_persistence_usual: float
    twin_tail: float
    twin_widening_months: float
    twin_invoice_widening: float
    twin_collection_months: int
    twin_payment_months: int
    twin_upkeep_fixed: float
    twin_buyer_chance: float
    twin_buyer_months: int
    twin_buyer_unpaid: float
    twin_buyer_unseen: float
    twin_sector_chance: float
    twin_sector_depth: float
    twin_sector_months: int
    cap_buyer_share: float
    cap_group_fen: int
    cap_need_turnover_share: float
    cap_need_growth: float
    cap_need_stock_days: int
    cap_need_receivable_days: int
    cap_need_payable_days: int
    cap_need_advance_days: int

    def __post_init__(self) -> None:
        """Refuse numbers that contradict each other."""
        faults = list(_faults(self))
        if faults:
            raise AssumptionsError(faults)


class AssumptionsError(InputError):
    """The numbers of limits contradict themselves; all faults are named at once."""

    def __init__(self, faults: Sequence[str]) -> None:
        """Name each fault."""
        super().__init__(
            "the numbers of limits contradict themselves: " + "; ".join(faults),
            expected="an even number of paths, at least 2 months of flows, a tail of"
            " more than 2 degrees of freedom, widening by 1 or more",
            remedy="Correct these numbers in the policy overlay",
        )


def assumptions_on(book: Book, *, on: date) -> Assumptions:
    """Return what is assumed on a day.

    Args:
        book: the bank's numbers.
        on: the day asked for.

    Raises:
        UnknownNumberError: the book lacks one of the numbers.
        NotYetSetError: the day lies before a number's first value.
        AssumptionsError: the numbers contradict each other.
    """
    stated: dict[str, Any] = {
        field.name: _value(book, field.name, on, whole=field.type is int)
        for field in fields(Assumptions)
    }
    return Assumptions(**stated)


def _value(book: Book, name: str, on: date, *, whole: bool) -> int | float:
    if name.endswith("_fen"):
        return book.fen(name.removesuffix("_fen") + "_yuan", on=on)
    number = book.number(name, on=on)
    return int(number) if whole else float(number)


def _faults(one: Assumptions) -> Iterator[str]:
    if one.limit_paths < 2 or one.limit_paths % 2:  # noqa: PLR2004 - a path, its mirror
        yield f"{one.limit_paths} paths"
    if not 2 <= one.twin_least_months <= one.twin_most_months:  # noqa: PLR2004
        yield f"{one.twin_least_months} to {one.twin_most_months} months"
    if one.twin_tail <= 2:  # noqa: PLR2004 - below, a t distribution has no variance
        yield f"a tail of {one.twin_tail} degrees of freedom"
    if one.twin_invoice_widening < 1:
        yield f"noise that counts {one.twin_invoice_widening} times by invoices"
