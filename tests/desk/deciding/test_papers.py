"""Who records, sees and withdraws authorisations, and what he is told of others'."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from tests.desk.deciding.conftest import DAY

from xiaowei.desk.deciding.authorising import UnknownAuthorisationError, touched
from xiaowei.desk.deciding.papers import (
    Signed,
    papers_of,
    record_paper,
    withdraw_paper,
    would_touch,
)
from xiaowei.desk.home import Home
from xiaowei.policy.access.actor import Actor, Hand, Reach
from xiaowei.policy.access.permissions import Permit

ZHANG, LI = Hand("zhang", "E1"), Hand("li", "E2")
SIGNED = Signed(
    enterprise_id="E1",
    families=("invoices",),
    purpose="approval",
    until_on=DAY + timedelta(days=9),
    evidence="0" * 64,
)


def leave(hand: Hand, operation: str, reach: Reach = "own") -> Permit:
    return Permit(Actor(hand.login, hand.person), operation, reach)


def recorded(home: Home) -> int:
    mine = leave(ZHANG, "consents.record")
    return record_paper(home, mine, SIGNED, on=DAY, key="k").number


class TestPaper:
    def test_is_seen_by_whoever_took_it_before_any_application(
        self, home: Home
    ) -> None:
        number = recorded(home)
        shown: list[tuple[Hand, Reach, list[int]]] = [
            (ZHANG, "own", [number]),
            (LI, "own", []),
            (LI, "all", [number]),
        ]
        for hand, reach, seen in shown:
            permit = leave(hand, "consents.read", reach)
            assert [one.number for one in papers_of(home, permit, "E1")] == seen

    def test_counts_once_under_one_key(self, home: Home) -> None:
        assert recorded(home) == recorded(home)

    def test_is_withdrawn_by_those_in_reach_alone(self, home: Home) -> None:
        number, theirs = recorded(home), leave(LI, "consents.withdraw")
        before = home.journal.head()
        acts: list[Callable[[], Any]] = [
            lambda: would_touch(home, theirs, number, on=DAY),
            lambda: withdraw_paper(home, theirs, number, why="撤回", on=DAY),
        ]
        for act in acts:
            with pytest.raises(UnknownAuthorisationError):
                act()
        assert home.journal.head() == before

    def test_says_beforehand_what_it_says_afterwards(
        self, home: Home, refer: Callable[..., int]
    ) -> None:
        number, mine = recorded(home), leave(ZHANG, "consents.withdraw")
        case, other = refer(by=ZHANG), refer(by=LI)
        told = would_touch(home, mine, number, on=DAY)
        assert told.pop("left_open") == []
        assert told["applications"] == [case]
        assert len(told["decisions"]) == 1
        assert touched(home, number)["applications"] == [case, other]
        done = withdraw_paper(home, mine, number, why="撤回", on=DAY)
        assert done == told | {"on": DAY.isoformat()}
