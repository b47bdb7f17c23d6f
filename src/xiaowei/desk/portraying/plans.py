"""The plans by which a chunk of enterprises is portrayed, made before any is opened.

What many parts look at is worked out once and kept: of each family the facts with the
day until which they stand, without the columns that no part asks for, and the grains.
Then part by part: as one whole they would be planned together, which takes longer.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

import ibis
import ibis.expr.types as ir

from xiaowei.facts.parts import schema_of
from xiaowei.portraits.moments import Moments
from xiaowei.portraits.parts import GRAINS
from xiaowei.portraits.portrait import beside, everyone, known_by, part_of, told
from xiaowei.portraits.standing import standing
from xiaowei.portraits.traits.trait import Part

_ID: Final = "enterprise_id"


@dataclass(frozen=True, slots=True)
class Plans:
    """SQL over tables named after the families of facts.

    Args:
        steps: the name of a table to keep, and how it is worked out, in order.
        whole: how the portraits are worked out of those; one row per enterprise in
            rising order, see `undated`.
    """

    steps: tuple[tuple[str, str], ...]
    whole: str


def plans_of(
    families: Iterable[str],
    *,
    as_of: date,
    parts: Sequence[Part],
    engine: ibis.BaseBackend,
) -> Plans:
    """Return the plans of portraits as of a day.

    Args:
        families: whose facts there are, each in a table of that name.
        as_of: the day.
        parts: what of the portraits is wanted.
        engine: whose SQL it should be.
    """
    moments = Moments((as_of,))
    upright = {
        family: standing(known_by(_stated(family), as_of=as_of), family=family)
        for family in families
    }
    facts = {family: _named(f"stood_{family}", t) for family, t in upright.items()}
    grains = {
        grain.name: grain.rows(facts, moments)
        for grain in GRAINS
        if grain.family in facts
    }
    plain = {**facts, **{name: _named(name, rows) for name, rows in grains.items()}}
    portrayed = [
        everyone(facts, moments),
        *(part_of(part, plain, moments) for part in parts if told(part, facts)),
    ]
    told_of = {
        f"part_{place}": engine.compile(rows) for place, rows in enumerate(portrayed)
    }
    seen = {
        name: engine.compile(rows.select(*asked))
        for name, rows in grains.items()
        if (asked := _asked_for(plain[name], told_of.values()))
    }
    later = {**seen, **told_of}
    first = {
        table.get_name(): engine.compile(
            upright[family].select(*_asked_for(table, later.values()))
        )
        for family, table in facts.items()
    }
    who, *tables = (_named(f"part_{n}", rows) for n, rows in enumerate(portrayed))
    whole = beside(who, tables, keys=(_ID,), parts=parts).order_by(_ID)
    return Plans((*first.items(), *later.items()), engine.compile(whole))


def _stated(family: str) -> ir.Table:
    return ibis.table(ibis.schema(schema_of(family)), name=family)


def _named(name: str, like: ir.Table) -> ir.Table:
    return ibis.table(like.schema(), name=name)


def _asked_for(table: ir.Table, plans: Iterable[str]) -> list[str]:
    """Return the columns of a table that plans name; what none names, none uses."""
    mine = [plan for plan in plans if f'"{table.get_name()}"' in plan]
    return [name for name in table.columns if any(f'"{name}"' in p for p in mine)]
