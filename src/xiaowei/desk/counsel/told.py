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


class Teller:
    """Tells what is known of firms beside one run, one after another.

    What many firms share, ties and the ways of trades, is read once and kept.
    """

    def __init__(self, home: Home, run: Mapping[str, Any]) -> None:
        """Take the run; nothing is read yet.

        Args:
            home: the workspace.
            run: the run's document.
        """
        self._home = home
        self._day = date.fromisoformat(run["as_of"])
        heard = heard_from(run)
        firms = run["firms"]
        self._books = Books(
            _known(home, SHARED, as_of=self._day),
            {},
            roll=Roll(
                industries={one["enterprise_id"]: one["industry"] for one in firms},
                traits={one["enterprise_id"]: one["traits"] for one in firms},
                consents=None,
                heard=any(_OWN in one["traits"] for one in firms),
            ),
            numbers=numbers_on(
                home.book,
                day=self._day,
                heard=heard.caps if heard else frozenset(CAPS),
            ),
        )
        self._parks = _known(home, _OF_ALL, as_of=self._day)

    def told(self, enterprise_id: str) -> Told:
        """Return what is known of a firm of the run, on the day of the run.

        Args:
            enterprise_id: whose.
        """
        mine = (*SHARED, *ALONE, *(name for name in FAMILIES if name not in _OF_ALL))
        facts = _known(
            self._home, dict.fromkeys(mine), as_of=self._day, name=enterprise_id
        )
        lake = self._home.lake
        consents = None
        if lake.holds(_CONSENTS):
            table = lake.facts(_CONSENTS, enterprise_id=enterprise_id)
            consents = table.filter(table.enterprise_id == ibis.literal(enterprise_id))
        self._books.read_from([enterprise_id], facts, consents=consents)
        asked = asked_of({**facts, **self._parks}, [enterprise_id], as_of=self._day)
        return Told(asked.of(enterprise_id), self._books.money(enterprise_id))


def told_of(home: Home, run: Mapping[str, Any], firm: Mapping[str, Any]) -> Told:
    """Return what is known of one firm beside a run, on the day of the run.

    Args:
        home: the workspace.
        run: the run's document.
        firm: the enterprise as the run has it.
    """
    return Teller(home, run).told(firm["enterprise_id"])


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
