"""However many apply for one group at once, never is more approved than its cap."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from typing import Any

import numpy as np
import pytest
from tests.decisions.cases import drawn
from tests.desk.deciding.conftest import DAY, ZHANG, Refer

from xiaowei.decisions.application import Application
from xiaowei.decisions.decision import Evidence, decide
from xiaowei.decisions.rules.reading import shipped_rules
from xiaowei.decisions.rules.settled import settle
from xiaowei.desk.deciding import applying, referring
from xiaowei.desk.deciding.committed import AboveGroupCapError, approved_since
from xiaowei.desk.deciding.deciding import CrowdedError, decide_application
from xiaowei.desk.deciding.evidence import Gathered
from xiaowei.desk.home import Home
from xiaowei.policy.access.actor import Hand
from xiaowei.policy.book import load_book
from xiaowei.records.applications import DECISION

CLIENTS, AT_ONCE = 64, 8
LI = Hand("李四", "李四")
GROUP = frozenset(f"E{n}" for n in range(8))
ASKED_FEN = 20_000_000
BOOK = load_book()
CAP_FEN = int(BOOK.number("cap_group_yuan", on=DAY)) * 100


def approving() -> Evidence:
    """Return drawn evidence that the rules approve."""
    rules = settle(shipped_rules(book=BOOK), book=BOOK, on=DAY)
    chance = np.random.default_rng(9)
    for _ in range(10_000):
        case = drawn(chance)
        if case.loan is None:
            continue
        loan = replace(case.loan, amount_fen=5 * ASKED_FEN)
        case = replace(case, loan=loan, day=DAY)
        if decide(case, rules).outcome == "approve":
            return case
    pytest.fail("none is approved")


class OfOneGroup:
    """Gathers what is drawn, and what the records say was approved for the group.

    Only the lake is left out: what is tried is what stands on record.
    """

    day = DAY

    def __init__(self, home: Home, case: Evidence) -> None:
        """Take what every firm of the group is."""
        self._home, self._case = home, case

    def gather(self, application: Application) -> Gathered:
        """Return the evidence of now."""
        with self._home.journal.store.reading() as connection:
            committed = approved_since(connection, GROUP, since=DAY)
        assert self._case.standing is not None
        exposed = application.amount_fen + sum(committed.values())
        facts = {**self._case.standing.facts, "group_exposure": exposed}
        evidence = replace(
            self._case,
            application=application,
            standing=replace(self._case.standing, facts=facts),
        )
        return Gathered(evidence, {}, committed, GROUP, DAY)


def test_counts_a_conclusion_later_than_the_run(home: Home, refer: Refer) -> None:
    number = refer()
    referring.claim(home, number, by=LI)
    found = referring.Conclusion(outcome="approve", why="已核实", amount_fen=7)
    told = referring.conclude(home, number, found, by=LI)
    after = DAY + timedelta(days=1)
    with home.journal.store.reading() as connection:

        def counted(**bounds: int) -> dict[str, int]:
            return dict(approved_since(connection, ["E1"], since=after, **bounds))

        # It was decided on before that day, and concluded long after.
        assert counted() == {"E1": 7}
        assert counted(before=told["entry"]) == {}
        assert approved_since(connection, ["E2"], since=DAY) == {}


def referred(home: Home, refer: Refer, firm: str, owed_fen: int | None) -> int:
    """Return a referral in hand whose decision tells of its group."""
    group = {"firms": ["E1", "E2"], "since": DAY.isoformat(), "owed_fen": owed_fen}
    number = refer(firm=firm, amount_fen=CAP_FEN, group=group)
    referring.claim(home, number, by=LI)
    return number


def approve(home: Home, number: int, amount_fen: int) -> dict[str, Any]:
    """Conclude a referral with an amount."""
    found = referring.Conclusion(outcome="approve", why="已核实", amount_fen=amount_fen)
    return referring.conclude(home, number, found, by=LI)


class TestConclusion:
    def test_is_never_above_what_is_left_to_the_group(
        self, home: Home, refer: Refer
    ) -> None:
        first, second = (
            referred(home, refer, firm, CAP_FEN // 2) for firm in ("E1", "E2")
        )
        approve(home, first, CAP_FEN // 4)

        with pytest.raises(AboveGroupCapError) as refused:
            approve(home, second, CAP_FEN // 4 + 1)
        assert "超出集团" in str(refused.value)
        assert "no more than the 2,500,000.00" in str(refused.value)
        # Nothing was concluded: it waits in the same hands, and what is left fits.
        assert approve(home, second, CAP_FEN // 4)["limit_fen"] == CAP_FEN // 4

    def test_is_a_persons_where_nobody_knows_what_the_group_owes(
        self, home: Home, refer: Refer
    ) -> None:
        number = referred(home, refer, "E1", None)

        assert approve(home, number, CAP_FEN)["limit_fen"] == CAP_FEN

    def test_of_two_at_once_is_one_alone(self, home: Home, refer: Refer) -> None:
        numbers = [referred(home, refer, firm, 0) for firm in ("E1", "E2")]

        def conclude(number: int) -> bool:
            try:
                approve(home, number, CAP_FEN)
            except AboveGroupCapError:
                return False
            return True

        with ThreadPoolExecutor(2) as pool:
            assert sorted(pool.map(conclude, numbers)) == [False, True]


def test_of_many_at_once_is_never_above_the_cap(home: Home) -> None:
    gatherer: Any = OfOneGroup(home, approving())
    names = sorted(GROUP)
    numbers = [
        applying.apply(
            home,
            Application(
                enterprise_id=names[n % len(names)],
                amount_fen=ASKED_FEN,
                months=12,
                purpose="new_loan",
                applied_on=DAY,
                manager=ZHANG.person,
            ),
            by=ZHANG,
        )
        for n in range(CLIENTS)
    ]

    def client(number: int) -> str:
        while True:
            try:
                told = decide_application(home, number, gatherer=gatherer)
            except CrowdedError:
                continue
            return str(told["outcome"])

    with ThreadPoolExecutor(AT_ONCE) as pool:
        outcomes = list(pool.map(client, numbers))

    lent = sum(entry.body["limit_fen"] or 0 for entry in home.journal.entries(DECISION))
    assert lent == CAP_FEN
    assert outcomes.count("approve") == CAP_FEN // ASKED_FEN
    assert outcomes.count("refer") == CLIENTS - CAP_FEN // ASKED_FEN
