"""The three tiers of decision, why an enterprise is in one, and what moves it.

Risk-warning is asked first, then high-potential; all others are steady. An enterprise
that has a tier leaves it only when a boundary is crossed by its margin, so that a PD
that trembles about a boundary does not change the tier each month. A severe finding
or a default on record has no margin: it counts at once.

What is unknown never gives a better tier than any value would: an unknown PD or
severity is a warning, an unknown growth, interval or value is no high potential.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Final, Literal, TypeAlias

from xiaowei.offers.rules import All, Any, Condition, Ease, Reason, Rule, Traits
from xiaowei.policy.book import Book
from xiaowei.said import Said

Tier: TypeAlias = Literal["high_potential", "steady", "risk_warning"]

TIERS: Final[Mapping[Tier, Said]] = {
    "high_potential": Said("高潜力支持型", "high-potential"),
    "steady": Said("稳健型", "steady"),
    "risk_warning": Said("风险警示型", "risk-warning"),
}
"""Each tier and what it is called, best first."""

_FOUR_DECIMALS: Final = Decimal("0.0001")
_PD: Final = Said("违约概率", "probability of default")
_PD_HIGH: Final = Said("违约概率区间上端", "upper end of the PD interval")
_GROWTH: Final = Said("销售年增长", "growth of sales in a year")
_VALUE: Final = Said("每元授信期望利润", "expected profit per yuan offered")
_SEVERITY: Final = Said(
    "未结核验发现的最高严重程度（0无，3高）",
    "worst open finding (0 none, 3 high)",
)
_DEFAULTS: Final = Said("违约记录数", "defaults on record")


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What the tier of an enterprise is decided on; None for what is unknown.

    Args:
        pd: probability of default, 0..1.
        pd_high: upper end of its interval, 0..1.
        growth: sales of 12 months over those of the 12 before, less 1.
        expected_value: yearly profit per yuan offered at the best rate.
        worst_finding: severity of the worst open finding: 0 none, 1 low, 2 medium,
            3 high; None where nothing was checked.
        defaults: defaults on record; 0 where none is known.
    """

    pd: float | None
    pd_high: float | None
    growth: float | None
    expected_value: float | None
    worst_finding: int | None
    defaults: int

    @property
    def traits(self) -> Traits:
        """The same to four decimals, as rules compare it; NaN is unknown."""
        return {
            "pd": _decimal(self.pd),
            "pd_high": _decimal(self.pd_high),
            "growth": _decimal(self.growth),
            "expected_value": _decimal(self.expected_value),
            "worst_finding": _count(self.worst_finding),
            "defaults": _count(self.defaults),
        }


@dataclass(frozen=True, slots=True)
class TierRules:
    """What puts an enterprise into the first and the last tier."""

    high_potential: All
    risk_warning: Any


@dataclass(frozen=True, slots=True)
class Tiering:
    """The tier of an enterprise and why.

    Args:
        tier: the tier.
        previous: the tier before, if there was one.
        reasons: the rules that decided, with the values they met: for risk-warning
            those that hit, for high-potential all, for steady those that keep it from
            high-potential.
    """

    tier: Tier
    previous: Tier | None
    reasons: tuple[Reason, ...]

    @property
    def lines(self) -> tuple[Said, ...]:
        """The tier and its reasons, for people."""
        name = TIERS[self.tier]
        head = Said(f"分层：{name.zh}", f"tier: {name.en}")
        return (head, *(reason.text for reason in self.reasons))


def tier_rules(book: Book, *, on: date) -> TierRules:
    """Return the rules of the tiers with the limits that held on a day.

    Args:
        book: the bank's numbers.
        on: the day asked for.

    Raises:
        UnknownNumberError: the book lacks a limit or a margin.
        NotYetSetError: the day lies before one's first value.
    """

    def number(name: str) -> Decimal:
        return book.number(name, on=on)

    pd, pd_high = number("margin_pd"), number("margin_pd_high")
    growth, value = number("margin_growth"), number("margin_expected_value")
    low, high = number("high_potential_pd"), number("high_potential_pd_high")
    grows, earns = (
        number("high_potential_growth"),
        number("high_potential_expected_value"),
    )
    mild = number("high_potential_severity")
    severe, failed = number("risk_warning_severity"), number("risk_warning_defaults")
    return TierRules(
        high_potential=All(
            (
                Rule("H1", "pd", _PD, "<", low, pd),
                Rule("H2", "pd_high", _PD_HIGH, "<", high, pd_high),
                Rule("H3", "growth", _GROWTH, ">", grows, growth),
                Rule("H4", "expected_value", _VALUE, ">", earns, value),
                Rule("H5", "worst_finding", _SEVERITY, "<=", mild),
            )
        ),
        risk_warning=Any(
            (
                Rule("W1", "pd", _PD, ">=", number("risk_warning_pd"), pd),
                Rule("W2", "pd", _PD, "unknown"),
                Rule("W3", "worst_finding", _SEVERITY, ">=", severe),
                Rule("W4", "worst_finding", _SEVERITY, "unknown"),
                Rule("W5", "defaults", _DEFAULTS, ">=", failed),
            )
        ),
    )


def decide_tier(
    standing: Standing, *, rules: TierRules, previous: Tier | None = None
) -> Tiering:
    """Return the tier of an enterprise and the rules that decided it.

    Args:
        standing: what is known of it.
        rules: the rules of the day.
        previous: the tier it has had, None for a first decision.
    """
    traits = standing.traits
    warning = _moved(rules.risk_warning, "risk_warning", previous)
    if warning.hit(traits):
        hits = tuple(reason for reason in warning.reasons(traits) if reason.hit)
        return Tiering("risk_warning", previous, hits)
    potential = _moved(rules.high_potential, "high_potential", previous)
    reasons = potential.reasons(traits)
    if potential.hit(traits):
        return Tiering("high_potential", previous, reasons)
    failed = tuple(reason for reason in reasons if not reason.hit)
    return Tiering("steady", previous, failed)


def _moved(condition: Condition, tier: Tier, previous: Tier | None) -> Condition:
    ease: Ease = 0 if previous is None else 1 if previous == tier else -1
    return condition.eased(ease)


def _decimal(value: float | None) -> Decimal | None:
    """Return a number to four decimals, so that what is compared is what is shown."""
    if value is None or math.isnan(value):
        return None
    return Decimal(str(value)).quantize(_FOUR_DECIMALS, rounding=ROUND_HALF_UP)


def _count(value: int | None) -> Decimal | None:
    return None if value is None else Decimal(value)
