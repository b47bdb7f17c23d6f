"""From the draft to what decides: proven, tested, published by a second person."""

from dataclasses import replace
from decimal import Decimal

import pytest
import sqlalchemy as sa
from tests.desk.ruling.conftest import LI, SMALL, WANG, WHY, ahead, rules

from xiaowei.decisions.rule_cases import Case
from xiaowei.decisions.rules.grammar import RuleSet
from xiaowei.desk.hands import NobodyError, StrangerError, hand_for
from xiaowei.desk.home import Home
from xiaowei.desk.ruling import drafting, publishing, rolling_back, testing, versions
from xiaowei.desk.ruling.proving import FaultyRulesError, NoDoubtError
from xiaowei.policy.access.actor import Hand
from xiaowei.policy.access.four_eyes import SamePersonError
from xiaowei.policy.access.permissions import NotAllowedError
from xiaowei.records.access import users

NEVER = {
    **SMALL,
    "code": "never",
    "when": {
        "all": [
            {"trait": "amount", "operator": "<", "limit": "1", "unit": "yuan"},
            {"trait": "amount", "operator": ">", "limit": "2", "unit": "yuan"},
        ]
    },
}
HIDDEN = {
    **SMALL,
    "code": "tiny",
    "when": {"trait": "amount", "operator": "<", "limit": "100", "unit": "yuan"},
    "cap_yuan": "50",
}
GOOD = Case(
    name="small", firm={"amount": Decimal(400_000)}, outcome="approve", rule="small"
)
BAD = replace(GOOD, name="wrong", outcome="decline")


def published(
    home: Home, drafted: RuleSet, *, by: Hand = WANG, second: Hand = LI
) -> int:
    number = int(drafting.draft(home, drafted, by=by)["number"])
    testing.try_draft(home, number, [GOOD], by=by)
    publishing.publish(home, number, by=second, why=WHY)
    return number


class TestDraft:
    def test_keeps_the_whole_set(self, home: Home) -> None:
        made = drafting.draft(home, rules(), by=WANG)

        assert made["state"] == "draft"
        assert made["drafted_by"] == "WANG"
        assert versions.rules_of(home, made["number"]) == rules()
        assert [one["kind"] for one in made["proof"]["remarks"]] == ["default"]

    @pytest.mark.parametrize(
        ("stated", "kind"),
        [([NEVER], "contradiction"), ([SMALL | {"code": "first"}], "unreachable")],
    )
    def test_refuses_what_nobody_accounts_for(
        self, home: Home, stated: list[dict[str, object]], kind: str
    ) -> None:
        with pytest.raises(FaultyRulesError) as raised:
            drafting.draft(home, rules(*stated), by=WANG)

        (doubt,) = raised.value.doubts
        assert doubt.kind == kind
        assert versions.versions(home) == []

        made = drafting.draft(
            home, rules(*stated), by=WANG, accepted={doubt.name: "kept for records"}
        )
        entry = home.journal.entry(made["number"])
        assert entry is not None
        assert entry.body["accepted"] == {doubt.name: "kept for records"}

    def test_refuses_reasons_for_nothing_and_empty_ones(self, home: Home) -> None:
        with pytest.raises(NoDoubtError, match="'small'"):
            drafting.draft(home, rules(), by=WANG, accepted={"small": "fine"})
        with pytest.raises(NobodyError):
            drafting.draft(home, rules(NEVER), by=WANG, accepted={"never": " "})

    def test_of_a_version_comes_once(self, home: Home) -> None:
        drafting.draft(home, rules(version="3"), by=WANG)

        for version in ("1", "3"):
            with pytest.raises(drafting.VersionTakenError, match="version 4"):
                drafting.draft(home, rules(version=version), by=LI)
        drafting.draft(home, rules(version="4"), by=LI)

    def test_never_takes_the_version_of_those_shipped(self, home: Home) -> None:
        with pytest.raises(drafting.VersionTakenError, match="version 2"):
            drafting.draft(home, rules(name="start"), by=WANG)

    def test_is_never_back_dated(self, home: Home) -> None:
        with pytest.raises(drafting.BackDatedError):
            drafting.draft(home, rules(since=ahead(-1).isoformat()), by=WANG)


