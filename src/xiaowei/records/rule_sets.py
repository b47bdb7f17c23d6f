"""Versions of the bank's rules, who drafted and who published each, by the journal.

A version is a `draft`, then `published` or `withdrawn`. What it states lies whole in
the journal's documents, which only grow: nothing here can change it, and a version of a
name comes once.
"""

from typing import Any, Final

import sqlalchemy as sa

from xiaowei.records.access.apart import two_persons
from xiaowei.records.journal import Entry
from xiaowei.records.views import View

DRAFTED: Final = "rules_drafted"
TESTED: Final = "rules_tested"
PUBLISHED: Final = "rules_published"
WITHDRAWN: Final = "rules_withdrawn"
"""Kinds of the journal's entries."""

META: Final = sa.MetaData()
RULE_SETS: Final = sa.Table(
    "rule_sets",
    META,
    sa.Column("number", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("fingerprint", sa.Text, nullable=False),
    sa.Column("document", sa.Text, nullable=False),
    sa.Column("since", sa.Text, nullable=False),
    sa.Column("until", sa.Text),
    sa.Column("state", sa.Text, nullable=False, index=True),
    sa.Column("copy_of", sa.BigInteger),
    # Employee numbers, or names where nobody has an account; never logins.
    sa.Column("drafted_by", sa.Text, nullable=False),
    sa.Column("drafted_at", sa.Text, nullable=False),
    sa.Column("published_by", sa.Text),
    sa.Column("published_at", sa.Text),
    sa.Column("publication", sa.BigInteger),
    sa.Column("why", sa.Text),
    sa.Column("cases", sa.Text),
    sa.Column("cases_run", sa.Integer),
    sa.Column("cases_failed", sa.Integer),
    sa.UniqueConstraint("name", "version", name="a_version_comes_once"),
    sa.CheckConstraint(
        "state <> 'published' OR published_by IS NOT NULL", name="somebody_published"
    ),
    two_persons("drafted_by", "published_by"),
)


def _drafted(connection: sa.Connection, entry: Entry) -> None:
    body = entry.body
    names = (
        "name", "version", "fingerprint", "document", "since", "until", "copy_of",
    )  # fmt: skip
    connection.execute(
        RULE_SETS.insert().values(
            number=entry.seq,
            state="draft",
            drafted_by=body["by"]["person"],
            drafted_at=entry.made_at,
            **{name: body[name] for name in names},
        )
    )


def _tested(connection: sa.Connection, entry: Entry) -> None:
    body = entry.body
    _set(
        connection,
        entry,
        cases=body["document"],
        cases_run=body["run"],
        cases_failed=len(body["failed"]),
    )


def _published(connection: sa.Connection, entry: Entry) -> None:
    _set(
        connection,
        entry,
        state="published",
        published_by=entry.body["by"]["person"],
        published_at=entry.made_at,
        publication=entry.seq,
        why=entry.body["why"],
    )


def _withdrawn(connection: sa.Connection, entry: Entry) -> None:
    _set(connection, entry, state="withdrawn", why=entry.body["why"])


def _set(connection: sa.Connection, entry: Entry, **values: Any) -> None:  # noqa: ANN401
    # Of a draft alone: a version that was published or withdrawn stays as it is.
    mine = (RULE_SETS.c.number == entry.body["rules"]) & (RULE_SETS.c.state == "draft")
    connection.execute(RULE_SETS.update().where(mine).values(**values))


VIEW: Final = View(
    "rule_sets",
    1,
    META,
    {DRAFTED: _drafted, TESTED: _tested, PUBLISHED: _published, WITHDRAWN: _withdrawn},
)
