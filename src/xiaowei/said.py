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


def chance(probability: float) -> Said:
    """Write how often something would come about by chance alone.

    Args:
        probability: 0..1.

    >>> chance(0.004).en, chance(1e-12).en
    ('1 in 250 by chance', 'less than 1 in 1,000,000 by chance')
    """
    if probability < 1 / _RAREST:
        return Said(
            f"偶然出现的概率不到{_RAREST:,}分之一",
            f"less than 1 in {_RAREST:,} by chance",
        )
    times = round(1 / probability)
    return Said(f"偶然出现的概率约{times:,}分之一", f"1 in {times:,} by chance")


_RAREST = 1_000_000
