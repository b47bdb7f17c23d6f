"""Applications, what was decided about each, and authorisations, as the journal says.

An application is `received`, then `approved`, `declined` or `referred`. A referral is
taken by a credit officer (`claimed`), who concludes it, lets it go for another, or
sends it back to whoever took it (`returned`), from where it comes `referred` again. Who
took an application never concludes it: the tables refuse it, and with them the journal.
What was declined without a person is `referred` where its customer asks for one.
"""

from collections.abc import Mapping
from typing import Any, Final

import sqlalchemy as sa

from xiaowei.records.access.apart import two_persons
from xiaowei.records.access.scope import fence, fence_behind
from xiaowei.records.journal import Entry
from xiaowei.records.views import View

APPLICATION: Final = "application"
DECISION: Final = "decision"
CLAIM: Final = "referral_claimed"
RETURN: Final = "referral_returned"
RELEASE: Final = "referral_released"
REVIEW: Final = "review_asked"
AGAIN: Final = "referral_resubmitted"
CONCLUSION: Final = "referral_concluded"
AUTHORISATION: Final = "authorisation"
WITHDRAWAL: Final = "authorisation_withdrawn"
"""Kinds of the journal's entries."""

META: Final = sa.MetaData()
APPLICATIONS: Final = sa.Table(
    "applications",
    META,
    sa.Column("number", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("enterprise_id", sa.Text, nullable=False, index=True),
    sa.Column("amount_fen", sa.BigInteger, nullable=False),
    sa.Column("months", sa.Integer, nullable=False),
    sa.Column("purpose", sa.Text, nullable=False),
    sa.Column("product", sa.Text),
    sa.Column("manager", sa.Text, nullable=False),
    sa.Column("branch", sa.Text, nullable=False),
    sa.Column("region", sa.Text, nullable=False),
    sa.Column("applied_on", sa.Text, nullable=False),
    sa.Column("received_at", sa.Text, nullable=False),
    sa.Column("changed_at", sa.Text, nullable=False),
    sa.Column("state", sa.Text, nullable=False, index=True),
    sa.Column("claimed_by", sa.Text),
    sa.Column("due_at", sa.Text),
    sa.Column("decision", sa.BigInteger),
)
DECISIONS: Final = sa.Table(
    "decisions",
    META,
    sa.Column("number", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("application", sa.BigInteger, nullable=False, index=True),
    sa.Column("enterprise_id", sa.Text, nullable=False, index=True),
    sa.Column("outcome", sa.Text, nullable=False),
    sa.Column("limit_fen", sa.BigInteger),
    sa.Column("rate", sa.Text),
    sa.Column("months", sa.Integer),
    sa.Column("decided_on", sa.Text, nullable=False),
    sa.Column("made_at", sa.Text, nullable=False),
    sa.Column("rules", sa.Text, nullable=False),
    sa.Column("document", sa.Text, nullable=False),
)
CONCLUSIONS: Final = sa.Table(
    "conclusions",
    META,
    sa.Column("number", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("application", sa.BigInteger, nullable=False, unique=True),
    sa.Column("decision", sa.BigInteger, nullable=False),
    sa.Column("outcome", sa.Text, nullable=False),
    sa.Column("limit_fen", sa.BigInteger),
    sa.Column("maker", sa.Text, nullable=False),
    sa.Column("checker", sa.Text, nullable=False),
    sa.Column("why", sa.Text, nullable=False),
    sa.Column("made_at", sa.Text, nullable=False),
    two_persons(),
)
AUTHORISATIONS: Final = sa.Table(
    "authorisations",
    META,
    sa.Column("number", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("enterprise_id", sa.Text, nullable=False, index=True),
    sa.Column("families", sa.Text, nullable=False),
    sa.Column("purpose", sa.Text, nullable=False),
    sa.Column("from_on", sa.Text, nullable=False),
    sa.Column("until_on", sa.Text, nullable=False),
    sa.Column("evidence", sa.Text, nullable=False),
    sa.Column("taken_by", sa.Text, nullable=False),
    sa.Column("withdrawn_on", sa.Text),
    sa.Column("withdrawn_why", sa.Text),
)
_OUTCOMES: Final[Mapping[str, str]] = {
    "approve": "approved",
    "refer": "referred",
    "decline": "declined",
}


def _applied(connection: sa.Connection, entry: Entry) -> None:
    names = (
        "enterprise_id", "amount_fen", "months", "purpose", "product", "manager",
        "branch", "region", "applied_on",
    )  # fmt: skip
    connection.execute(
        APPLICATIONS.insert().values(
            number=entry.seq,
            received_at=entry.made_at,
            changed_at=entry.made_at,
            state="received",
            **{name: entry.body["application"][name] for name in names},
        )
    )


def _decided(connection: sa.Connection, entry: Entry) -> None:
    body = entry.body
    names = (
        "application", "enterprise_id", "outcome", "limit_fen", "rate", "months",
        "decided_on", "rules", "document",
    )  # fmt: skip
    connection.execute(
        DECISIONS.insert().values(
            number=entry.seq,
            made_at=entry.made_at,
            **{name: body[name] for name in names},
        )
    )
    _move(
        connection,
        entry,
        state=_OUTCOMES[body["outcome"]],
        decision=entry.seq,
        due_at=body.get("due_at"),
    )


def _claimed(connection: sa.Connection, entry: Entry) -> None:
    _move(connection, entry, state="claimed", claimed_by=entry.body["by"])


def _returned(connection: sa.Connection, entry: Entry) -> None:
    _move(connection, entry, state="returned", claimed_by=None, due_at=None)


def _released(connection: sa.Connection, entry: Entry) -> None:
    _move(connection, entry, state="referred", claimed_by=None)


def _again(connection: sa.Connection, entry: Entry) -> None:
    _move(connection, entry, state="referred", due_at=entry.body["due_at"])


def _concluded(connection: sa.Connection, entry: Entry) -> None:
    names = ("application", "decision", "outcome", "limit_fen", "why")
    connection.execute(
        CONCLUSIONS.insert().values(
            number=entry.seq,
            maker=entry.body["maker"],
            checker=entry.body["by"],
            made_at=entry.made_at,
            **{name: entry.body[name] for name in names},
        )
    )
    _move(connection, entry, state=_OUTCOMES[entry.body["outcome"]], due_at=None)


def _authorised(connection: sa.Connection, entry: Entry) -> None:
    stated = entry.body["authorisation"]
    names = ("enterprise_id", "purpose", "from_on", "until_on", "evidence")
    connection.execute(
        AUTHORISATIONS.insert().values(
            number=entry.seq,
            families=" ".join(stated["families"]),
            taken_by=stated["by"],
            **{name: stated[name] for name in names},
        )
    )


def _withdrawn(connection: sa.Connection, entry: Entry) -> None:
    connection.execute(
        AUTHORISATIONS.update()
        .where(AUTHORISATIONS.c.number == entry.body["authorisation"])
        .values(withdrawn_on=entry.body["on"], withdrawn_why=entry.body["why"])
    )


def _move(connection: sa.Connection, entry: Entry, **values: Any) -> None:  # noqa: ANN401
    connection.execute(
        APPLICATIONS.update()
        .where(APPLICATIONS.c.number == entry.body["application"])
        .values(changed_at=entry.made_at, **values)
    )


fence(APPLICATIONS)
fence_behind(DECISIONS, "application", APPLICATIONS)
fence_behind(CONCLUSIONS, "application", APPLICATIONS)
VIEW: Final = View(
    "applications",
    2,
    META,
    {
        APPLICATION: _applied,
        DECISION: _decided,
        CLAIM: _claimed,
        RETURN: _returned,
        RELEASE: _released,
        REVIEW: _again,
        AGAIN: _again,
        CONCLUSION: _concluded,
        AUTHORISATION: _authorised,
        WITHDRAWAL: _withdrawn,
    },
)
