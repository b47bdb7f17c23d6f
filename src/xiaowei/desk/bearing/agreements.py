"""How a loan of a product would be repaid: what is asked for, agreed and refused."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any, Final

from xiaowei.errors import InputError
from xiaowei.money import Fen
from xiaowei.offers.limits.choosing import Plan
from xiaowei.offers.schedules.agreement import NO_INCOME, YEAR_MONTHS, Agreement, Income
from xiaowei.offers.schedules.borrowing import Borrowing
from xiaowei.offers.schedules.schedule import Schedule, schedule_of
from xiaowei.offers.strategy import Course
from xiaowei.policy.products.product import MOST_MONTHS, Kind, Product

_USUAL_MONTHS: Final = 12
_MARGIN: Final = Decimal("1.5")
"""An instalment by income may rise to that many times an even one."""


class NotOfferedError(InputError):
    """A loan was asked for that the product does not give."""

    def __init__(self, product: Product, why: str) -> None:
        """Name the product and what it does not give."""
        repayment, amounts = product.repayment, product.amounts
        super().__init__(
            f"'{product.code}' is not lent so: {why}",
            expected=f"{amounts.min_fen // 100} to {amounts.max_fen // 100} yuan over "
            f"{repayment.min_months} to {repayment.max_months} months, repaid by "
            + " or ".join(repayment.kinds),
            remedy="Ask for less, another term, or another product",
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What is asked for; null leaves it to the bank.

    Args:
        product: code of a product.
        amount_fen: how much.
        months: how long.
        kind: how it is to be repaid.
        drawn_on: when it is paid out; null for the day of the run.
    """

    product: str | None = None
    amount_fen: Fen | None = None
    months: int | None = None
    kind: Kind | None = None
    drawn_on: date | None = None


def agreement_of(
    product: Product,
    wish: Wish,
    firm: Mapping[str, Any],
    amount: Fen,
    *,
    rate: Decimal,
    day: date,
) -> Agreement:
    """Return how an amount would be repaid.

    Args:
        product: under which.
        wish: what is asked for; the first kind that fits where it names none.
        firm: as the run's document has it.
        amount: how much, fen.
        rate: a year.
        day: when it is paid out, where the wish names no day.

    Raises:
        NotOfferedError: the product does not lend so.
    """
    terms, months = product.repayment, months_of(product, wish)
    kind = wish.kind or kinds_of(product, wish, firm)[0]
    borrowing = Borrowing(
        amount_fen=amount,
        rate=rate,
        drawn_on=wish.drawn_on or day,
        instalments=months,
    )
    sales = _sales_by_month(firm)
    last = borrowing.due(months).month
    return Agreement(
        borrowing=borrowing,
        kind=kind,
        grace=min(terms.grace_months, months - 1) if kind not in _NO_GRACE else 0,
        weights=_weights(sales, last=last) if kind == "seasonal" else (),
        income=_income(borrowing, sales) if kind == "income_linked" else NO_INCOME,
    )


_NO_GRACE: Final = ("at_end", "interest_first", "income_linked")


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """How amounts under a product would be repaid.

    Args:
        product: which.
        wish: what is asked for, the term filled in.
        kinds: of schedule that come into question.
    """

    product: Product
    wish: Wish
    kinds: tuple[Kind, ...]

    @property
    def months(self) -> int:
        """The term."""
        return self.wish.months or _USUAL_MONTHS

    def plan(self, rate: Decimal, *, firm: Mapping[str, Any], day: date) -> Plan:
        """Return what makes the schedule of a kind and an amount.

        Args:
            rate: yearly.
            firm: with its `series`.
            day: when it is paid out, where the wish names no day.
        """

        def plan(kind: Kind, amount: Fen) -> Schedule:
            asked = replace(self.wish, kind=kind)
            return schedule_of(
                agreement_of(self.product, asked, firm, amount, rate=rate, day=day)
            )

        return plan


def way_of(
    product: Product, wish: Wish, firm: Mapping[str, Any], *, course: Course | None
) -> Way:
    """Return how amounts under a product would be repaid.

    Args:
        product: which.
        wish: what is asked for.
        firm: with its `series`.
        course: the strategy, which bounds the term; null where none binds.

    Raises:
        NotOfferedError: neither product nor strategy lends so.
    """
    longest = course.longest_months if course else product.repayment.max_months
    months = months_of(product, wish, longest=longest)
    return Way(
        product=product,
        wish=replace(wish, months=months),
        kinds=kinds_of(product, wish, firm),
    )


def months_of(product: Product, wish: Wish, *, longest: int = MOST_MONTHS) -> int:
    """Return the term asked for, or the usual one.

    Args:
        product: which.
        wish: what is asked for.
        longest: the longest term that the strategy allows.

    Raises:
        NotOfferedError: the product has no such term.
    """
    terms = product.repayment
    most = min(terms.max_months, longest)
    months = wish.months or min(max(_USUAL_MONTHS, terms.min_months), most)
    if not terms.min_months <= months <= most:
        raise NotOfferedError(product, f"{months} months")
    return months


def kinds_of(product: Product, wish: Wish, firm: Mapping[str, Any]) -> tuple[Kind, ...]:
    """Return the kinds of schedule that come into question, the product's first first.

    What follows the season or income of a firm needs sales that are known.

    Raises:
        NotOfferedError: the kind asked for is none of the product's.
    """
    kinds = product.repayment.kinds
    if wish.kind is not None:
        if wish.kind not in kinds:
            raise NotOfferedError(product, wish.kind)
        return (wish.kind,)
    known = any(_sales_by_month(firm))
    able = tuple(one for one in kinds if known or one not in _BY_SALES)
    return able or ("equal_instalments",)


_BY_SALES: Final = ("seasonal", "income_linked")


def _sales_by_month(firm: Mapping[str, Any]) -> tuple[Fen, ...]:
    """Return what was sold in the last January to the last December, 0 or more."""
    series = firm["series"]
    latest = [0] * YEAR_MONTHS
    for month, sold in zip(series["months"], series.get("sales_fen", ()), strict=False):
        latest[int(month[-2:]) - 1] = max(int(sold or 0), 0)
    return tuple(latest)


def _weights(sales: Sequence[Fen], *, last: int) -> tuple[int, ...]:
    """Return how much principal each calendar month bears: the share it sells.

    The month in which the term ends bears something, as the rest falls due in it.
    """
    whole = sum(sales)
    if not whole:
        return (1,) * YEAR_MONTHS
    shares = [round(1000 * sold / whole) for sold in sales]
    shares[last - 1] = max(shares[last - 1], 1)
    return tuple(shares)


def _income(borrowing: Borrowing, sales: Sequence[Fen]) -> Income:
    """Return instalments by income: the share of sales that would repay in the term."""
    dues = [borrowing.due(number) for number in range(1, borrowing.instalments + 1)]
    incomes = tuple(sales[due.month - 1] for due in dues)
    years = Decimal(len(dues)) / YEAR_MONTHS
    owed = Decimal(borrowing.amount_fen) * (1 + borrowing.rate * years)
    whole = sum(incomes)
    share = min(owed / whole, Decimal(1)) if whole else Decimal(1)
    even = math.ceil(owed / len(dues))
    return Income(
        incomes_fen=incomes,
        share=max(round(share, 4), Decimal("0.0001")),
        floor_fen=0,
        cap_fen=math.ceil(even * _MARGIN),
    )
