"""What a rate is made of, the lowest that pays, and the best that customers bear.

Of one yuan drawn for a year at rate r the bank expects, before tax,

    r x (1 - PD) - LGD x PD - funding - operation + capital x funding

interest is lost wholly at default; the money costs the same in both cases; the capital
held against the loan is money that need not be borrowed. After tax that must be the
hurdle on the capital held, and the rate at which it just is, is the floor:

    floor = (LGD x PD + funding + operation
             + capital x (hurdle / (1 - tax) - funding)) / (1 - PD)

Capital is the greater of what regulation weighs the loan with and what its own risk
asks for (the curve of other retail exposures).

Source: RAROC as James 1996; the curve, Basel CRE31.25.
"""

from dataclasses import dataclass
from datetime import date
from decimal import ROUND_CEILING, Decimal
from math import exp, sqrt
from typing import Final

import numpy as np
from scipy.stats import norm

from xiaowei.offers.demand import Churn
from xiaowei.offers.terms import RATE_STEP
from xiaowei.policy.book import Book
from xiaowei.said import Said, percent

_CONFIDENCE: Final = 0.999
_LOW, _HIGH, _FALL = 0.03, 0.16, 35.0
_LONG_MONTHS: Final = 60
_TINY: Final = 1e-6
_BP: Final = Decimal(10_000)


@dataclass(frozen=True, slots=True, kw_only=True)
class Costs:
    """What a price must cover on a day.

    Args:
        lpr: loan prime rate of the term.
        funding: yearly cost of the money.
        operation: yearly cost of the work, as a rate.
        capital_floor: capital per yuan lent at least.
        hurdle: yearly return on capital after tax.
        tax: on what is earned, 0..1.
        cap: no rate is above it.
        lgd: share lost at default, 0..1.
    """

    lpr: Decimal
    funding: Decimal
    operation: Decimal
    capital_floor: Decimal
    hurdle: Decimal
    tax: Decimal
    cap: Decimal
    lgd: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Price:
    """A rate and what it is made of, as yearly rates on drawn money.

    Args:
        rate: the rate, a whole number of basis points.
        funding: of it, for the money.
        operation: for the work.
        loss: for principal expected to be lost.
        interest_lost: for interest that those who default do not pay.
        capital: for the return that capital must earn, and its tax.
        surplus: what is left; below 0 the rate does not pay.
        floor: the lowest rate that pays.
        held: capital per yuan lent.
        raroc: return on it after tax, a year.
        over_lpr_bp: the rate less the LPR, in basis points.
    """

    rate: Decimal
    funding: float
    operation: float
    loss: float
    interest_lost: float
    capital: float
    surplus: float
    floor: float
    held: float
    raroc: float
    over_lpr_bp: int

    @property
    def pays(self) -> bool:
        """Whether it earns at least the hurdle."""
        return float(self.rate) >= self.floor - _TINY

    @property
    def lines(self) -> tuple[Said, ...]:
        """What it is made of, for people."""
        parts = (
            ("资金成本", "funding", self.funding),
            ("运营成本", "operation", self.operation),
            ("预期本金损失", "expected loss", self.loss),
            ("违约损失利息", "interest lost at default", self.interest_lost),
            ("资本回报", "return on capital", self.capital),
            ("余额", "surplus", self.surplus),
        )
        sign = "+" if self.over_lpr_bp >= 0 else "-"
        quoted = f"LPR{sign}{abs(self.over_lpr_bp)}bp"
        head = Said(
            f"利率 {percent(self.rate)}（{quoted}），RAROC {self.raroc:.1%}，"
            f"保本利率 {self.floor:.2%}",
            f"rate {percent(self.rate)} ({quoted}), RAROC {self.raroc:.1%}, floor "
            f"{self.floor:.2%}",
        )
        told = (Said(f"{zh} {x:.2%}", f"{en} {x:.2%}") for zh, en, x in parts)
        return (head, *told)


