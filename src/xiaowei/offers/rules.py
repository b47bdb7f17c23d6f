"""Rules as data: a trait, an operator and a limit, joined by all or any.

A rule tests itself and says itself from the same operator and limit, so its words
cannot drift from its deed. What is unknown meets no limit; that it is unknown is a
rule of its own.
"""

import operator
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Final, Literal, TypeAlias

from xiaowei.errors import InputError
from xiaowei.said import Said

Comparison: TypeAlias = Literal["<", "<=", ">", ">=", "unknown"]
Traits: TypeAlias = Mapping[str, Decimal | None]
"""Trait to value; None for what is unknown."""

Ease: TypeAlias = Literal[-1, 0, 1]
"""Whether a rule is made harder to meet by its margin, left, or made easier."""

_TESTS: Final[Mapping[str, Callable[[Decimal, Decimal], bool]]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
_NONE: Final = Decimal(0)


@dataclass(frozen=True, slots=True)
class Rule:
    """One comparison of a trait with a limit.

    Args:
        code: its name in reasons and records.
        trait: the trait compared.
        label: what people call the trait.
        comparison: how it is compared; "unknown" holds where there is no value.
        limit: what with; not used by "unknown".
        margin: how far beyond the limit counts as clearly beyond, at least 0.
    """

    code: str
    trait: str
    label: Said
    comparison: Comparison
    limit: Decimal = _NONE
    margin: Decimal = _NONE

    @property
    def text(self) -> Said:
        """Say the rule, e.g. ('违约概率 < 0.05', 'probability of default < 0.05')."""
        if self.comparison == "unknown":
            return Said(f"{self.label.zh} 未知", f"{self.label.en} unknown")
        return Said(
            f"{self.label.zh} {self.comparison} {self.limit}",
            f"{self.label.en} {self.comparison} {self.limit}",
        )

    def eased(self, ease: Ease) -> "Rule":
        """Return the rule moved by its margin.

        Args:
            ease: 1 to make it easier to meet, -1 harder, 0 for the rule itself.
        """
        if self.comparison == "unknown" or not ease or not self.margin:
            return self
        up = self.margin if self.comparison in ("<", "<=") else -self.margin
        return replace(self, limit=self.limit + ease * up, margin=_NONE)

    def hit(self, traits: Traits) -> bool:
        """Test whether the rule holds.

        Raises:
            MissingTraitError: the traits do not speak of this one at all.
        """
        value = self._value(traits)
        if self.comparison == "unknown":
            return value is None
        return value is not None and _TESTS[self.comparison](value, self.limit)

    def reasons(self, traits: Traits) -> tuple["Reason", ...]:
        """Return the rule with the value it met.

        Raises:
            MissingTraitError: the traits do not speak of this one at all.
        """
        return (Reason(self, self._value(traits), hit=self.hit(traits)),)

    def _value(self, traits: Traits) -> Decimal | None:
        if self.trait not in traits:
            raise MissingTraitError(self, traits)
        return traits[self.trait]


@dataclass(frozen=True, slots=True)
class Reason:
    """A rule, the value it met, and whether it held."""

    rule: Rule
    value: Decimal | None
    hit: bool

    @property
    def text(self) -> Said:
        """Say what was compared with what, and what came of it."""
        rule = self.rule.text
        if self.value is None and self.rule.comparison == "unknown":
            return rule
        zh = "未知" if self.value is None else str(self.value)
        en = "unknown" if self.value is None else str(self.value)
        met = Said("符合", "holds") if self.hit else Said("不符合", "does not hold")
        return Said(
            f"{self.rule.label.zh}为 {zh}：“{rule.zh}”{met.zh}",
            f"{self.rule.label.en} is {en}: '{rule.en}' {met.en}",
        )


@dataclass(frozen=True, slots=True)
class All:
    """Holds where each of its parts holds."""

    parts: tuple["Condition", ...]

    @property
    def text(self) -> Said:
        """Say every part."""
        return _joined(self.parts, Said("，且 ", " and "))

    def eased(self, ease: Ease) -> "All":
        """Return the same with every part moved by its margin."""
        return All(tuple(part.eased(ease) for part in self.parts))

    def hit(self, traits: Traits) -> bool:
        """Test whether every part holds."""
        return all(part.hit(traits) for part in self.parts)

    def reasons(self, traits: Traits) -> tuple[Reason, ...]:
        """Return every rule with the value it met."""
        return tuple(reason for part in self.parts for reason in part.reasons(traits))


@dataclass(frozen=True, slots=True)
class Any:
    """Holds where at least one of its parts holds."""

    parts: tuple["Condition", ...]

    @property
    def text(self) -> Said:
        """Say every part."""
        return _joined(self.parts, Said("，或 ", " or "))

    def eased(self, ease: Ease) -> "Any":
        """Return the same with every part moved by its margin."""
        return Any(tuple(part.eased(ease) for part in self.parts))

    def hit(self, traits: Traits) -> bool:
        """Test whether at least one part holds."""
        return any(part.hit(traits) for part in self.parts)

    def reasons(self, traits: Traits) -> tuple[Reason, ...]:
        """Return every rule with the value it met."""
        return tuple(reason for part in self.parts for reason in part.reasons(traits))


Condition: TypeAlias = Rule | All | Any


class MissingTraitError(InputError):
    """A rule needs a trait that the traits do not speak of."""

    def __init__(self, rule: Rule, traits: Traits) -> None:
        """Name the rule, the trait and what there is."""
        super().__init__(
            f"rule '{rule.code}' needs trait '{rule.trait}', which is not among: "
            + ", ".join(sorted(traits)),
            expected="every trait of the rules, with None for what is unknown",
            remedy="State the trait, or None",
        )


def _joined(parts: Sequence[Condition], word: Said) -> Said:
    texts = [part.text for part in parts]
    return Said(
        word.zh.join(text.zh for text in texts), word.en.join(t.en for t in texts)
    )
