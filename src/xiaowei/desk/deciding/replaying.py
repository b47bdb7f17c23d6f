"""A decision on record in; the same decision made again out, with what differs."""

import json
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any, Literal, TypeAlias

from xiaowei.decisions.application import application_of
from xiaowei.decisions.replay import MOST, Difference, differences
from xiaowei.decisions.snapshot import made_again, made_from
from xiaowei.desk import clock
from xiaowei.desk.deciding.evidence import gatherer_by
from xiaowei.desk.home import Home
from xiaowei.errors import NotFoundError
from xiaowei.records.applications import DECISIONS
from xiaowei.records.journal import canonical, digest_of

How: TypeAlias = Literal["snapshot", "facts", "corrections"]


class UnknownDecisionError(NotFoundError):
    """No decision of that number is on record."""

    def __init__(self, number: int) -> None:
        """Name it."""
        super().__init__(
            f"no decision {number} is on record",
            expected="the number of one that 'xiaowei decisions' lists",
            remedy="Check the number",
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Replay:
    """A decision made again.

    Args:
        number: of the decision.
        how: from what.
        digest: SHA-256 of the snapshot on record.
        again: SHA-256 of the one made again.
        outcome: then.
        outcome_again: now.
        apart: where the two differ.
    """

    number: int
    how: How
    digest: str
    again: str
    outcome: str
    outcome_again: str
    apart: tuple[Difference, ...]

    @property
    def same(self) -> bool:
        """Whether the two are the same to the byte."""
        return self.digest == self.again

    def as_plain(self) -> dict[str, Any]:
        """Return it as plain values, with the first differences."""
        return {
            "decision": self.number,
            "how": self.how,
            "same": self.same,
            "digest": self.digest,
            "digest_again": self.again,
            "outcome": self.outcome,
            "outcome_again": self.outcome_again,
            "differences": [asdict(one) for one in self.apart[:MOST]],
            "differences_in_all": len(self.apart),
        }


def snapshot_on_record(home: Home, number: int) -> tuple[str, dict[str, Any]]:
    """Return the digest and the snapshot of a decision.

    Raises:
        UnknownDecisionError: there is none of that number.
    """
    with home.journal.store.reading() as connection:
        row = connection.execute(
            DECISIONS.select().where(DECISIONS.c.number == number)
        ).first()
    if row is None:
        raise UnknownDecisionError(number)
    return row.document, json.loads(home.journal.document(row.document))


def replay(home: Home, number: int, *, how: How = "snapshot") -> Replay:
    """Make a decision again, and say where it comes out otherwise.

    Args:
        home: the workspace.
        number: of the decision.
        how: from the `snapshot`: from all that it holds, by the rules it holds, so that
            only the code is another. From `facts`: what the lake says was known on the
            day and the records of the run of then. From `corrections`: and what has
            become known since of what had happened by then.

    Raises:
        UnknownDecisionError: there is none of that number.
        SnapshotError: its snapshot is of a form that is not read here.
    """
    digest, then = snapshot_on_record(home, number)
    now = (
        made_again(then)
        if how == "snapshot"
        else _gathered(home, then, number, how=how)
    )
    return Replay(
        number=number,
        how=how,
        digest=digest,
        again=digest_of(canonical(now)),
        outcome=then["decision"]["outcome"],
        outcome_again=now["decision"]["outcome"],
        apart=tuple(differences(then, json.loads(canonical(now)))),
    )


def _gathered(
    home: Home, then: dict[str, Any], number: int, *, how: How
) -> dict[str, Any]:
    """Return the snapshot of what is gathered anew, under the rules of then."""
    evidence, run = then["evidence"], then["made_by"]["run"]
    with gatherer_by(
        home,
        day=date.fromisoformat(evidence["day"]),
        run=None if run is None else home.journal.entry(run["entry"]),
        known_by=clock.today() if how == "corrections" else None,
    ) as open_one:
        found = open_one.gather(application_of(evidence["application"]), before=number)
    return made_from(found.evidence, then, made_by=found.made_by)
