"""Integer fen, yearly rates, and one rounding rule: half a fen goes away from zero."""

import re
from decimal import ROUND_HALF_UP, Context, Decimal
from typing import Final, TypeAlias

from xiaowei.errors import InputError

Fen: TypeAlias = int

FEN_PER_YUAN: Final = 100
FEN_PER_WAN: Final = 1_000_000
AMOUNT_PATTERN: Final = r"^[+-]?(\d+|\d{1,3}(,\d{3})+)(\.\d+)?$"

_AMOUNT: Final = re.compile(AMOUNT_PATTERN, re.ASCII)
_LONGEST: Final = 40
_WIDE: Final = Context(prec=2 * _LONGEST)


class AmountError(InputError):
    """A text is not an amount in yuan."""

    def __init__(self, text: str) -> None:
        """Name the text."""
        super().__init__(
            f"'{text[:_LONGEST]}' is not an amount in yuan",
            expected="digits, e.g. 120.50 or 1,234.50",
            remedy="Write the amount in yuan without unit words such as 万",
        )


def fen_from_yuan(text: str) -> Fen:
    """Return the amount in fen that a text states in yuan.

    Args:
        text: digits with an optional sign, grouping commas and decimals.

    Raises:
        AmountError: the text is anything else, such as '1,234.5万', or longer than
            40 characters.

    >>> fen_from_yuan("1,234.505")
    123451
    >>> fen_from_yuan("-0.005")
    -1
    """
    stated = text.strip()
    if len(stated) > _LONGEST or not _AMOUNT.match(stated):
        raise AmountError(text)
    return round_fen(_WIDE.multiply(Decimal(stated.replace(",", "")), FEN_PER_YUAN))


def round_fen(amount: Decimal | float) -> Fen:
    """Round an amount in fen to whole fen, half away from zero.

    Args:
        amount: fen; must be finite. A float counts as the shortest decimal that reads
            back as the same float: 0.145 is 0.145, not the binary fraction below it.

    >>> round_fen(Decimal("2.5")), round_fen(Decimal("-2.5")), round_fen(2.5)
    (3, -3, 3)
    """
    return int(_exact(amount).to_integral_value(rounding=ROUND_HALF_UP))


def share_of(amount: Fen, share: Decimal | float) -> Fen:
    """Return a share or a year's interest of an amount, in whole fen.

    Args:
        amount: fen.
        share: 0..1 for a share, a yearly rate for interest; a float as in `round_fen`.

    >>> share_of(10_000_000, Decimal("0.0435")), share_of(100, 0.015)
    (435000, 2)
    """
    return round_fen(_WIDE.multiply(_exact(amount), _exact(share)))


def yuan_text(amount: Fen) -> str:
    """Write fen as yuan with two decimals and grouping commas.

    >>> yuan_text(-123456)
    '-1,234.56'
    """
    sign = "-" if amount < 0 else ""
    yuan, fen = divmod(abs(amount), FEN_PER_YUAN)
    return f"{sign}{yuan:,}.{fen:02d}"


def wan_text(amount: Fen, *, digits: int = 2) -> str:
    """Write fen in units of ten thousand yuan (万元).

    Args:
        amount: fen.
        digits: decimals kept.

    >>> wan_text(123_456_789)
    '123.46'
    """
    unit = Decimal(1).scaleb(-digits)
    wan = (_exact(amount) / FEN_PER_WAN).quantize(unit, rounding=ROUND_HALF_UP)
    return f"{wan + 0:,}"


def _exact(number: Decimal | float) -> Decimal:
    return number if isinstance(number, Decimal) else Decimal(str(number))
