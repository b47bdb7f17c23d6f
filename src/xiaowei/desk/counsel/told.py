"""What the lake and a run on record know of one firm, read for it alone."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

import ibis
import ibis.expr.types as ir

from xiaowei.desk.bearing.asked import FAMILIES, asked_of
from xiaowei.desk.bearing.heard import heard_from
from xiaowei.desk.bearing.money import (
    ALONE,
    SHARED,
    Books,
    Money,
    Roll,
    numbers_on,
)
from xiaowei.desk.home import Home
from xiaowei.desk.knowledge import known_facts
from xiaowei.offers.limits.limit import CAPS

_CONSENTS: Final = "consents"
_OWN: Final = "own_balance_now"
_OF_ALL: Final = ("parks",)


@dataclass(frozen=True, slots=True)
class Told:
    """What is known of one firm beside its run.

    Args:
        beside: facts that products ask for.
        money: its money and ties.
    """

    beside: Mapping[str, float | None]
    money: Money


def told_of(home: Home, run: Mapping[str, Any], firm: Mapping[str, Any]) -> Told:
    """Return what is known of a firm beside a run, on the day of the run.

    Args:
        home: the workspace.
        run: the run's document.
        firm: the enterprise as the run has it.
    """
    day, name = date.fromisoformat(firm["as_of"]), firm["enterprise_id"]
    heard = heard_from(run)
    consents = home.lake.facts(_CONSENTS) if home.lake.holds(_CONSENTS) else None
    books = Books(
        _known(home, SHARED, as_of=day),
        _known(home, ALONE, as_of=day, name=name),
        roll=Roll(
            industries={one["enterprise_id"]: one["industry"] for one in run["firms"]},
            traits={one["enterprise_id"]: one["traits"] for one in run["firms"]},
            consents=consents,
            heard=_OWN in firm["traits"],
        ),
        numbers=numbers_on(
            home.book, day=day, heard=heard.caps if heard else frozenset(CAPS)
        ),
    )
    books.read([name])
    mine = [family for family in FAMILIES if family not in _OF_ALL]
    asked = asked_of(
        {
            **_known(home, mine, as_of=day, name=name),
            **_known(home, _OF_ALL, as_of=day),
        },
        [name],
        as_of=day,
    )
    return Told(asked.of(name), books.money(name))


def _known(
    home: Home, families: Iterable[str], *, as_of: date, name: str | None = None
) -> dict[str, ir.Table]:
    """Return facts known by a day of those who agree: of one firm, or of all."""
    held = {}
    for family in (*families, _CONSENTS):
        if home.lake.holds(family):
            table = home.lake.facts(family, enterprise_id=name)
            mine = name is None or table.enterprise_id == ibis.literal(name)
            held[family] = table.filter(mine)
    return known_facts(held, as_of=as_of)
