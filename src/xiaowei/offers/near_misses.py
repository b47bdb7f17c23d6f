"""Products that an enterprise just misses, how far, and what would have to change.

Each change is tested before it is named: with all changes of a near miss made, the
enterprise is eligible. Not named are what cannot come about, such as a firm that would
have to be younger, what would make it riskier, and another tier, which follows from
much else.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from itertools import groupby
from typing import Final, TypeAlias

from xiaowei.offers.asked import FACTS, Values, known, rounded, shown, written
from xiaowei.offers.eligibility import asks
from xiaowei.offers.products import Offering
from xiaowei.offers.rules import All, Condition, Rule, Traits
from xiaowei.offers.strategy import Course, tier_line
from xiaowei.offers.tiers import Tier
from xiaowei.policy.products.product import Product
from xiaowei.said import Said

AT_MOST: Final = 2
"""How many facts may have to change for a product still to be near."""

FARTHEST: Final = Decimal(1)
"""How far from its limit a fact may be for a product still to be near, in limits."""

_PARTLY: Final = frozenset({"share", "ratio"})
_FINEST: Final = Decimal("0.0001")
_FOR_NOTHING: Final[Mapping[str, Decimal]] = {
    "fen": Decimal(10**6),
    "days": Decimal(30),
}
"""What farness is told in where the limit is 0: 10,000 yuan, a month, 1 of all else."""

_BOTH_WAYS: Final = frozenset({"fen", "share", "ratio", "grade"})
"""Units that know values below 0."""

_NO_END: Final = Said("", "")

_Mend: TypeAlias = tuple[Rule, ...]


@dataclass(frozen=True, slots=True)
class Change:
    """One fact that would have to be another.

    Args:
        rules: what it does not meet; first the one that is hardest to meet.
        value: what it is, or null where unknown.
        target: the nearest value that would do.
    """

    rules: tuple[Rule, ...]
    value: Decimal | None
    target: Decimal

    @property
    def rule(self) -> Rule:
        """The rule that is hardest to meet."""
        return self.rules[0]

    @property
    def gap(self) -> Decimal | None:
        """How far it is from what would do, above 0, in its unit; null if unknown."""
        return None if self.value is None else abs(self.target - self.value)

    @property
    def farness(self) -> Decimal | None:
        """How many limits it is away; null if unknown."""
        if self.gap is None:
            return None
        unit = FACTS[self.rule.trait].unit
        return self.gap / (abs(self.rule.limit) or _FOR_NOTHING.get(unit, Decimal(1)))

    @property
    def by_waiting(self) -> bool:
        """Whether it comes about by itself, one a day or month."""
        drift = FACTS[self.rule.trait].drift
        return self.value is not None and (self.target - self.value) * drift > 0

    @property
    def text(self) -> Said:
        """What would have to change, and how far."""
        label, unit = self.rule.label, FACTS[self.rule.trait].unit
        if self.value is None or self.gap is None:
            due = [asks(rule) for rule in self.rules]
            return Said(
                f"{label.zh}未知：补充材料，且须{'、'.join(one.zh for one in due)}",
                f"{label.en} is unknown: papers are due that show "
                + " and ".join(one.en for one in due),
            )
        have, goal = shown(self.rule, self.value), written(self.target, unit)
        gap = written(rounded(self.gap, unit) or self.gap, unit)
        end = (
            Said("，随时间可达", ", which time brings") if self.by_waiting else _NO_END
        )
        return Said(
            f"{label.zh}由 {have.zh} 变为 {goal.zh}，相差 {gap.zh}{end.zh}",
            f"{label.en} from {have.en} to {goal.en}, {gap.en} away{end.en}",
        )


@dataclass(frozen=True, slots=True)
class NearMiss:
    """A product that an enterprise just misses.

    Args:
        product: the product.
        changes: all that would have to change, each fact once.
    """

    product: Product
    changes: tuple[Change, ...]

    @property
    def after(self) -> Mapping[str, Decimal]:
        """The facts as they would have to be."""
        return {change.rule.trait: change.target for change in self.changes}

    @property
    def lines(self) -> tuple[Said, ...]:
        """The product, and each change."""
        title, count = self.product.title, len(self.changes)
        head = Said(
            f"{title.zh}：差 {count} 项",
            f"{title.en}: {count} change{'' if count == 1 else 's'} away",
        )
        return (head, *(change.text for change in self.changes))


def near_misses(
    offerings: Iterable[Offering],
    *,
    values: Values,
    tier: Tier,
    course: Course | None = None,
    at_most: int = AT_MOST,
    farthest: Decimal = FARTHEST,
) -> tuple[NearMiss, ...]:
    """Return the products that an enterprise is not eligible for but nearly.

    Args:
        offerings: the products of the day.
        values: see `judge_products`.
        tier: its tier; products that are not offered to it are never near.
        course: the strategy by which it is lent to; what it does not offer is never
            near either. Null where none binds.
        at_most: how many facts may have to change, at least 1.
        farthest: how far each may be from its limit, in limits, above 0.

    Returns:
        The nearest first: the fewest changes, then the fewest facts unknown, then the
        smallest gaps beside their limits, then by code.
    """
    found = [
        NearMiss(offering.product, changes)
        for offering in offerings
        if tier_line(offering.product, tier=tier, course=course).state == "met"
        if (changes := _nearest(offering, values, at_most, farthest))
    ]
    return tuple(sorted(found, key=lambda one: (_far(one.changes), one.product.code)))


def _nearest(
    offering: Offering, values: Values, at_most: int, farthest: Decimal
) -> tuple[Change, ...]:
    """Return the nearest changes that make an enterprise eligible; none if too far."""
    eligible, traits = offering.eligible, known(values, facts=offering.facts)
    able = [
        changes
        for mend in _mends(eligible, traits, at_most)
        if (changes := _changes(mend, traits))
        and all((one.farness or 0) <= farthest for one in changes)
        and eligible.hit({**traits, **{one.rule.trait: one.target for one in changes}})
    ]
    return min(able, key=_far, default=())


def _far(
    changes: tuple[Change, ...],
) -> tuple[int, int, Decimal, tuple[tuple[str, Decimal], ...]]:
    farness = [one.farness for one in changes if one.farness is not None]
    return (
        len(changes),
        len(changes) - len(farness),
        sum(farness, Decimal(0)),
        tuple((one.rule.trait, one.target) for one in changes),
    )


def _mends(condition: Condition, traits: Traits, at_most: int) -> list[_Mend]:
    """Return the sets of rules any of which would have to be met besides.

    Sets that touch more than `at_most` facts are dropped on the way, so that however a
    requirement nests few are left.
    """
    if condition.hit(traits):
        return [()]
    if isinstance(condition, Rule):
        return [(condition,)]
    if not isinstance(condition, All):
        return list(
            dict.fromkeys(
                mend
                for part in condition.parts
                for mend in _mends(part, traits, at_most)
            )
        )
    mends: list[_Mend] = [()]
    for part in condition.parts:
        more = _mends(part, traits, at_most)
        joined = [tuple(dict.fromkeys((*a, *b))) for a in mends for b in more]
        few = [one for one in joined if len({rule.trait for rule in one}) <= at_most]
        mends = list(dict.fromkeys(few))
    return mends


def _changes(mend: _Mend, traits: Traits) -> tuple[Change, ...]:
    """Return one change per fact; none where no value meets all that is asked of it."""
    changes = []
    ordered = sorted(mend, key=lambda rule: rule.trait)
    for trait, rules in groupby(ordered, key=lambda rule: rule.trait):
        change = _change(tuple(rules), traits[trait])
        if change is None:
            return ()
        changes.append(change)
    return tuple(changes)


def _change(rules: _Mend, value: Decimal | None) -> Change | None:
    """Return the nearest change of one fact that meets every rule, if there is any."""
    able = [
        Change((rule, *(one for one in rules if one != rule)), value, target)
        for rule in rules
        if _can_be(rule.trait, value, target := _target(rule))
        and all(other.hit({rule.trait: target}) for other in rules)
    ]
    return min(able, key=lambda one: (one.gap or 0, one.target), default=None)


def _target(rule: Rule) -> Decimal:
    """Return the value nearest to the limit that meets a rule, in whole steps."""
    step = _FINEST if FACTS[rule.trait].unit in _PARTLY else Decimal(1)
    up = rule.comparison in (">", ">=")
    places = (rule.limit / step).to_integral_value(ROUND_CEILING if up else ROUND_FLOOR)
    target = places * step
    if rule.hit({rule.trait: target}):
        return target
    return target + step if up else target - step


def _can_be(trait: str, value: Decimal | None, target: Decimal) -> bool:
    fact = FACTS[trait]
    if target < 0 and fact.unit not in _BOTH_WAYS:
        return False
    if value is None:
        return True
    if target < value:
        return not fact.grows and fact.risk != "lower_is_riskier"
    return fact.risk != "higher_is_riskier"
