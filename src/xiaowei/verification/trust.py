"""How far each trait of a portrait is to be believed after the findings."""

from collections.abc import Iterable, Mapping
from typing import Final

from xiaowei.portraits.traits.trait import Trait
from xiaowei.verification.combine import Suspicion, Weights, chance, logit
from xiaowei.verification.finding import Check

_STATED: Final = frozenset({"enterprises", "owners"})
"""Families that checks need to compare firms by, and that they do not doubt."""
_OWN_WORD: Final = frozenset({"invoices", "declarations", "statements", "order_claims"})
"""What an enterprise writes itself. A check that looks at nothing but who stands behind
it, as one of a shared address, casts doubt on these."""


def doubts(
    one: Suspicion, checks: Iterable[Check], *, weights: Weights
) -> dict[str, float]:
    """Return how far each family of facts is doubted.

    A family is doubted as far as the strongest finding that looks at it makes deceit
    likely, on its own. A finding on who stands behind an enterprise casts doubt on all
    that the enterprise writes itself.

    Args:
        one: how likely the enterprise deceives, and why.
        checks: all checks.
        weights: what evidence counts.

    Returns:
        family of facts to 0..1; families that no finding speaks against are left out.
    """
    looks_at = {check.name: set(check.needs) - _STATED or _OWN_WORD for check in checks}
    base = logit(weights.prevalence)
    found: dict[str, float] = {}
    for part in one.parts:
        if part.finding is None or part.log_odds <= 0:
            continue
        doubt = chance(base + part.log_odds)
        for family in looks_at.get(part.finding.check, ()):
            found[family] = max(found.get(family, 0.0), doubt)
    return found


def trust(traits: Iterable[Trait], doubted: Mapping[str, float]) -> dict[str, float]:
    """Return how far each trait is believed.

    Args:
        traits: of the dictionary.
        doubted: family of facts to how far it is doubted, as of `doubts`.

    Returns:
        trait to 0..1: one less the doubt of its most doubted source.
    """
    return {
        trait.name: 1.0
        - max((doubted.get(source, 0.0) for source in trait.sources), default=0.0)
        for trait in traits
    }
