"""All traits of all enterprises as of a day, and how fresh each source is."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from functools import reduce
from typing import Final, TypeAlias

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from xiaowei.portraits.current import current
from xiaowei.portraits.traits import balance, books, electricity, flows, partners, tax
from xiaowei.portraits.traits.trait import Trait, days_ago

Facts: TypeAlias = Mapping[str, ir.Table]
"""A family's name to its facts; a family that is not there is silent."""

TRAITS: Final[tuple[Trait, ...]] = (
    *flows.flow_traits("sale"),
    *flows.flow_traits("purchase"),
    *books.book_traits("sale"),
    *books.book_traits("purchase"),
    *partners.partner_traits("sale"),
    *partners.partner_traits("purchase"),
    *balance.TRAITS,
    *tax.TRAITS,
    *electricity.TRAITS,
)
DATED: Final = ("invoices", "tax_filings", "electricity")
"""The families whose freshness is told."""

_Portrayed: TypeAlias = Callable[[ir.Table, date], ir.Table]
_PARTS: Final[tuple[tuple[str, _Portrayed], ...]] = (
    ("invoices", lambda t, day: flows.portray(t, way="sale", as_of=day)),
    ("invoices", lambda t, day: flows.portray(t, way="purchase", as_of=day)),
    ("invoices", lambda t, day: books.portray(t, way="sale", as_of=day)),
    ("invoices", lambda t, day: books.portray(t, way="purchase", as_of=day)),
    ("invoices", lambda t, day: partners.portray(t, way="sale", as_of=day)),
    ("invoices", lambda t, day: partners.portray(t, way="purchase", as_of=day)),
    ("invoices", lambda t, day: balance.portray(t, as_of=day)),
    ("tax_filings", lambda t, day: tax.portray(t, as_of=day)),
    ("electricity", lambda t, day: electricity.portray(t, as_of=day)),
)


def known_by(facts: ir.Table, *, as_of: date) -> ir.Table:
    """Return the facts that were known on a day, and had happened by it.

    Args:
        facts: Shape: one row per fact, with `known_on` and `happened_on`.
        as_of: the day D.
    """
    day = ibis.literal(as_of)
    return facts.filter((facts.known_on <= day) & (facts.happened_on <= day))


def enterprises(facts: Facts, *, as_of: date) -> ir.Table:
    """Return every enterprise that some fact known by the day is about.

    Returns:
        Shape: one row per enterprise; `enterprise_id`.
    """
    seen = [
        known_by(table, as_of=as_of).select("enterprise_id") for table in facts.values()
    ]
    if not seen:
        return ibis.memtable(pa.table({"enterprise_id": pa.array([], pa.string())}))
    return reduce(lambda a, b: a.union(b), seen).distinct()


def portraits(facts: Facts, *, as_of: date) -> ir.Table:
    """Return the portrait of each enterprise as of a day.

    Args:
        facts: all facts held, of any day; later ones are left out here.
        as_of: the day D.

    Returns:
        Shape: one row per enterprise that a fact known by D is about, in no order;
        `enterprise_id`, a column per trait of `TRAITS` and `<family>_fresh_days`,
        days since the last fact of each family of DATED; null where it cannot be
        known.
    """
    everyone = enterprises(facts, as_of=as_of)
    known = {family: known_by(facts[family], as_of=as_of) for family in facts}
    if "invoices" in known:
        known["invoices"] = current(known["invoices"], family="invoices")
    parts = [
        portray(known[family], as_of) for family, portray in _PARTS if family in known
    ]
    parts += [
        _freshness(known[family], family=family, as_of=as_of)
        for family in DATED
        if family in known
    ]
    columns = {
        **{trait.name: ibis.null("float64") for trait in TRAITS},
        **{_fresh(family): ibis.null("int64") for family in DATED},
    }
    return _side_by_side(everyone, parts, columns=columns)


def _fresh(family: str) -> str:
    return f"{family}_fresh_days"


def _freshness(facts: ir.Table, *, family: str, as_of: date) -> ir.Table:
    age = days_ago(facts.happened_on, as_of=as_of).min().cast("int64")
    return facts.group_by("enterprise_id").aggregate(**{_fresh(family): age})


def _side_by_side(
    everyone: ir.Table, parts: Sequence[ir.Table], *, columns: Mapping[str, ir.Value]
) -> ir.Table:
    """Return all columns beside each other, in order, with a value for those lacking.

    One chain of joins and one selection: ibis needs twice the time for a selection
    after each join.
    """
    joined = everyone
    found: set[str] = set()
    for place, part in enumerate(parts):
        key = f"key_{place}"
        right = part.rename({key: "enterprise_id"})
        joined = joined.left_join(right, everyone.enterprise_id == right[key])
        found.update(part.columns)
    return joined.select(
        "enterprise_id",
        **{name: joined[name] if name in found else columns[name] for name in columns},
    )