class TestPublish:
    def test_by_a_second_person_decides_from_its_first_day(self, home: Home) -> None:
        number = published(home, rules(since=ahead(3).isoformat()))

        assert versions.in_force(home, on=ahead(2)) == versions.SHIPPED
        assert versions.in_force(home, on=ahead(3)) == number
        assert versions.rules_in_force(home, on=ahead(4)).name == "pilot"
        assert versions.rules_in_force(home, on=ahead(2)).name == "start"

    def test_by_whoever_drafted_is_refused(self, home: Home) -> None:
        number = int(drafting.draft(home, rules(), by=WANG)["number"])
        testing.try_draft(home, number, [GOOD], by=WANG)

        second = Hand("wang.two", "WANG")
        delegate = Hand("zhao", "ZHAO", frozenset(["WANG"]))
        for hand in (WANG, second, delegate):
            with pytest.raises(SamePersonError):
                publishing.publish(home, number, by=hand, why=WHY)
        assert versions.version(home, number)["state"] == "draft"

    def test_needs_cases_that_all_come_out_as_due(self, home: Home) -> None:
        number = int(drafting.draft(home, rules(), by=WANG)["number"])
        with pytest.raises(publishing.UntestedError):
            publishing.publish(home, number, by=LI, why=WHY)

        tried = testing.try_draft(home, number, [GOOD, BAD], by=WANG)
        assert [one.passed for one in tried] == [True, False]
        with pytest.raises(
            publishing.FailingCasesError, match="decline by small is due"
        ):
            publishing.publish(home, number, by=LI, why=WHY)

        testing.try_draft(home, number, [GOOD], by=WANG)
        assert publishing.publish(home, number, by=LI, why=WHY)["state"] == "published"

    def test_of_a_name_is_refused_once_there_are_accounts(self, home: Home) -> None:
        number = int(drafting.draft(home, rules(), by=WANG)["number"])
        testing.try_draft(home, number, [GOOD], by=WANG)
        stated = {"name": "x", "branch": "B1", "region": "R1"}
        body = {"login": "wang.one", "person": "E1", **stated}
        home.journal.add(users.ADDED, body, made_at="2025-07-01T08:00:00+00:00")

        with pytest.raises(StrangerError, match="'wang'"):
            publishing.publish(home, number, by=Hand("wang.one", "E1"), why=WHY)

    def test_takes_one_connection_alone(self, home: Home) -> None:
        number = int(drafting.draft(home, rules(), by=WANG)["number"])
        testing.try_draft(home, number, [GOOD], by=WANG)
        most, now = 0, 0

        def taken(*_: object) -> None:
            nonlocal most, now
            now += 1
            most = max(most, now)

        def given(*_: object) -> None:
            nonlocal now
            now -= 1

        engine = home.journal.store._engine
        sa.event.listen(engine, "checkout", taken)
        sa.event.listen(engine, "checkin", given)
        publishing.publish(home, number, by=LI, why=WHY)
        drafting.draft(home, rules(version="2"), by=WANG)
        assert (most, now) == (1, 0)

    def test_needs_a_reason(self, home: Home) -> None:
        number = int(drafting.draft(home, rules(), by=WANG)["number"])
        with pytest.raises(NobodyError):
            publishing.publish(home, number, by=LI, why=" ")

    def test_leaves_nothing_to_edit(self, home: Home) -> None:
        number = published(home, rules())
        before = versions.version(home, number)

        with pytest.raises(drafting.NotDraftError):
            publishing.publish(home, number, by=LI, why=WHY)
        with pytest.raises(drafting.NotDraftError):
            testing.try_draft(home, number, [BAD], by=WANG)
        with pytest.raises(drafting.NotDraftError):
            drafting.withdraw(home, number, by=WANG, why=WHY)
        with pytest.raises(drafting.VersionTakenError):
            drafting.draft(home, rules(default="decline"), by=WANG)
        assert versions.version(home, number) == before

    def test_ends_with_its_days(self, home: Home) -> None:
        first = published(home, rules())
        second = published(
            home,
            rules(version="2", since=ahead(1).isoformat(), until=ahead(3).isoformat()),
        )

        found = [versions.in_force(home, on=ahead(days)) for days in range(5)]
        assert found == [first, second, second, first, first]
        assert versions.in_force(home, on=ahead(-1)) == versions.SHIPPED

    def test_of_what_was_withdrawn_is_refused(self, home: Home) -> None:
        number = int(drafting.draft(home, rules(), by=WANG)["number"])
        assert drafting.withdraw(home, number, by=WANG, why=WHY)["state"] == "withdrawn"
        with pytest.raises(drafting.NotDraftError, match="withdrawn"):
            publishing.publish(home, number, by=LI, why=WHY)


