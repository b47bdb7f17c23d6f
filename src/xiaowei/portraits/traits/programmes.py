"""What an enterprise complains of, attends and agrees to."""

from typing import Final

import ibis
import ibis.expr.types as ir

from xiaowei.portraits.consent import ASKING, agreements
from xiaowei.portraits.moments import Moments
from xiaowei.portraits.traits.states import TWO_YEARS, YEAR, ago_of, many
from xiaowei.portraits.traits.trait import Facts, Part, Trait, inside, ratio

_SURVEYED: Final = ("surveys",)
_TRAINED: Final = ("training",)
_AGREED: Final = ("consents",)
_GROUPS: Final = {
    "money": ("finance", "receivables"),
    "market": ("orders", "costs", "tax"),
    "means": ("labour", "premises", "technology"),
}
_ZH: Final = {"money": "资金类", "market": "市场与成本类", "means": "要素类"}


def pains(facts: Facts, moments: Moments) -> ir.Table:
    """Return what each enterprise last said of each topic.

    Returns:
        Shape: one row per key and topic; `severity` 0..5.
    """
    rows = moments.rows(facts["surveys"], family="surveys")
    keys = [*moments.keys, "topic"]
    own = ibis.window(group_by=keys)
    rows = rows.mutate(newest=rows.happened_on.max().over(own))
    return rows.filter(rows.happened_on == rows.newest).select(*keys, "severity")


def _pain(group: str) -> Trait:
    topics = _GROUPS[group]
    return Trait(
        f"pain_{group}_now",
        f"{_ZH[group]}难处程度",
        f"severity of pains of {group}",
        "grade",
        "now",
        _SURVEYED,
        "higher_is_riskier",
        f"mean of what was last said of {', '.join(topics)}, 0 none to 5 worst",
        lambda t: _mean(t, t.topic.isin(topics)),
    )


def _mean(t: ir.Table, where: ir.Value) -> ir.Value:
    said = where & t.severity.notnull()
    return ratio(t.severity.sum(where=said), many(said))


_PAINS: Final = (
    *map(_pain, _GROUPS),
    Trait(
        "pain_now",
        "总体难处程度",
        "severity of all pains",
        "grade",
        "now",
        _SURVEYED,
        "higher_is_riskier",
        "mean of what was last said of each topic, 0 none to 5 worst",
        lambda t: _mean(t, t.topic.notnull()),
    ),
)


def courses(facts: Facts, moments: Moments) -> ir.Table:
    """Return who was invited to which course, and who came.

    Returns:
        Shape: one row per key and course held; `asked`, `came` and `ago`.
    """
    rows = moments.rows(facts["training"], family="training")
    return rows.select(
        *moments.keys,
        asked=rows.invited == "yes",
        came=rows.attended == "yes",
        ago=ago_of(rows, rows.happened_on),
    )


def _attended(n: int) -> Trait:
    return Trait(
        f"training_attended_{n}m",
        f"近{n}月参加培训次数",
        f"courses attended, {n} months",
        "count",
        f"{n}m",
        _TRAINED,
        "lower_is_riskier",
        f"courses and salons attended in the last {n} months",
        lambda t: many(t.came & inside(t.ago, n)),
    )


def _came_share(t: ir.Table) -> ir.Value:
    asked = t.asked & inside(t.ago, TWO_YEARS)
    return ratio(many(asked & t.came), many(asked))


_COURSES: Final = (
    Trait(
        "training_invited_12m",
        "近12月受邀培训次数",
        "invitations to courses, 12 months",
        "count",
        "12m",
        _TRAINED,
        "none",
        "invitations to courses and salons of the last 12 months",
        lambda t: many(t.asked & inside(t.ago, YEAR)),
    ),
    _attended(12),
    _attended(24),
    Trait(
        "training_came_share_24m",
        "近24月受邀到场率",
        "share of invitations followed, 24 months",
        "share",
        "24m",
        _TRAINED,
        "lower_is_riskier",
        "share of the invitations of the last 24 months that were followed, by count",
        _came_share,
    ),
)


def _families(t: ir.Table) -> ir.Value:
    whole = ibis.literal(0, "int64")
    for family in ASKING:
        whole = whole + t[family].cast("int64")
    return whole.max()


_CONSENTS: Final = (
    Trait(
        "consents_now",
        "现有授权的数据类别数",
        "number of sources agreed to",
        "count",
        "now",
        _AGREED,
        "lower_is_riskier",
        "families of facts that ask for consent and that the enterprise agrees to now",
        _families,
    ),
)
PARTS: Final = (
    Part(_SURVEYED, pains, _PAINS),
    Part(_TRAINED, courses, _COURSES),
    Part(_AGREED, agreements, _CONSENTS),
)
