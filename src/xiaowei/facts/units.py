"""Units of money, and the headings that name them."""

import re
from typing import Final

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


def unit_named(head: str) -> tuple[str, int]:
    """Return a heading without the unit of money it names, and the yuan in that unit.

    Args:
        head: a heading; brackets are narrow ones.

    >>> unit_named("金额(万元)"), unit_named("注册资本 单位:元"), unit_named("税额")
    (('金额', 10000), ('注册资本', 1), ('税额', 1))
    """
    found = _NAMED.fullmatch(head)
    return (found[1], YUAN_PER[found[2]]) if found else (head, 1)


def unit_of(yuan: int) -> str:
    """Return the name of the unit of money that so many yuan are.

    >>> unit_of(10_000)
    '万元'
    """
    return next(name for name, worth in YUAN_PER.items() if worth == yuan)
