"""Events of intellectual property in; the rights that are alive on a day out."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal

from xiaowei.money import Fen
from xiaowei.said import Said

Kind = Literal["invention", "utility_model", "design", "trademark", "software"]

KINDS: Final[dict[Kind, Said]] = {
    "invention": Said("发明专利", "invention patents"),
    "utility_model": Said("实用新型", "utility models"),
    "design": Said("外观设计", "designs"),
    "trademark": Said("商标", "trademarks"),
    "software": Said("软件著作权", "rights in software"),
}

_BEGIN: Final = ("granted", "renewed")
_END: Final = ("lapsed", "transferred")
_YEAR: Final = 365.25


@dataclass(frozen=True, slots=True)
class Event:
    """One fact of the family `intellectual_property`, as last stated.

    Args:
        right_no: number of the right.
        kind: of the right.
        event: applied, granted, renewed, lapsed, transferred, licensed or pledged.
        day: when it happened.
        amount_fen: what was paid, where stated.
    """

    right_no: str
    kind: Kind
    event: str
    day: date
    amount_fen: Fen | None = None


@dataclass(frozen=True, slots=True)
class Right:
    """A right that is alive.

    Args:
        right_no: its number.
        kind: its kind.
        since: when its term began: filed, of a trademark last renewed, else granted.
        renewed_on: when it was last renewed, or null.
        renewal_year: which year of its term that was, 1 for the first, or null.
        fee_fen: what was paid for that, where stated.
        pledged: whether it ever was.
    """

    right_no: str
    kind: Kind
    since: date
    renewed_on: date | None
    renewal_year: int | None
    fee_fen: Fen | None
    pledged: bool

    def years_gone(self, on: date) -> float:
        """Return the years of its term that are over on a day, 0 or more."""
        return max((on - self.since).days / _YEAR, 0.0)


def rights_alive(events: Iterable[Event], *, on: date) -> tuple[Right, ...]:
    """Return the rights that are alive on a day, by number.

    A right is alive where it was granted or renewed and has neither lapsed nor gone to
    another since, as the traits of a portrait count it.

    Args:
        events: known by the day; those that happen later are passed over.
        on: the day.
    """
    known: dict[tuple[str, Kind], list[Event]] = {}
    for event in sorted(events, key=lambda one: (one.day, one.event)):
        if event.day <= on:
            known.setdefault((event.right_no, event.kind), []).append(event)
    found = (_alive(theirs) for _, theirs in sorted(known.items()))
    return tuple(right for right in found if right)


def _alive(events: list[Event]) -> Right | None:
    begun = [one for one in events if one.event in _BEGIN]
    ended = [one.day for one in events if one.event in _END]
    if not begun or (ended and ended[-1] >= begun[-1].day):
        return None
    renewed = [one for one in begun if one.event == "renewed"]
    last = renewed[-1] if renewed else None
    filed = [one.day for one in events if one.event == "applied"]
    since = filed[0] if filed else begun[0].day
    year = int((last.day - since).days / _YEAR) + 1 if last else None
    kind = events[0].kind
    return Right(
        events[0].right_no,
        kind,
        last.day if last and kind == "trademark" else since,
        last.day if last else None,
        year,
        last.amount_fen if last else None,
        any(one.event == "pledged" for one in events),
    )
