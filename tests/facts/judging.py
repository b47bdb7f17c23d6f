"""Rows of cells to judge, as a file of any format would state them."""

from collections.abc import Callable, Sequence
from datetime import date

import ibis
import pyarrow as pa

from xiaowei.facts.columns import map_columns
from xiaowei.facts.judge import Judged, judge
from xiaowei.facts.read import Stated
from xiaowei.facts.sources import Source

RECEIVED_ON = date(2026, 6, 30)
INVOICE = {
    "企业代号": "E1",
    "发票号码": "00012345",
    "开票日期": "2025-03-04",
    "购方单位代号": "B1",
    "金额": "100.00",
    "税额": "13.00",
    "价税合计": "113.00",
    "发票状态": "有效发票",
}

Row = dict[str, object]
Judge = Callable[..., list[Row]]


def judge_rows(
    source: Source, rows: Sequence[Row], types: dict[str, pa.DataType]
) -> Judged:
    """Judge rows of cells, as text where no type is given for a heading."""
    heads = tuple(rows[0])
    columns = {
        f"c{place}": pa.array([row[head] for row in rows], types.get(head, pa.string()))
        for place, head in enumerate(heads)
    }
    faults = pa.nulls(len(rows), pa.string())
    lines = pa.array(range(2, len(rows) + 2))
    table = ibis.memtable(pa.table({"line": lines, **columns, "fault": faults}))
    mapped = map_columns(heads, source=source, file="x.csv")
    stated = Stated(heads, table)
    return judge(stated, source=source, mapped=mapped, received_on=RECEIVED_ON)


def reason_of(found: Judged, row: Row, cells: Row) -> str:
    """Return what is wrong with a row, '' for a good one."""
    places = {f"c{place}": cell for place, cell in enumerate(cells.values())}
    faults = row["faults"]
    assert isinstance(faults, int)
    return found.reason(faults, places) if faults else ""
