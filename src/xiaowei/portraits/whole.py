"""Whole numbers that stay as narrow as they can: sums and roundings."""

import ibis.expr.types as ir


def added(value: ir.Value) -> ir.Value:
    """Return the sum of whole numbers, as wide as they are.

    An engine may hand out its sums twice as wide (DuckDB does), and whatever is
    reckoned from them then takes twice the time. Ibis leaves out a cast to the type
    that it takes a value to be of; it keeps one to the same that is never null.
    """
    return value.sum().cast("!int64").cast("int64")


def rounded(value: ir.Value) -> ir.Value:
    """Return the nearest whole number, halves away from zero.

    Without the digits, Ibis has DuckDB round by way of decimals of 38 places.
    """
    return value.round(0).cast("int64")
