"""What a profile of a trade states: dimensions, weights, checks, papers and reasons."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final, Literal, get_args

from xiaowei.said import Said

Emphasis = Literal["more", "less", "none"]

EMPHASES: Final[tuple[Emphasis, ...]] = get_args(Emphasis)
"""How a check counts: more or less than elsewhere, or not at all (not applicable)."""


@dataclass(frozen=True, slots=True)
class Dimension:
    """One side that an enterprise is judged on.

    Args:
        key: unique.
        title: what it is called.
        traits: what it is told by, in equal parts; a minus before the name where less
            is better.
    """

    key: str
    title: Said
    traits: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Stress:
    """How a check counts for a trade, and why."""

    emphasis: Emphasis
    reason: Said


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """What a trade is judged on.

    Args:
        key: unique.
        codes: of GB/T 4754; "" for all that have none of their own.
        since: first day it holds.
        title: what it is called.
        reason: why the trade is judged so.
        weights: dimension to its share; they add up to 1.
        checks: name of a check to how it counts; the others count as elsewhere.
        papers: what an enterprise of the trade hands in besides.
        set_by: who set it.
        reference: title, and href where there is one.
    """

    key: str
    codes: tuple[str, ...]
    since: date
    title: Said
    reason: Said
    weights: Mapping[str, Decimal]
    checks: Mapping[str, Stress]
    papers: tuple[Said, ...]
    set_by: str
    reference: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Profiles:
    """All profiles, and the dimensions that they weigh."""

    dimensions: Mapping[str, Dimension]
    profiles: Mapping[str, Profile]

    def on(self, code: str, day: date) -> Profile | None:
        """Return the latest profile of exactly that code that holds on a day."""
        held = [
            profile
            for profile in self.profiles.values()
            if code in profile.codes and profile.since <= day
        ]
        return max(held, key=lambda profile: profile.since, default=None)
