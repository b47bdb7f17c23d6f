"""The courts' file: cases filed, judged, enforced, and the lists that follow."""

from typing import Final

import numpy as np

from xiaowei.facts.sources import COURTS
from xiaowei.simulate.arrays import Ints
from xiaowei.simulate.claims import FILED_AFTER_DAYS
from xiaowei.simulate.columns import NEVER, dates, money, numbered, words
from xiaowei.simulate.debts import OURS
from xiaowei.simulate.observed import Book, Observer
from xiaowei.simulate.repaid import instalments_of

STAGES: Final = ("filed", "judgment", "enforcement", "dishonest", "restricted")
ROLES: Final = ("plaintiff", "defendant", "third_party")
FILED, JUDGMENT, ENFORCEMENT, DISHONEST, RESTRICTED = range(5)
PLAINTIFF, DEFENDANT, _THIRD = range(3)

_ENFORCED_AFTER: Final = (30, 80)
_LISTED_AFTER: Final = (90, 200)
_LISTED: Final = 0.5
_RESTRICTED: Final = 0.6
_BANK_FILES_AFTER: Final = (35, 90)
_BANK_JUDGED_AFTER: Final = (50, 120)
_QUARRELS_A_YEAR: Final = 0.05
_QUARREL_DAYS: Final = (40, 200)
_SETTLED_WITHOUT_WORD: Final = 0.3

Row = tuple[int, int, int, int, int, int, int]
"""Firm, case, stage, role, amount in fen, day, day closed."""


def court_books(seen: Observer) -> list[Book]:
    """Return the courts' file; a case that closes stands in a second, later row.

    A firm against which a court confirms a claim is in default that day, and the file
    says so from that day on, once the court has published it.

    Args:
        seen: what becomes known.
    """
    table = cases_of(seen)
    known = table[:, 5] + seen.lag(COURTS, len(table))
    closed = np.flatnonzero((table[:, 6] != NEVER) & (table[:, 6] > known))
    both = np.concatenate([np.arange(len(table)), closed])
    told = np.where(table[:, 6] <= known, table[:, 6], NEVER)
    known = np.concatenate([known, table[closed, 6] + 10])
    closed_on = np.concatenate([told, table[closed, 6]])
    order = np.lexsort((both, known))
    table, known, closed_on = table[both][order], known[order], closed_on[order]
    days = seen.county.world.days
    number = seen.county.world.plan.place.number
    return [
        seen.book(
            COURTS,
            firm=table[:, 0],
            happened=table[:, 5],
            known=known,
            columns={
                "case_no": numbered(f"AH{number:03d}", table[:, 1]),
                "stage": words(COURTS, "stage", table[:, 2], ours=STAGES),
                "role": words(COURTS, "role", table[:, 3], ours=ROLES),
                "amount_fen": money(table[:, 4], unknown=table[:, 4] == 0),
                "closed_on": dates(days, closed_on),
            },
        )
    ]


def cases_of(seen: Observer) -> Ints:
    """Return all that happened in court. Shape: one row per `Row`, its columns."""

    def drawn() -> Ints:
        rng = seen.chance("courts")
        rows = [
            *_of_suppliers(seen, rng=rng),
            *_of_banks(seen, rng=rng),
            *_quarrels(seen, rng=rng),
        ]
        rows = [row for row in rows if row[5] < seen.county.world.days.count]
        return np.array(rows, dtype=np.int64).reshape(-1, 7)

    return seen.once("cases", drawn)


def _of_suppliers(seen: Observer, *, rng: np.random.Generator) -> list[Row]:
    """Return cases of suppliers who waited too long; a cured one is settled."""
    world, treasury = seen.county.world, seen.county.life.treasury
    courts, days = treasury.courts, world.days
    links = world.network.county
    rows: list[Row] = []
    judged: set[int] = set()
    for case, (firm, filed, ended) in enumerate(courts.all_cases()):
        amount = int(treasury.arrears[days.month[filed] - 1, firm])
        amount = int(amount * rng.uniform(0.2, 0.6)) + 1
        over = int(courts.judged_on[firm])
        confirmed = filed <= over <= ended and over < days.count
        closed = NEVER if ended >= days.count or confirmed else ended
        rows.append((firm, case, FILED, DEFENDANT, amount, filed, closed))
        suing = links.supplier[(links.buyer == firm) & (links.since <= filed)]
        suing = suing[~seen.closed(suing, np.full(len(suing), filed))]
        if len(suing):
            plaintiff = int(rng.choice(suing))
            rows.append((plaintiff, case, FILED, PLAINTIFF, amount, filed, closed))
        if confirmed:
            judged.add(firm)
            rows += _judged(firm, case, amount, over, rng=rng)
    first = len(courts.all_cases())
    for firm in np.flatnonzero(courts.judged_on < days.count).tolist():
        if firm in judged:
            continue
        day = int(courts.judged_on[firm])
        filed = max(day - FILED_AFTER_DAYS, world.first_day)
        amount = int(treasury.arrears[days.month[filed] - 1, firm]) + 1
        rows.append((firm, first, FILED, DEFENDANT, amount, filed, NEVER))
        rows += _judged(firm, first, amount, day, rng=rng)
        first += 1
    return rows


