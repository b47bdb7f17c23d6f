"""What the bank's products come to for one enterprise of the last run."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final

from xiaowei.desk.counsel.asked import asked_of
from xiaowei.desk.home import Home
from xiaowei.desk.running import latest_run
from xiaowei.errors import InputError, NotFoundError
from xiaowei.money import Fen
from xiaowei.offers.near_misses import NearMiss, near_misses
from xiaowei.offers.products import (
    Verdict,
    best_product,
    judge_products,
    offerings_on,
)
from xiaowei.offers.schedules.agreement import NO_INCOME, YEAR_MONTHS, Agreement, Income
from xiaowei.offers.schedules.borrowing import Borrowing
from xiaowei.offers.schedules.schedule import Schedule, schedule_of
from xiaowei.offers.stages import Release, release
from xiaowei.policy.products.product import Kind, Product
from xiaowei.policy.products.reading import load_products
from xiaowei.verification.finding import SEVERITIES

_USUAL_MONTHS: Final = 12
_MARGIN: Final = Decimal("1.5")
"""An instalment by income may rise to that many times an even one."""


class NotInRunError(NotFoundError):
    """The last run knows no such enterprise."""

    def __init__(self, enterprise_id: str) -> None:
        """Name it."""
        super().__init__(
            f"the last run has no enterprise '{enterprise_id}'",
            expected="an enterprise of the run",
            remedy="List them with 'xiaowei firms', or take its files and run again",
        )


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """A loan under a product, to the fen.

    Args:
        product: which.
        amount_fen: how much.
        rate: a year.
        schedule: what falls due when.
        release: which part of it is released at once.
    """

    product: Product
    amount_fen: Fen
    rate: Decimal
    schedule: Schedule
    release: Release


@dataclass(frozen=True, slots=True, kw_only=True)
class Counsel:
    """What the products come to for one enterprise.

    Args:
        firm: the enterprise as the run has it.
        verdicts: of every product of the day.
        near: what it nearly may have.
        proposal: the loan; null where it may have none, or the run lends it nothing.
    """

    firm: Mapping[str, Any]
    verdicts: tuple[Verdict, ...]
    near: tuple[NearMiss, ...]
    proposal: Proposal | None


def counsel(home: Home, enterprise_id: str, *, wish: Wish) -> Counsel:
    """Return which products an enterprise of the last run may have, and what suits it.

    Args:
        home: the workspace.
        enterprise_id: whose.
        wish: what is asked for.

    Raises:
        NoRunError: nothing has been run.
        NotInRunError: the run has no such enterprise.
        NotOfferedError: the product does not lend so, or is not one for the enterprise.
    """
    firm = firm_of(latest_run(home), enterprise_id)
    day = date.fromisoformat(firm["as_of"])
    return counsel_for(firm, asked_of(home, enterprise_id, as_of=day), wish=wish)


def counsel_for(
    firm: Mapping[str, Any], beside: Mapping[str, float | None], *, wish: Wish
) -> Counsel:
    """Return which products an enterprise may have, and the loan that suits it best.

    The limit and the rate are those of the run; a product moves the rate and binds
    amount, term and repayment. What is not known is unknown here, and opens nothing.

    Args:
        firm: as the run's document has it.
        beside: facts that the desk knows beside the run.
        wish: what is asked for.

    Raises:
        NotOfferedError: the product does not lend so, or is not one for the enterprise.
        NoProductError: there is none of that code.
    """
    day = date.fromisoformat(firm["as_of"])
    offerings = offerings_on(load_products(), on=day)
    values = {**facts_of(firm), **beside}
    verdicts = judge_products(offerings, values=values, tier=firm["tier"])
    return Counsel(
        firm=firm,
        verdicts=verdicts,
        near=near_misses(offerings, values=values, tier=firm["tier"]),
        proposal=_proposal(firm, verdicts, wish, values=values, day=day),
    )


def facts_of(firm: Mapping[str, Any]) -> dict[str, float | None]:
    """Return what a run knows of an enterprise, as products ask for it.

    Args:
        firm: as the run's document has it.

    Returns:
        traits of its portrait, and of the facts that the desk supplies those that a run
        knows: PD, worst finding, defaults on record, bars by court.
    """
    traits: dict[str, float | None] = dict(firm["traits"])
    worst = [SEVERITIES.index(finding["severity"]) for finding in firm["findings"]]
    bars = [
        traits.get(name) for name in ("court_dishonest_now", "court_restricted_now")
    ]
    stated = [one for one in bars if one is not None]
    defaulted = firm["defaulted"]
    return {
        **traits,
        "pd": firm["pd"],
        "pd_high": firm["pd_high"],
        "worst_finding": max(worst) if worst else None,
        "defaults": None if defaulted is None else float(bool(defaulted)),
        "court_bars": sum(stated) if len(stated) == len(bars) else None,
    }


def firm_of(run: Mapping[str, Any], enterprise_id: str) -> dict[str, Any]:
    """Return an enterprise as a run's document has it.

    Raises:
        NotInRunError: it has none of that name.
    """
    for firm in run["firms"]:
        if firm["enterprise_id"] == enterprise_id:
            return dict(firm)
    raise NotInRunError(enterprise_id)


def _proposal(
    firm: Mapping[str, Any],
    verdicts: Sequence[Verdict],
    wish: Wish,
    *,
    values: Mapping[str, float | None],
    day: date,
) -> Proposal | None:
    limit: Fen = firm["limit_fen"] or 0
    product = _chosen(verdicts, wish, limit_fen=limit)
    if product is None or not limit or firm["rate"] is None:
        return None
    amount = _amount(product, wish, limit_fen=limit)
    rate = product.rate.of(Decimal(str(firm["rate"])))
    agreement = _agreement(product, wish, firm, amount, rate=rate, day=day)
    return Proposal(
        product=product,
        amount_fen=amount,
        rate=rate,
        schedule=schedule_of(agreement),
        release=release(product, limit_fen=amount, behaviour=values),
    )


def _chosen(
    verdicts: Sequence[Verdict], wish: Wish, *, limit_fen: Fen
) -> Product | None:
    if wish.product is None:
        return best_product(
            verdicts, purpose="new_loan", amount_fen=wish.amount_fen or limit_fen
        )
    for verdict in verdicts:
        if verdict.product.code == wish.product:
            if not verdict.eligible:
                raise NotOfferedError(verdict.product, verdict.text.en)
            return verdict.product
    codes = ", ".join(verdict.product.code for verdict in verdicts)
    raise NoProductError(wish.product, codes)


class NoProductError(NotFoundError):
    """There is no product of that code on the day."""

    def __init__(self, code: str, codes: str) -> None:
        """Name it and those that there are."""
        super().__init__(
            f"there is no product '{code}' on the day of the run",
            expected=f"one of {codes}",
            remedy="Correct the code",
        )


def _amount(product: Product, wish: Wish, *, limit_fen: Fen) -> Fen:
    asked = wish.amount_fen or limit_fen
    amount = product.amounts.within(min(asked, limit_fen))
    if not amount or (wish.amount_fen is not None and amount < wish.amount_fen):
        raise NotOfferedError(
            product, f"{asked // 100} yuan of a limit of {limit_fen // 100}"
        )
    return amount


def _agreement(
    product: Product,
    wish: Wish,
    firm: Mapping[str, Any],
    amount: Fen,
    *,
    rate: Decimal,
    day: date,
) -> Agreement:
    terms = product.repayment
    months = wish.months or min(max(_USUAL_MONTHS, terms.min_months), terms.max_months)
    kind = wish.kind or _usual_kind(product, firm)
    if not terms.min_months <= months <= terms.max_months or kind not in terms.kinds:
        raise NotOfferedError(product, f"{months} months, {kind}")
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


def _usual_kind(product: Product, firm: Mapping[str, Any]) -> Kind:
    """Return the first kind of the product that the firm's records can carry."""
    known = any(_sales_by_month(firm))
    return next(
        kind
        for kind in (*product.repayment.kinds, "equal_instalments")
        if known or kind not in {"seasonal", "income_linked"}
    )


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
