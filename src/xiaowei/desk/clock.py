"""The only place where the time is read."""

from datetime import UTC, date, datetime


def today() -> date:
    """Return the day it is here."""
    return datetime.now(tz=UTC).astimezone().date()  # noqa: TID251 - the desk's clock


def now() -> str:
    """Return the moment it is, ISO 8601 in UTC, to the second."""
    return datetime.now(tz=UTC).isoformat(timespec="seconds")  # noqa: TID251 - as above


def moment() -> datetime:
    """Return the moment it is, in UTC."""
    return datetime.now(tz=UTC)  # noqa: TID251 - as above
