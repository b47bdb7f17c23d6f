"""What a program sends for each customer, in order, until it was told of each.

It knows nothing but what it was told: what it was not told of it sends again, and where
that contradicts what holds, the first sending was taken.
"""

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any, Final

import numpy as np
from tests.decisions.cases import drawn
from tests.desk.deciding.conftest import DAY, ZHANG

from xiaowei.decisions.application import Application
from xiaowei.decisions.authorisation import Authorisation
from xiaowei.decisions.decision import Evidence, decide
from xiaowei.decisions.rules.reading import shipped_rules
from xiaowei.decisions.rules.settled import settle
from xiaowei.desk.deciding import applying, authorising, referring
from xiaowei.desk.deciding.committed import approved_since
from xiaowei.desk.deciding.deciding import decide_application
from xiaowei.desk.deciding.evidence import Gathered
from xiaowei.desk.home import VIEWS, Home
from xiaowei.errors import ConflictError
from xiaowei.policy.access.actor import Hand
from xiaowei.policy.book import load_book
from xiaowei.records.applications import (
    AGAIN,
    APPLICATION,
    AUTHORISATION,
    CLAIM,
    CONCLUSION,
    DECISION,
    RELEASE,
    RETURN,
    REVIEW,
    WITHDRAWAL,
)
from xiaowei.records.journal import Journal
from xiaowei.records.opening import open_journal

LI: Final = Hand("李四", "李四")
WHY: Final = "实地核查通过"
HELD: Final = "held"
"""What one is told of where an act contradicts what holds: it was done before."""
COURSES: Final[Mapping[str, tuple[str, ...]]] = {
    "refer": (
        APPLICATION, DECISION, CLAIM, RELEASE, CLAIM, RETURN, AGAIN, CLAIM, CONCLUSION,
    ),
    "decline": (APPLICATION, DECISION, REVIEW, CLAIM, CONCLUSION),
    "approve": (APPLICATION, DECISION),
    "paper": (AUTHORISATION, WITHDRAWAL),
}  # fmt: skip
"""What becomes of a customer, to the entries that stand of it in the end."""
Tell = Callable[[str], None]
Told = dict[int, list[str]]
_BOOK: Final = load_book()


@dataclass(frozen=True, slots=True)
class Job:
    """One customer."""

    number: int

    @property
    def name(self) -> str:
        """What becomes of it."""
        return tuple(COURSES)[self.number % len(COURSES)]

    @property
    def course(self) -> tuple[str, ...]:
        """The entries that stand of it in the end."""
        return COURSES[self.name]

    @property
    def key(self) -> str:
        """Its idempotency key, the same each time that it is sent."""
        return f"key-{self.number}"

    @property
    def enterprise(self) -> str:
        """Its code."""
        return f"E{self.number}"


@cache
def case_of(outcome: str) -> Evidence:
    """Draw what is known of a customer for whom the rules come to an outcome."""
    rules = settle(shipped_rules(book=_BOOK), book=_BOOK, on=DAY)
    chance = np.random.default_rng(9)
    while True:
        case = replace(drawn(chance), day=DAY)
        if decide(case, rules).outcome == outcome:
            return case


class OfRecords:
    """Gathers what was drawn, and what the records say was approved meanwhile.

    Only the reading of the lake is left out.
    """

    day = DAY

    def __init__(self, home: Home, outcome: str) -> None:
        """Take the outcome that the rules are to come to."""
        self._home, self._outcome = home, outcome

    def gather(self, application: Application) -> Gathered:
        """Return the evidence of now."""
        group = frozenset({application.enterprise_id})
        with self._home.journal.store.reading() as connection:
            committed = approved_since(connection, group, since=DAY)
        asked = replace(case_of(self._outcome).application, **_who(application))
        evidence = replace(case_of(self._outcome), application=asked)
        return Gathered(evidence, {}, committed, group, DAY)


def send(home: Home, job: Job, step: int, about: int) -> str:
    """Send one act, and return what is answered: the number of what it became.

    Args:
        home: the workspace.
        job: the customer.
        step: of its course.
        about: number of its application or authorisation, once that is known.

    Raises:
        ConflictError: it contradicts what holds.
    """
    return str(_ACTS[job.course[step]](home, job, about))


