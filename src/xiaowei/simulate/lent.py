"""Our own bank's files: loans, repayments, applications, grades and defaults."""

from typing import Final

import numpy as np
import pyarrow as pa

from xiaowei.facts.sources import APPLICATIONS, CREDIT_HISTORY, LOANS, REPAYMENTS
from xiaowei.simulate.arrays import Ints
from xiaowei.simulate.columns import (
    NEVER,
    counts,
    dates,
    money,
    numbered,
    numbers,
    picked,
    words,
)
from xiaowei.simulate.credit import GRADES
from xiaowei.simulate.debts import OURS, Contracts
from xiaowei.simulate.lending import OUTCOMES, Applications
from xiaowei.simulate.observed import Book, Observer
from xiaowei.simulate.repaid import Instalments, instalments_of

PRODUCTS: Final = ("XW-LOAN-12", "XW-LOAN-24", "XW-LOAN-36")
_YES_NO: Final = ("否", "是")
_NOTED_UNPAID_AFTER: Final = 3


def bank_books(seen: Observer) -> list[Book]:
    """Return the files that our own bank keeps.

    Args:
        seen: what becomes known.
    """
    debts = seen.county.life.treasury.debts
    contracts, instalments = instalments_of(
        debts, first_day=seen.county.world.first_day
    )
    return [
        _loans(seen, contracts),
        _repayments(seen, contracts, instalments),
        _applications(seen),
        _credit(seen),
    ]


def _loans(seen: Observer, contracts: Contracts) -> Book:
    days = seen.county.world.days
    place = np.flatnonzero(contracts.lender == OURS)
    place = place[np.argsort(contracts.drawn[place], kind="stable")]
    term = contracts.count[place]
    ends = contracts.first_month[place] + term - 1
    return seen.book(
        LOANS,
        firm=contracts.firm[place],
        happened=contracts.drawn[place],
        columns={
            "loan_no": _loan_numbers(seen, place),
            "product": picked(PRODUCTS, np.searchsorted((12, 24), term)),
            "principal_fen": money(contracts.principal[place]),
            "rate": numbers(contracts.rate[place], digits=4),
            "due_on": dates(days, _twentieth(seen, ends)),
        },
    )


def _loan_numbers(seen: Observer, place: Ints) -> pa.Array:
    return numbered(f"JK{seen.county.world.plan.place.number:03d}", place, width=7)


def _twentieth(seen: Observer, month: Ints) -> Ints:
    """Return the 20th of months by number, which may lie beyond the last."""
    first = np.datetime64(seen.county.world.days.first, "M")
    starts = (first + month).astype("datetime64[D]").astype(np.int64)
    zero = np.datetime64(seen.county.world.days.first).astype(np.int64)
    return np.asarray(starts - zero + 19, dtype=np.int64)


def _repayments(seen: Observer, contracts: Contracts, told: Instalments) -> Book:
    """Return each instalment when it was due or missed, and again when paid late."""
    days = seen.county.world.days
    ours = np.flatnonzero(contracts.lender[told.contract] == OURS)
    due_on, paid_on = told.due_on[ours], told.paid_on[ours]
    known = due_on + seen.lag(REPAYMENTS, len(ours))
    missed = (paid_on == NEVER) | (paid_on > known)
    known = np.where(missed, due_on + _NOTED_UNPAID_AFTER, known)
    missed = (paid_on == NEVER) | (paid_on > known)
    late = np.flatnonzero(missed & (paid_on != NEVER))
    rows = np.concatenate([np.arange(len(ours)), late])
    known_rows = np.concatenate([known, paid_on[late] + 1])
    settled_by = np.concatenate([~missed, np.ones(len(late), dtype=np.bool_)])
    order = np.lexsort((rows, known_rows))
    rows, known_rows, settled_by = rows[order], known_rows[order], settled_by[order]
    at = ours[rows]
    return seen.book(
        REPAYMENTS,
        firm=contracts.firm[told.contract[at]],
        happened=told.due_on[at],
        known=known_rows,
        columns={
            "loan_no": _loan_numbers(seen, told.contract[at]),
            "instalment": counts(told.number[at]),
            "due_fen": money(told.due[at]),
            "paid_fen": money(np.where(settled_by, told.due[at], 0)),
            "paid_on": dates(days, np.where(settled_by, told.paid_on[at], NEVER)),
        },
    )


def _applications(seen: Observer) -> Book:
    parts = seen.county.life.bank.applied
    made = Applications(
        *(
            np.concatenate([getattr(part, name) for part in parts])
            for name in Applications.__dataclass_fields__
        )
    )
    order = np.lexsort((made.firm, made.day))
    declined = np.isnan(made.rate[order])
    number = seen.county.world.plan.place.number
    return seen.book(
        APPLICATIONS,
        firm=made.firm[order],
        happened=made.day[order],
        columns={
            "application_no": numbered(f"SQ{number:03d}", np.arange(len(order))),
            "amount_fen": money(made.amount[order]),
            "outcome": words(
                APPLICATIONS, "outcome", made.outcome[order], ours=OUTCOMES
            ),
            "rate": numbers(
                np.where(declined, 0, made.rate[order]), digits=4, unknown=declined
            ),
            "at_random": picked(_YES_NO, made.at_random[order].astype(np.int64)),
        },
    )


def _credit(seen: Observer) -> Book:
    credit = seen.county.credit
    return seen.book(
        CREDIT_HISTORY,
        firm=credit.firm,
        happened=credit.recorded_on,
        known=credit.recorded_on,
        columns={
            "rating": picked(GRADES, credit.grade),
            "defaulted": picked(_YES_NO, credit.defaulted.astype(np.int64)),
        },
    )
