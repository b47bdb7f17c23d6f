"""Codes of GB/T 4754: the section, division, group and class that one names."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, Literal, TypeAlias

from xiaowei.industry.divisions import DIVISIONS
from xiaowei.said import Said

Level: TypeAlias = Literal["market", "section", "division", "group"]

LEVELS: Final[tuple[Level, ...]] = ("market", "section", "division", "group")
"""From all trades together down to the finest that has a coefficient."""
MARKET: Final = ""
"""The code of all trades together."""

SECTIONS: Final[Mapping[str, Said]] = {
    "A": Said("农、林、牧、渔业", "agriculture, forestry, animals, fishery"),
    "B": Said("采矿业", "mining"),
    "C": Said("制造业", "manufacturing"),
    "D": Said("电力、热力、燃气及水生产和供应业", "power, heat, gas and water"),
    "E": Said("建筑业", "construction"),
    "F": Said("批发和零售业", "wholesale and retail trade"),
    "G": Said("交通运输、仓储和邮政业", "transport, storage and post"),
    "H": Said("住宿和餐饮业", "hotels and catering"),
    "I": Said("信息传输、软件和信息技术服务业", "information and software"),
    "J": Said("金融业", "finance"),
    "K": Said("房地产业", "real estate"),
    "L": Said("租赁和商务服务业", "leasing and business services"),
    "M": Said("科学研究和技术服务业", "research and technical services"),
    "N": Said("水利、环境和公共设施管理业", "water, environment, public facilities"),
    "O": Said("居民服务、修理和其他服务业", "household and repair services"),
    "P": Said("教育", "education"),
    "Q": Said("卫生和社会工作", "health and social work"),
    "R": Said("文化、体育和娱乐业", "culture, sports and entertainment"),
    "S": Said("公共管理、社会保障和社会组织", "public administration"),
    "T": Said("国际组织", "international organisations"),
}
"""The letter of each section and its name.

Source: GB/T 4754-2017, table 1.
"""

_LAST: Final = {
    "A": 5, "B": 12, "C": 43, "D": 46, "E": 50, "F": 52, "G": 60, "H": 62, "I": 65,
    "J": 69, "K": 70, "L": 72, "M": 75, "N": 79, "O": 82, "P": 83, "Q": 85, "R": 90,
    "S": 96, "T": 97,
}  # fmt: skip
_CODE: Final = re.compile(r"([A-Ta-t])?(\d{0,4})", re.ASCII)
_DIVISION: Final = 2
_WIDTHS: Final[Mapping[int, Level]] = {0: "market", 1: "section", 3: "division"}


@dataclass(frozen=True, slots=True)
class Industry:
    """A trade.

    Args:
        section: its letter.
        digits: none, or the two of the division, three of the group, four of the class.
    """

    section: str
    digits: str = ""

    @property
    def code(self) -> str:
        """The letter and the digits, as the house writes it."""
        return self.section + self.digits

    @property
    def path(self) -> tuple[str, ...]:
        """The codes it lies in, the market first, its group (or less) last."""
        return (
            MARKET,
            self.section,
            *(
                self.section + self.digits[:width]
                for width in (2, 3)
                if width <= len(self.digits)
            ),
        )


@lru_cache(maxsize=4096)
def industry_of(code: str | None) -> Industry | None:
    """Return the trade that a code names.

    Args:
        code: a letter with up to four digits, or two to four digits alone.

    Returns:
        null where there is no code, where it is none of GB/T 4754, or where its letter
        is not that of its division: the trade is unknown, not guessed.

    >>> industry_of("H6210").path
    ('', 'H', 'H62', 'H621')
    >>> industry_of("6210").code, industry_of("A62"), industry_of("餐饮")
    ('H6210', None, None)
    """
    match = _CODE.fullmatch((code or "").strip())
    if match is None:
        return None
    letter, digits = (match[1] or "").upper(), match[2]
    if len(digits) < _DIVISION:
        return Industry(letter) if letter and not digits else None
    section = _section(int(digits[:_DIVISION]))
    if section is None or letter not in {"", section}:
        return None
    return Industry(section, digits)


def level_of(code: str) -> Level:
    """Return the level of a code of a path.

    >>> [level_of(code) for code in ("", "H", "H62", "H621")]
    ['market', 'section', 'division', 'group']
    """
    return _WIDTHS.get(len(code), "group")


def upwards(code: str | None) -> Iterator[str]:
    """Yield the codes that a firm's trade lies in, the finest first, the market last.

    >>> list(upwards("H62")), list(upwards(None))
    (['H62', 'H', ''], [''])
    """
    industry = industry_of(code)
    yield from reversed(industry.path if industry else (MARKET,))


def industry_name(code: str | None) -> Said:
    """Return what a trade is called: its code beside the name of its division.

    A section has its own name; a group or class that of its division.
    """
    industry = industry_of(code)
    if industry is None:
        return Said("全部行业", "all trades") if not code else Said(code, code)
    section = SECTIONS[industry.section]
    name = DIVISIONS.get(industry.code[1 : 1 + _DIVISION], section)
    return Said(f"{industry.code} {name.zh}", f"{industry.code} {name.en}")


def _section(division: int) -> str | None:
    if division < 1:
        return None
    return next((letter for letter, last in _LAST.items() if division <= last), None)
