"""The day up to which a firm's books and papers may have been made up for the bank."""

from functools import reduce
from typing import Final

import ibis
import ibis.expr.types as ir

from xiaowei.verification.finding import Case

NEAR: Final = 365
"""An application further back is no reason to look at the half year before it."""
HALF_YEAR: Final = 182
"""Days before the application, or before the day if none is near."""

_FAMILIES: Final = ("applications", "declarations")


def applied(case: Case) -> ir.Table:
    """Return the day on which each firm last applied or declared, if it is near.

    Returns:
        Shape: one row per firm that did within NEAR days; `enterprise_id`, `until`.
    """
    told = [_days(case, family) for family in _FAMILIES if family in case.facts]
    if not told:
        schema = {"enterprise_id": "string", "until": "date"}
        return ibis.memtable(ibis.schema(schema).to_pyarrow().empty_table())
    days = reduce(lambda a, b: a.union(b), told)
    return days.group_by("enterprise_id").aggregate(until=days.happened_on.max())


def _days(case: Case, family: str) -> ir.Table:
    rows = case.current(family)
    near = rows.filter(
        (rows.happened_on <= case.as_of)
        & (rows.happened_on > ibis.literal(case.as_of) - ibis.interval(days=NEAR))
    )
    return near.select("enterprise_id", "happened_on")
