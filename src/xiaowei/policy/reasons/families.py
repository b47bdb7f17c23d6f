"""Families of reasons: which traits go together, and which may never be a reason."""

from collections.abc import Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase

from xiaowei.said import Said


@dataclass(frozen=True, slots=True)
class Family:
    """Traits that are one reason to whoever reads it.

    Args:
        key: what code calls it; of a trait that no family holds, the trait.
        title: what people call it.
        traits: patterns of names.
        why_withheld: why it may never be a reason, or null where it may.
    """

    key: str
    title: Said
    traits: tuple[str, ...] = ()
    why_withheld: Said | None = None

    @property
    def withheld(self) -> bool:
        """Whether it may never be a reason."""
        return self.why_withheld is not None


@dataclass(frozen=True, slots=True)
class Families:
    """All families.

    Args:
        told: key to family, of those that may be a reason.
        withheld: key to family, of those that may not.
    """

    told: Mapping[str, Family]
    withheld: Mapping[str, Family]

    def of(self, trait: str) -> Family:
        """Return the family of a trait; one that no family holds is its own.

        What is withheld is looked for first; then the longest pattern wins.
        """
        return (
            _longest(self.withheld, trait)
            or _longest(self.told, trait)
            or Family(trait, Said(trait, trait), (trait,))
        )


def _longest(families: Mapping[str, Family], trait: str) -> Family | None:
    name = trait.casefold()
    fits = [
        (len(pattern.strip("*")), family.key)
        for family in families.values()
        for pattern in family.traits
        if fnmatchcase(name, pattern.casefold())
    ]
    return families[max(fits)[1]] if fits else None
