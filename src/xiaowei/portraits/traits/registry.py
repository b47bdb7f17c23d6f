"""The registry: age, capital, staff, owners, what was changed, what it belongs to.

What lasts until a day turns on the day after `until_on` of `owners` and `memberships`.
"""

from typing import Final

import ibis
import ibis.expr.types as ir

from xiaowei.portraits.moments import Moments
from xiaowei.portraits.traits.states import TWO_YEARS, YEAR, ago_of, lasts, many
from xiaowei.portraits.traits.trait import Facts, Part, Trait, inside

_FIRM: Final = ("enterprises",)
_OWNED: Final = ("owners",)
_CHANGED: Final = ("registry_changes",)
_MEMBER: Final = ("memberships",)
_STATUS: Final = {"open": 1, "moved": 2, "suspended": 3, "revoked": 4, "closed": 5}
_ITEMS: Final = {
    "name": ("名称", "the name"),
    "address": ("地址", "the address"),
    "capital": ("注册资本", "the capital"),
    "scope": ("经营范围", "the scope of business"),
    "owners": ("股东", "the owners"),
}


def registered(facts: Facts, moments: Moments) -> ir.Table:
    """Return how each enterprise last stood in the register.

    Returns:
        Shape: one row per key; the columns of the register and `grade`, the status
        from 1 open to 5 closed.
    """
    rows = moments.rows(facts["enterprises"], family="enterprises")
    named = [(word, ibis.literal(n, "int64")) for word, n in _STATUS.items()]
    grade = rows.status.cases(*named, else_=ibis.null("int64"))
    return rows.mutate(grade=grade)


_REGISTERED: Final = (
    Trait(
        "founded_days_since",
        "成立天数",
        "days since the founding",
        "days",
        "all",
        _FIRM,
        "lower_is_riskier",
        "days since the day of founding in the register, or since the register was "
        "known where it states none",
        lambda t: t.happened_on.min(),
        ages=True,
    ),
    Trait(
        "capital_now",
        "注册资本",
        "registered capital",
        "fen",
        "now",
        _FIRM,
        "lower_is_riskier",
        "capital as last registered",
        lambda t: t.capital_fen.max(),
    ),
    Trait(
        "staff_now",
        "登记从业人数",
        "people at work by the register",
        "count",
        "now",
        _FIRM,
        "lower_is_riskier",
        "people at work as last registered",
        lambda t: t.staff.max(),
    ),
    Trait(
        "status_now",
        "登记状态等级",
        "status in the register, 1 open to 5 closed",
        "grade",
        "now",
        _FIRM,
        "higher_is_riskier",
        "status as last registered: 1 open, 2 moved, 3 suspended, 4 revoked, 5 closed",
        lambda t: t.grade.max(),
    ),
)


def owners(facts: Facts, moments: Moments) -> ir.Table:
    """Return who owns, leads or controls each enterprise.

    Returns:
        Shape: one row per key, person, role and beginning; `share` 0..1, `since`, and
        `live`, whether it still lasts.
    """
    rows = moments.rows(facts["owners"], family="owners")
    return rows.select(
        *moments.keys,
        "person_id",
        "role",
        "share",
        since=rows.happened_on,
        live=lasts(rows),
    )


def _holds(t: ir.Table) -> ir.Value:
    return t.live & (t.role == "shareholder")


_OWNERS: Final = (
    Trait(
        "shareholders_now",
        "股东人数",
        "number of shareholders",
        "count",
        "now",
        _OWNED,
        "none",
        "persons who are shareholders",
        lambda t: t.person_id.nunique(where=_holds(t)).cast("int64"),
    ),
    Trait(
        "shareholder_top_share_now",
        "最大股东持股比例",
        "share of the largest shareholder",
        "share",
        "now",
        _OWNED,
        "none",
        "largest share that a shareholder holds; null where none is stated",
        lambda t: t.share.max(where=_holds(t)),
    ),
    Trait(
        "legal_person_days_since",
        "现任法定代表人任职天数",
        "days since the legal person took office",
        "days",
        "all",
        _OWNED,
        "lower_is_riskier",
        "days since the legal person, if one is in office, began to be",
        lambda t: t.since.max(where=t.live & (t.role == "legal_person")),
        ages=True,
    ),
)


def changes(facts: Facts, moments: Moments) -> ir.Table:
    """Return the changes of the register.

    Returns:
        Shape: one row per key and change; `item` and `ago`.
    """
    rows = moments.rows(facts["registry_changes"], family="registry_changes")
    return rows.select(*moments.keys, "item", ago=ago_of(rows, rows.happened_on))


def _changed(item: str) -> Trait:
    zh, en = _ITEMS[item]
    return Trait(
        f"{item}_changes_12m",
        f"近12月{zh}变更次数",
        f"changes of {en}, 12 months",
        "count",
        "12m",
        _CHANGED,
        "higher_is_riskier",
        f"changes of {en} in the register in the last 12 months",
        lambda t: many((t.item == item) & inside(t.ago, YEAR)),
    )


_CHANGES: Final = (
    Trait(
        "registry_changes_12m",
        "近12月工商变更次数",
        "changes in the register, 12 months",
        "count",
        "12m",
        _CHANGED,
        "higher_is_riskier",
        "changes of any item in the register in the last 12 months",
        lambda t: many(inside(t.ago, YEAR)),
    ),
    *map(_changed, _ITEMS),
    Trait(
        "legal_person_changes_24m",
        "近24月法定代表人变更次数",
        "changes of the legal person, 24 months",
        "count",
        "24m",
        _CHANGED,
        "higher_is_riskier",
        "changes of the legal person in the register in the last 24 months",
        lambda t: many((t.item == "legal_person") & inside(t.ago, TWO_YEARS)),
    ),
)


def memberships(facts: Facts, moments: Moments) -> ir.Table:
    """Return the parks, associations and chains that enterprises belonged to.

    Returns:
        Shape: one row per key, body and beginning; `kind`, and `live`, whether it still
        lasts.
    """
    rows = moments.rows(facts["memberships"], family="memberships")
    return rows.select(*moments.keys, "kind", live=lasts(rows))


_MEMBERSHIPS: Final = (
    Trait(
        "memberships_now",
        "所属园区协会数",
        "number of parks, associations and chains joined",
        "count",
        "now",
        _MEMBER,
        "lower_is_riskier",
        "parks, associations and chains that the enterprise belongs to",
        lambda t: many(t.live),
    ),
)
PARTS: Final = (
    Part(_FIRM, registered, _REGISTERED),
    Part(_OWNED, owners, _OWNERS),
    Part(_CHANGED, changes, _CHANGES),
    Part(_MEMBER, memberships, _MEMBERSHIPS),
)
