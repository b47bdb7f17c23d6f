"""What the bank's strategy for a tier, or for new firms, states."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final, Literal, TypeAlias, get_args

from xiaowei.errors import NotFoundError
from xiaowei.policy.products.product import Requirement
from xiaowei.said import Said

Segment: TypeAlias = Literal["high_potential", "steady", "risk_warning", "newcomer"]
Staged: TypeAlias = Literal["may", "only"]

SEGMENTS: Final[tuple[Segment, ...]] = get_args(Segment)
"""The tiers, by the names they have in offers, and new firms of any of them."""

STAGED: Final[Mapping[Staged, Said]] = {
    "may": Said("可一次放款，也可分期", "at once or in stages, as the product has it"),
    "only": Said("只可分期放款", "in stages alone"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Strategy:
    """How the bank lends to one segment from a day on.

    Args:
        segment: to whom.
        since: first day it holds.
        until: first day it no longer holds, or None.
        title: what it is called.
        reason: why it is as it is.
        established_when: what a firm must meet not to count as new; only of newcomers.
        limit_share: share of the limit that is lent at most, above 0 to 1.
        rate_bp: basis points added to the rate that risk and demand ask for.
        longest_months: the longest term.
        review_months: months until the limit is looked at again.
        watch_days: days between two looks at the firm's facts.
        products: codes of products that may be offered.
        staged: whether only loans released in stages may be.
        set_by: who set it.
        reference: title, and href where there is one.
    """

    segment: Segment
    since: date
    until: date | None
    title: Said
    reason: Said
    established_when: Requirement | None
    limit_share: Decimal
    rate_bp: int
    longest_months: int
    review_months: int
    watch_days: int
    products: tuple[str, ...]
    staged: Staged
    set_by: str
    reference: Mapping[str, str]


class NoStrategyError(NotFoundError):
    """A segment has no strategy on a day."""

    def __init__(self, segment: Segment, day: date) -> None:
        """Name both."""
        super().__init__(
            f"no strategy for '{segment}' holds on {day}",
            expected="one that began by the day and has not ended",
            remedy="Ask for a later day, or state one in strategy.yaml of the home",
        )


@dataclass(frozen=True, slots=True)
class Strategies:
    """All strategies, with all their versions.

    Args:
        entries: name in the file to the strategy.
    """

    entries: Mapping[str, Strategy]

    def on(self, day: date) -> Mapping[Segment, Strategy]:
        """Return the strategy of each segment that held on a day.

        Of each segment the version begun last by the day counts.

        Raises:
            NoStrategyError: a segment has none, or its last one has ended.
        """
        held: dict[Segment, Strategy] = {}
        for segment in SEGMENTS:
            begun = [
                one
                for one in self.entries.values()
                if one.segment == segment and one.since <= day
            ]
            last = max(begun, key=lambda one: one.since, default=None)
            if last is None or (last.until is not None and last.until <= day):
                raise NoStrategyError(segment, day)
            held[segment] = last
        return held
