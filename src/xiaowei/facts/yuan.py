"""Amounts in the unit that their heading names in; the same in yuan out."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

import ibis
import ibis.expr.types as ir

from xiaowei.facts.read import Stated
from xiaowei.money import AMOUNT_PATTERN

_TEN_DECIMALS: Final = r"^[^.]*(\.\d{0,10})?"
_DECIMAL: Final = "decimal(28, 10)"


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
