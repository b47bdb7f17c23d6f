"""Loans as they were repaid: which instalment was paid when, and how they stood."""

from dataclasses import dataclass

import numpy as np

from xiaowei.simulate.arrays import Floats, Ints
from xiaowei.simulate.columns import NEVER
from xiaowei.simulate.debts import INSTALMENT_DAY, Contracts, Debts, all_contracts
from xiaowei.simulate.settling import settled


@dataclass(frozen=True, slots=True)
class Instalments:
    """Instalments that fell due, one place each, contract by contract.

    Args:
        told_from: number of the month of the first that are told.
        contract: place of the loan.
        number: from 1.
        due_on: day by number.
        due: fen.
        paid_on: day on which it was wholly paid, or `NEVER`.
        paid: fen paid by the last day.
    """

    told_from: int
    contract: Ints
    number: Ints
    due_on: Ints
    due: Ints
    paid_on: Ints
    paid: Ints


def instalments_of(debts: Debts, *, first_day: int) -> tuple[Contracts, Instalments]:
    """Return all loans, and their instalments from the first day on.

    Args:
        debts: what was owed and paid.
        first_day: instalments before it were paid when due and are not told.
    """
    contracts, days = all_contracts(debts), debts.days
    starts = days.starts
    first = int(days.month[first_day])
    begins = np.maximum(contracts.first_month, first)
    ends = np.minimum(contracts.first_month + contracts.count, days.months)
    some = np.maximum(ends - begins, 0)
    contract = np.repeat(np.arange(len(begins)), some)
    step = np.arange(len(contract)) - np.repeat(np.cumsum(some) - some, some)
    month = begins[contract] + step
    due_on = starts[month] + INSTALMENT_DAY - 1
    kept = due_on < days.count
    contract, month, due_on = contract[kept], month[kept], due_on[kept]
    debtor = contracts.lender[contract] * debts.firms + contracts.firm[contract]
    order = np.lexsort((due_on, debtor))
    due = contracts.service[contract]
    day, lender, firm = np.nonzero(debts.paid)
    pieces = settled(
        debtor[order],
        due[order],
        lender * debts.firms + firm,
        debts.paid[day, lender, firm],
        debtors=2 * debts.firms,
    )
    place = order[pieces.due]
    paid = np.zeros(len(due), dtype=np.int64)
    np.add.at(paid, place, pieces.amount)
    last = np.full(len(due), NEVER, dtype=np.int64)
    np.maximum.at(last, place, day[pieces.paid])
    return contracts, Instalments(
        told_from=first,
        contract=contract,
        number=month - contracts.first_month[contract] + 1,
        due_on=due_on,
        due=due,
        paid_on=np.where(paid == due, last, NEVER),
        paid=paid,
    )


@dataclass(frozen=True, slots=True)
class Standing:
    """How loans stood on a day, one place per loan in each array.

    Args:
        balance: fen of principal outstanding.
        overdue: fen of instalments past due.
        past_due: days since the oldest of them was due.
    """

    balance: Ints
    overdue: Ints
    past_due: Ints


def standing_on(day: int, contracts: Contracts, instalments: Instalments) -> Standing:
    """Return how each loan stood at the end of a day.

    A part paid late is counted when the instalment is wholly paid.

    Args:
        day: by number.
        contracts: the loans.
        instalments: theirs.
    """
    count = len(contracts.firm)
    fallen = instalments.due_on <= day
    settled_by = (instalments.paid_on != NEVER) & (instalments.paid_on <= day)
    open_now = fallen & ~settled_by
    owner = instalments.contract[open_now]
    overdue = np.zeros(count, dtype=np.int64)
    np.add.at(overdue, owner, instalments.due[open_now])
    oldest = np.full(count, day, dtype=np.int64)
    np.minimum.at(oldest, owner, instalments.due_on[open_now])
    before = instalments_before(contracts, instalments)
    done = before + np.bincount(
        instalments.contract[fallen & settled_by], minlength=count
    )
    return Standing(
        balance=_outstanding(contracts, done),
        overdue=overdue,
        past_due=day - oldest,
    )


def instalments_before(contracts: Contracts, instalments: Instalments) -> Ints:
    """Return how many instalments of each loan were due before those told."""
    before = instalments.told_from - contracts.first_month
    return np.clip(before, 0, contracts.count)


def _outstanding(contracts: Contracts, done: Ints) -> Ints:
    """Return the principal left after some instalments of an equal-instalment loan."""
    monthly: Floats = 1 + contracts.rate / 12
    whole_term = monthly**contracts.count
    left = (whole_term - monthly**done) / (whole_term - 1)
    return np.rint(contracts.principal * left).astype(np.int64)
