"""Which traits the PD card may use, with the sign that experts expect of each."""

from typing import Final

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
