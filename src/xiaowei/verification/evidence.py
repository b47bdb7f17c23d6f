"""The facts behind a finding, the largest first."""

from collections import defaultdict
from collections.abc import Mapping
from typing import Final

import ibis
import ibis.expr.types as ir

from xiaowei.money import wan_text
from xiaowei.verification.finding import Evidence

SHOWN: Final = 5
"""How many facts a finding names; the rest is counted in its text."""


def largest(invoices: ir.Table) -> dict[str, tuple[Evidence, ...]]:
    """Return the largest invoices of each enterprise, at most SHOWN.

    Args:
        invoices: Shape: one row per invoice that a check objects to.
    """
    place = ibis.row_number().over(
        ibis.window(
            group_by="enterprise_id",
            order_by=[ibis.desc(invoices.net_fen.abs()), invoices.file, invoices.line],
        )
    )
    first = invoices.mutate(place=place).filter(lambda t: t.place < SHOWN)
    listed: dict[str, list[Evidence]] = defaultdict(list)
    for row in first.order_by("enterprise_id", "place").to_pyarrow().to_pylist():
        listed[row["enterprise_id"]].append(of_invoice(row))
    return {firm: tuple(facts) for firm, facts in listed.items()}


def of_invoice(row: Mapping[str, object]) -> Evidence:
    """Say which invoice a row of facts is."""
    return Evidence(
        str(row["file"]),
        whole(row["line"]),
        f"{row['happened_on']} {row['direction']} {row['invoice_no']} "
        f"{wan_text(whole(row['net_fen']))}万 {row['state']}",
    )


def whole(value: object) -> int:
    """Return a cell that holds a whole number as one."""
    return int(str(value))
