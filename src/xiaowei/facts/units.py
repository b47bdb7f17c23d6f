"""Headings that name a unit of money, and amounts brought from it to yuan."""

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Final

import ibis
import ibis.expr.types as ir

from xiaowei.facts.read import Stated
from xiaowei.money import AMOUNT_PATTERN

YUAN_PER: Final = {
    "元": 1,
    "千元": 1_000,
    "万元": 10_000,
    "百万元": 1_000_000,
    "亿元": 100_000_000,
}
"""How many yuan each unit of money is that a heading may name."""

_NAMED: Final = re.compile(
    r"(.+?)\s*(?:[(\[【/_-]\s*)?(?:单位\s*[:：]?\s*)?(?:人民币)?\s*"
    r"(元|千元|万元|百万元|亿元)\s*[)\]】]?"
)
_TEN_DECIMALS: Final = r"^[^.]*(\.\d{0,10})?"
_DECIMAL: Final = "decimal(28, 10)"


def unit_named(head: str) -> tuple[str, int]:
    """Return a heading without the unit of money it names, and the yuan in that unit.

    Args:
        head: a heading; brackets are narrow ones.

    >>> unit_named("金额(万元)"), unit_named("注册资本 单位:元"), unit_named("税额")
    (('金额', 10000), ('注册资本', 1), ('税额', 1))
    """
    found = _NAMED.fullmatch(head)
    return (found[1], YUAN_PER[found[2]]) if found else (head, 1)


def in_yuan(stated: Stated, units: Mapping[str, int]) -> Stated:
    """Return what a file states with all amounts in yuan.

    What is no amount is left as it stands, to be refused in its own words.

    Args:
        stated: the rows as stated.
        units: a column such as `c4` to the yuan in the unit that its heading names.
    """
    named = {name: yuan for name, yuan in units.items() if yuan != 1}
    if not named:
        return stated
    rows = stated.rows
    cells = {name: _times(rows[name], yuan) for name, yuan in named.items()}
    return replace(stated, rows=rows.mutate(**cells))


def _times(cell: ir.Value, yuan: int) -> ir.Value:
    if cell.type().is_floating():
        return cell * yuan
    if not (cell.type().is_string() or cell.type().is_numeric()):
        return cell
    text = cell.cast("string").strip()
    digits = text.replace(",", "").re_extract(_TEN_DECIMALS, 0)
    number = digits.try_cast(_DECIMAL) * ibis.literal(yuan, "decimal(9, 0)")
    amount = text.re_search(AMOUNT_PATTERN) & number.notnull()
    return ibis.ifelse(amount, number.cast("string"), cell.cast("string"))