def _judged(
    firm: int, case: int, amount: int, day: int, *, rng: np.random.Generator
) -> list[Row]:
    """Return what follows a judgment against a firm that does not pay."""
    enforced = day + int(rng.integers(*_ENFORCED_AFTER))
    listed = day + int(rng.integers(*_LISTED_AFTER))
    rows = [
        (firm, case, JUDGMENT, DEFENDANT, amount, day, NEVER),
        (firm, case, ENFORCEMENT, DEFENDANT, amount, enforced, NEVER),
    ]
    if rng.random() < _LISTED:
        rows.append((firm, case, DISHONEST, DEFENDANT, amount, listed, NEVER))
    if rng.random() < _RESTRICTED:
        rows.append((firm, case, RESTRICTED, DEFENDANT, 0, listed + 5, NEVER))
    return rows


def _of_banks(seen: Observer, *, rng: np.random.Generator) -> list[Row]:
    """Return the cases that our own bank brings after a loan is in default.

    It sues for what is past due on the day of filing, and not where nothing is.
    """
    treasury = seen.county.life.treasury
    lost = np.flatnonzero(treasury.defaulted_on < seen.county.world.days.count)
    filed_on = treasury.defaulted_on.copy()
    filed_on[lost] += rng.integers(*_BANK_FILES_AFTER, len(lost))
    amounts = _past_due(seen, filed_on)
    rows: list[Row] = []
    for step, firm in enumerate(lost[amounts[lost] > 0].tolist()):
        case, filed, amount = 500_000 + step, int(filed_on[firm]), int(amounts[firm])
        rows.append((firm, case, FILED, DEFENDANT, amount, filed, NEVER))
        rows += _judged(
            firm, case, amount, filed + int(rng.integers(*_BANK_JUDGED_AFTER)), rng=rng
        )
    return rows


def _past_due(seen: Observer, day: Ints) -> Ints:
    """Return what each firm's loans of ours were past due on a day of its own, fen."""
    world, debts = seen.county.world, seen.county.life.treasury.debts
    contracts, told = instalments_of(debts, first_day=world.first_day)
    firm = contracts.firm[told.contract]
    unpaid = (told.paid_on == NEVER) | (told.paid_on > day[firm])
    unpaid &= (told.due_on <= day[firm]) & (contracts.lender[told.contract] == OURS)
    past_due = np.zeros(world.firms.count, dtype=np.int64)
    np.add.at(past_due, firm[unpaid], told.due[unpaid])
    return past_due


def _quarrels(seen: Observer, *, rng: np.random.Generator) -> list[Row]:
    """Return the everyday cases that say little: either side, soon settled."""
    world = seen.county.world
    span = world.days.count - world.first_day
    number = rng.poisson(_QUARRELS_A_YEAR * span / 365, world.firms.count)
    rows: list[Row] = []
    for step, firm in enumerate(np.repeat(np.arange(len(number)), number).tolist()):
        day = int(rng.integers(world.first_day, world.days.count))
        if not seen.county.life.active[day, firm]:
            continue
        closed = day + int(rng.integers(*_QUARREL_DAYS))
        amount = int(world.firms.scale[firm] * rng.uniform(0.5, 6))
        role = int(rng.choice((PLAINTIFF, DEFENDANT, _THIRD), p=(0.55, 0.35, 0.1)))
        silent = rng.random() < _SETTLED_WITHOUT_WORD
        rows.append(
            (
                firm,
                700_000 + step,
                FILED,
                role,
                amount,
                day,
                NEVER if silent or closed >= world.days.count else closed,
            )
        )
    return rows
