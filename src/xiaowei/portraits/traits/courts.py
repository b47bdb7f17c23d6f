"""Cases in court: how many, as what, for how much, and which are open.

An enterprise without a record is unknown, not free of cases: a register of courts
covers everybody, but whether the home was handed all of it no fact tells. A record
turns on the day `closed_on` of `court_cases`.
"""

from typing import Final

import ibis
import ibis.expr.types as ir

from xiaowei.portraits.moments import Moments
from xiaowei.portraits.traits.states import TWO_YEARS, YEAR, ago_of, many, surely
from xiaowei.portraits.traits.trait import Facts, Part, Trait, inside, ratio

_FROM: Final = ("court_cases",)
_LISTS: Final = ("dishonest", "restricted")
"""Records of a list: to be off it does not close the case."""


def cases(facts: Facts, moments: Moments) -> ir.Table:
    """Return the cases of each enterprise, each with all that is recorded of it.

    Returns:
        Shape: one row per key and case; `sued` and `sues`, whether as defendant or as
        plaintiff, `ago`, months since the first record, `amount` in fen, the largest
        stated, `enforced`, whether against the enterprise in the last 24 months,
        `open`, whether no record of it is closed, `dishonest` and `restricted`, how
        many entries of the two lists stand, and `last`, the last day on record.
    """
    rows = moments.rows(facts["court_cases"], family="court_cases")
    closed = surely(rows.closed_on <= rows.as_of)
    sued = rows.role == "defendant"
    ago = ago_of(rows, rows.happened_on)
    enforced = (rows.stage == "enforcement") & sued
    return rows.group_by([*moments.keys, "case_no"]).aggregate(
        sued=sued.any(),
        sues=(rows.role == "plaintiff").any(),
        ago=ago.max(),
        amount=rows.amount_fen.max(),
        enforced=(enforced & inside(ago, TWO_YEARS)).any(),
        open=~(closed & rows.stage.notin(_LISTS)).any(),
        **{name: many((rows.stage == name) & ~closed & sued) for name in _LISTS},
        last=rows.happened_on.max(),
    )


def _sued(n: int) -> Trait:
    return Trait(
        f"court_sued_{n}m",
        f"近{n}月被诉案件数",
        f"cases as defendant, {n} months",
        "count",
        f"{n}m",
        _FROM,
        "higher_is_riskier",
        f"cases against the enterprise first recorded in the last {n} months",
        lambda t: many(t.sued & inside(t.ago, n)),
    )


def _amount(t: ir.Table) -> ir.Value:
    begun = t.sued & inside(t.ago, YEAR)
    known = t.amount.sum(where=begun).cast("int64")
    return ibis.ifelse(many(begun) > 0, known, ibis.literal(0, "int64"))


def _plaintiff_share(t: ir.Table) -> ir.Value:
    begun = inside(t.ago, TWO_YEARS)
    return ratio(many(t.sues & begun), many((t.sues | t.sued) & begun))


TRAITS: Final = (
    _sued(12),
    _sued(24),
    Trait(
        "court_sued_amount_12m",
        "近12月被诉金额",
        "amount of cases as defendant, 12 months",
        "fen",
        "12m",
        _FROM,
        "higher_is_riskier",
        "largest amount stated of each case against the enterprise first recorded in "
        "the last 12 months, added up; null where there are some and none states it",
        _amount,
    ),
    Trait(
        "court_enforced_24m",
        "近24月被执行案件数",
        "cases enforced, 24 months",
        "count",
        "24m",
        _FROM,
        "higher_is_riskier",
        "cases enforced against the enterprise in the last 24 months",
        lambda t: many(t.enforced),
    ),
    Trait(
        "court_dishonest_now",
        "现列失信条数",
        "entries of the dishonest list that stand",
        "count",
        "now",
        _FROM,
        "higher_is_riskier",
        "entries against the enterprise in the list of dishonest debtors that stand",
        lambda t: t.dishonest.sum().cast("int64"),
    ),
    Trait(
        "court_restricted_now",
        "现列限制高消费条数",
        "limits on spending that stand",
        "count",
        "now",
        _FROM,
        "higher_is_riskier",
        "limits on the spending of the enterprise by order of a court that stand",
        lambda t: t.restricted.sum().cast("int64"),
    ),
    Trait(
        "court_open_now",
        "未结被诉案件数",
        "open cases as defendant",
        "count",
        "now",
        _FROM,
        "higher_is_riskier",
        "cases against the enterprise of which no filing, judgment or enforcement is "
        "closed",
        lambda t: many(t.sued & t.open),
    ),
    Trait(
        "court_plaintiff_share_24m",
        "近24月原告案件占比",
        "share of cases as plaintiff, 24 months",
        "share",
        "24m",
        _FROM,
        "none",
        "cases as plaintiff over those as plaintiff or defendant, first recorded in "
        "the last 24 months",
        _plaintiff_share,
    ),
    Trait(
        "court_sued_days_since",
        "距上次被诉记录天数",
        "days since the last record as defendant",
        "days",
        "all",
        _FROM,
        "lower_is_riskier",
        "days since the last record of a case against the enterprise",
        lambda t: t["last"].max(where=t.sued),
        ages=True,
    ),
)
PART: Final = Part(_FROM, cases, TRAITS)
