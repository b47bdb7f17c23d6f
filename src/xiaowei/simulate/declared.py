"""What firms declare of themselves on applying: cases, debts and guarantees."""

from typing import Final

import numpy as np

from xiaowei.facts.sources import DECLARATIONS
from xiaowei.simulate.arrays import Flags, Floats, Ints, tally, whole
from xiaowei.simulate.bureau import guarantees_of
from xiaowei.simulate.cases import DEFENDANT, FILED, cases_of
from xiaowei.simulate.columns import NEVER, counts, money
from xiaowei.simulate.history import County
from xiaowei.simulate.observed import Book, Observer
from xiaowei.simulate.repaid import instalments_of, standing_on

_YOUNG_DAYS: Final = 30
"""Of a case as young as this half of the firms have not heard yet."""
_QUIET_DAYS: Final = 365
"""A case of which nothing was heard for so long is held to be settled."""
_SHARES: Final = (0.5, 0.03, 0.03, 0.03)
"""Of applications: whether the firm had heard of a young case, and which cell it left
empty."""
_HIDES: Final = (0.6, 0.5, 0.4)
"""Of those who deceive: who leaves out cases, debts, guarantees."""
_TOLD_OF_DEBTS: Final = (0.1, 0.6)


def declared_books(seen: Observer) -> list[Book]:
    """Return what each application came with.

    Honest firms state what is so, but for a case they have hardly heard of and for
    cells they leave empty; of those who deceive a part leaves out what speaks against
    them.

    Args:
        seen: what becomes known.
    """
    firm, day = applied(seen.county)
    # A row of chance per application, in order of time: later ones change no earlier.
    heard, *left_out = (seen.chance("declared").random((len(firm), 4)) < _SHARES).T
    hides = _hides(seen, firm, day)
    stated = (
        np.where(hides[0] > 0, 0, _cases(seen, firm, day, heard=heard)),
        whole(_debts(seen, firm, day) * (1 - hides[1])),
        whole(_guarantees(seen, firm, day) * (1 - hides[2])),
    )
    cases, debts, guarantees = stated
    return [
        seen.book(
            DECLARATIONS,
            firm=firm,
            happened=day,
            columns={
                "open_cases": counts(cases, unknown=left_out[0]),
                "debts_fen": money(debts, unknown=left_out[1]),
                "guarantees_fen": money(guarantees, unknown=left_out[2]),
            },
        )
    ]


def applied(county: County) -> tuple[Ints, Ints]:
    """Return who asked our bank for a loan, and when, in order of time."""
    parts = county.life.bank.applied
    firm = np.concatenate([part.firm for part in parts])
    day = np.concatenate([part.day for part in parts])
    order = np.lexsort((firm, day))
    return firm[order], day[order]


def _hides(seen: Observer, firm: Ints, day: Ints) -> Floats:
    """Return what share of cases, debts and guarantees each application hides."""
    world, rng = seen.county.world, seen.chance("declared hides")
    count = world.firms.count
    lies = rng.random((3, count)) < np.array(_HIDES)[:, None]
    share = np.ones((3, count))
    share[1] = 1 - rng.uniform(*_TOLD_OF_DEBTS, count)
    begun = world.days.starts[world.frauds.since[firm]] <= day
    deceives = (world.frauds.kind[firm] >= 0) & begun
    return np.where(deceives & lies[:, firm], share[:, firm], 0.0)


def _cases(seen: Observer, firm: Ints, day: Ints, *, heard: Flags) -> Ints:
    """Return how many open cases against it each firm knows of on its day."""
    rows = cases_of(seen)
    rows = rows[rows[:, 3] == DEFENDANT]
    against: dict[int, dict[int, list[Ints]]] = {}
    for row in rows:
        against.setdefault(int(row[0]), {}).setdefault(int(row[1]), []).append(row)
    return np.array(
        [
            sum(_open(case, at, heard=told) for case in against.get(one, {}).values())
            for one, at, told in zip(
                firm.tolist(), day.tolist(), heard.tolist(), strict=True
            )
        ],
        dtype=np.int64,
    )


def _open(case: list[Ints], day: int, *, heard: bool) -> bool:
    """Say whether a firm holds a case against it to be open on a day."""
    so_far = [row for row in case if row[5] <= day]
    if not so_far or any(NEVER != row[6] <= day for row in so_far):
        return False
    if not heard and min(row[5] for row in so_far) > day - _YOUNG_DAYS:
        return False
    judged = any(row[2] != FILED for row in so_far)
    return judged or max(row[5] for row in so_far) > day - _QUIET_DAYS


def _debts(seen: Observer, firm: Ints, day: Ints) -> Ints:
    """Return the fen each firm owed lenders at the end of the month before its day."""
    world = seen.county.world
    debts = seen.county.life.treasury.debts
    contracts, told = seen.once(
        "instalments", lambda: instalments_of(debts, first_day=world.first_day)
    )
    month = world.days.month[day]
    owed = np.zeros(len(firm), dtype=np.int64)
    for number in np.unique(month).tolist():
        end = world.days.month_start(number) - 1
        balance = standing_on(end, contracts, told).balance
        balance = np.where(contracts.drawn <= end, balance, 0)
        by_firm = tally(contracts.firm, balance, places=world.firms.count)
        owed[month == number] = by_firm[firm[month == number]]
    return owed


def _guarantees(seen: Observer, firm: Ints, day: Ints) -> Ints:
    """Return the fen each firm guarantees for others on its day."""
    told = guarantees_of(seen)
    mine = told.firm == firm[:, None]
    mine &= (told.since <= day[:, None]) & (told.until > day[:, None])
    return np.asarray((mine * told.amount).sum(axis=1), dtype=np.int64)
