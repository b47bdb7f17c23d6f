"""Whoever made something never approves it, however the accounts are shuffled."""

from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    initialize,
    invariant,
    multiple,
    rule,
    run_state_machine_as_test,
)

from xiaowei.policy.access.actor import ROLES, Actor, Hand, hand_of
from xiaowei.policy.access.four_eyes import SamePersonError, second_person

PEOPLE = ("E1", "E2", "E3", "E4")
ACCOUNTS = {
    "a1": "E1",
    "a2": "E1",
    "b1": "E2",
    "c1": "E3",
    "c2": "E3",
    "d1": "E4",
    "root": "E4",
}


class TestSecondPerson:
    def test_is_another_person(self) -> None:
        second_person(Hand("a", "E1"), Hand("b", "E2"))
        second_person(Actor("a", "E1"), Actor("b", "E2"))

    @pytest.mark.parametrize(
        ("maker", "checker", "tie"),
        [
            (Hand("a", "E1"), Hand("a", "E1"), "the same account"),
            (Hand("a", "E1"), Hand("b", "E1"), "accounts of one employee"),
            (Hand("a", "E1"), Hand("b", "E2", frozenset({"E1"})), "'b' may act"),
            (Hand("a", "E1", frozenset({"E2"})), Hand("b", "E2"), "'a' could act"),
            (
                Hand("a", "E1", frozenset({"E3"})),
                Hand("b", "E2", frozenset({"E3"})),
                "act for the same person",
            ),
            (Hand("a", "E1"), Hand("a", "E2"), "the same account"),
        ],
    )
    def test_is_not_the_maker_in_another_guise(
        self, maker: Hand, checker: Hand, tie: str
    ) -> None:
        with pytest.raises(SamePersonError, match=tie) as refused:
            second_person(maker, checker)
        assert maker.login in str(refused.value)

    @pytest.mark.parametrize("role", ROLES)
    def test_is_due_of_every_role(self, role: Any) -> None:  # noqa: ANN401
        anyone = Actor("root", "E1", roles=dict.fromkeys(ROLES, "all"))
        with pytest.raises(SamePersonError):
            second_person(Hand("a", "E1"), anyone)
        with pytest.raises(SamePersonError):
            second_person(anyone, Actor("b", "E1", roles={role: "all"}))

    def test_is_told_by_what_is_kept(self) -> None:
        made = Actor("a", "E1", acts_for=frozenset({"E2", "E3"})).hand
        assert hand_of(made.as_plain()) == made


class Bank(RuleBasedStateMachine):
    """Makes, approves, delegates and swaps roles; keeps its own account of who did.

    What it checks with knows nothing of `persons`: it is the days' delegations and
    the table of accounts alone.
    """

    made = Bundle("made")

    @initialize()
    def opens(self) -> None:
        self.live: set[tuple[str, str]] = set()
        self.roles = dict.fromkeys(ACCOUNTS, "credit_officer")
        self.approved: list[tuple[str, str, frozenset[str], frozenset[str]]] = []

    def actor(self, login: str) -> Actor:
        person = ACCOUNTS[login]
        givers = frozenset(giver for giver, taker in self.live if taker == person)
        return Actor(
            login,
            person,
            roles={self.roles[login]: "all"},  # type: ignore[dict-item]
            acts_for=givers,
        )

    @rule(giver=st.sampled_from(PEOPLE), taker=st.sampled_from(PEOPLE))
    def delegates(self, giver: str, taker: str) -> None:
        if giver != taker:
            self.live.add((giver, taker))

    @rule(giver=st.sampled_from(PEOPLE), taker=st.sampled_from(PEOPLE))
    def takes_back(self, giver: str, taker: str) -> None:
        self.live.discard((giver, taker))

    @rule(login=st.sampled_from(sorted(ACCOUNTS)), role=st.sampled_from(ROLES))
    def swaps_roles(self, login: str, role: str) -> None:
        self.roles[login] = role

    @rule(target=made, login=st.sampled_from(sorted(ACCOUNTS)))
    def makes(self, login: str) -> Any:  # noqa: ANN401 - Hypothesis's own
        return multiple(self.actor(login).hand.as_plain())

    @rule(kept=made, login=st.sampled_from(sorted(ACCOUNTS)))
    def approves(self, kept: dict[str, Any], login: str) -> None:
        checker = self.actor(login)
        tied = {kept["person"], *kept["acts_for"]} & {
            ACCOUNTS[login],
            *(giver for giver, taker in self.live if taker == ACCOUNTS[login]),
        }
        try:
            second_person(hand_of(kept), checker)
        except SamePersonError:
            assert tied, "refused two persons who have nothing to do with each other"
            return
        self.approved.append(
            (kept["person"], checker.person, frozenset(tied), checker.acts_for)
        )

    @invariant()
    def nobody_approved_his_own(self) -> None:
        for maker, checker, tied, acts_for in self.approved:
            assert maker != checker
            assert maker not in acts_for
            assert not tied


def steps(examples: int, each: int) -> settings:
    return settings(
        max_examples=examples,
        stateful_step_count=each,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )


class TestBank:
    def test_lets_nobody_approve_his_own(self) -> None:
        run_state_machine_as_test(Bank, settings=steps(100, 50))

    @pytest.mark.nightly
    def test_lets_nobody_over_a_hundred_thousand_steps(self) -> None:
        run_state_machine_as_test(Bank, settings=steps(1000, 100))
