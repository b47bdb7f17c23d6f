"""Which products an enterprise is eligible for, why, and which suits it best."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from xiaowei.money import Fen
from xiaowei.offers.asked import Values, check_asked, known
from xiaowei.offers.eligibility import (
    STATES,
    Line,
    State,
    compiled,
    lines_of,
    state_of,
)
from xiaowei.offers.rules import All
from xiaowei.offers.strategy import Course, tier_line
from xiaowei.offers.tiers import Tier
from xiaowei.policy.products.product import (
    COLLATERALS,
    Product,
    Products,
    Purpose,
    leaves,
)
from xiaowei.said import Said

ORDER: Final = Said(
    "先取利率加点最低的，再取担保要求最少的，再取金额上限最高的，再取期限最长的，最后按产品代码",
    "the least added to the rate comes first, then the least security asked, then the"
    " largest amount, then the longest term, then the product's code",
)
"""How one of several products is chosen: what is best for the enterprise."""

_SECURITY: Final = tuple(COLLATERALS)


@dataclass(frozen=True, slots=True)
class Offering:
    """A product that held on a day, its conditions ready to be tested.

    Args:
        product: the product.
        eligible: its conditions as rules.
        facts: what they ask for.
    """

    product: Product
    eligible: All
    facts: frozenset[str]


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether an enterprise may have a product, and why.

    Args:
        product: the product.
        state: "met" where it may.
        lines: its tier, then each condition.
    """

    product: Product
    state: State
    lines: tuple[Line, ...]

    @property
    def eligible(self) -> bool:
        """Whether the enterprise may have it."""
        return self.state == "met"

    @property
    def text(self) -> Said:
        """The product and what came of it in one line."""
        title, said = self.product.title, STATES[self.state]
        return Said(f"{title.zh}：{said.zh}", f"{title.en}: {said.en}")


def offerings_on(products: Products, *, on: date) -> tuple[Offering, ...]:
    """Return the products that held on a day, by code, ready to be tested.

    Args:
        products: all of them.
        on: the day.

    Raises:
        UnknownFactsError: a product asks for a trait or fact that does not exist, or
            in another unit; every fault is named.
    """
    # Also those of other days, so that a version fails when it is set, not on its day.
    check_asked(products.entries.values())
    return tuple(
        Offering(
            one,
            compiled(one.eligible, code=one.code),
            frozenset(leaf.trait for leaf in leaves(one.eligible)),
        )
        for one in products.on(on)
    )


def judge_products(
    offerings: Iterable[Offering],
    *,
    values: Values,
    tier: Tier,
    course: Course | None = None,
) -> tuple[Verdict, ...]:
    """Return for each product whether an enterprise may have it, and why.

    Args:
        offerings: the products of the day.
        values: traits of its portrait as of the day, and facts of the desk; null, NaN
            or not there is unknown and meets no limit.
        tier: its tier.
        course: the strategy by which it is lent to; null where none binds.
    """
    verdicts = []
    for offering in offerings:
        product, code = offering.product, offering.product.code
        traits = known(values, facts=offering.facts)
        line = tier_line(product, tier=tier, course=course)
        lines = (line, *lines_of(offering.eligible, traits, code=code))
        state = (
            state_of(offering.eligible, traits) if line.state == "met" else "not_met"
        )
        verdicts.append(Verdict(product, state, lines))
    return tuple(verdicts)


def best_product(
    verdicts: Iterable[Verdict], *, purpose: Purpose, amount_fen: Fen | None = None
) -> Product | None:
    """Return the product that suits an enterprise best, in the order of ORDER.

    Args:
        verdicts: of all products.
        purpose: what the money is for: a renewal is never chosen for a new loan.
        amount_fen: how much it could carry; products that begin above it are passed
            over, and the amount that each could lend of it is what counts. None where
            it is not known yet.

    Returns:
        The product, or None where it may have none of that purpose.
    """
    able = [
        verdict.product
        for verdict in verdicts
        if verdict.eligible and verdict.product.purpose == purpose
    ]
    if amount_fen is not None:
        able = [one for one in able if one.amounts.within(amount_fen)]
    return min(able, key=lambda one: _place(one, amount_fen), default=None)


def _place(product: Product, amount_fen: Fen | None) -> tuple[Decimal | int | str, ...]:
    amounts = product.amounts
    most = amounts.max_fen if amount_fen is None else amounts.within(amount_fen)
    return (
        product.rate.adjustment_bp,
        _SECURITY.index(product.collateral),
        -most,
        -product.repayment.max_months,
        product.code,
    )
