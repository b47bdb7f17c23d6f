"""Which traits the PD card may use, with the sign that experts expect of each."""

from collections.abc import Collection
from typing import Final

from xiaowei.errors import ConflictError
from xiaowei.risk.fit import Expected

PD_TRAITS: Final = (
    Expected("sales_24m", "lower_is_riskier", logged=True),
    Expected("sales_variation_24m", "higher_is_riskier", logged=False),
    Expected("sales_active_months_24m", "lower_is_riskier", logged=False),
    Expected("sales_void_share_24m", "higher_is_riskier", logged=False),
    Expected("supplier_kept_share_12m", "lower_is_riskier", logged=False),
)
"""Size, evenness, presence, care of the books, loyalty of suppliers: one trait of each
kind, for with some 27 defaults no more than a handful can be weighed."""

BASELINE: Final = Expected("sales_all", "lower_is_riskier", logged=True)
"""What every card is compared with: the logarithm of all valid sales, alone."""


class AllLeakError(ConflictError):
    """Every trait that the card could use carries the outcome itself."""

    def __init__(self) -> None:
        """Say what that means."""
        super().__init__(
            "the outcome leaks into every trait of the PD card",
            expected="traits that were known before the outcome and not set by it",
            remedy="Run as of a day before the defaults, with --as-of",
        )


def allowed_traits(leaking: Collection[str]) -> tuple[Expected, ...]:
    """Return the traits of the card that do not carry the outcome.

    Args:
        leaking: traits refused.

    Raises:
        AllLeakError: none is left.
    """
    allowed = tuple(one for one in PD_TRAITS if one.trait not in leaking)
    if not allowed:
        raise AllLeakError
    return allowed
