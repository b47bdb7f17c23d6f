"""Facts as the lake hands them out: a factory per noun; a test states what matters."""

from collections.abc import Iterable
from datetime import date
from typing import Any

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from xiaowei.facts.lake import schema_of
from xiaowei.portraits.standing import about

Row = dict[str, Any]

DAY = date(2020, 2, 21)
"""The day that facts are of, unless a test says otherwise."""
MONTH_END = date(2020, 2, 29)
"""The day that portraits are of, unless a test says otherwise: February is over."""

_ARROW = {
    "string": pa.string(),
    "date": pa.date32(),
    "int64": pa.int64(),
    "float64": pa.float64(),
    "boolean": pa.bool_(),
}


def invoice(**stated: Any) -> Row:  # noqa: ANN401
    """A valid sale of 1,000 yuan net on DAY by E1 to P1, known on its day."""
    row: Row = {
        "enterprise_id": "E1",
        "direction": "sale",
        "happened_on": DAY,
        "counterparty_id": "P1",
        "net_fen": 100_000,
        "tax_fen": 0,
        "state": "valid",
    } | stated
    row.setdefault("total_fen", row["net_fen"] + row["tax_fen"])
    return row


def purchase(**stated: Any) -> Row:  # noqa: ANN401
    """The same as a purchase of E1 from S1."""
    return invoice(**{"direction": "purchase", "counterparty_id": "S1"} | stated)


def filing(**stated: Any) -> Row:  # noqa: ANN401
    """A VAT return of E1 for January 2020, filed and paid in time."""
    return {
        "enterprise_id": "E1",
        "tax": "vat",
        "period_start": date(2020, 1, 1),
        "period_end": date(2020, 1, 31),
        "sales_fen": 100_000,
        "due_fen": 13_000,
        "paid_fen": 13_000,
        "due_on": date(2020, 2, 15),
        "happened_on": date(2020, 2, 15),
    } | stated


def reading(**stated: Any) -> Row:  # noqa: ANN401
    """A reading of 10 kWh of E1's meter M1 on DAY."""
    return {
        "enterprise_id": "E1",
        "meter": "M1",
        "happened_on": DAY,
        "kwh": 10.0,
    } | stated


def registered(**stated: Any) -> Row:  # noqa: ANN401
    """E1 in the register since 2015, known on DAY."""
    return {
        "enterprise_id": "E1",
        "name": "一号",
        "industry": "C13",
        "region": "桐溪",
        "park": None,
        "happened_on": date(2015, 1, 1),
        "staff": 12,
        "known_on": DAY,
    } | stated


def owner(**stated: Any) -> Row:  # noqa: ANN401
    """The legal representative of E1 since 2015, known on DAY."""
    return {
        "enterprise_id": "E1",
        "person_id": "110101199003071234",
        "person": "张伟",
        "role": "legal_person",
        "share": None,
        "happened_on": date(2015, 1, 1),
        "until_on": None,
        "known_on": DAY,
    } | stated


def credit(**stated: Any) -> Row:  # noqa: ANN401
    """A rating B of E1 without default, recorded on DAY."""
    return {
        "enterprise_id": "E1",
        "rating": "B",
        "defaulted": "no",
        "happened_on": DAY,
    } | stated


def arrow(family: str, rows: Iterable[Row]) -> pa.Table:
    """Return facts as a table; known on their day, numbered and placed by row."""
    placed = [
        {
            "invoice_no": f"N{place}",
            "known_on": row["happened_on"],
            "file": f"{family}.csv",
            "line": place,
        }
        | row
        for place, row in enumerate(rows, start=2)
    ]
    told: set[tuple[Any, ...]] = set()
    for row in placed:
        group = tuple(row.get(name) for name in about(family))
        row["again"] = group in told
        told.add(group)
    columns = {
        name: pa.array([row.get(name) for row in placed], _ARROW[dtype])
        for name, dtype in {**schema_of(family), "again": "boolean"}.items()
    }
    return pa.table(columns)


def held(**families: Iterable[Row] | pa.Table) -> dict[str, ir.Table]:
    """Return facts by family, e.g. `held(invoices=[invoice()])`."""
    return {
        family: ibis.memtable(
            rows if isinstance(rows, pa.Table) else arrow(family, rows)
        )
        for family, rows in families.items()
    }
