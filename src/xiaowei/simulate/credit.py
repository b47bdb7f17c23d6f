"""The bank's own records: who borrows at first, how firms are graded, who defaults."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from xiaowei.money import FEN_PER_WAN
from xiaowei.simulate.arrays import Flags, Floats, Ints, whole
from xiaowei.simulate.debts import OTHERS, OURS, Contracts, instalment
from xiaowei.simulate.firms import DAYS_A_YEAR, Firms
from xiaowei.simulate.fraud import Frauds
from xiaowei.simulate.seasons import Days

GRADES: Final = "ABCD"

_CUSTOMER_SHARE: Final = 0.45
_OTHERS_SHARE: Final = 0.35
_GRADE_NOISE: Final = 0.8
_GRADE_BOUNDS: Final = (0.75, -0.25, -1.75)
_REGRADED: Final = 0.65
_LOAN_SHARE: Final = (0.08, 0.28)
_RATES: Final = ((0.037, 0.065), (0.04, 0.09))
_TERMS: Final = (24, 36)
_RECORDED_AFTER: Final = (1, 8)
_REVIEWED_FROM: Final = 0.5


@dataclass(frozen=True, slots=True)
class Loans:
    """Who borrows when the county's life begins.

    Args:
        customer: existing customers of our bank.
        contracts: loans that run already, ours and others'.
        grade: the bank's grade given before, place in `GRADES`.
    """

    customer: Flags
    contracts: tuple[Contracts, ...]
    grade: Ints


@dataclass(frozen=True, slots=True)
class CreditRecords:
    """What the bank wrote down of its customers, in order of firms and days.

    Args:
        firm: its place.
        grade: place in `GRADES`.
        defaulted: whether it had defaulted by then.
        recorded_on: day by number on which the bank wrote that down.
    """

    firm: Ints
    grade: Ints
    defaulted: Flags
    recorded_on: Ints


def draw_loans(
    firms: Firms,
    *,
    frauds: Frauds,
    days: Days,
    first_day: int,
    rng: np.random.Generator,
) -> Loans:
    """Draw the bank's customers: it has preferred good and large firms, with errors.

    Those who plan to take one large loan have a small one that runs out before, and
    those who plan to borrow everywhere at once have none.

    Args:
        firms: the firms.
        frauds: who plans what.
        days: the days.
        first_day: first day that is delivered.
        rng: where chance comes from.
    """
    count = firms.count
    size = np.log(firms.scale / np.median(firms.scale))
    liking = 0.3 * firms.quality + 0.3 * size + rng.gumbel(0, 1.2, count)
    liking[firms.opens > 0] = -np.inf
    liking[frauds.is_kind("bust_out")] = np.inf
    ranked = np.argsort(-liking, kind="stable")[: round(_CUSTOMER_SHARE * count)]
    customer = np.zeros(count, dtype=np.bool_)
    customer[ranked] = True
    customer &= firms.opens == 0
    others = rng.random(count) < _OTHERS_SHARE
    others &= (firms.opens == 0) & ~frauds.is_kind("loan_stacking")
    ours = _running(firms, customer, OURS, days.month[first_day], rng=rng)
    left = ours.first_month + ours.count
    plans = frauds.is_kind("bust_out")[ours.firm]
    ends = np.where(plans, np.minimum(left, frauds.since[ours.firm] - 1), left)
    fewer = np.maximum(ends - ours.first_month, 1)
    return Loans(
        customer=customer,
        contracts=(
            _with_count(ours, fewer),
            _running(firms, others, OTHERS, days.month[first_day], rng=rng),
        ),
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
    """Return what the bank's records say of the customers it had at the start.

    A grade is what the bank thought before; it follows quality and errs, and is looked
    at again once a year. Many of the defaulted are set to D afterwards, as banks do: D
    is then an effect of default, a leak as real as in the public data, and not to be
    learnt from.

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
    last = np.where(defaulted, noted, np.minimum(reviewed, last_day - 1))
    begun = first_day + rng.integers(0, DAYS_A_YEAR // 2, len(firm))
    begun = np.minimum(begun, np.minimum(last, defaulted_on[firm]) - 1)
    earlier = begun >= first_day
    records = CreditRecords(
        firm=np.concatenate([firm[earlier], firm]),
        grade=np.concatenate(
            [
                loans.grade[firm[earlier]],
                np.where(regraded, GRADES.index("D"), loans.grade[firm]),
            ]
        ),
        defaulted=np.concatenate([np.zeros(earlier.sum(), dtype=np.bool_), defaulted]),
        recorded_on=np.concatenate([begun[earlier], last]),
    )
    order = np.lexsort((records.recorded_on, records.firm))
    return CreditRecords(
        records.firm[order],
        records.grade[order],
        records.defaulted[order],
        records.recorded_on[order],
    )


def _running(
    firms: Firms, has: Flags, lender: int, month: np.int64, *, rng: np.random.Generator
) -> Contracts:
    """Return loans drawn before the first month that have instalments left."""
    firm = np.flatnonzero(has)
    count = len(firm)
    share = rng.uniform(*_LOAN_SHARE, count) * (1.0 if lender == OURS else 0.5)
    principal = whole(share * firms.scale[firm] * DAYS_A_YEAR / FEN_PER_WAN)
    principal = np.maximum(principal, 1) * FEN_PER_WAN
    rate = np.round(rng.uniform(*_RATES[lender], count), 4)
    terms = rng.choice(_TERMS, count).astype(np.int64)
    since = rng.integers(1, terms)
    return Contracts(
        lender=np.full(count, lender),
        firm=firm,
        drawn=whole((month - since) * (DAYS_A_YEAR / 12) + rng.uniform(2, 25, count)),
        first_month=month - since + 1,
        count=terms,
        principal=principal,
        service=instalment(principal, rate=rate, count=terms),
        rate=rate,
    )


def _with_count(contracts: Contracts, count: Ints) -> Contracts:
    service = instalment(contracts.principal, rate=contracts.rate, count=count)
    return Contracts(
        contracts.lender,
        contracts.firm,
        contracts.drawn,
        contracts.first_month,
        count,
        contracts.principal,
        service,
        contracts.rate,
    )


def _grades(belief: Floats) -> Ints:
    return np.searchsorted(-np.array(_GRADE_BOUNDS), -belief).astype(np.int64)
