"""A version is looked over: as YAML, beside another, as read, by who may publish it."""

from datetime import timedelta

import pytest
import yaml
from tests.desk.ruling.conftest import LI, SMALL, WANG, WHY, ahead, rules
from tests.desk.ruling.test_publishing import BAD, GOOD, NEVER, published

from xiaowei.decisions.rule_cases import cases_of
from xiaowei.decisions.rules.reading import read_rules
from xiaowei.desk import clock
from xiaowei.desk.checking import ChangedMeanwhileError
from xiaowei.desk.home import Home
from xiaowei.desk.jobs import asking
from xiaowei.desk.ruling import (
    drafting,
    publishing,
    telling,
    testing,
    versions,
    writing,
)
from xiaowei.policy.access.four_eyes import SamePersonError
from xiaowei.records.jobs.job import UnknownJobError


def drafted(home: Home, **stated: object) -> int:
    return int(drafting.draft(home, rules(**stated), by=WANG)["number"])


class TestNextDraft:
    def test_is_the_next_version_from_tomorrow_on(self, home: Home) -> None:
        number = drafted(home, until=ahead(9).isoformat())
        again = read_rules(writing.next_draft(home, number), file="x", book=home.book)

        assert (again.name, again.version, again.until) == ("pilot", 2, None)
        assert again.since == clock.today() + timedelta(days=1)
        assert again.rules == versions.rules_of(home, number).rules

    def test_of_the_rules_shipped_can_be_drafted(self, home: Home) -> None:
        text = writing.next_draft(home, versions.SHIPPED)
        again = read_rules(text, file="x", book=home.book)

        assert drafting.draft(home, again, by=WANG)["version"] == 2
        changes = telling.changes_drafted(home, versions.SHIPPED, again)
        assert {one["kind"] for one in changes} == {"set"}


class TestCasesWritten:
    def test_are_those_last_run(self, home: Home) -> None:
        number = drafted(home)
        assert writing.cases_written(home, number) == ""
        testing.try_draft(home, number, [BAD], by=WANG)
        testing.try_draft(home, number, [GOOD], by=WANG)
        text = writing.cases_written(home, number)
        assert cases_of(yaml.safe_load(text)) == (GOOD,)


class TestBefore:
    def test_is_the_one_published_before(self, home: Home) -> None:
        first = published(home, rules())
        second = published(home, rules(version="2"))
        third = drafted(home, version="3")
        today = clock.today()

        assert versions.before(home, versions.SHIPPED, on=today) == versions.SHIPPED
        assert versions.before(home, first, on=today) == versions.SHIPPED
        assert versions.before(home, second, on=today) == first
        assert versions.before(home, third, on=today) == second
        assert versions.before(home, third, on=ahead(-1)) == versions.SHIPPED
        with pytest.raises(versions.UnknownRulesError):
            versions.before(home, 10**9, on=today)


class TestAsRead:
    def test_refuses_what_has_changed(self, home: Home) -> None:
        number = drafted(home)
        mark = telling.mark_of(telling.version_told(home, number))
        check = telling.as_read(home, number, mark=mark, beside=versions.SHIPPED)
        testing.try_draft(home, number, [GOOD], by=WANG, check=check)
        with pytest.raises(ChangedMeanwhileError):
            publishing.publish(home, number, by=LI, why=WHY, check=check)
        assert versions.version(home, number)["state"] == "draft"

    def test_refuses_what_was_compared_with_another(self, home: Home) -> None:
        number = drafted(home, version="2")
        testing.try_draft(home, number, [GOOD], by=WANG)
        mark = telling.mark_of(telling.version_told(home, number))
        other = published(home, rules(name="other"))
        for beside, due in ((versions.SHIPPED, "draft"), (other, "published")):
            check = telling.as_read(home, number, mark=mark, beside=beside)
            if due == "draft":
                with pytest.raises(ChangedMeanwhileError):
                    publishing.publish(home, number, by=LI, why=WHY, check=check)
            else:
                publishing.publish(home, number, by=LI, why=WHY, check=check)
            assert versions.version(home, number)["state"] == due


class TestBarred:
    def test_says_why_somebody_may_not_publish(self, home: Home) -> None:
        number = drafted(home)

        assert isinstance(publishing.barred(home, number, by=WANG), SamePersonError)
        untested = publishing.barred(home, number, by=LI)
        assert isinstance(untested, publishing.UntestedError)
        testing.try_draft(home, number, [BAD], by=WANG)
        failing = publishing.barred(home, number, by=LI)
        assert isinstance(failing, publishing.FailingCasesError)
        testing.try_draft(home, number, [GOOD], by=WANG)
        assert publishing.barred(home, number, by=LI) is None
        publishing.publish(home, number, by=LI, why=WHY)
        for over in (number, versions.SHIPPED):
            error = publishing.barred(home, over, by=LI)
            assert isinstance(error, drafting.NotDraftError)


class TestAccepted:
    def test_are_the_reasons_that_were_stated(self, home: Home) -> None:
        stated = rules(NEVER, SMALL | {"code": "least"})
        reasons = {"never": "for records", "small": "likewise"}
        number = drafting.draft(home, stated, by=WANG, accepted=reasons)["number"]

        assert telling.accepted_of(home, number) == reasons
        assert telling.accepted_of(home, versions.SHIPPED) == {}


class TestBackTestOf:
    def test_is_the_newest_of_the_version_as_drafted(self, home: Home) -> None:
        number = drafted(home)
        assert asking.back_test_of(home, number) is None
        asking.ask_to_back_test(home, number, by="wang")
        second = asking.ask_to_back_test(home, number, by="li")
        moved = asking.ask_to_back_test(
            home, number, limits=["small.amount=1"], by="li"
        )

        assert asking.back_test_of(home, number) == second
        assert asking.back_test_of(home, number, job=moved.number) == moved
        for other in (versions.SHIPPED, number + 1):
            with pytest.raises(UnknownJobError):
                asking.back_test_of(home, other, job=moved.number)
