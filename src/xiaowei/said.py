"""One line for people, in Chinese and in English."""

from decimal import ROUND_HALF_UP, Decimal
from typing import NamedTuple


class Said(NamedTuple):
    """One line as (Chinese, English)."""

    zh: str
    en: str


def percent(share: Decimal | float, *, digits: int = 2) -> str:
    """Write a share as a percentage.

    Args:
        share: 0..1, or a yearly rate.
        digits: decimals kept.

    >>> percent(Decimal("0.0877"))
    '8.77%'
    """
    unit = Decimal(1).scaleb(-digits)
    value = Decimal(str(share)) * 100
    return f"{value.quantize(unit, rounding=ROUND_HALF_UP)}%"
