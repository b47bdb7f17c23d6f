"""The rate of a proposal: what product and risk ask for, and no less than pays."""

from dataclasses import dataclass
from datetime import date
from decimal import ROUND_CEILING, Decimal

from xiaowei.offers.raroc import Costs, Price, costs_on, price_of
from xiaowei.offers.terms import RATE_STEP
from xiaowei.policy.book import Book, NotYetSetError
from xiaowei.policy.products.product import Product
from xiaowei.said import Said, percent


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote:
    """A rate under a product.

    Args:
        rate: yearly; null where no rate within the caps pays.
        price: what it, or the highest allowed, is made of; null before there was an
            LPR.
        why: what moved it from what the product asks for, or why there is none.
    """

    rate: Decimal | None
    price: Price | None
    why: Said | None


def costs_known(book: Book, *, on: date) -> Costs | None:
    """Return what a price must cover; null for days before there was an LPR."""
    try:
        return costs_on(book, on=on)
    except NotYetSetError:
        return None


def quote(
    product: Product, priced: Decimal, *, pd: float, costs: Costs | None
) -> Quote:
    """Return the rate of a product: raised to what pays, or none within the caps.

    Args:
        product: which moves the rate, and bounds it.
        priced: the yearly rate of the run.
        pd: of the firm, 0..1 but 1 itself.
        costs: what a price must cover; null leaves the product's rate as it is.
    """
    rate = product.rate.of(priced)
    if costs is None:
        return Quote(rate=rate, price=None, why=None)
    cap = min(product.rate.cap, costs.cap)
    least = Decimal(price_of(cap, pd=pd, costs=costs).floor)
    floor = least.quantize(RATE_STEP, rounding=ROUND_CEILING)
    if floor > cap:
        return Quote(
            rate=None,
            price=price_of(cap, pd=pd, costs=costs),
            why=Said(
                f"最高利率 {percent(cap)} 仍不足以覆盖成本与风险（需"
                f" {percent(floor)}）",
                f"the highest rate of {percent(cap)} does not cover cost and risk, "
                f"which ask for {percent(floor)}",
            ),
        )
    bound = min(max(rate, floor), cap)
    return Quote(
        rate=bound, price=price_of(bound, pd=pd, costs=costs), why=_why(rate, bound)
    )


def _why(rate: Decimal, bound: Decimal) -> Said | None:
    if bound == rate:
        return None
    if bound > rate:
        return Said(
            f"由 {percent(rate)} 提至保本利率 {percent(bound)}",
            f"raised from {percent(rate)} to what pays, {percent(bound)}",
        )
    return Said(
        f"由 {percent(rate)} 降至利率上限 {percent(bound)}",
        f"lowered from {percent(rate)} to the cap of {percent(bound)}",
    )
