"""What the lake and a run on record know of one firm, read for it alone."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

import ibis
import ibis.expr.types as ir

from xiaowei.desk.bearing.asked import FAMILIES, asked_of, parks_in
from xiaowei.desk.bearing.heard import heard_from
from xiaowei.desk.bearing.money import (
    ALONE,
    SHARED,
    Books,
    Money,
    Roll,
    numbers_on,
)
from xiaowei.desk.counsel.room import Room
from xiaowei.desk.engines import engine
from xiaowei.desk.home import Home
from xiaowei.desk.knowledge import known_facts
from xiaowei.desk.spilling import spilling
from xiaowei.offers.limits.limit import CAPS

_CONSENTS: Final = "consents"
_OWN: Final = "own_balance_now"
_OF_ALL: Final = ("parks",)
_MEMORY: Final = "512MiB"


@dataclass(frozen=True, slots=True)
class Told:
    """What is known of one firm beside its run.

    Args:
        beside: facts that products ask for.
        money: its money and ties.
        fellows: those who stand and fall with it, as far as is known.
    """

    beside: Mapping[str, float | None]
    money: Money
    fellows: frozenset[str] = frozenset()


class Teller:
    """Tells what is known of firms beside one run, one after another.

    What many firms share, ties and the ways of trades, is read once and kept.
    """

    def __init__(
        self, home: Home, run: Mapping[str, Any], *, engine: ibis.BaseBackend
    ) -> None:
        """Take the run; nothing is read yet. `teller` opens one."""
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
        self._parks = parks_in(_known(home, _OF_ALL, as_of=self._day))
        mine = (*SHARED, *ALONE, *(name for name in FAMILIES if name not in _OF_ALL))
        self._room = Room(
            home.lake, dict.fromkeys((*mine, _CONSENTS)), day=self._day, engine=engine
        )

    def ready(self) -> None:
        """Read what firms share; else the first firm of each trade waits for it."""
        self._books.ready()

    def told(self, enterprise_id: str) -> Told:
        """Return what is known of a firm of the run, on the day of the run.

        Args:
            enterprise_id: whose.
        """
        room = self._room
        room.fill(enterprise_id)
        self._books.read_from(
            [enterprise_id],
            room.facts,
            consents=room.stated.get(_CONSENTS),
            plans=room.rows,
        )
        asked = asked_of(
            room.facts, None, as_of=self._day, parks=self._parks, rows=room.rows
        )
        return Told(
            asked.of(enterprise_id),
            self._books.money(enterprise_id),
            self._books.fellows(enterprise_id),
        )


@contextmanager
def teller(home: Home, run: Mapping[str, Any]) -> Iterator[Teller]:
    """Open a teller with an engine of its own.

    Args:
        home: the workspace.
        run: the run's document.
    """
    with (
        spilling(home.root) as spill,
        engine(
            threads=1,
            memory=_MEMORY,
            spill=spill,
            within=(home.lake.root,),
            kept_plans=True,
        ) as opened,
    ):
        yield Teller(home, run, engine=opened)


def told_of(home: Home, run: Mapping[str, Any], firm: Mapping[str, Any]) -> Told:
    """Return what is known of one firm beside a run, on the day of the run.

    Args:
        home: the workspace.
        run: the run's document.
        firm: the enterprise as the run has it.
    """
    with teller(home, run) as one:
        return one.told(firm["enterprise_id"])


def _known(home: Home, families: Iterable[str], *, as_of: date) -> dict[str, ir.Table]:
    """Return facts known by a day of all who agree."""
    held = {
        family: home.lake.facts(family)
        for family in (*families, _CONSENTS)
        if home.lake.holds(family)
    }
    return known_facts(held, as_of=as_of)
