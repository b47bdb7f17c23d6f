"""Questions to rules: is there a firm for which they come to this?"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from xiaowei.decisions.rules.grammar import Rule, Value
from xiaowei.decisions.rules.regions import Axis, axes_of
from xiaowei.decisions.rules.search import MOST_STEPS, Domains, Formula, comes_to, found
from xiaowei.decisions.rules.settled import Settled
from xiaowei.decisions.rules.truth import Truth

Row: TypeAlias = Mapping[str, Value | None]


@dataclass(frozen=True)
class Questions:
    """What may be asked of settled rules.

    Args:
        settled: the rules.
        most: steps that one question may take.
    """

    settled: Settled
    most: int = MOST_STEPS
    axes: Mapping[str, Axis] = field(init=False)
    _made: dict[tuple[str, frozenset[Truth], str], Formula] = field(
        init=False, default_factory=dict
    )

    def __post_init__(self) -> None:
        """Cut every field into its regions."""
        object.__setattr__(self, "axes", axes_of(self.settled.rules))

    @property
    def rules(self) -> tuple[Rule, ...]:
        """The rules, in order."""
        return self.settled.rules.rules

    @property
    def domains(self) -> Domains:
        """Every field, free."""
        return {name: axis.full for name, axis in self.axes.items()}

    def truth(
        self, rule: Rule, may: Iterable[Truth], *, copied: str | None = None
    ) -> Formula:
        """Return that a rule comes to one of several truths.

        Args:
            rule: which.
            may: the truths.
            copied: a field for which another variable stands, or null.
        """
        key = (rule.code, frozenset(may), copied or "")
        if key not in self._made:
            renamed = {copied: copy_of(copied)} if copied else None
            self._made[key] = comes_to(rule.when, may, axes=self.axes, renamed=renamed)
        return self._made[key]

    def fires(self, place: int, *, copied: str | None = None) -> list[Formula]:
        """Return that a rule is the first not to be false, and true."""
        return self._first(place, (True,), copied)

    def halts(self, place: int, *, copied: str | None = None) -> list[Formula]:
        """Return that a rule is the first not to be false, and unknown."""
        return self._first(place, (None,), copied)

    def none_decides(self, *, copied: str | None = None) -> list[Formula]:
        """Return that no rule decides."""
        return self._passed(len(self.rules), copied)

    def row(
        self, formulas: Sequence[Formula], *, domains: Domains | None = None
    ) -> dict[str, Value | None] | None:
        """Return a firm for which all hold, or null where there cannot be one.

        Args:
            formulas: all of them.
            domains: variables and regions, where others than every field, free.

        Raises:
            NotProvenError: it takes more steps than one question may.
        """
        free = self.domains if domains is None else domains
        narrow = found(formulas, free, most=self.most)
        if narrow is None:
            return None
        return {name: self._example(name, mask) for name, mask in narrow.items()}

    def _example(self, variable: str, mask: int) -> Value | None:
        lowest = (mask & -mask).bit_length() - 1
        return self.axes[variable.removesuffix(_COPY)].examples[lowest]

    def _first(
        self, place: int, may: Iterable[Truth], copied: str | None
    ) -> list[Formula]:
        own = self.truth(self.rules[place], may, copied=copied)
        return [own, *self._passed(place, copied)]

    def _passed(self, place: int, copied: str | None) -> list[Formula]:
        return [
            self.truth(rule, (False,) if _halts(rule) else (False, None), copied=copied)
            for rule in self.rules[:place]
        ]


_COPY = "'"


def copy_of(name: str) -> str:
    """Return the variable that stands for a field in another firm alike but for it."""
    return name + _COPY


def _halts(rule: Rule) -> bool:
    """Say whether an unknown rule decides."""
    return rule.when_unknown != "skip"
