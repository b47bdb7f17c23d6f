"""The bank's own records: who borrows, how it was graded, who defaulted."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from xiaowei.simulate.arrays import Flags, Floats, Ints, whole
from xiaowei.simulate.firms import DAYS_A_YEAR, Firms

GRADES: Final = "ABCD"

_CUSTOMER_SHARE: Final = 0.45
_GRADE_NOISE: Final = 0.8
_GRADE_BOUNDS: Final = (0.75, -0.25, -1.75)
_REGRADED: Final = 0.65
_LOAN_SHARE: Final = (0.08, 0.28)
_YEARLY_RATE: Final = 0.05
_YEARLY_REPAYMENT: Final = 0.12
_RECORDED_AFTER: Final = (1, 8)
_REVIEWED_FROM: Final = 0.5


@dataclass(frozen=True, slots=True)
class Loans:
    """Who borrows from the bank when the county's life begins.

    Args:
        customer: existing customers.
        service: fen a month of interest and repayment, 0 for others.
        grade: the bank's grade given before, place in `GRADES`.
    """

    customer: Flags
    service: Ints
    grade: Ints


@dataclass(frozen=True, slots=True)
class CreditRecords:
    """One row per existing customer.

    Args:
        firm: its place.
        grade: place in `GRADES`.
        defaulted: whether it has defaulted.
        recorded_on: day by number on which the bank wrote that down.
    """

    firm: Ints
    grade: Ints
    defaulted: Flags
    recorded_on: Ints


def draw_loans(firms: Firms, *, rng: np.random.Generator) -> Loans:
    """Draw the bank's customers: it has preferred good and large firms, with errors.

    Args:
        firms: the firms.
        rng: where chance comes from.
    """
    count = firms.count
    size = np.log(firms.scale / np.median(firms.scale))
    liking = 0.3 * firms.quality + 0.3 * size + rng.gumbel(0, 1.2, count)
    liking[firms.opens > 0] = -np.inf
    ranked = np.argsort(-liking, kind="stable")[: round(_CUSTOMER_SHARE * count)]
    customer = np.zeros(count, dtype=np.bool_)
    customer[ranked] = True
    customer &= firms.opens == 0
    principal = rng.uniform(*_LOAN_SHARE, count) * firms.scale * DAYS_A_YEAR
    service = principal * (_YEARLY_RATE + _YEARLY_REPAYMENT) / 12
    return Loans(
        customer=customer,
        service=whole(service) * customer,
        grade=_grades(firms.quality + rng.normal(0, _GRADE_NOISE, count)),
    )


def credit_records(
    loans: Loans,
    *,
    defaulted_on: Ints,
    first_day: int,
    last_day: int,
    rng: np.random.Generator,
) -> CreditRecords:
    """Return what the bank's records say at the end.

    A grade is what the bank thought before; it follows quality and errs. Many of the
    defaulted are set to D afterwards, as banks do: D is then an effect of default, a
    leak as real as in the public data, and not to be learnt from.

    Args:
        loans: who borrows.
        defaulted_on: day by number, `last_day` or later for none.
        first_day: first day that is delivered.
        last_day: first day no longer delivered.
        rng: where chance comes from.
    """
    firm = np.flatnonzero(loans.customer)
    wait = rng.integers(*_RECORDED_AFTER, len(firm))
    noted = defaulted_on[firm] + wait
    defaulted = noted < last_day
    reviewed = first_day + whole(
        rng.uniform(_REVIEWED_FROM, 1, len(firm)) * (last_day - 1 - first_day)
    )
    reviewed = np.minimum(reviewed, defaulted_on[firm] - 1)
    regraded = defaulted & (rng.random(len(firm)) < _REGRADED)
    return CreditRecords(
        firm=firm,
        grade=np.where(regraded, GRADES.index("D"), loans.grade[firm]),
        defaulted=defaulted,
        recorded_on=np.where(defaulted, noted, np.minimum(reviewed, last_day - 1)),
    )


def _grades(belief: Floats) -> Ints:
    return np.searchsorted(-np.array(_GRADE_BOUNDS), -belief).astype(np.int64)
