"""All traits of all enterprises as of a day, and how fresh each source is."""

from collections.abc import Callable, Mapping
from datetime import date
from functools import reduce
from typing import Final, TypeAlias

import ibis
import ibis.expr.types as ir

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
    return reduce(lambda a, b: a.union(b), seen).distinct()


def portraits(facts: Facts, *, as_of: date) -> ir.Table:
    """Return the portrait of each enterprise as of a day.

    Args:
        facts: all facts held, of any day; later ones are left out here.
        as_of: the day D.

    Returns:
        Shape: one row per enterprise that a fact known by D is about, in no order;
        `enterprise_id`, a column per trait of `TRAITS` (null where it cannot be
        known) and `<family>_fresh_days`, days since the family's last fact.
    """
    everyone = enterprises(facts, as_of=as_of)
    known = {family: known_by(facts[family], as_of=as_of) for family in facts}
    parts = [
        portray(known[family], as_of) for family, portray in _PARTS if family in known
    ]
    parts += [
        _freshness(known[family], family=family, as_of=as_of)
        for family in DATED
        if family in known
    ]
    whole = reduce(_beside, parts, everyone)
    absent = {
        trait.name: ibis.null("float64")
        for trait in TRAITS
        if trait.name not in whole.columns
    }
    return whole.mutate(**absent)


def _freshness(facts: ir.Table, *, family: str, as_of: date) -> ir.Table:
    age = days_ago(facts.happened_on, as_of=as_of).min().cast("int64")
    return facts.group_by("enterprise_id").aggregate(**{f"{family}_fresh_days": age})


def _beside(left: ir.Table, right: ir.Table) -> ir.Table:
    joined = left.left_join(right, "enterprise_id")
    return joined.drop("enterprise_id_right")
