"""What a product states: whom it is for, how much, how long, at what price, in steps.

Whom a product is for is a small total grammar: a trait, an operator and a limit, joined
by all or any. It is data and runs no code.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final, Literal, TypeAlias, get_args

from xiaowei.money import FEN_PER_YUAN, Fen
from xiaowei.said import Said

Operator: TypeAlias = Literal["<", "<=", ">", ">="]
Join: TypeAlias = Literal["all", "any"]
Unit: TypeAlias = Literal[
    "yuan",
    "share",
    "ratio",
    "count",
    "days",
    "months",
    "kwh",
    "m3",
    "grade",
    "level",
]
Purpose: TypeAlias = Literal["new_loan", "renewal"]
Audience: TypeAlias = Literal["high_potential", "steady", "risk_warning"]
Collateral: TypeAlias = Literal[
    "none", "receivables", "orders", "guarantee", "mortgage"
]
Kind: TypeAlias = Literal[
    "equal_instalments",
    "equal_principal",
    "interest_first",
    "at_end",
    "seasonal",
    "income_linked",
]

OPERATORS: Final[tuple[Operator, ...]] = get_args(Operator)
JOINS: Final[tuple[Join, ...]] = get_args(Join)
AUDIENCES: Final[tuple[Audience, ...]] = get_args(Audience)
"""The tiers that a product may be offered to, by the names they have in offers."""

UNITS: Final[Mapping[Unit, tuple[int, int]]] = {
    "yuan": (-(10**12), 10**12),
    "share": (-1, 1),
    "ratio": (-1000, 1000),
    "count": (0, 10**6),
    "days": (0, 36_500),
    "months": (0, 1200),
    "kwh": (0, 10**12),
    "m3": (0, 10**12),
    "grade": (-5, 5),
    "level": (0, 3),
}
"""Units of limits, each with the lowest and highest that a limit may be."""

PURPOSES: Final[Mapping[Purpose, Said]] = {
    "new_loan": Said("新增贷款", "a new loan"),
    "renewal": Said("到期续贷", "renewal of a loan that falls due"),
}
COLLATERALS: Final[Mapping[Collateral, Said]] = {
    "none": Said("信用（无抵质押、无担保）", "none"),
    "receivables": Said("应收账款质押", "receivables pledged"),
    "orders": Said("订单项下回款账户监管", "payments for the orders assigned"),
    "guarantee": Said("保证担保", "a guarantee"),
    "mortgage": Said("抵押", "a mortgage"),
}
"""What is asked as security, from what costs an enterprise least to what costs most."""

MOST_MONTHS: Final = 120
"""No product and no strategy lends for longer."""
KINDS: Final[Mapping[Kind, Said]] = {
    "equal_instalments": Said("等额本息", "equal instalments"),
    "equal_principal": Said("等额本金", "equal principal"),
    "interest_first": Said("先息后本", "interest first, principal at the end"),
    "at_end": Said("到期一次还本付息", "all at the end"),
    "seasonal": Said("按季节还本", "principal in season"),
    "income_linked": Said("按收入还款", "instalments by income"),
}
"""Kinds of schedule, by the names they have in offers, and what they are called."""


@dataclass(frozen=True, slots=True)
class Condition:
    """One comparison of a trait with a limit.

    Args:
        trait: a trait of the portrait, or a fact that the desk supplies.
        operator: how it is compared; what is unknown meets no limit.
        limit: what with, in `unit`, within UNITS.
        unit: what the limit is counted in.
    """

    trait: str
    operator: Operator
    limit: Decimal
    unit: Unit


@dataclass(frozen=True, slots=True)
class Group:
    """Requirements of which all must be met, or any.

    Args:
        join: all or any.
        parts: at least one.
    """

    join: Join
    parts: tuple["Requirement", ...]


Requirement: TypeAlias = Condition | Group


@dataclass(frozen=True, slots=True)
class Amounts:
    """How much is lent under a product, both ends counted.

    Args:
        min_fen: the smallest loan, above 0.
        max_fen: the largest loan.
    """

    min_fen: Fen
    max_fen: Fen

    def within(self, limit_fen: Fen) -> Fen:
        """Return how much of a limit may be lent; 0 where it is below the smallest.

        Args:
            limit_fen: what the enterprise could carry.
        """
        return min(limit_fen, self.max_fen) if limit_fen >= self.min_fen else 0


@dataclass(frozen=True, slots=True)
class Rate:
    """What a product adds to the rate that risk alone would cost.

    Args:
        adjustment_bp: basis points, below 0 for a lower rate.
        floor: the lowest yearly rate.
        cap: the highest yearly rate.
    """

    adjustment_bp: int
    floor: Decimal
    cap: Decimal

    def of(self, priced: Decimal) -> Decimal:
        """Return the yearly rate of the product.

        Args:
            priced: the yearly rate that risk and cost ask for.

        >>> Rate(-50, Decimal("0.04"), Decimal("0.15")).of(Decimal("0.0612"))
        Decimal('0.0562')
        """
        moved = priced + self.adjustment_bp * Decimal("0.0001")
        return min(max(moved, self.floor), self.cap)


@dataclass(frozen=True, slots=True)
class Repayment:
    """How a loan may be paid back.

    Args:
        min_months: the shortest term, at least 1.
        max_months: the longest term.
        kinds: kinds of schedule allowed.
        grace_months: most months at the start in which only interest is paid.
        holiday_months: most months of the term in which nothing need be paid.
    """

    min_months: int
    max_months: int
    kinds: tuple[Kind, ...]
    grace_months: int
    holiday_months: int


@dataclass(frozen=True, slots=True)
class Stage:
    """One step in which a limit is released.

    Args:
        share: of the limit, above 0; those of all stages add up to 1.
        opens_when: what must be met; None for the first stage, open from the start.
    """

    share: Decimal
    opens_when: Requirement | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Product:
    """One thing that the bank lends as.

    Args:
        code: what people's systems call it; versions of one product share it.
        since: first day it holds.
        until: first day it no longer holds, or None.
        purpose: a new loan or a renewal.
        title: what it is called.
        reason: why it is as it is.
        eligible: whom it is for.
        tiers: which tiers it may be offered to.
        collateral: what is asked as security.
        rate: what it adds to the priced rate.
        amounts: how much.
        repayment: how long, and how it is paid back.
        papers: what is handed in.
        stages: steps in which the limit is released; empty where it is all at once.
        set_by: who set it.
        reference: title, and href where there is one.
    """

    code: str
    since: date
    until: date | None
    purpose: Purpose
    title: Said
    reason: Said
    eligible: Requirement
    tiers: tuple[Audience, ...]
    collateral: Collateral
    rate: Rate
    amounts: Amounts
    repayment: Repayment
    papers: tuple[Said, ...]
    stages: tuple[Stage, ...]
    set_by: str
    reference: Mapping[str, str]

    @property
    def conditions(self) -> tuple[Condition, ...]:
        """Every comparison it makes, those of its stages last."""
        asked = [self.eligible, *(stage.opens_when for stage in self.stages)]
        return tuple(leaf for one in asked if one for leaf in leaves(one))


@dataclass(frozen=True, slots=True)
class Products:
    """All products, with all their versions.

    Args:
        entries: name in the file to the product; two versions of one product are two
            entries of one code.
    """

    entries: Mapping[str, Product]

    def on(self, day: date) -> tuple[Product, ...]:
        """Return the products that held on a day, by code.

        Of each code the version begun last by the day counts; where that one has
        ended, the product is no longer offered.
        """
        begun: dict[str, Product] = {}
        for product in self.entries.values():
            held = begun.get(product.code)
            if product.since <= day and (held is None or held.since < product.since):
                begun[product.code] = product
        return tuple(
            begun[code]
            for code in sorted(begun)
            if (until := begun[code].until) is None or day < until
        )


def leaves(requirement: Requirement) -> Iterator[Condition]:
    """Return every comparison of a requirement, in its order."""
    if isinstance(requirement, Condition):
        yield requirement
    else:
        for part in requirement.parts:
            yield from leaves(part)


def fen_of(yuan: Decimal) -> Fen:
    """Return an amount in yuan with at most two decimals as fen."""
    return int(yuan * FEN_PER_YUAN)