def costs_on(book: Book, *, on: date, months: int = 12) -> Costs:
    """Return what a price must cover on a day.

    Args:
        book: the bank's numbers.
        on: the day.
        months: the term; above five years the LPR of that is taken.

    Raises:
        UnknownNumberError: the book lacks a number.
        NotYetSetError: the day lies before a number's first value, such as the LPR's.
    """
    lpr = book.number("lpr_5y" if months > _LONG_MONTHS else "lpr_1y", on=on)
    most = book.number("price_cap_lprs", on=on) * book.number("lpr_1y", on=on)
    return Costs(
        lpr=lpr,
        funding=lpr - book.number("funding_under_lpr", on=on),
        operation=book.number("price_operating_cost", on=on),
        capital_floor=book.number("capital_floor", on=on),
        hurdle=book.number("capital_hurdle", on=on),
        tax=book.number("income_tax", on=on),
        cap=min(book.number("max_rate", on=on), most),
        lgd=book.number("lgd", on=on),
    )


def capital_of(pd: float, lgd: float) -> float:
    """Return the capital that a loan's own risk asks for, per yuan.

    Args:
        pd: probability of default of a year, 0..1.
        lgd: share lost at default, 0..1.

    Source: Basel CRE31.25, other retail exposures.

    >>> round(capital_of(0.01, 0.45) * 12.5, 4)
    0.4577
    """
    if not 0 < pd < 1:
        return 0.0
    near = (1 - exp(-_FALL * pd)) / (1 - exp(-_FALL))
    r = _LOW * near + _HIGH * (1 - near)
    worst = norm.cdf((norm.ppf(pd) + sqrt(r) * norm.ppf(_CONFIDENCE)) / sqrt(1 - r))
    return float(lgd * (worst - pd))


def price_of(rate: Decimal, *, pd: float, costs: Costs) -> Price:
    """Return what a rate is made of and what it earns.

    Args:
        rate: yearly.
        pd: probability of default of a year, 0..1 but 1 itself.
        costs: what it must cover.
    """
    lgd, funding, operation = map(float, (costs.lgd, costs.funding, costs.operation))
    held = max(float(costs.capital_floor), capital_of(pd, lgd))
    r, keep = float(rate), 1 - float(costs.tax)
    charge = held * (float(costs.hurdle) / keep - funding)
    before_tax = r * (1 - pd) - lgd * pd - funding - operation + held * funding
    return Price(
        rate=rate,
        funding=funding,
        operation=operation,
        loss=lgd * pd,
        interest_lost=r * pd,
        capital=charge,
        surplus=r * (1 - pd) - lgd * pd - funding - operation - charge,
        floor=(lgd * pd + funding + operation + charge) / (1 - pd),
        held=held,
        raroc=before_tax * keep / held,
        over_lpr_bp=int((rate - costs.lpr) * _BP),
    )


def best_rate(churn: Churn, *, pd: float, costs: Costs, least: Decimal) -> Decimal:
    """Return the rate that earns most above its costs, of those that customers bear.

    Of rates from the floor to the cap it is the one at which the share of customers
    kept times the surplus is greatest. Where even the cap does not pay it is the cap,
    and `price_of` says that it does not.

    Args:
        churn: who leaves at which rate.
        pd: probability of default of a year, 0..1 but 1 itself.
        costs: what it must cover.
        least: no rate is below it.

    Returns:
        A whole number of basis points.
    """
    floor = Decimal(price_of(costs.cap, pd=pd, costs=costs).floor)
    low = max(floor, least).quantize(RATE_STEP, rounding=ROUND_CEILING)
    high = costs.cap.quantize(RATE_STEP)
    if low >= high:
        return high
    steps = np.arange(int(low * _BP), int(high * _BP) + 1)
    rates = steps / float(_BP)
    worth = churn.kept(rates) * (rates - float(floor))
    return Decimal(int(steps[int(np.argmax(worth))])) / _BP
