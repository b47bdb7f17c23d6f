"""What binds one applicant beside the bank's terms: caps, strategy and product."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from xiaowei.money import Fen
from xiaowei.said import Said


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """What binds one applicant beside the terms that hold for all.

    Args:
        most_fen: no more may be lent; None where nothing but the terms binds.
        added_bp: basis points added to the rate that is worth most.
        least_rate: the rate is raised to it; None for no such bound.
        most_rate: the rate is lowered to it; None for no such bound.
        staged: whether it is lent to in stages alone, as risky firms may be.
        steps: how the amount came about, in order.
    """

    most_fen: Fen | None = None
    added_bp: int = 0
    least_rate: Decimal | None = None
    most_rate: Decimal | None = None
    staged: bool = False
    steps: tuple[Said, ...] = ()


FREE: Final = Bounds()
"""Nothing binds but the terms."""
