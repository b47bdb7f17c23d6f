"""How the records write a moment."""

from datetime import UTC, datetime


def stamp(at: datetime) -> str:
    """Return a moment as the journal writes it.

    >>> stamp(datetime(2025, 7, 1, 8, tzinfo=UTC))
    '2025-07-01T08:00:00+00:00'
    """
    return at.astimezone(UTC).isoformat(timespec="seconds")


def seconds(at: datetime) -> int:
    """Return a moment as whole seconds since 1970 in UTC.

    >>> seconds(datetime(1970, 1, 2, tzinfo=UTC))
    86400
    """
    return int(at.timestamp())


def seconds_in(stamped: str) -> int:
    """Return a moment of the journal as `seconds` does.

    >>> seconds_in("1970-01-02T00:00:00+00:00")
    86400
    """
    return seconds(datetime.fromisoformat(stamped))
