"""How the bank lends on a day: its products and strategies, ready to be asked."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from xiaowei.decisions.silence import told_by_silence
from xiaowei.desk.bearing.heard import Heard
from xiaowei.offers.asked import Values
from xiaowei.offers.products import Offering, Verdict, judge_products, offerings_on
from xiaowei.offers.strategy import Course, check_strategies, course_of
from xiaowei.offers.tiers import Tier
from xiaowei.policy.products.reading import load_products
from xiaowei.policy.strategy.reading import load_strategies
from xiaowei.policy.strategy.strategy import Segment, Strategies, Strategy
from xiaowei.verification.finding import SEVERITIES

_AGE: Final = "founded_days_since"
_LEAST_DAYS: Final = 28
"""Of a month."""

_BARS: Final = ("court_dishonest_now", "court_restricted_now")


@dataclass(frozen=True, slots=True, kw_only=True)
class Ways:
    """How the bank lends on a day.

    Args:
        offerings: its products.
        strategies: one of each segment.
    """

    offerings: tuple[Offering, ...]
    strategies: Mapping[Segment, Strategy]

    def course(self, tier: Tier, values: Values, *, heard: Heard | None) -> Course:
        """Return the strategy by which a firm is lent to.

        Args:
            tier: of the firm.
            values: what is known of it.
            heard: what can be judged in its run; null for everything.
        """
        ages = heard is None or heard.ages
        return course_of(self.strategies, tier=tier, values=values if ages else None)

    def verdicts(
        self, tier: Tier, values: Values, *, course: Course
    ) -> tuple[Verdict, ...]:
        """Return for each product whether a firm may have it, and why.

        Args:
            tier: of the firm.
            values: what is known of it.
            course: the strategy by which it is lent to.
        """
        return judge_products(self.offerings, values=values, tier=tier, course=course)


def ways_on(day: date, *, strategies: Strategies | None = None) -> Ways:
    """Return how the bank lends on a day.

    Args:
        day: the day.
        strategies: the bank's own; null for those shipped.

    Raises:
        NoStrategyError: a segment has none.
        UnknownFactsError, UnknownProductsError: products or strategies name what there
            is not.
    """
    offerings = offerings_on(load_products(), on=day)
    held = (strategies or load_strategies()).on(day)
    check_strategies(held, products=[one.product for one in offerings])
    return Ways(offerings=offerings, strategies=held)


def values_of(
    traits: Mapping[str, float | None],
    *,
    pd: float | None,
    pd_high: float | None,
    worst: int | None,
    defaulted: object,
    held: Collection[str] = (),
) -> dict[str, float | None]:
    """Return what is known of a firm, as products ask for it.

    Args:
        traits: of its portrait.
        pd: probability of default.
        pd_high: upper end of its interval.
        worst: severity of its worst finding; null where nothing was checked.
        defaulted: whether a default is on our record. No run is made without that
            record, so a firm that is not on it has none, as for its tier.
        held: families that state anything of anybody; what their silence says of a
            firm counts, see `decisions.silence`.

    Returns:
        The traits, the age unknown where a firm sold before the day on which it was
        founded by its register; and of the facts that the desk supplies those that a
        run knows: PD, worst finding, defaults on record, bars by court.
    """
    bars = [traits.get(name) for name in _BARS]
    stated = [one for one in bars if one is not None]
    values = {
        **traits,
        _AGE: _age(traits),
        "pd": pd,
        "pd_high": pd_high,
        "worst_finding": worst,
        "defaults": float(bool(defaulted)),
        "court_bars": sum(stated) if len(stated) == len(bars) else None,
    }
    # What may not be looked at is not there: of it no source is silent.
    return values | dict.fromkeys(told_by_silence(values, held=held, closed=()), 0.0)


def _age(traits: Mapping[str, float | None]) -> float | None:
    days, months = traits.get(_AGE), traits.get("sales_history_months")
    if days is None or months is None:
        return days
    return days if days >= (months - 1) * _LEAST_DAYS else None


def facts_of(
    firm: Mapping[str, Any], *, held: Collection[str] = ()
) -> dict[str, float | None]:
    """Return what a run on record knows of a firm, as products ask for it.

    Args:
        firm: as the run's document has it.
        held: families that state anything of anybody in the run.
    """
    spoken = [one for one in firm["findings"] if one.get("outcome") != "silent"]
    worst = [SEVERITIES.index(one["severity"]) for one in spoken]
    return values_of(
        firm["traits"],
        pd=firm["pd"],
        pd_high=firm["pd_high"],
        worst=max(worst, default=None),
        defaulted=firm["defaulted"],
        held=held,
    )
