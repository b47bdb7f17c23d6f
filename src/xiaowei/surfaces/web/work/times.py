"""How long ago, and how long still, as people read a clock."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from markupsafe import Markup

from xiaowei.surfaces.report.figures import text


@dataclass(frozen=True, slots=True)
class Left:
    """How long is left until a moment.

    Args:
        late: whether it has passed.
        said: how long, for people.
    """

    late: bool
    said: Markup


def elapsed(since: str, now: datetime) -> Markup:
    """Say how long ago a moment was.

    Args:
        since: the moment, ISO 8601.
        now: the moment it is.
    """
    return text("lasted", span=_span(now - datetime.fromisoformat(since)))


def left(until: str | None, now: datetime) -> Left | None:
    """Say how long is left until a moment; null where there is none.

    Args:
        until: the moment, ISO 8601.
        now: the moment it is.
    """
    if until is None:
        return None
    rest = datetime.fromisoformat(until) - now
    if rest < timedelta(0):
        return Left(late=True, said=text("overdue", span=_span(-rest)))
    return Left(late=False, said=text("time_left", span=_span(rest)))


def moment(stamp: str) -> str:
    """Write a moment as the clock on the wall shows it, to the minute."""
    return datetime.fromisoformat(stamp).astimezone().strftime("%Y-%m-%d %H:%M")


def _span(span: timedelta) -> Markup:
    hours, seconds = divmod(max(int(span.total_seconds()), 0), 3600)
    if hours:
        days, hours = divmod(hours, 24)
        return text("span_days", days=days, hours=hours)
    return text("span_minutes", minutes=seconds // 60)
