"""Five hundred files of every source, each spoilt in its own way."""

import csv
import io
import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Final

import ibis
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import xlsxwriter
from tests.facts.balancing import balanced

from xiaowei.errors import InputError
from xiaowei.facts.intake import Delivery, take_in
from xiaowei.facts.lake import Lake
from xiaowei.facts.sources import EVERY_SOURCE, Column, Source

FILES: Final = 500
RECEIVED_ON: Final = date(2026, 6, 30)
ENCODINGS: Final = ("utf-8", "utf-8-sig", "gb18030", "gb18030", "utf-16")
FORMS: Final = ("csv",) * 8 + ("xlsx", "parquet")
YUAN: Final = "100.00"
VALUES: Final = {
    "day": "2025-03-04",
    "yuan": YUAN,
    "kwh": "12.5",
    "m3": "12.5",
    "count": "3",
    "rate": "0.05",
    "number": "3.5",
}
SPOILT: Final = (
    "",
    "１２３",
    "1.23E+17",
    "9.133E+17",
    "1234.5万",
    "2025-02-30",
    "9999-12-31",
    "45292",
    "=1+1",
    "@SUM(A1)",
    "-1",
    "9" * 40,
    "nan",
    "\0",
    "\ufffd",
    "\u3000",
    "x" * 5000,
    '"',
    'a"b',
    "a\nb",
)


@dataclass(slots=True)
class Handed:
    """A file made for a source, and what is known of it.

    Args:
        source: what it states.
        wan: whether the headings of its amounts say 万元.
        rows: its cells, below the heading.
        good: the places of rows that nothing is wrong with and that copy no other.
    """

    source: Source
    wan: bool
    rows: list[list[str]] = field(default_factory=list)
    good: set[int] = field(default_factory=set)

    @property
    def heads(self) -> list[str]:
        unit = "（万元）" if self.wan else ""
        return [
            column.heads[0] + (unit if column.kind == "yuan" else "")
            for column in self.source.columns
        ]


def stated(column: Column, number: int, source: Source) -> str:
    """Return a good cell; every one of a column that tells rows apart is another."""
    if source.sums and column.name == source.sums[2]:
        return "200.00"
    if column.kind == "choice":
        return next(iter(column.choices))
    if column.pattern is not None:
        return "C13"
    return VALUES.get(column.kind, f"{column.name[:1].upper()}{number}")


def made(source: Source, chance: random.Random) -> Handed:
    """Return a file of up to thirty rows; half of them good."""
    handed = Handed(source, wan=chance.random() < 0.2)
    for number in range(chance.randint(1, 30)):
        row = [stated(column, number, source) for column in source.columns]
        kind = chance.choice(["good", "good", "good", "cells", "ragged", "copy"])
        if kind == "copy" and handed.rows:
            row = list(chance.choice(handed.rows))
        elif kind == "cells":
            for place in chance.sample(range(len(row)), chance.randint(1, 2)):
                row[place] = chance.choice(SPOILT)
        elif kind == "ragged":
            row = [*row, "more"] if chance.random() < 0.5 else row[:-1]
        else:
            handed.good.add(number)
        handed.rows.append(row)
    return handed


def lines_of(rows: list[list[str]]) -> Iterator[int]:
    """Return the line of a CSV file on which each row begins."""
    line = 2
    for row in rows:
        yield line
        line += 1 + sum(cell.count("\n") for cell in row)


def write_csv(handed: Handed, path: Path, chance: random.Random) -> dict[int, int]:
    """Write a file; return the line of each good row, none where it cannot be read."""
    text = io.StringIO(newline="")
    ends = chance.choice(["\n", "\r\n"])
    plain = csv.writer(text, lineterminator=ends)
    quoted = csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator=ends)
    writer = chance.choice([plain, quoted])
    writer.writerows([handed.heads, *handed.rows])
    encoding = chance.choice(ENCODINGS)
    path.write_bytes(text.getvalue().encode(encoding))
    if encoding == "utf-16":
        return {}
    return dict(enumerate(lines_of(handed.rows)))


def write_xlsx(handed: Handed, path: Path) -> dict[int, int]:
    with xlsxwriter.Workbook(path, {"strings_to_formulas": False}) as book:
        sheet = book.add_worksheet()
        for place, row in enumerate([handed.heads, *handed.rows]):
            for column, cell in enumerate(row):
                sheet.write_string(place, column, cell)
    return {place: place + 2 for place in range(len(handed.rows))}


def write_parquet(handed: Handed, path: Path) -> dict[int, int]:
    width = len(handed.heads)
    rows = [[*row, *[""] * width][:width] for row in handed.rows]
    columns = [pa.array(list(cells)) for cells in zip(*rows, strict=True)]
    pq.write_table(pa.table(columns, names=handed.heads), path)
    return {place: place + 1 for place in range(len(rows))}


def check(handed: Handed, path: Path, lines: dict[int, int], lake: Lake) -> None:
    """Take a file in and test all that must hold; no lines, for one to be refused."""
    delivery = Delivery(path, handed.source, RECEIVED_ON)
    before = lake.digest()
    if not lines:
        with pytest.raises(InputError, match=f"'{path.name}'"):
            take_in(delivery, lake=lake)
        assert lake.digest() == before
        return
    receipt = take_in(delivery, lake=lake)
    assert balanced(receipt)
    facts = lake.facts(handed.source.family).to_pyarrow().to_pylist()
    kept = {fact["line"]: fact for fact in facts}
    assert len(kept) == receipt.account.accepted
    for place in handed.good:
        fact = kept[lines[place]]
        for column in handed.source.columns:
            if column.kind == "yuan":
                yuan = float(stated(column, place, handed.source))
                assert fact[column.name] == yuan * (10**6 if handed.wan else 10**2)


class TestAnything:
    @pytest.mark.parametrize("source", EVERY_SOURCE, ids=lambda source: source.name)
    def test_is_accounted_for_row_by_row(
        self, tmp_path: Path, engine: ibis.BaseBackend, source: Source
    ) -> None:
        chance = random.Random(source.name)  # noqa: S311 - no secret
        shares = [
            place * FILES // len(EVERY_SOURCE) for place in range(len(EVERY_SOURCE) + 1)
        ]
        begin, end = list(pairwise(shares))[EVERY_SOURCE.index(source)]
        taken = 0

        for number in range(begin, end):
            handed = made(source, chance)
            form = chance.choice(FORMS)
            path = tmp_path / f"{source.name}-{number}.{form}"
            if form == "csv":
                lines = write_csv(handed, path, chance)
            else:
                write = write_xlsx if form == "xlsx" else write_parquet
                lines = write(handed, path)
            lake = Lake(tmp_path / f"lake-{number}", engine=engine)
            check(handed, path, lines, lake)
            taken += bool(lines)

        assert taken > (end - begin) // 2
