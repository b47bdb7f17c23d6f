"""How a firm is lent to: the strategy of its tier, and of new firms where it is one.

Of two strategies that both hold, whichever asks for more care counts, number by
number; so a firm moves to the strategy of its new tier as soon as the tier moves.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from xiaowei.errors import NotFoundError
from xiaowei.offers.asked import UnknownFactsError, Values, faults_of, known
from xiaowei.offers.eligibility import Line, State, compiled, lines_of, state_of
from xiaowei.offers.tiers import TIERS, Tier
from xiaowei.policy.products.product import Product, leaves
from xiaowei.policy.strategy.strategy import STAGED, Segment, Staged, Strategy
from xiaowei.said import Said, percent

_NEW: Final[Segment] = "newcomer"
_POINT: Final = 100
"""Basis points of a percentage point."""


class UnknownProductsError(NotFoundError):
    """A strategy offers a product that there is not; every fault is named."""

    def __init__(self, faults: Sequence[str], codes: Iterable[str]) -> None:
        """Name each fault, and the products that there are."""
        super().__init__(
            "no such product on the day: " + "; ".join(faults),
            expected="codes of products that hold: " + ", ".join(sorted(codes)),
            remedy="Correct the code in the file of strategies, or add the product",
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """How one firm is lent to.

    Args:
        parts: the strategies that hold: of its tier, then of newcomers if it is one.
        why: how its age and trade on record came out; empty where nobody's are known.
        limit_share: share of its limit that is lent at most, above 0 to 1.
        rate_bp: basis points added to the rate that risk and demand ask for.
        longest_months: the longest term.
        review_months: months until its limit is looked at again.
        watch_days: days between two looks at its facts.
        products: codes of products that it may be offered.
        staged: whether only loans released in stages may be offered.
    """

    parts: tuple[Strategy, ...]
    why: tuple[Line, ...]
    limit_share: Decimal
    rate_bp: int
    longest_months: int
    review_months: int
    watch_days: int
    products: tuple[str, ...]
    staged: Staged

    @property
    def new(self) -> bool:
        """Whether the firm counts as new."""
        return any(part.segment == _NEW for part in self.parts)

    def offers(self, product: Product) -> bool:
        """Tell whether the strategy offers a product, by its stages and term."""
        staged = self.staged == "may" or bool(product.stages)
        return product.code in self.products and staged and not self.too_short(product)

    def too_short(self, product: Product) -> bool:
        """Tell whether the longest term is below the shortest of a product."""
        return self.longest_months < product.repayment.min_months

    @property
    def title(self) -> Said:
        """What the strategies that hold are called."""
        titles = [part.title for part in self.parts]
        return Said(
            "＋".join(one.zh for one in titles), " + ".join(one.en for one in titles)
        )

    @property
    def lines(self) -> tuple[Said, ...]:
        """What holds and why, in lines for people."""
        reasons = (
            Said(
                f"{part.title.zh}：{part.reason.zh}",
                f"{part.title.en}: {part.reason.en}",
            )
            for part in self.parts
        )
        return (*reasons, self.text, *(self._unmet() if self.new else ()))

    @property
    def text(self) -> Said:
        """Every number of it in one line."""
        share, more = percent(self.limit_share), self.rate_bp / _POINT
        staged = STAGED[self.staged]
        return Said(
            f"额度按测算的 {share}，利率加 {more:.2f} 个百分点，期限最长"
            f" {self.longest_months} 个月，每 {self.review_months} 个月复核，每"
            f" {self.watch_days} 天监测，{staged.zh}",
            f"{share} of the limit, {more:.2f} percentage points on the rate, at most"
            f" {self.longest_months} months, reviewed every {self.review_months}"
            f" months, watched every {self.watch_days} days, {staged.en}",
        )

    def _unmet(self) -> tuple[Said, ...]:
        return tuple(line.text for line in self.why if line.state != "met")


def tier_line(product: Product, *, tier: Tier, course: Course | None) -> Line:
    """Say whether a product is for a tier, and its strategy offers it.

    Args:
        product: any.
        tier: of the firm.
        course: the strategy by which it is lent to; null where none binds.
    """
    offered = course is None or course.offers(product)
    state: State = "met" if tier in product.tiers and offered else "not_met"
    allowed, name = [TIERS[one] for one in product.tiers], TIERS[tier]
    by = Said("", "") if course is None else _offer_said(product, course)
    return Line(
        f"{product.code}.tier",
        state,
        Said(
            f"分层为{name.zh}，要求{'或'.join(one.zh for one in allowed)}{by.zh}",
            f"tier is {name.en}, {' or '.join(one.en for one in allowed)} is due"
            f"{by.en}",
        ),
    )


def _offer_said(product: Product, course: Course) -> Said:
    """Say whether a strategy offers a product, and where terms do not meet, that."""
    offered = course.offers(product)
    zh, en = ("可提供", "offers") if offered else ("不提供", "does not offer")
    said = Said(
        f"；策略“{course.title.zh}”{zh}",
        f"; the strategy '{course.title.en}' {en} it",
    )
    if not course.too_short(product):
        return said
    longest, least = course.longest_months, product.repayment.min_months
    return Said(
        f"{said.zh}：期限最长 {longest} 个月，产品至少 {least} 个月",
        f"{said.en}: it lends for at most {longest} months, the product for at least"
        f" {least}",
    )


def course_of(
    strategies: Mapping[Segment, Strategy],
    *,
    tier: Tier,
    values: Values | None,
) -> Course:
    """Return how a firm is lent to.

    Args:
        strategies: of the day, one of each segment; see `check_strategies`.
        tier: of the firm.
        values: traits of its portrait; what is unknown does not make it established.
            Null where the age of no firm at all is known: then nobody counts as new.
    """
    parts: list[Strategy] = [strategies[tier]]
    why: tuple[Line, ...] = ()
    if values is not None:
        state, why = _established(strategies[_NEW], values)
        if state != "met":
            parts.append(strategies[_NEW])
    first, rest = parts[0], parts[1:]
    return Course(
        parts=tuple(parts),
        why=why,
        limit_share=min(part.limit_share for part in parts),
        rate_bp=max(part.rate_bp for part in parts),
        longest_months=min(part.longest_months for part in parts),
        review_months=min(part.review_months for part in parts),
        watch_days=min(part.watch_days for part in parts),
        products=tuple(
            code for code in first.products if all(code in one.products for one in rest)
        ),
        staged="only" if any(part.staged == "only" for part in parts) else "may",
    )


def asked_by(strategies: Mapping[Segment, Strategy]) -> frozenset[str]:
    """Return the traits by which a firm counts as established.

    Args:
        strategies: of the day.
    """
    due = strategies[_NEW].established_when
    return frozenset(leaf.trait for leaf in leaves(due)) if due else frozenset()


def check_strategies(
    strategies: Mapping[Segment, Strategy], *, products: Sequence[Product]
) -> None:
    """Refuse strategies that ask for facts or offer products that do not exist.

    Args:
        strategies: of the day.
        products: of the same day.

    Raises:
        UnknownFactsError: a trait does not exist, or is counted in another unit.
        UnknownProductsError: a product does not exist; every fault is named.
    """
    due = strategies[_NEW].established_when
    faults = [
        f"'{_NEW}': {fault}"
        for leaf in (leaves(due) if due else ())
        for fault in faults_of(leaf)
    ]
    if faults:
        raise UnknownFactsError(faults)
    codes = {one.code for one in products}
    strange = [
        f"'{segment}' offers '{code}'"
        for segment, one in strategies.items()
        for code in one.products
        if code not in codes
    ]
    if strange:
        raise UnknownProductsError(strange, codes)


def _established(strategy: Strategy, values: Values) -> tuple[State, tuple[Line, ...]]:
    due = strategy.established_when
    if due is None:
        return "met", ()
    rules = compiled(due, code=_NEW)
    traits = known(values, facts={leaf.trait for leaf in leaves(due)})
    return state_of(rules, traits), lines_of(rules, traits, code=_NEW)
