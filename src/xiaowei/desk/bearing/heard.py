"""What the sources of a run can tell at all: which caps, products and ages are judged.

A source that says nothing of any firm is silent: what would follow from it binds
nobody, and that is said. A source that speaks of others and not of one firm leaves
that firm unknown, which lets nothing through.
"""

from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass
from typing import Any, Final

from xiaowei.offers.asked import Values
from xiaowei.offers.limits.limit import CAPS, CapName
from xiaowei.offers.products import Offering
from xiaowei.offers.strategy import asked_by
from xiaowei.policy.products.product import Condition, Requirement
from xiaowei.policy.strategy.strategy import Segment, Strategy
from xiaowei.said import Said

_PLAIN: Final[frozenset[CapName]] = frozenset({"turnover", "policy"})
"""What is left where no source tells anyone's cash."""

_FROM: Final[Mapping[CapName, frozenset[str]]] = {
    "cash": frozenset({"bank_flows"}),
    "need": frozenset({"bureau_loans"}),
    "buyer": frozenset(),
    "group": frozenset({"owners", "bureau_loans", "bureau_guarantees"}),
    "turnover": frozenset(),
    "policy": frozenset(),
}
"""Families without which a cap can be told of nobody."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """What can be judged in a run.

    Args:
        caps: of a limit.
        products: codes of products of which every condition is known of some firm.
        ages: whether the age of any firm is known.
        families: that state anything of anybody.
    """

    caps: frozenset[CapName]
    products: frozenset[str]
    ages: bool
    families: frozenset[str] = frozenset()

    @property
    def plain(self) -> dict[str, Any]:
        """Plain values for a document."""
        return {
            "caps": sorted(self.caps),
            "products": sorted(self.products),
            "ages": self.ages,
            "families": sorted(self.families),
        }

    @property
    def silent(self) -> tuple[Said, ...]:
        """What no source tells, and so binds nobody."""
        caps = [CAPS[name] for name in CAPS if name not in self.caps]
        lines = []
        if caps:
            zh = "、".join(one.zh for one in caps)
            en = ", ".join(one.en for one in caps)
            lines.append(
                Said(
                    f"无来源可测，不作约束：{zh}",
                    f"told by no source, so it binds nobody: {en}",
                )
            )
        if not self.ages:
            lines.append(
                Said(
                    "无来源说明企业存续时间，无企业按新设企业对待",
                    "no source tells how old firms are, so none counts as new",
                )
            )
        if not self.products:
            lines.append(
                Said(
                    "产品条件无来源可查，按通用条款授信",
                    "no source tells what products ask for: the general terms hold",
                )
            )
        return tuple(lines)


def heard_in(
    families: Iterable[str],
    values: Iterable[Values],
    *,
    offerings: Iterable[Offering],
    strategies: Mapping[Segment, Strategy],
) -> Heard:
    """Return what the sources of a run can tell at all.

    Args:
        families: that state anything.
        values: traits and facts of each firm.
        offerings: the products of the day.
        strategies: of the day.
    """
    spoken = frozenset(families)
    known = {
        name
        for one in values
        for name, value in one.items()
        if value is not None and value == value  # noqa: PLR0124 - NaN is unknown
    }
    caps = frozenset(name for name, due in _FROM.items() if due <= spoken)
    return Heard(
        caps=caps if "cash" in caps else _PLAIN,
        products=frozenset(
            one.product.code
            for one in offerings
            if _can_tell(one.product.eligible, known)
        ),
        # Months of sales alone tell when a source begins, not how old firms are.
        ages=bool((asked_by(strategies) - {"sales_history_months"}) & known),
        families=spoken,
    )


def _can_tell(requirement: Requirement, known: Set[str]) -> bool:
    """Test whether any firm could be known to meet a requirement."""
    if isinstance(requirement, Condition):
        return requirement.trait in known
    told = (_can_tell(part, known) for part in requirement.parts)
    return all(told) if requirement.join == "all" else any(told)


def heard_from(document: Mapping[str, Any]) -> Heard | None:
    """Return what could be judged in a run on record; null where it did not say.

    Args:
        document: of the run.
    """
    stated = document.get("portfolio", {}).get("judged")
    if stated is None:
        return None
    return Heard(
        caps=frozenset(stated["caps"]),
        products=frozenset(stated["products"]),
        ages=stated["ages"],
        families=frozenset(stated.get("families", ())),
    )
