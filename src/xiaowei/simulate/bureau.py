"""The credit bureau's files: loans at month ends, guarantees, and who has asked."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from xiaowei.facts.sources import (
    BUREAU_ENQUIRIES,
    BUREAU_GUARANTEES,
    BUREAU_LOANS,
)
from xiaowei.money import FEN_PER_WAN
from xiaowei.simulate.arrays import Ints, whole
from xiaowei.simulate.columns import counts, dates, money, numbered, picked, words
from xiaowei.simulate.debts import OTHERS, OURS, Contracts
from xiaowei.simulate.observed import Book, Observer
from xiaowei.simulate.repaid import Instalments, instalments_of, standing_on

LENDERS: Final = ("XIAOWEI", *(f"BANK{number:02d}" for number in range(1, 13)))
SUBJECTS: Final = ("enterprise", "legal_person")
CLASSES: Final = ("normal", "special_mention", "substandard", "doubtful", "loss")
REASONS: Final = ("application", "review", "guarantee", "own")
OWN: Final = 3
STACKED: Final = (3, 6)
"""So many lenders a firm that stacks loans goes to, least and one more than most."""

_CLASS_FROM: Final = (1, 91, 271, 361)
_GUARANTORS: Final = 0.12
_GUARANTEE_DAYS: Final = (365, 1100)
_PERSONAL: Final = 0.3
_SIBLINGS: Final = 0.6
_REVIEWS_A_YEAR: Final = 0.8
_OWN_A_YEAR: Final = 0.15
_UNSEEN: Final = 0.004


class _Split:
    """The loans as the bureau holds them: stacked ones are several."""

    def __init__(self, seen: Observer, contracts: Contracts) -> None:
        rng, world = seen.chance("bureau"), seen.county.world
        stacks = world.frauds.is_kind("loan_stacking")[contracts.firm]
        stacks &= contracts.lender == OTHERS
        parts = np.where(stacks, rng.integers(*STACKED, len(stacks)), 1)
        self.contract = np.repeat(np.arange(len(parts)), parts)
        step = np.arange(len(self.contract))
        step -= np.repeat(np.cumsum(parts) - parts, parts)
        self.weight = 1 / parts[self.contract]
        lender = 1 + (contracts.firm[self.contract] * 5 + step * 3) % (len(LENDERS) - 1)
        self.lender = np.where(contracts.lender[self.contract] == OURS, 0, lender)
        self.personal = rng.random(len(self.contract)) < _PERSONAL
        self.personal &= contracts.lender[self.contract] == OTHERS
        self.drawn = contracts.drawn[self.contract] + step * 3


def bureau_books(seen: Observer) -> list[Book]:
    """Return the bureau's files.

    Args:
        seen: what becomes known.
    """
    debts = seen.county.life.treasury.debts
    contracts, told = instalments_of(debts, first_day=seen.county.world.first_day)
    split = _Split(seen, contracts)
    return [
        _loans(seen, contracts, told, split),
        _guarantees(seen),
        _enquiries(seen, contracts, split),
    ]


def _loans(
    seen: Observer, contracts: Contracts, told: Instalments, split: _Split
) -> Book:
    """Return a row per loan and month end, until it is repaid."""
    world = seen.county.world
    days = world.days
    parts = []
    for month in range(seen.county.first_month, days.months):
        day = days.month_start(month + 1) - 1
        stood = standing_on(day, contracts, told)
        balance = whole(stood.balance[split.contract] * split.weight)
        overdue = whole(stood.overdue[split.contract] * split.weight)
        there = (split.drawn <= day) & (balance + overdue > 0)
        place = np.flatnonzero(there)
        past = stood.past_due[split.contract[place]]
        report = np.full(len(place), day)
        parts.append((place, report, balance[place], overdue[place], past))
    place, report, balance, overdue, past = (
        np.concatenate([part[column] for part in parts]) for column in range(5)
    )
    lost = seen.some(BUREAU_LOANS.name, _UNSEEN, len(place))
    place, report, balance, overdue, past = (
        column[~lost] for column in (place, report, balance, overdue, past)
    )
    contract = split.contract[place]
    limit = whole(contracts.principal[contract] * split.weight[place])
    number = contract * STACKED[1] + place - np.searchsorted(split.contract, contract)
    return seen.book(
        BUREAU_LOANS,
        firm=contracts.firm[contract],
        happened=report,
        columns={
            "subject": words(
                BUREAU_LOANS,
                "subject",
                split.personal[place].astype(np.int64),
                ours=SUBJECTS,
            ),
            "lender": picked(LENDERS, split.lender[place]),
            "contract_no": numbered(f"HT{world.plan.place.number:03d}", number),
            "opened_on": dates(days, split.drawn[place]),
            "limit_fen": money(limit),
            "balance_fen": money(balance),
            "overdue_fen": money(overdue),
            "dpd": counts(past),
            "five_class": words(
                BUREAU_LOANS,
                "five_class",
                np.searchsorted(_CLASS_FROM, past, side="right"),
                ours=CLASSES,
            ),
        },
    )


@dataclass(frozen=True, slots=True)
class Guarantees:
    """Who stands for whom, one place per guarantee in each array, in order of time.

    Args:
        firm: who guarantees.
        other: for whom.
        since, until: days by number.
        amount: fen.
    """

    firm: Ints
    other: Ints
    since: Ints
    until: Ints
    amount: Ints


def guarantees_of(seen: Observer) -> Guarantees:
    """Return all guarantees."""
    return seen.once("guarantees", lambda: _stood_for(seen))


def _stood_for(seen: Observer) -> Guarantees:
    """Draw guarantees; firms of one owner, and of one trade, stand for each other."""
    world, rng = seen.county.world, seen.chance("bureau_guarantees")
    count, days = world.firms.count, world.days
    firm = np.flatnonzero(rng.random(count) < _GUARANTORS)
    leader = seen.people.leader
    other = (firm + 1 + rng.integers(0, max(count - 1, 1), len(firm))) % count
    sibling = leader[leader[firm]]
    other = np.where(
        (sibling != firm) & (rng.random(len(firm)) < _SIBLINGS), sibling, other
    )
    firm, other = firm[firm != other], other[firm != other]
    since = rng.integers(world.first_day - 500, days.count, len(firm))
    opens = world.firms.opens
    begun = np.where(opens > 0, opens, world.firms.born(days))
    since = np.maximum(since, np.maximum(begun[firm], begun[other]))
    alive = ~(seen.closed(firm, since) | seen.closed(other, since))
    firm, other, since = firm[alive], other[alive], since[alive]
    until = since + rng.integers(*_GUARANTEE_DAYS, len(firm))
    yearly = world.firms.scale[other] * 365
    amount = whole(yearly * rng.uniform(0.05, 0.3, len(firm)) / 1e6) + 1
    order = np.lexsort((firm, since))
    columns = (firm, other, since, until, amount * FEN_PER_WAN)
    return Guarantees(*(column[order] for column in columns))


def _guarantees(seen: Observer) -> Book:
    """Return the guarantees that the bureau has."""
    world, told = seen.county.world, guarantees_of(seen)
    return seen.book(
        BUREAU_GUARANTEES,
        firm=told.firm,
        happened=told.since,
        columns={
            "contract_no": numbered(
                f"DB{world.plan.place.number:03d}", np.arange(len(told.firm))
            ),
            "guaranteed_id": picked(world.firms.codes, told.other),
            "amount_fen": money(told.amount),
            "until_on": dates(world.days, told.until),
        },
    )


def _enquiries(seen: Observer, contracts: Contracts, split: _Split) -> Book:
    """Return who asked: before each loan, to review it, and some of themselves."""
    world, rng = seen.county.world, seen.chance("bureau_enquiries")
    days, count = world.days, world.firms.count
    asked = seen.county.life.bank.applied
    ours = np.concatenate([part.firm for part in asked])
    our_day = np.concatenate([part.day for part in asked])
    theirs = np.flatnonzero((split.lender > 0) & (split.drawn >= world.first_day))
    years = (days.count - world.first_day) / 365
    yearly = rng.poisson(_REVIEWS_A_YEAR * years, len(contracts.firm))
    review = np.repeat(np.arange(len(yearly)), yearly)
    own = np.repeat(np.arange(count), rng.poisson(_OWN_A_YEAR * years, count))
    firm = np.concatenate(
        [ours, contracts.firm[split.contract[theirs]], contracts.firm[review], own]
    )
    first = np.maximum(contracts.drawn[review], world.first_day)
    last = np.minimum(first + contracts.count[review] * 30, days.count)
    reviewed = first + (rng.random(len(review)) * np.maximum(last - first, 1)).astype(
        np.int64
    )
    day = np.concatenate(
        [
            our_day + 1,
            split.drawn[theirs] - rng.integers(2, 9, len(theirs)),
            reviewed,
            rng.integers(world.first_day, days.count, len(own)),
        ]
    )
    lender = np.concatenate(
        [
            np.zeros(len(ours), dtype=np.int64),
            split.lender[theirs],
            np.where(
                contracts.lender[review] == OURS,
                0,
                1 + contracts.firm[review] * 5 % (len(LENDERS) - 1),
            ),
            np.zeros(len(own), dtype=np.int64),
        ]
    )
    reason = np.repeat((0, 0, 1, 3), (len(ours), len(theirs), len(review), len(own)))
    order = np.lexsort((firm, day))
    there = (day >= world.firms.opens[firm]) & ~seen.closed(firm, day)
    order = order[there[order]]
    return seen.book(
        BUREAU_ENQUIRIES,
        firm=firm[order],
        happened=day[order],
        columns={
            "subject": words(
                BUREAU_ENQUIRIES, "subject", 0 * firm[order], ours=SUBJECTS
            ),
            "enquiry_no": numbered(
                f"CX{world.plan.place.number:03d}", np.arange(len(order))
            ),
            "enquirer": picked(
                [*LENDERS, "SELF"], np.where(reason == OWN, 13, lender)[order]
            ),
            "reason": words(BUREAU_ENQUIRIES, "reason", reason[order], ours=REASONS),
        },
    )
