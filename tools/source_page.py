"""Writes docs/sources.md and docs/sources.html: what each source's files hold.

python tools/source_page.py [--check]

The example of each source is the first row of its file in a small county simulated on
the spot, the same each time.
"""

import csv
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from guide import Guide, Section, publish
from python_calamine import CalamineWorkbook

from xiaowei.facts.sources import (
    EVERY_SOURCE,
    Column,
    Source,
    UnknownSourceError,
    source_of,
)
from xiaowei.simulate.county import write_county

_FIRMS: Final = 20
_MONTHS: Final = 12
_SEED: Final = 7
_ENCODINGS: Final = ("utf-8-sig", "gb18030")
_KNOWN: Final = "known_on"

Example = Mapping[str, str]
"""The headings of a file to the cells of its first row."""

_LEAD: Final = (
    "Made by `tools/source_page.py` from the contracts themselves. A file's name "
    "begins with the Chinese or the English name of its source, as `销项发票-2025.csv` "
    "or `sales_invoices-2025.csv`; CSV, XLSX and Parquet are taken.",
    "由 `tools/source_page.py` 依数据契约生成。文件名以来源的中文名或英文名开头，"
    "接受CSV、XLSX与Parquet；列名可用所列任一种写法。",
    f"Examples are the first rows of a simulated county of {_FIRMS} firms over "
    f"{_MONTHS} months, seed {_SEED}; no row is of a real enterprise. – where the "
    "simulator writes no such file or leaves the cell empty.",
)
_HEADS: Final = (
    "column",
    "headings 列名",
    "kind 类型",
    "required 必填",
    "words 取值",
    "example 示例",
)
_KINDS: Final = {
    "code": "code 代码",
    "text": "text 文本",
    "day": "day 日期",
    "yuan": "yuan 元, kept as whole fen",
    "kwh": "kWh 千瓦时",
    "m3": "m3 立方米",
    "count": "whole number 整数",
    "rate": "rate 比率, 3.85% is 0.0385",
    "number": "number 数值",
    "choice": "choice 选项",
}


def examples() -> dict[str, Example]:
    """Return the first row of each file that the simulator writes, by source."""
    with TemporaryDirectory() as place:
        folder = Path(place) / "county"
        write_county(folder, seed=_SEED, firms=_FIRMS, months=_MONTHS)
        found: dict[str, Example] = {}
        for path in sorted((folder / "sources").rglob("*.*")):
            source = _source(path)
            if source is not None and source.name not in found:
                found[source.name] = _first_row(path)
    return found


def _source(path: Path) -> Source | None:
    try:
        return source_of(path.name, sources=EVERY_SOURCE)
    except UnknownSourceError:
        return None


def _first_row(path: Path) -> Example:
    rows = _workbook(path) if path.suffix == ".xlsx" else _table(path)
    heads = next(rows, [])
    return dict(zip(heads, next(rows, []), strict=False))


def _workbook(path: Path) -> Iterator[list[str]]:
    sheet = CalamineWorkbook.from_path(path).get_sheet_by_index(0)
    for row in sheet.iter_rows():
        yield [str(cell) for cell in row]


def _table(path: Path) -> Iterator[list[str]]:
    for encoding in _ENCODINGS:
        try:
            text = path.read_text(encoding=encoding)
        except UnicodeDecodeError:
            continue
        yield from csv.reader(text.splitlines())
        return


def guide(found: Mapping[str, Example]) -> Guide:
    """Return the guide to all sources.

    Args:
        found: source to its example.
    """
    return Guide(
        "sources",
        "tools/source_page.py",
        f"Sources 数据来源 ({len(EVERY_SOURCE)})",
        _LEAD,
        tuple(_section(source, found.get(source.name, {})) for source in EVERY_SOURCE),
    )


def _section(source: Source, example: Example) -> Section:
    rows = tuple(_row(column, example) for column in source.columns)
    return Section(
        source.name,
        f"`{source.name}` {source.zh}",
        (source.meaning.en + ".", source.meaning.zh + "。", *_facts(source)),
        _HEADS,
        rows,
        prefix=f"{source.name}-",
    )


def _facts(source: Source) -> tuple[str, ...]:
    named = f"Files 文件: `{source.zh}*`, `{source.name}*`. Family: `{source.family}`."
    asked = (
        "Looked at only with the enterprise's consent 须经企业授权."
        if source.asks_consent
        else "No consent is asked 无须授权."
    )
    return f"{named} {asked}", _nature(source), _known(source)


def _nature(source: Source) -> str:
    if source.register:
        return (
            f"A register 登记: a row is how things stood; of each `{source.key}` the "
            "one known last counts."
        )
    if not source.about:
        return "Events 事件: every row stands for itself."
    about = ", ".join(f"`{name}`" for name in (source.key, *source.about))
    return (
        f"Events 事件: a row is about {about}; of several about the same the one known "
        "last counts."
    )


def _known(source: Source) -> str:
    happened = f"Happened on 发生日: `{source.happened}`"
    if source.known == _KNOWN:
        return (
            f"{happened}. Known on 获知日: `{_KNOWN}`, or the day the file is received."
        )
    return (
        f"{happened}. Known on 获知日: `{_KNOWN}`, or where it is not stated "
        f"`{source.known}`, or the day the file is received."
    )


def _row(column: Column, example: Example) -> tuple[str, ...]:
    stated = {head: cell for head, cell in example.items() if head in column.heads}
    return (
        f"`{column.name}`",
        "、".join(column.heads),
        _KINDS[column.kind],
        "yes 是" if column.required else "no 否",
        _words(column),
        next(iter(stated.values()), "") or "–",
    )


def _words(column: Column) -> str:
    ours: dict[str, list[str]] = {}
    for word, our in column.choices.items():
        ours.setdefault(our, [])
        if word != our:
            ours[our].append(word)
    said = (f"`{our}` {'/'.join(words)}".strip() for our, words in ours.items())
    return "; ".join(said) or "–"


def main() -> None:
    """Write the pages, or with --check fail where one is not current."""
    publish(guide(examples()), check="--check" in sys.argv)


if __name__ == "__main__":
    main()
