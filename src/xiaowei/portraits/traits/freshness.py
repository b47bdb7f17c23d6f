"""How fresh each source is: days since what it stated last happened."""

from functools import reduce
from typing import Final

import ibis
import ibis.expr.types as ir

from xiaowei.facts.sources import FAMILIES, contracts_of
from xiaowei.portraits.consent import consented
from xiaowei.portraits.moments import Moments
from xiaowei.portraits.traits.trait import Facts, Part, Trait


def last_days(facts: Facts, moments: Moments) -> ir.Table:
    """Return the last day of each family's facts, corrected ones as well.

    Returns:
        Shape: any number of rows per key and `family`; `last`.
    """
    return reduce(
        lambda a, b: a.union(b),
        [
            _last_days(facts, moments, family=family)
            for family in FAMILIES
            if family in facts
        ],
    )


def _last_days(facts: Facts, moments: Moments, *, family: str) -> ir.Table:
    cells = moments.cells(
        facts[family],
        family=family,
        sums={},
        lasts={"last": lambda t: t.happened_on},
        all_told=True,
    )
    agreed = consented(cells, (family,), facts=facts, moments=moments)
    return agreed.select(
        *moments.keys, family=ibis.literal(family), last=agreed["last"]
    )


def name_of(family: str) -> str:
    """Return the name of the trait that tells a family's freshness."""
    return f"{family}_fresh_days"


def _trait(family: str) -> Trait:
    zh = "、".join(source.zh for source in contracts_of(family))
    return Trait(
        name_of(family),
        f"{zh}最近记录距今天数",
        f"days since the last fact of {family.replace('_', ' ')}",
        "days",
        "all",
        (family,),
        "none",
        f"days since the last fact of the family {family} happened, corrected ones too",
        lambda t: t["last"].max(where=t.family == family),
        ages=True,
    )


PART: Final = Part((), last_days, tuple(_trait(family) for family in FAMILIES))
