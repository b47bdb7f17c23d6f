"""What a firm asks the bank for."""

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any, Final

from xiaowei.errors import InputError
from xiaowei.money import Fen
from xiaowei.policy.products.product import PURPOSES, Purpose

MOST_FEN: Final = 10**12
"""Ten billion yuan: whatever is above is a slip of the pen."""
MOST_MONTHS: Final = 360
_NAME: Final = re.compile(r"[^\x00-\x1f\x7f]{1,100}")


class ApplicationError(InputError):
    """An application cannot be taken as it is."""

    def __init__(self, faults: list[str]) -> None:
        """Name every fault."""
        super().__init__(
            "the application cannot be taken: " + "; ".join(faults),
            expected=f"an amount above 0 and up to {MOST_FEN // 100} yuan, a term of 1 "
            f"to {MOST_MONTHS} months, a purpose of {', '.join(PURPOSES)}, and who "
            "took it",
            remedy="Correct it and send it again; nothing was put on record",
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Application:
    """One application 授信申请.

    Args:
        enterprise_id: of whom.
        amount_fen: how much is asked for.
        months: for how long.
        purpose: for what.
        applied_on: the day.
        manager: who took it 客户经理.
        branch: where 机构.
        region: of the branch.
        product: the code of the product asked for; null for what suits best.
    """

    enterprise_id: str
    amount_fen: Fen
    months: int
    purpose: Purpose
    applied_on: date
    manager: str
    branch: str = ""
    region: str = ""
    product: str | None = None

    def __post_init__(self) -> None:
        """Refuse what no application can be.

        Raises:
            ApplicationError: every fault is named.
        """
        faults = [
            fault
            for fault, holds in (
                (
                    f"an amount of {self.amount_fen} fen",
                    0 < self.amount_fen <= MOST_FEN,
                ),
                (f"a term of {self.months} months", 0 < self.months <= MOST_MONTHS),
                (f"the purpose '{self.purpose}'", self.purpose in PURPOSES),
                ("no enterprise", bool(_NAME.fullmatch(self.enterprise_id))),
                ("nobody who took it", bool(_NAME.fullmatch(self.manager))),
            )
            if not holds
        ]
        if faults:
            raise ApplicationError(faults)

    def as_plain(self) -> dict[str, Any]:
        """Return it as plain values."""
        return asdict(self) | {"applied_on": self.applied_on.isoformat()}


def application_of(plain: Mapping[str, Any]) -> Application:
    """Return an application from plain values, as `Application.as_plain` has them."""
    return Application(
        **{**plain, "applied_on": date.fromisoformat(plain["applied_on"])}
    )
