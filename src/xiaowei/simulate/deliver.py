"""What the sources would hand to the bank; nothing in it tells the truth apart."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

import numpy as np
import pyarrow as pa

from xiaowei.facts.sources import (
    CREDIT_HISTORY,
    ENTERPRISES,
    PURCHASES,
    SALES,
    TAX_FILINGS,
)
from xiaowei.simulate.dirt import Dirt, soil
from xiaowei.simulate.observed import Book
from xiaowei.simulate.sheets import (
    Sheet,
    heads_of,
    lines_of,
    write_csv,
    write_parquet,
    write_workbook,
)

ENCODINGS: Final = {
    SALES.name: "utf-8-sig",
    PURCHASES.name: "gb18030",
    TAX_FILINGS.name: "utf-8-sig",
}
"""As real banks get their files: from a web form or an old system; UTF-8 else."""

_WORKBOOKS: Final = (ENTERPRISES.name, CREDIT_HISTORY.name)


def deliver_texts(
    books: Sequence[Book], *, folder: Path, rng: np.random.Generator
) -> tuple[dict[str, int], list[Dirt]]:
    """Write files as people send them: CSV with Chinese headings, and workbooks.

    Args:
        books: what they say.
        folder: an existing folder.
        rng: where chance comes from: some rows are dirty.

    Returns:
        Rows below the heading in each file, and the dirty ones.
    """
    rows: dict[str, int] = {}
    sheets = []
    for book in books:
        heads = heads_of(book.source, book.table, chinese=True)
        if book.source.name in _WORKBOOKS:
            path = folder / f"{book.source.zh}.xlsx"
            write_workbook(book.table, heads=heads, path=path)
            rows[path.name] = book.table.num_rows
            continue
        part = f"-{book.part}" if book.part else ""
        encoding = ENCODINGS.get(book.source.name, "utf-8")
        name = f"{book.source.zh}{part}.csv"
        sheets.append(Sheet(name, heads, lines_of(book.table), encoding))
    dirt = soil(sheets, rng=rng)
    for sheet in sheets:
        write_csv(sheet, folder=folder)
        rows[sheet.file] = len(sheet.lines)
    return rows, dirt


def deliver_parquet(
    books: Sequence[Book], *, folder: Path, part: str
) -> dict[str, int]:
    """Write one Parquet file per source with English headings.

    Args:
        books: what they say; those of one source are joined.
        folder: an existing folder.
        part: ends each file's name; may be empty.

    Returns:
        Rows of each file.
    """
    joined: dict[str, list[Book]] = {}
    for book in books:
        joined.setdefault(book.source.name, []).append(book)
    rows = {}
    for name, parts in joined.items():
        table = pa.concat_tables(
            [book.table.unify_dictionaries() for book in parts]
        ).unify_dictionaries()
        path = folder / f"{name}{part}.parquet"
        heads = heads_of(parts[0].source, table, chinese=False)
        write_parquet(table, heads=heads, path=path)
        rows[path.name] = table.num_rows
    return rows
