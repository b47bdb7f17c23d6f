"""All traits of all enterprises as of a day or many, and how fresh the sources are."""

from collections.abc import Sequence
from datetime import date
from functools import reduce
from typing import Final

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from xiaowei.portraits.consent import consented
from xiaowei.portraits.moments import Moments, known_by
from xiaowei.portraits.parts import PARTS, TRAITS
from xiaowei.portraits.traits.trait import Facts, Part, portrayed

__all__ = [
    "PARTS",
    "TRAITS",
    "beside",
    "dated",
    "enterprises",
    "everyone",
    "known_by",
    "panel",
    "part_of",
    "portraits",
    "told",
    "undated",
]


def enterprises(facts: Facts, *, as_of: date) -> ir.Table:
    """Return every enterprise that some fact known by the day is about.

    Returns:
        Shape: one row per enterprise; `enterprise_id`.
    """
    return everyone(facts, Moments((as_of,)))


def portraits(facts: Facts, *, as_of: date, parts: Sequence[Part] = PARTS) -> ir.Table:
    """Return the portrait of each enterprise as of a day.

    Args:
        facts: all facts held, of any day; later ones are left out here.
        as_of: the day D.
        parts: what of a portrait is wanted.

    Returns:
        Shape: one row per enterprise that a fact known by D is about, in no order;
        `enterprise_id` and a column per trait of the parts, null where it cannot be
        known.
    """
    ageless = undated(facts, Moments((as_of,)), parts=parts)
    return dated(ageless, as_of=ibis.literal(as_of))


def panel(facts: Facts, *, days: Sequence[date]) -> ir.Table:
    """Return the portraits as of many days, each as `portraits` of that day would be.

    Args:
        facts: all facts held, of any day.
        days: two or more, in rising order.

    Returns:
        Shape: one row per enterprise and day by which something was known of it;
        `enterprise_id`, `as_of` and the columns of `portraits`.
    """
    moments = Moments(tuple(days))
    if moments.single:
        (day,) = moments.days
        return portraits(facts, as_of=day).mutate(as_of=ibis.literal(day))
    ageless = undated(facts, moments)
    table = moments.table().view()
    joined = ageless.inner_join(table, ageless.moment == table.moment)
    rows = joined.select(*[ageless[name] for name in ageless.columns], table.as_of)
    return dated(rows, as_of=rows.as_of).drop("moment")


def undated(
    facts: Facts, moments: Moments, *, parts: Sequence[Part] = PARTS
) -> ir.Table:
    """Return portraits in which what ages is still the day from which it does.

    They change with new facts and at the end of a month, not from day to day.

    Args:
        facts: all facts held, of any day.
        moments: the days asked for.
        parts: what of a portrait is wanted.

    Returns:
        Shape: one row per key of the moments that anything is known of.
    """
    tables = [part_of(part, facts, moments) for part in parts if told(part, facts)]
    return beside(everyone(facts, moments), tables, keys=moments.keys, parts=parts)


def told(part: Part, facts: Facts) -> bool:
    """Test whether all that a part rests on is held."""
    return bool(facts) and all(family in facts for family in part.families)


def part_of(part: Part, facts: Facts, moments: Moments) -> ir.Table:
    """Return the traits of one part, of the enterprises that agree to it.

    Returns:
        Shape: one row per key with anything to reckon from; see `portrayed`.
    """
    return consented(
        portrayed(part, facts, moments), part.families, facts=facts, moments=moments
    )


def dated(ageless: ir.Table, *, as_of: ir.Value) -> ir.Table:
    """Return portraits with all that ages as a number of days.

    Args:
        ageless: see `undated`.
        as_of: the day, for all rows or for each.
    """
    days = {
        trait.name: as_of.delta(ageless[trait.name], unit="day").cast("int64")
        for trait in TRAITS
        if trait.ages and trait.name in ageless.columns
    }
    return ageless.mutate(**days)


def everyone(facts: Facts, moments: Moments) -> ir.Table:
    """Return whom anything is known of.

    Returns:
        Shape: one row per key of the moments.
    """
    # A series is about no enterprise.
    told = [table for table in facts.values() if "enterprise_id" in table.columns]
    seen = [_seen(table, moments) for table in told]
    if not seen:
        nobody = pa.schema([(key, _KEYS[key]) for key in moments.keys])
        return ibis.memtable(nobody.empty_table())
    return reduce(lambda a, b: a.union(b), seen).distinct()


_KEYS: Final = {"enterprise_id": pa.string(), "moment": pa.int32()}


def _seen(facts: ir.Table, moments: Moments) -> ir.Table:
    if moments.single:
        (day,) = moments.days
        return known_by(facts, as_of=day).select("enterprise_id").distinct()
    day = ibis.greatest(facts.known_on, facts.happened_on)
    firsts = facts.group_by("enterprise_id").aggregate(since=day.min())
    days = moments.table().view()
    joined = firsts.inner_join(days, days.as_of >= firsts.since)
    return joined.select(enterprise_id=firsts.enterprise_id, moment=days.moment)


def beside(
    everyone: ir.Table,
    tables: Sequence[ir.Table],
    *,
    keys: Sequence[str],
    parts: Sequence[Part],
) -> ir.Table:
    """Return all traits beside each other, in order, null where one is lacking.

    One chain of joins and one selection: ibis needs twice the time for a selection
    after each join.
    """
    columns = {trait.name: trait.kind for part in parts for trait in part.traits}
    joined = everyone
    found: set[str] = set()
    for place, table in enumerate(tables):
        theirs = {f"{key}_{place}": key for key in keys}
        right = table.rename(theirs)
        joined = joined.left_join(
            right, [everyone[key] == right[name] for name, key in theirs.items()]
        )
        found.update(table.columns)
    return joined.select(
        *keys,
        **{
            name: joined[name] if name in found else ibis.null(kind)
            for name, kind in columns.items()
        },
    )
