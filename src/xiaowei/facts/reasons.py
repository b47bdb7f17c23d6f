"""Why a row is set aside: one cell that says it in Chinese and in English."""

import re
import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Final

from xiaowei.facts.sources import EARLIEST, LATEST, MAX_YUAN, Column
from xiaowei.facts.units import unit_of
from xiaowei.money import AMOUNT_PATTERN
from xiaowei.said import Said

_SHOWN: Final = 40
_EXCEL_NIL: Final = date(1899, 12, 30)
"""The day from which Excel counts, as far as days after February 1900 go."""
_EXCEL_DAY: Final = re.compile(r"(\d{5})(?:\.0+)?", re.ASCII)
_AMOUNT: Final = re.compile(AMOUNT_PATTERN, re.ASCII)
_WORDED: Final = re.compile(r"(¥?)\s*([-+\d.,]+)\s*([千万亿]?)\s*(元?)", re.ASCII)
_UNITS: Final = {"": 1, "千": 10**3, "万": 10**4, "亿": 10**8}
_SHOULD_BE: Final = {
    "code": Said(
        "代码。请按文本填写，如91330100716105852F",
        "a code. Write it as text, e.g. 91330100716105852F",
    ),
    "text": Said(
        "可读的文字。请重新填写并另存为“CSV UTF-8”",
        "a text that can be read. Write it again and save as 'CSV UTF-8'",
    ),
    "day": Said(
        "日历上的日期。请写如2019-02-28",
        "a day of the calendar. Write e.g. 2019-02-28",
    ),
    "yuan": Said(
        "以元计的金额。请写数字，如120.50",
        "an amount in yuan. Write digits, e.g. 120.50",
    ),
    "kwh": Said(
        "以千瓦时计、不小于0的用电量。请写数字，如120.5",
        "an amount of electricity in kWh, 0 or more. Write digits, e.g. 120.5",
    ),
    "m3": Said(
        "以立方米计、不小于0的用水量。请写数字，如120.5",
        "an amount of water in m3, 0 or more. Write digits, e.g. 120.5",
    ),
    "rate": Said(
        "0至1之间的比率。请写如3.85%或0.0385",
        "a share of 0 to 1. Write e.g. 3.85% or 0.0385",
    ),
    "number": Said(
        "数字。请写如-1.5",
        "a number. Write e.g. -1.5",
    ),
    "count": Said(
        "不小于0的整数。请写数字，如12",
        "a whole number of 0 or more. Write digits, e.g. 12",
    ),
}


@dataclass(frozen=True, slots=True)
class Fault:
    """One way in which a row can be bad, and how that is said.

    Args:
        shown: the columns of the stated table whose texts the saying needs.
        say: those texts to the reason.
    """

    shown: tuple[str, ...]
    say: Callable[..., Said]


def in_one_cell(reasons: Iterable[Said]) -> str:
    """Return reasons as one text: all in Chinese, then all in English.

    >>> in_one_cell([Said("甲", "a"), Said("乙", "b")])
    '甲；乙 / a; b'
    """
    told = list(reasons)
    chinese, english = (one.zh for one in told), (one.en for one in told)
    return f"{'；'.join(chinese)} / {'; '.join(english)}"


def not_so(text: str, column: Column, *, head: str, unit: int = 1) -> Said:
    """Say that a cell does not hold what its column takes, and what it could mean.

    Args:
        text: the cell.
        column: what it should hold.
        head: the heading it stands under.
        unit: the yuan in the unit of money that the heading names.
    """
    should, hint = _should_be(column, unit), _hint(text, column, unit)
    shown = text[:_SHOWN]
    return Said(
        f"列“{head}”：“{shown}”不是{should.zh}{hint.zh}",
        f"column {head}: '{shown}' is not {should.en}{hint.en}",
    )


def empty(column: Column, *, head: str, unit: int = 1) -> Said:
    """Say that a cell is empty that must not be; arguments as of `not_so`."""
    should = _should_be(column, unit)
    return Said(
        f"列“{head}”为空，应为{should.zh}",
        f"column {head} is empty. It must hold {should.en}",
    )


def not_yet(text: str, *, head: str, received_on: date, invoice: bool) -> Said:
    """Say that a day lies after the day on which the file was received."""
    where = Said("发票", "invoice") if invoice else Said("原件", "original")
    return Said(
        f"列“{head}”：{text[:_SHOWN]}晚于收件日{received_on}。请核对{where.zh}",
        f"column {head}: {text[:_SHOWN]} lies after {received_on}, the day of receipt. "
        f"Compare with the {where.en}",
    )


def _should_be(column: Column, unit: int) -> Said:
    if column.kind == "yuan" and unit != 1:
        named = unit_of(unit)
        return Said(
            f"以{named}计的金额。请写数字，如1.5",
            f"an amount in {named} ({unit:,} yuan). Write digits, e.g. 1.5",
        )
    words = " | ".join(column.choices)
    return _SHOULD_BE.get(column.kind) or Said(f"以下之一：{words}", f"one of {words}")


def _hint(text: str, column: Column, unit: int) -> Said:
    if column.kind == "day" and (day := _day_of_excel(text)):
        return Said(
            f"；像是Excel的日期序号，即{day}",
            f"; it is likely Excel's day number for {day}",
        )
    if column.kind == "yuan" and (digits := _digits(text, unit)):
        return Said(f"；此处似应写{digits}", f"; here that would be {digits}")
    return Said("", "")


def _day_of_excel(text: str) -> date | None:
    found = _EXCEL_DAY.fullmatch(text)
    if found is None:
        return None
    day = _EXCEL_NIL + timedelta(days=int(found[1]))
    return day if EARLIEST <= day < LATEST else None


def _digits(text: str, unit: int) -> str | None:
    """Return the digits of an amount that was written with a unit or in wide signs.

    Digits alone are in the unit of the heading; what names a unit is brought to it.

    >>> _digits("1,234.5万", 1), _digits("￥５", 1), _digits("12.5.1万", 1)
    ('12345000', '5', None)
    >>> _digits("5万", 10_000), _digits("５", 10_000), _digits("120元", 10_000)
    ('5', '5', '0.012')
    """
    found = _WORDED.fullmatch(unicodedata.normalize("NFKC", text[: _SHOWN + 1]))
    if found is None or not _AMOUNT.match(found[2]) or len(text) > _SHOWN:
        return None
    stated = Decimal(found[2].replace(",", ""))
    named = any(found.group(1, 3, 4))
    yuan = stated * (_UNITS[found[3]] if named else unit)
    return f"{(yuan / unit).normalize():f}" if abs(yuan) <= MAX_YUAN else None
