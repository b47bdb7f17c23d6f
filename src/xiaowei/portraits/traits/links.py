"""Links among enterprises: persons, addresses, phones and guarantees they share.

What lasts until a day turns on the day after `until_on` of `owners` and
`bureau_guarantees`, and on the day `closed_on` of `court_cases`.
"""

from collections.abc import Sequence
from typing import Final

import ibis
import ibis.expr.types as ir

from xiaowei.portraits.consent import consented
from xiaowei.portraits.moments import Moments
from xiaowei.portraits.traits.bureau import guarantees
from xiaowei.portraits.traits.courts import cases
from xiaowei.portraits.traits.registry import owners, registered
from xiaowei.portraits.traits.states import many
from xiaowei.portraits.traits.trait import Facts, Part, Trait

_FIRM: Final = ("enterprises",)
_OWNED: Final = ("owners",)
_COURTS: Final = ("owners", "court_cases")
_REGISTER: Final = ("owners", "enterprises")
_GIVEN: Final = ("bureau_guarantees",)
_GONE: Final = 4
"""Revoked or closed, see the status in the register."""


def _beside(moments: Moments) -> list[str]:
    """Return what two enterprises that are linked have in common."""
    return [key for key in moments.keys if key != "enterprise_id"]


def places(facts: Facts, moments: Moments) -> ir.Table:
    """Return with how many other enterprises each shares its address and phone.

    Returns:
        Shape: one row per key; `address` and `phone`, how many others, null where the
        register states none.
    """
    rows = registered(facts, moments)
    shared = {
        name: ibis.ifelse(
            rows[name].isnull(),
            ibis.null("int64"),
            rows.count().over(ibis.window(group_by=[*_beside(moments), name])) - 1,
        )
        for name in ("address", "phone")
    }
    return rows.select(*moments.keys, **shared)


def _shared(name: str, zh: str) -> Trait:
    return Trait(
        f"{name}_shared_now",
        f"同{zh}的其他企业数",
        f"number of other enterprises with the same {name}",
        "count",
        "now",
        _FIRM,
        "higher_is_riskier",
        f"other enterprises with the same {name} in the register, to the letter",
        lambda t: t[name].max().cast("int64"),
    )


_PLACES: Final = (_shared("address", "注册地址"), _shared("phone", "联系电话"))


def kin(facts: Facts, moments: Moments) -> ir.Table:
    """Return which other enterprises the persons of each own, lead or control.

    Returns:
        Shape: one row per key and `other`; one with `other` null where no person of an
        enterprise has another.
    """
    rows = owners(facts, moments)
    keys = list(moments.keys)
    mine = rows.filter(rows.live).select(*keys, "person_id").distinct()
    theirs = mine.view()
    beside = [mine[key] == theirs[key] for key in _beside(moments)]
    joined = mine.inner_join(theirs, [mine.person_id == theirs.person_id, *beside])
    pairs = joined.select(*[mine[key] for key in keys], other=theirs.enterprise_id)
    pairs = pairs.filter(pairs.enterprise_id != pairs.other).distinct().view()
    everyone = rows.select(*keys).distinct()
    found = everyone.left_join(pairs, [everyone[key] == pairs[key] for key in keys])
    return found.select(*[everyone[key] for key in keys], pairs.other)


def _with(
    pairs: ir.Table, theirs: ir.Table, *, moments: Moments, named: str
) -> ir.Table:
    """Return pairs, each with what is known of the other under a name."""
    theirs = theirs.view()
    beside = [pairs[key] == theirs[key] for key in _beside(moments)]
    joined = pairs.left_join(theirs, [pairs.other == theirs.enterprise_id, *beside])
    return joined.select(*[pairs[key] for key in moments.keys], theirs[named])


def sued_kin(facts: Facts, moments: Moments) -> ir.Table:
    """Return how many open cases stand against the linked enterprises.

    Returns:
        Shape: one row per key and linked enterprise; `open`, null where no record of a
        court is known of it.
    """
    theirs = cases(facts, moments)
    sued = theirs.group_by(list(moments.keys)).aggregate(
        open=many(theirs.sued & theirs.open)
    )
    return _with(kin(facts, moments), sued, moments=moments, named="open")


def standing_kin(facts: Facts, moments: Moments) -> ir.Table:
    """Return how the linked enterprises stand in the register.

    Returns:
        Shape: one row per key and linked enterprise; `grade` 1 open to 5 closed.
    """
    theirs = registered(facts, moments)
    return _with(kin(facts, moments), theirs, moments=moments, named="grade")


