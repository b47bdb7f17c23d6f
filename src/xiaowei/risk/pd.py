"""Which traits the PD card may use, with the sign that experts expect of each."""

from collections.abc import Collection, Sequence
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

AHEAD_TRAITS: Final = (
    Expected("sales_12m", "lower_is_riskier", logged=True),
    Expected("sales_variation_12m", "higher_is_riskier", logged=False),
    Expected("supplier_kept_share_12m", "lower_is_riskier", logged=False),
    Expected("sales_void_share_12m", "higher_is_riskier", logged=False),
    Expected("margin_12m", "lower_is_riskier", logged=False),
    Expected("runway_3m", "lower_is_riskier", logged=False),
    Expected("net_flow_share_12m", "lower_is_riskier", logged=False),
    Expected("debt_dpd_12m", "higher_is_riskier", logged=False),
    Expected("social_days_late_12m", "higher_is_riskier", logged=False),
    Expected("vat_unpaid_share_12m", "higher_is_riskier", logged=False),
)
"""Those of a card learnt a year before the outcome: how large and even, how loyal its
suppliers, how orderly its books, what it earns, how long its cash lasts and whether it
grows, and how it pays lenders, social security and taxes. None looks back further than
the twelve months that firms portrayed a year ago have behind them, too. Chosen by what
a credit officer asks: the best of four lists on simulated counties 501, 502, 601, 602;
held against 701 and 702 (docs/method.md)."""

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


def allowed_traits(
    leaking: Collection[str], traits: Sequence[Expected] = PD_TRAITS
) -> tuple[Expected, ...]:
    """Return the traits of the card that do not carry the outcome.

    Args:
        leaking: traits refused.
        traits: that the card may use.

    Raises:
        AllLeakError: none is left.
    """
    allowed = tuple(one for one in traits if one.trait not in leaking)
    if not allowed:
        raise AllLeakError
    return allowed