def go_on(home: Home, jobs: int, told: Told, tell: Tell) -> None:
    """Send whatever one was not told of, customer by customer."""
    for number in range(jobs):
        job, known = Job(number), told.setdefault(number, [])
        for step in range(len(known), len(job.course)):
            about = int(known[0]) if known else 0
            try:
                answer = send(home, job, step, about)
            except ConflictError:
                answer = HELD
            tell(f"{number} {step} {answer}\n")
            known.append(answer)


def told_in(path: Path) -> Told:
    """Read what one was told."""
    told: Told = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        number, step, answer = line.split()
        assert len(told.setdefault(int(number), [])) == int(step)
        told[int(number)].append(answer)
    return told


@contextmanager
def telling(path: Path) -> Iterator[Tell]:
    """Open what tells a program in one write each, which no kill takes back."""
    told = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    try:
        yield lambda line: _whole(os.write(told, line.encode()), line)
    finally:
        os.close(told)


@contextmanager
def at_home(url: str, root: Path) -> Iterator[Home]:
    """Open a home as the desk does, without its lake."""
    with open_journal(url, views=VIEWS) as journal:
        yield home_of(root, journal)


def home_of(root: Path, journal: Journal) -> Home:
    """Return a home of some records, without its lake."""
    lake: Any = None
    return Home(root, lake, _BOOK, journal)


def prepare() -> None:
    """Draw what all customers share before anybody is killed."""
    for name in COURSES:
        if name != "paper":
            case_of(name)


def _whole(written: int, line: str) -> None:
    assert written == len(line)


def _who(application: Application) -> dict[str, Any]:
    return {"enterprise_id": application.enterprise_id}


def _apply(home: Home, job: Job, _about: int) -> int:
    application = Application(
        enterprise_id=job.enterprise,
        amount_fen=30_000_000,
        months=12,
        purpose="new_loan",
        applied_on=DAY,
        manager=ZHANG.person,
    )
    return applying.apply(home, application, by=ZHANG, key=job.key)


def _decide(home: Home, job: Job, about: int) -> int:
    gatherer: Any = OfRecords(home, job.name)
    told = decide_application(home, about, gatherer=gatherer, by=ZHANG)
    assert told["outcome"] == job.name
    return int(told["number"])


def _authorise(home: Home, job: Job, _about: int) -> int:
    paper = Authorisation(
        enterprise_id=job.enterprise,
        families=("invoices",),
        purpose="approval",
        from_on=DAY,
        until_on=DAY + timedelta(days=365),
        evidence="0" * 64,
        by=ZHANG.person,
    )
    return authorising.authorise(home, paper, key=job.key).number


def _withdraw(home: Home, _job: Job, about: int) -> str:
    told = authorising.withdraw(home, about, why=WHY, by=ZHANG.person, on=DAY)
    assert told["authorisation"] == about
    return "done"


def _claim(home: Home, _job: Job, about: int) -> int:
    return int(referring.claim(home, about, by=LI)["entry"])


def _conclude(home: Home, job: Job, about: int) -> int:
    outcome = referring.Conclusion(
        outcome="approve" if job.name == "refer" else "decline", why=WHY
    )
    return int(referring.conclude(home, about, outcome, by=LI)["entry"])


def _with_reason(act: Callable[..., dict[str, Any]], by: Hand) -> "_Act":
    return lambda home, _job, about: int(act(home, about, by=by, why=WHY)["entry"])


_Act = Callable[[Home, Job, int], int | str]
_ACTS: Final[Mapping[str, _Act]] = {
    APPLICATION: _apply,
    DECISION: _decide,
    CLAIM: _claim,
    RELEASE: _with_reason(referring.release, LI),
    RETURN: _with_reason(referring.send_back, LI),
    AGAIN: _with_reason(referring.resubmit, ZHANG),
    REVIEW: _with_reason(referring.ask_review, ZHANG),
    CONCLUSION: _conclude,
    AUTHORISATION: _authorise,
    WITHDRAWAL: _withdraw,
}
