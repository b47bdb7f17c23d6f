"""Invoices whose two sides disagree, to be shown beside each other."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

import ibis
import pyarrow as pa

from xiaowei.money import Fen
from xiaowei.verification.checks.sides import mirrored
from xiaowei.verification.evidence import SHOWN
from xiaowei.verification.finding import Case

_ORDER: Final = ("invoice_no", "file", "line", "buyer_file", "buyer_line")


@dataclass(frozen=True, slots=True)
class Side:
    """One side's account of an invoice.

    Args:
        firm: whose books.
        net_fen: net amount.
        state: valid or voided.
        file: where it is stated.
        line: of the file.
    """

    firm: str
    net_fen: Fen
    state: str
    file: str
    line: int


@dataclass(frozen=True, slots=True)
class Mirror:
    """One invoice that its two sides state differently.

    Args:
        invoice_no: its number.
        on: its day.
        seller: as the seller states it.
        buyer: as the buyer states it.
    """

    invoice_no: str
    on: date
    seller: Side
    buyer: Side


def mirrors(case: Case, firms: Sequence[str]) -> Mapping[str, Sequence[Mirror]]:
    """Return the invoices of firms whose sides disagree, the largest first.

    Args:
        case: the facts known by the day.
        firms: whose.

    Returns:
        enterprise to at most SHOWN of them; those with none are left out.
    """
    if not firms or "invoices" not in case.facts:
        return {}
    seen = mirrored(case)
    asked = ibis.memtable(pa.table({"enterprise_id": pa.array(firms, pa.string())}))
    apart = seen.filter(seen.differs).semi_join(asked, "enterprise_id")
    rank = ibis.row_number().over(
        group_by="enterprise_id", order_by=[ibis.desc("weight"), *_ORDER]
    )
    most = apart.mutate(rank=rank).filter(lambda t: t["rank"] < SHOWN)
    found: dict[str, list[Mirror]] = {}
    for row in most.order_by(["enterprise_id", "rank"]).to_pyarrow().to_pylist():
        found.setdefault(row["enterprise_id"], []).append(_mirror(row))
    return found


def _mirror(row: Mapping[str, Any]) -> Mirror:
    return Mirror(
        invoice_no=row["invoice_no"],
        on=row["happened_on"],
        seller=Side(
            row["seller"],
            row["seller_net"],
            row["seller_state"],
            row["file"],
            row["line"],
        ),
        buyer=Side(
            row["buyer"],
            row["buyer_net"],
            row["buyer_state"],
            row["buyer_file"],
            row["buyer_line"],
        ),
    )
