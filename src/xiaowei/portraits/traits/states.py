"""How things stand on a day: what still lasts, how many there are, how long ago."""

from typing import Final

import ibis
import ibis.expr.types as ir

from xiaowei.portraits.moments import month_of

YEAR: Final = 12
TWO_YEARS: Final = 24
HALF: Final = 6
QUARTER: Final = 3


def lasts(t: ir.Table) -> ir.BooleanValue:
    """Return whether what began before the day has not ended by it.

    Args:
        t: Shape: one row per fact; `until_on`, the last day it holds, or null where it
            has no end, and `as_of`.
    """
    return t.until_on.isnull() | (t.until_on >= t.as_of)


def ago_of(t: ir.Table, day: ir.Value) -> ir.Value:
    """Return how many months before the last complete one a day lies.

    Args:
        t: with `anchor`.
        day: of each row.

    Returns:
        0 for the last complete month, -1 for the one after it.
    """
    return (t.anchor - month_of(day)).cast("int64")


def many(where: ir.Value) -> ir.Value:
    """Return how many rows a condition keeps; 0 where it is null for all."""
    return where.sum().fill_null(0).cast("int64")


def added(value: ir.Value, where: ir.Value) -> ir.Value:
    """Return a sum over the rows that a condition keeps, null where it keeps none."""
    return value.sum(where=where).cast("int64")


def surely(where: ir.Value) -> ir.Value:
    """Return a condition, false where it is null."""
    return ibis.coalesce(where, ibis.literal(value=False))
