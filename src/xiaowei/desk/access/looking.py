"""Whoever looks at what is sensitive says why, and both are on record."""

from datetime import datetime, timedelta
from typing import Final

import sqlalchemy as sa

from xiaowei.desk.access.house import House
from xiaowei.desk.masking import Private, mask_text
from xiaowei.errors import ConflictError, InputError
from xiaowei.policy.access.permissions import Permit
from xiaowei.records.access.reads import READ, count_since
from xiaowei.records.moments import stamp

UNMASK: Final = "pii.unmask"
_LEAST_REASON: Final = 4
_MOST_REASON: Final = 500


class NoReasonError(InputError):
    """Somebody would look without saying why."""

    def __init__(self) -> None:
        """Say what is due."""
        super().__init__(
            "no reason is given 请说明查看理由",
            expected=f"{_LEAST_REASON} to {_MOST_REASON} characters that say why",
            remedy="Say for which act of business it is needed",
        )


class TooManyReadsError(ConflictError):
    """Somebody has seen as much within an hour as one person may."""

    status = 429

    def __init__(self, most: int) -> None:
        """Say how much that is."""
        super().__init__(
            f"{most} masked values were shown to you within an hour",
            expected="no more than one person's work asks for",
            remedy="Wait, or ask for an export with its own approval",
        )


def record_read(
    house: House, leave: Permit, *, about: str, what: str, why: str, at: datetime
) -> None:
    """Put on record that somebody looks, before he is shown anything.

    Args:
        house: what access is decided from.
        leave: for what is done.
        about: whom or what it concerns, e.g. an enterprise's code.
        what: which part of it.
        why: the reason; numbers of persons in it are masked.
        at: the moment.

    Raises:
        NoReasonError: it is empty, or far too long.
    """
    reason = _reason(why)
    with house.journal.store.writing() as connection:
        _record(house, connection, leave, (about, what, reason), at)


def unmask(  # noqa: PLR0913 - each is a part of what goes on record
    house: House,
    leave: Permit,
    value: Private,
    *,
    about: str,
    what: str,
    why: str,
    at: datetime,
) -> str:
    """Return a masked value in full, having put on record who sees it and why.

    Args:
        house: what access is decided from.
        leave: for `pii.unmask`, of a session whose password was given within minutes.
        value: the value.
        about: whose it is.
        what: the field.
        why: the reason.
        at: the moment.

    Raises:
        NotAllowedError: it is leave for something else.
        NoReasonError: no reason is given.
        TooManyReadsError: the person has seen as much within an hour as it may.
    """
    who = house.holder(leave, UNMASK)
    reason = _reason(why)
    most = house.count("unmask_most_an_hour", on=at.date())
    since = stamp(at - timedelta(hours=1))
    with house.journal.store.writing() as connection:
        # By person: a second account shows no more.
        if count_since(connection, who.person, UNMASK, since=since) >= most:
            raise TooManyReadsError(most)
        _record(house, connection, leave, (about, what, reason), at)
    return value.value


def _record(
    house: House,
    connection: sa.Connection,
    leave: Permit,
    said: tuple[str, str, str],
    at: datetime,
) -> None:
    about, what, why = said
    house.record(
        connection,
        READ,
        at,
        by=leave.actor.hand.as_plain(),
        operation=leave.operation,
        about=about,
        what=what,
        why=why,
    )


def _reason(why: str) -> str:
    reason = " ".join(why.split())
    if not _LEAST_REASON <= len(reason) <= _MOST_REASON:
        raise NoReasonError
    return mask_text(reason)
