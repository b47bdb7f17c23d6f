"""The yearly rate a borrower pays in truth: the rate of return of all that flows."""

import math
from collections.abc import Sequence
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

from xiaowei.errors import InputError
from xiaowei.money import Fen
from xiaowei.offers.schedules.days import years_between

_UNIT: Final = Decimal("0.000001")
_MOST: Final = math.log(1_000_000)
_CLOSE: Final = 1e-13
_STEPS: Final = 1_000


class FeesError(InputError):
    """What a borrower receives after fees allows no yearly rate."""

    def __init__(self, received_fen: Fen, paid_fen: Fen) -> None:
        """Name what is received and paid."""
        super().__init__(
            f"no yearly rate turns {received_fen} fen received into {paid_fen} paid",
            expected="fees from 0 to less than what is lent",
            remedy="Correct the fees",
        )


def effective_rate(
    payments: Sequence[tuple[date, Fen]], *, drawn_on: date, received_fen: Fen
) -> Decimal:
    """Return the yearly rate, compounded, at which payments are worth what was lent.

    It is what 贷款年化利率 means where it is computed as a rate of return. Months count
    as twelfths of a year, so that it depends on the calendar as little as may be.

    Args:
        payments: day after `drawn_on`, and fen paid, at least 0.
        drawn_on: the day of the loan.
        received_fen: what is lent less the fees taken from it, above 0, at most what is
            paid.

    Returns:
        Yearly rate to six decimals, 0.05 for 5 %.

    Raises:
        FeesError: nothing is received, more than is paid, or so little that the rate
            would exceed a millionfold.

    Source: 中国人民银行公告〔2021〕第3号, compound method (内部收益率法).

    >>> year_later = [(date(2026, 1, 5), 10_600)]
    >>> effective_rate(year_later, drawn_on=date(2025, 1, 5), received_fen=10_000)
    Decimal('0.060000')
    """
    paid = sum(amount for _, amount in payments)
    if not 0 < received_fen <= paid:
        raise FeesError(received_fen, paid)
    flows = [(years_between(drawn_on, day), amount) for day, amount in payments]
    # What payments are worth falls and bends upward as the rate rises: from 0, where
    # they are worth too much, Newton's steps never pass the rate sought.
    force = 0.0
    for _ in range(_STEPS):
        worths = [(years, fen * math.exp(-force * years)) for years, fen in flows]
        excess = math.fsum(worth for _, worth in worths) - received_fen
        step = excess / math.fsum(years * worth for years, worth in worths)
        force += step
        if abs(step) < _CLOSE or force > _MOST:
            break
    if force > _MOST:
        raise FeesError(received_fen, paid)
    return Decimal(math.expm1(force)).quantize(_UNIT, rounding=ROUND_HALF_UP) + 0