_KIN: Final = (
    Trait(
        "linked_firms_now",
        "关联企业数",
        "number of other enterprises of the same persons",
        "count",
        "now",
        _OWNED,
        "higher_is_riskier",
        "other enterprises that a person who owns, leads or controls this one owns, "
        "leads or controls as well",
        lambda t: t.other.nunique().cast("int64"),
    ),
)
_SUED_KIN: Final = (
    Trait(
        "linked_court_open_now",
        "关联企业未结被诉案件数",
        "open cases against linked enterprises",
        "count",
        "now",
        _COURTS,
        "higher_is_riskier",
        "open cases against the other enterprises of the same persons; null where no "
        "record of a court is known of any",
        lambda t: t.open.sum().cast("int64"),
    ),
)
_STANDING_KIN: Final = (
    Trait(
        "linked_gone_now",
        "已吊销注销的关联企业数",
        "number of linked enterprises revoked or closed",
        "count",
        "now",
        _REGISTER,
        "higher_is_riskier",
        "other enterprises of the same persons that are revoked or closed; null where "
        "the status of none is known",
        lambda t: (t.grade >= _GONE).sum().cast("int64"),
    ),
)


def _bonds(facts: Facts, moments: Moments) -> ir.Table:
    """Return who guarantees for whom, of those who let it be looked at."""
    rows = guarantees(facts, moments)
    bound = rows.filter(rows.live & (rows.enterprise_id != rows.guaranteed_id))
    agreed = consented(bound, _GIVEN, facts=facts, moments=moments)
    return agreed.select(*moments.keys, "guaranteed_id").distinct()


def _back(
    paths: ir.Table, bonds: ir.Table, *, moments: Moments, steps: Sequence[str]
) -> ir.Table:
    """Return paths one step longer: `last` is where they lead."""
    bonds = bonds.view()
    beside = [paths[key] == bonds[key] for key in _beside(moments)]
    joined = paths.inner_join(bonds, [paths[steps[-1]] == bonds.enterprise_id, *beside])
    return joined.select(
        *[paths[name] for name in (*moments.keys, *steps)], last=bonds.guaranteed_id
    )


def circles(facts: Facts, moments: Moments) -> ir.Table:
    """Return who guarantees for somebody and gets a guarantee back.

    Returns:
        Shape: any number of rows per key with a guarantee; `closed`, whether the one
        guaranteed for guarantees back, or for one who does.
    """
    bonds = _bonds(facts, moments)
    keys = list(moments.keys)
    twos = _back(bonds, bonds, moments=moments, steps=["guaranteed_id"])
    ways = twos.filter(twos["last"] != twos.enterprise_id).rename(via="last")
    threes = _back(ways, bonds, moments=moments, steps=["guaranteed_id", "via"])
    loops = [
        way.filter(way["last"] == way.enterprise_id).select(*keys)
        for way in (twos, threes)
    ]
    marks = loops[0].union(loops[1]).distinct().view()
    rows = guarantees(facts, moments)
    found = rows.left_join(marks, [rows[key] == marks[key] for key in keys])
    return found.select(
        *[rows[key] for key in keys], closed=marks.enterprise_id.notnull()
    )


def guarantors(facts: Facts, moments: Moments) -> ir.Table:
    """Return who guarantees for each enterprise.

    Returns:
        Shape: one row per key and `guarantor`.
    """
    bonds = _bonds(facts, moments)
    beside = _beside(moments)
    return bonds.select(
        *beside, enterprise_id=bonds.guaranteed_id, guarantor=bonds.enterprise_id
    )


_CIRCLES: Final = (
    Trait(
        "guarantee_circle_now",
        "是否处于担保圈",
        "whether it is in a circle of guarantees, 1 or 0",
        "count",
        "now",
        _GIVEN,
        "higher_is_riskier",
        "1 where one it guarantees for guarantees back, or for one who does; else 0",
        lambda t: t.closed.any().cast("int64"),
    ),
)
_GUARANTORS: Final = (
    Trait(
        "guarantors_now",
        "为其担保的企业数",
        "number of enterprises that guarantee for it",
        "count",
        "now",
        _GIVEN,
        "none",
        "other enterprises that guarantee for this one; null where none is known",
        lambda t: t.guarantor.nunique().cast("int64"),
    ),
)
PARTS: Final = (
    Part(_FIRM, places, _PLACES, alone=False),
    Part(_OWNED, kin, _KIN, alone=False),
    Part(_COURTS, sued_kin, _SUED_KIN, alone=False),
    Part(_REGISTER, standing_kin, _STANDING_KIN, alone=False),
    Part(_GIVEN, circles, _CIRCLES, alone=False),
    Part(_GIVEN, guarantors, _GUARANTORS, alone=False),
)
