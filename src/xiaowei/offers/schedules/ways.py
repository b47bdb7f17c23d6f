"""The ways to repay a loan, one function each."""

from collections.abc import Sequence

from xiaowei.offers.schedules.agreement import Agreement, Income
from xiaowei.offers.schedules.borrowing import Borrowing
from xiaowei.offers.schedules.schedule import Schedule, schedule_of


def equal_instalments(borrowing: Borrowing, *, grace: int = 0) -> Schedule:
    """Return a schedule that pays the same on every due day (等额本息).

    Instalments differ by at most 1 fen, the last from any other by at most 2. Only
    where the interest of one period alone is more, as after a late first due day, is
    that interest paid.

    Args:
        borrowing: what is lent and when it falls due.
        grace: first instalments of interest alone, fewer than all.

    Raises:
        AgreementError: the grace is below 0 or leaves no instalment.
    """
    return schedule_of(
        Agreement(borrowing=borrowing, kind="equal_instalments", grace=grace)
    )


def equal_principal(borrowing: Borrowing, *, grace: int = 0) -> Schedule:
    """Return a schedule that repays the same principal on every due day (等额本金).

    Principal parts differ by at most 1 fen, the last among them.

    Args:
        borrowing: what is lent and when it falls due.
        grace: first instalments of interest alone, fewer than all.

    Raises:
        AgreementError: the grace is below 0 or leaves no instalment.
    """
    return schedule_of(
        Agreement(borrowing=borrowing, kind="equal_principal", grace=grace)
    )


def interest_first(borrowing: Borrowing) -> Schedule:
    """Return a schedule of interest on every due day, principal on the last (先息后本).

    Args:
        borrowing: what is lent; `every_months` 3 for interest by the quarter.
    """
    return schedule_of(Agreement(borrowing=borrowing, kind="interest_first"))


def at_end(borrowing: Borrowing) -> Schedule:
    """Return a schedule of one payment on the last due day (到期一次还本付息).

    Interest is simple over the whole term.

    Args:
        borrowing: what is lent; only its last due day counts.
    """
    return schedule_of(Agreement(borrowing=borrowing, kind="at_end"))


def seasonal(
    borrowing: Borrowing, *, weights: Sequence[int], grace: int = 0
) -> Schedule:
    """Return a schedule that repays principal in the months in which the firm earns.

    Interest is paid on every due day; principal is divided by weight, to within 1 fen
    of its exact part of what is owed.

    Args:
        borrowing: what is lent and when it falls due.
        weights: how much principal January to December bear, 12 whole numbers, at least
            0; that of the month in which the term ends above 0. A due day has the
            weight of the month agreed, wherever closed days move it.
        grace: first instalments of interest alone, fewer than all.

    Raises:
        AgreementError: weights or grace cannot be; every fault is named.
    """
    return schedule_of(
        Agreement(
            borrowing=borrowing, kind="seasonal", weights=tuple(weights), grace=grace
        )
    )


def income_linked(borrowing: Borrowing, *, income: Income, grace: int = 0) -> Schedule:
    """Return a schedule that pays a share of each period's income (按收入还款).

    Interest comes first; what an instalment does not reach of it is carried without
    interest. The last instalment pays the rest. Where income is high the loan is repaid
    before its term.

    Args:
        borrowing: what is lent and when it falls due.
        income: expected income of each period, the share of it, floor and cap.
        grace: first instalments of interest alone, fewer than all.

    Raises:
        AgreementError: income or grace cannot be; every fault is named.
    """
    return schedule_of(
        Agreement(borrowing=borrowing, kind="income_linked", income=income, grace=grace)
    )
