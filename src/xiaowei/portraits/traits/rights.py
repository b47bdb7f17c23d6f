"""Patents, trademarks and software: what is alive, what was won, lost and earned."""

from typing import Final

import ibis.expr.types as ir

from xiaowei.portraits.moments import Moments
from xiaowei.portraits.traits.states import TWO_YEARS, YEAR, ago_of, many
from xiaowei.portraits.traits.trait import Facts, Part, Trait, inside

_FROM: Final = ("intellectual_property",)
_BEGIN: Final = ("granted", "renewed")
_END: Final = ("lapsed", "transferred")
_KINDS: Final = {
    "patents": ("invention", "utility_model", "design"),
    "inventions": ("invention",),
    "trademarks": ("trademark",),
    "software": ("software",),
}
_ZH: Final = {
    "patents": "有效专利数",
    "inventions": "有效发明专利数",
    "trademarks": "有效商标数",
    "software": "有效软件著作权数",
}
_EN: Final = {
    "patents": "number of patents alive",
    "inventions": "number of invention patents alive",
    "trademarks": "number of trademarks alive",
    "software": "number of rights in software alive",
}


def rights(facts: Facts, moments: Moments) -> ir.Table:
    """Return the rights of each enterprise.

    Returns:
        Shape: one row per key, right and kind; `live`, whether it was granted or
        renewed and has neither lapsed nor gone to another since, and `pledged`, whether
        it ever was.
    """
    rows = moments.rows(facts[_FROM[0]], family=_FROM[0])
    grouped = rows.group_by([*moments.keys, "right_no", "kind"])
    begun = rows.happened_on.max(where=rows.event.isin(_BEGIN))
    ended = rows.happened_on.max(where=rows.event.isin(_END))
    live = begun.notnull() & (ended.isnull() | (ended < begun))
    return grouped.aggregate(live=live, pledged=(rows.event == "pledged").any())


def events(facts: Facts, moments: Moments) -> ir.Table:
    """Return what befell the rights of each enterprise.

    Returns:
        Shape: one row per key and event; `event`, `amount_fen` and `ago`.
    """
    rows = moments.rows(facts[_FROM[0]], family=_FROM[0])
    ago = ago_of(rows, rows.happened_on)
    return rows.select(*moments.keys, "event", "amount_fen", ago=ago)


def _alive(name: str) -> Trait:
    kinds = _KINDS[name]
    return Trait(
        f"{name}_now",
        _ZH[name],
        _EN[name],
        "count",
        "now",
        _FROM,
        "lower_is_riskier",
        f"rights of kind {', '.join(kinds)} granted or renewed that have neither "
        "lapsed nor gone to another since",
        lambda t: many(t.live & t.kind.isin(kinds)),
    )


def _befell(event: str, zh: str, *, riskier: bool) -> Trait:
    return Trait(
        f"rights_{event}_24m",
        f"近24月知识产权{zh}次数",
        f"rights {event}, 24 months",
        "count",
        "24m",
        _FROM,
        "higher_is_riskier" if riskier else "lower_is_riskier",
        f"times a patent, trademark or right in software was {event} in the last 24 "
        "months",
        lambda t: many((t.event == event) & inside(t.ago, TWO_YEARS)),
    )


_RIGHTS: Final = (
    *map(_alive, _KINDS),
    Trait(
        "rights_pledged_now",
        "已质押有效知识产权数",
        "number of pledged rights alive",
        "count",
        "now",
        _FROM,
        "higher_is_riskier",
        "rights alive that were ever pledged; that a pledge was lifted is not told",
        lambda t: many(t.live & t.pledged),
    ),
)


def _licence_income(t: ir.Table) -> ir.Value:
    licensed = (t.event == "licensed") & inside(t.ago, YEAR)
    return t.amount_fen.sum(where=licensed).fill_null(0).cast("int64")


_EVENTS: Final = (
    _befell("granted", "授权", riskier=False),
    _befell("renewed", "续展", riskier=False),
    _befell("lapsed", "失效", riskier=True),
    Trait(
        "licence_income_12m",
        "近12月许可收入",
        "income from licences, 12 months",
        "fen",
        "12m",
        _FROM,
        "lower_is_riskier",
        "amounts stated of licences given in the last 12 months; one not stated adds "
        "nothing",
        _licence_income,
    ),
)
PARTS: Final = (Part(_FROM, rights, _RIGHTS), Part(_FROM, events, _EVENTS))
