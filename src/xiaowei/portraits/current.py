"""A correction replaces what it corrects: facts in, each as last stated out."""

import ibis.expr.types as ir

from xiaowei.portraits.standing import standing


def current(facts: ir.Table, *, family: str) -> ir.Table:
    """Return facts as last stated; what a later fact corrects is left out.

    Args:
        facts: Shape: one row per fact known by the day.
        family: whose facts they are, see `standing`.
    """
    rows = standing(facts, family=family)
    return rows.filter(rows.upto.isnull()).drop("upto")
