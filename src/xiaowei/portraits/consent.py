"""What an enterprise agrees to have looked at: a source without consent is silent.

An agreement turns on the day after `until_on` of `consents`.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Final

import ibis
import ibis.expr.types as ir

from xiaowei.facts.contracts.consents import ALL
from xiaowei.facts.sources import FAMILIES, contracts_of
from xiaowei.portraits.moments import Moments

ASKING: Final = tuple(
    family
    for family in FAMILIES
    if any(source.asks_consent for source in contracts_of(family))
)
"""The families that may be looked at only while the enterprise agrees."""
_CALENDAR: Final = date(1900, 1, 1)
_WIDE: Final = 100_000
"""More days than lie between the first of the calendar and any day of a fact."""


def agreements(
    facts: Mapping[str, ir.Table],
    moments: Moments,
    *,
    families: Sequence[str] = ASKING,
) -> ir.Table:
    """Return what each enterprise agrees to on each day.

    Of what an enterprise signed for a family, or for `all`, the last counts: by the day
    it happened, then by the day it became known. Where one of those signed last and
    known last takes back or has run out, the family is closed.

    Args:
        facts: with `consents`.
        moments: the days asked for.
        families: which are asked about.

    Returns:
        Shape: one row per key that ever signed anything; a column per family, whether
        it may be looked at.
    """
    rows = moments.rows(facts["consents"], family="consents")
    ended = rows.until_on.notnull() & (rows.until_on < rows.as_of)
    refused = ended | (rows.state != "granted")
    first = ibis.literal(_CALENDAR)
    signed, known = (
        day.delta(first, unit="day").cast("int64")
        for day in (rows.happened_on, rows.known_on)
    )
    # One whole number that is greatest for the last signed and, of several of one day,
    # the last known and then the refusal: a maximum needs no window and no order.
    rows = rows.mutate(
        place=(signed * _WIDE + known) * 2 + refused.cast("int64"),
    )
    return rows.group_by(list(moments.keys)).aggregate(
        **{family: _agrees(rows, family) for family in families}
    )


def _agrees(rows: ir.Table, family: str) -> ir.Value:
    last = rows.place.max(where=rows.covers.isin((family, ALL)))
    return last.notnull() & (last % 2 == 0)


def consented(
    table: ir.Table,
    families: Sequence[str],
    *,
    facts: Mapping[str, ir.Table],
    moments: Moments,
) -> ir.Table:
    """Return the rows of enterprises that agree to all that the rows rest on.

    Args:
        table: Shape: any number of rows per key of the moments.
        families: what the rows rest on.
        facts: where nobody was ever asked, as no family `consents` is held, all rows
            are kept.
        moments: the days asked for.
    """
    asking = [family for family in families if family in ASKING]
    if not asking or "consents" not in facts:
        return table
    states = agreements(facts, moments, families=asking)
    agreed = states.filter([states[family] for family in asking])
    agreed = agreed.select(*moments.keys).view()
    return table.semi_join(agreed, [table[key] == agreed[key] for key in moments.keys])
