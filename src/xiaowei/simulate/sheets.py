"""Tables on their way to a file: CSV in a bank's encodings, and XLSX."""

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Final, TypeAlias

import xlsxwriter

Cell: TypeAlias = str | int | float | date
Row: TypeAlias = tuple[Cell, ...]

_WRITTEN: Final = datetime(2000, 1, 1)  # noqa: DTZ001 - a fixed day, no clock
"""Stands in workbooks as their day of creation, so that they are the same each time."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """One file to be written.

    Args:
        file: its name, which ends in .csv or .xlsx.
        heads: its headings.
        rows: its rows, each as long as the headings.
        encoding: of a CSV file.
    """

    file: str
    heads: Sequence[str]
    rows: list[Row]
    encoding: str = "utf-8"


def write_sheet(sheet: Sheet, *, folder: Path) -> None:
    """Write a sheet as a file.

    Args:
        sheet: what to write.
        folder: an existing folder.
    """
    path = folder / sheet.file
    if path.suffix == ".xlsx":
        _write_workbook(sheet, path)
        return
    with path.open("w", encoding=sheet.encoding, newline="") as file:
        writer = csv.writer(file)
        writer.writerow(sheet.heads)
        writer.writerows(sheet.rows)


def yuan(fen: Sequence[int]) -> list[str]:
    """Write amounts in fen as plain yuan with two decimals.

    >>> yuan([123456, -5])
    ['1234.56', '-0.05']
    """
    return [
        f"{amount // 100}.{amount % 100:02d}"
        if amount >= 0
        else f"-{-amount // 100}.{-amount % 100:02d}"
        for amount in fen
    ]


def _write_workbook(sheet: Sheet, path: Path) -> None:
    book = xlsxwriter.Workbook(path, {"in_memory": True})
    book.set_properties({"created": _WRITTEN})
    page = book.add_worksheet()
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    page.write_row(0, 0, sheet.heads)
    for line, row in enumerate(sheet.rows, start=1):
        for place, cell in enumerate(row):
            if isinstance(cell, date):
                page.write_datetime(line, place, cell, day)
            elif isinstance(cell, str):
                page.write_string(line, place, cell)
            else:
                page.write_number(line, place, cell)
    book.close()