class TestRollBack:
    def test_brings_an_earlier_version_back_as_a_new_one(self, home: Home) -> None:
        first = published(home, rules())
        published(home, rules(HIDDEN, version="2"))

        again = rolling_back.roll_back(home, first, by=WANG)
        assert (again["version"], again["copy_of"], again["state"]) == (
            3,
            first,
            "draft",
        )
        assert again["cases_run"] == 1
        assert versions.changes_between(home, first, again["number"]) == ()
        with pytest.raises(SamePersonError):
            publishing.publish(home, again["number"], by=WANG, why=WHY)
        publishing.publish(home, again["number"], by=LI, why=WHY)

        assert versions.in_force(home, on=ahead(0)) == again["number"]

    def test_keeps_reasons_for_faults(self, home: Home) -> None:
        made = drafting.draft(
            home, rules(NEVER), by=WANG, accepted={"never": "why not"}
        )
        testing.try_draft(home, made["number"], [GOOD], by=WANG)
        publishing.publish(home, made["number"], by=LI, why=WHY)

        again = rolling_back.roll_back(home, made["number"], by=LI)
        entry = home.journal.entry(again["number"])
        assert entry is not None
        assert entry.body["accepted"] == {"never": "why not"}

    def test_goes_back_to_those_shipped(self, home: Home) -> None:
        published(home, rules())
        again = rolling_back.roll_back(home, versions.SHIPPED, by=WANG)
        publishing.publish(home, again["number"], by=LI, why=WHY)

        assert (again["name"], again["version"]) == ("start", 2)
        found = versions.rules_in_force(home, on=ahead(0))
        assert found.rules == versions.rules_of(home, versions.SHIPPED).rules

    def test_refuses_what_never_was_in_force(self, home: Home) -> None:
        number = int(drafting.draft(home, rules(), by=WANG)["number"])
        with pytest.raises(rolling_back.NeverPublishedError):
            rolling_back.roll_back(home, number, by=LI)
        with pytest.raises(versions.UnknownRulesError):
            rolling_back.roll_back(home, 999, by=LI)


class TestHandFor:
    def test_is_a_name_however_it_is_written(self, home: Home) -> None:
        one = hand_for(home, " wang  li ", operation="rules.draft")
        other = hand_for(home, "Ｗang Li", operation="rules.publish")

        assert one.person == other.person == "WANG LI"
        with pytest.raises(NobodyError):
            hand_for(home, "  ", operation="rules.draft")

    def test_is_an_account_by_its_roles_once_there_are_some(self, home: Home) -> None:
        stated = {"name": "x", "branch": "B1", "region": "R1"}
        for login, person in (("wang.one", "E1"), ("zhao", "E2")):
            body = {"login": login, "person": person, **stated}
            home.journal.add(users.ADDED, body, made_at="2025-07-01T08:00:00+00:00")
        given = {"login": "wang.one", "role": "policy_manager", "reach": "all"}
        home.journal.add(users.GIVEN, given, made_at="2025-07-01T08:00:00+00:00")

        assert hand_for(home, "Wang.One", operation="rules.draft").person == "E1"
        with pytest.raises(NotAllowedError):
            hand_for(home, "zhao", operation="rules.publish")
        with pytest.raises(users.NoAccountError):
            hand_for(home, "li", operation="rules.publish")
