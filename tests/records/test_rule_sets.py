"""Versions of rules by the journal: never edited, never published by who drafted."""

from typing import Any

import pytest
import sqlalchemy as sa

from xiaowei.records.journal import Entry, Journal
from xiaowei.records.opening import open_journal
from xiaowei.records.rule_sets import (
    DRAFTED,
    PUBLISHED,
    RULE_SETS,
    TESTED,
    VIEW,
    WITHDRAWN,
)

AT = "2025-07-01T08:00:00+00:00"


def hand(person: str) -> dict[str, Any]:
    return {"login": person.lower(), "person": person, "acts_for": []}


def draft(journal: Journal, *, version: int = 1, by: str = "A") -> Entry:
    body = {
        "name": "pilot",
        "version": version,
        "since": "2025-08-01",
        "until": None,
        "fingerprint": "f",
        "copy_of": None,
        "by": hand(by),
    }
    return journal.add(DRAFTED, body, made_at=AT, document=f"rules {version}")


def run_cases(journal: Journal, number: int, *, failed: tuple[str, ...] = ()) -> None:
    body = {"rules": number, "run": 3, "failed": list(failed), "by": hand("A")}
    journal.add(TESTED, body, made_at=AT, document="cases")


def publish(journal: Journal, number: int, *, by: str) -> Entry:
    body = {"rules": number, "by": hand(by), "why": "agreed"}
    return journal.add(PUBLISHED, body, made_at=AT)


def row(journal: Journal, number: int) -> Any:  # noqa: ANN401 - a row
    with journal.store.reading() as connection:
        return connection.execute(
            RULE_SETS.select().where(RULE_SETS.c.number == number)
        ).one()


class TestRuleSets:
    def test_say_who_drafted_tested_and_published(self, url: str) -> None:
        with open_journal(url, views=[VIEW]) as journal:
            number = draft(journal).seq
            assert row(journal, number).state == "draft"
            run_cases(journal, number, failed=("a case",))
            publication = publish(journal, number, by="B")
            found = row(journal, number)

            assert (found.state, found.drafted_by, found.published_by) == (
                "published",
                "A",
                "B",
            )
            assert (found.cases_run, found.cases_failed) == (3, 1)
            assert found.publication == publication.seq
            assert journal.document(found.document) == "rules 1"
            assert journal.document(found.cases) == "cases"

    def test_refuse_whoever_drafted_and_the_journal_with_them(self, url: str) -> None:
        with open_journal(url, views=[VIEW]) as journal:
            number = draft(journal).seq
            with pytest.raises(sa.exc.IntegrityError):
                publish(journal, number, by="A")

            assert journal.verify() == 1
            assert row(journal, number).state == "draft"

    def test_refuse_a_version_of_a_name_twice(self, url: str) -> None:
        with open_journal(url, views=[VIEW]) as journal:
            draft(journal)
            with pytest.raises(sa.exc.IntegrityError):
                draft(journal, by="B")

            assert journal.verify() == 1

    def test_leave_what_is_published_as_it_is(self, url: str) -> None:
        with open_journal(url, views=[VIEW]) as journal:
            number = draft(journal).seq
            publish(journal, number, by="B")
            before = row(journal, number)
            publish(journal, number, by="C")
            run_cases(journal, number, failed=("late",))
            body = {"rules": number, "by": hand("A"), "why": "second thoughts"}
            journal.add(WITHDRAWN, body, made_at=AT)

            assert row(journal, number) == before

    def test_withdrawn_are_never_published(self, url: str) -> None:
        with open_journal(url, views=[VIEW]) as journal:
            number = draft(journal).seq
            body = {"rules": number, "by": hand("A"), "why": "second thoughts"}
            journal.add(WITHDRAWN, body, made_at=AT)
            publish(journal, number, by="B")

            assert row(journal, number).state == "withdrawn"
            assert row(journal, number).why == "second thoughts"

    def test_come_out_the_same_when_built_anew(self, url: str) -> None:
        with open_journal(url, views=[VIEW]) as journal:
            first, second = draft(journal).seq, draft(journal, version=2, by="B").seq
            run_cases(journal, first)
            publish(journal, first, by="B")
            publish(journal, second, by="A")
            before = [row(journal, number) for number in (first, second)]
            with journal.store.writing() as connection:
                VIEW.rebuild(connection)

            assert [row(journal, number) for number in (first, second)] == before
