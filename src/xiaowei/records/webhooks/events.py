"""Entries of the journal in; the events that receivers outside are told of out.

An event says what happened, to which numbers, and when: no name, no code of a firm, no
trait, no reason. A receiver asks the service for the rest, by its own account. 事件
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from xiaowei.errors import InputError
from xiaowei.records.applications import CONCLUSION, DECISION, WITHDRAWAL
from xiaowei.records.jobs.queue import ENDED
from xiaowei.records.journal import Entry, canonical
from xiaowei.said import Said

Tells: TypeAlias = Callable[[Entry], Mapping[str, Any] | None]
"""Returns what is told of an entry; null where it is no such event."""
_ID_CHARACTERS: Final = 32


@dataclass(frozen=True, slots=True)
class Event:
    """One kind of event.

    Args:
        name: by which receivers know it.
        kind: of the journal's entry.
        said: what it is, for people.
        tells: see `Tells`.
    """

    name: str
    kind: str
    said: Said
    tells: Tells


@dataclass(frozen=True, slots=True)
class Told:
    """One event.

    Args:
        event: its name.
        id: by which a receiver knows a repeat.
        body: what is sent, as JSON.
    """

    event: str
    id: str
    body: str


class NoEventError(InputError):
    """A receiver asks for no event, or for one that there is not."""

    def __init__(self, stated: str) -> None:
        """Name what was asked for."""
        super().__init__(
            f"there is no event '{stated[:60]}'" if stated else "no event is asked for",
            expected="at least one of " + ", ".join(one.name for one in EVENTS),
            remedy="Correct the name",
        )


def event_in(entry: Entry, names: Collection[str]) -> Told | None:
    """Return what is told of an entry to whoever asked for some events.

    Args:
        entry: of the journal.
        names: of events.

    Returns:
        what is told; null where the entry is no such event.
    """
    for event in EVENTS:
        if event.kind == entry.kind and event.name in names:
            told = event.tells(entry)
            if told is not None:
                body = {
                    "type": event.name,
                    "timestamp": entry.made_at,
                    "data": dict(told),
                }
                return Told(event.name, _id(entry), canonical(body))
    return None


def check_names(names: Sequence[str]) -> None:
    """Refuse names of events that there are not.

    Raises:
        NoEventError: one is none, or there is none at all.
    """
    known = {one.name for one in EVENTS}
    for name in names or ("",):
        if name not in known:
            raise NoEventError(name)


def _id(entry: Entry) -> str:
    """Return what an event is known by: the same at each try, and in no other home.

    It is taken from the entry's hash, so that it comes out again when the tables are
    built anew, and two homes that tell one receiver never share one.
    """
    return f"evt_{entry.hash[:_ID_CHARACTERS]}"


def _decision(entry: Entry) -> Mapping[str, Any]:
    told = _some(entry, "application", "outcome")
    return {**told, "decision": entry.seq}


def _conclusion(entry: Entry) -> Mapping[str, Any]:
    told = _some(entry, "application", "decision", "outcome")
    return {**told, "conclusion": entry.seq}


def _withdrawal(entry: Entry) -> Mapping[str, Any]:
    return {**_some(entry, "authorisation", "on"), "outcome": "withdrawn"}


def _dead_job(entry: Entry) -> Mapping[str, Any] | None:
    if entry.body["state"] != "dead":
        return None
    return {**_some(entry, "job"), "outcome": "dead"}


def _some(entry: Entry, *names: str) -> dict[str, Any]:
    return {name: entry.body[name] for name in names}


EVENTS: Final = (
    Event(
        "decision.made", DECISION, Said("作出决策", "a decision was made"), _decision
    ),
    Event(
        "referral.concluded",
        CONCLUSION,
        Said("转人工件已审结", "a person concluded a referral"),
        _conclusion,
    ),
    Event(
        "authorisation.withdrawn",
        WITHDRAWAL,
        Said("授权已撤回", "an authorisation was withdrawn"),
        _withdrawal,
    ),
    Event("job.dead", ENDED, Said("任务失败", "a job is dead"), _dead_job),
)
"""Whoever adds one adds a line here: of an entry that is put on record anyway."""
