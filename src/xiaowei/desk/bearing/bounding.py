"""What binds each firm's offer in a run: strategy, product, caps and cash, one by one.

`offer` asks the same functions of one firm. What a run finds is never more than what
`offer` finds: the rate is taken at its highest here, by which cash bears least.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final, Protocol

from xiaowei.desk.bearing.agreements import Wish, way_of
from xiaowei.desk.bearing.heard import Heard
from xiaowei.desk.bearing.limits import bearing, heard_caps, paths_of, start_of
from xiaowei.desk.bearing.money import Money
from xiaowei.desk.bearing.prices import quote
from xiaowei.desk.bearing.ways import Ways
from xiaowei.money import Fen, share_of, wan_text
from xiaowei.offers.asked import Values
from xiaowei.offers.bounds import Bounds
from xiaowei.offers.limits.choosing import Plan
from xiaowei.offers.limits.limit import Limit, limit_of
from xiaowei.offers.products import Verdict, best_product
from xiaowei.offers.schedules.borrowing import Borrowing
from xiaowei.offers.schedules.schedule import Schedule
from xiaowei.offers.schedules.ways import equal_instalments
from xiaowei.offers.strategy import Course
from xiaowei.offers.terms import Terms, cny
from xiaowei.offers.tiers import Tier
from xiaowei.policy.products.product import Kind, Product
from xiaowei.said import Said, percent

USUAL_MONTHS: Final = 12
"""The term by which a limit is asked for where no product states one."""

_AT_ONCE: Final = 1_000
"""Firms whose money is read together: memory holds these and no more."""

_NOTHING: Final = Decimal(0)
_NO_PRODUCT: Final = Said(
    "没有可提供的产品：条件不符或情况未知（xiaowei offer 逐条说明）",
    "no product may be offered: conditions are not met, or not known to be; 'xiaowei"
    " offer' says which",
)
_TOO_LITTLE: Final = Said(
    "额度不足任何可提供产品的最低金额",
    "the limit is below the least that any product lends",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """A firm that a run might lend to.

    Args:
        enterprise_id: who.
        tier: its tier.
        values: traits of its portrait, and facts of the desk.
        pd: probability of default, 0..1.
        barred: whether something bars it before its bounds are asked.
        series: its months, as schedules by season or income ask for them.
    """

    enterprise_id: str
    tier: Tier
    values: Values
    pd: float
    barred: bool
    series: Mapping[str, Sequence[Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Bound:
    """What binds one firm, and by what.

    Args:
        course: the strategy by which it is lent to.
        product: under which it is lent to; None where none is, or none is judged.
        limit: the caps that were asked; None where it was barred before.
        bounds: for the budget.
    """

    course: Course
    product: Product | None
    limit: Limit | None
    bounds: Bounds


@dataclass(frozen=True, slots=True, kw_only=True)
class Bench:
    """By what firms are bound in a run.

    Args:
        ways: how the bank lends on the day.
        heard: what can be judged.
        terms: bounds of loans.
        day: of the run.
    """

    ways: Ways
    heard: Heard
    terms: Terms
    day: date


class Shelf(Protocol):
    """Where the money of firms is read: the books of a lake."""

    def read(self, enterprises: Sequence[str]) -> None:
        """Read what is told of enterprises, in place of those read before."""

    def money(self, enterprise_id: str) -> Money:
        """Return what is known of the money of an enterprise that was read."""


def bounds_of(
    firms: Sequence[Asking], *, bench: Bench, books: Shelf
) -> dict[str, Bound]:
    """Return what binds each firm's offer.

    Args:
        firms: of the run.
        bench: by what they are bound.
        books: where their money is read.
    """
    found: dict[str, Bound] = {}
    for first in range(0, len(firms), _AT_ONCE):
        some = firms[first : first + _AT_ONCE]
        able = {one.enterprise_id: _able(one, bench) for one in some}
        books.read([name for name, (_, verdicts) in able.items() if verdicts != ()])
        for one in some:
            course, verdicts = able[one.enterprise_id]
            if verdicts == ():
                why = () if one.barred else (_NO_PRODUCT,)
                found[one.enterprise_id] = _barred(course, why)
            else:
                money = books.money(one.enterprise_id)
                case = _Case(one, course, verdicts, money, bench)
                found[one.enterprise_id] = _bound(case)
    return found


def lent_of(limit_fen: Fen, *, course: Course, terms: Terms) -> Fen:
    """Return the part of a limit that a strategy lends, in whole lots.

    Args:
        limit_fen: the limit.
        course: the strategy.
        terms: the lot and the smallest loan.

    Returns:
        0 where the smallest loan does not fit.
    """
    lots = share_of(limit_fen, course.limit_share) // terms.lot_fen
    return lots * terms.lot_fen if lots >= terms.min_lots else 0


def plain_plan(rate: Decimal, *, day: date) -> Plan:
    """Return how amounts would be repaid where no product says it: even and in a year.

    Args:
        rate: yearly.
        day: when they are paid out.
    """

    def plan(_: Kind, amount: Fen) -> Schedule:
        return equal_instalments(
            Borrowing(
                amount_fen=amount, rate=rate, drawn_on=day, instalments=USUAL_MONTHS
            )
        )

    return plan


@dataclass(frozen=True, slots=True)
class _Case:
    """All that one firm's bounds follow from; verdicts null where none is judged."""

    one: Asking
    course: Course
    verdicts: tuple[Verdict, ...] | None
    money: Money
    bench: Bench


def _able(one: Asking, bench: Bench) -> tuple[Course, tuple[Verdict, ...] | None]:
    """Return a firm's strategy, and the products it may have.

    Null stands where no product can be judged at all, empty where it may have none.
    """
    course = bench.ways.course(one.tier, one.values, heard=bench.heard)
    if one.barred:
        return course, ()
    if not bench.heard.products:
        return course, None
    verdicts = bench.ways.verdicts(one.tier, one.values, course=course)
    return course, tuple(
        verdict
        for verdict in verdicts
        if verdict.eligible
        and verdict.product.purpose == "new_loan"
        and verdict.product.code in bench.heard.products
    )


def _bound(case: _Case) -> Bound:
    course, terms, money = case.course, case.bench.terms, case.money
    limit = limit_of(heard_caps(money), terms=terms)
    hint = lent_of(limit.amount_fen, course=course, terms=terms)
    if not hint:
        return _barred(course, (limit.text,), limit=limit)
    if case.verdicts is None:
        limit = _with_cash(case, None, hint, rate=terms.max_rate)
        return _done(case, None, limit, None)
    product = best_product(case.verdicts, purpose="new_loan", amount_fen=hint)
    if product is None:
        return _barred(course, (limit.text, _TOO_LITTLE), limit=limit)
    price = quote(product, _NOTHING, pd=case.one.pd, costs=money.costs)
    if price.rate is None:
        why = [limit.text, *([price.why] if price.why else [])]
        return _barred(course, why, limit=limit)
    limit = _with_cash(
        case, product, product.amounts.within(hint), rate=_cap_of(product, money)
    )
    return _done(case, product, limit, price.rate)


def _cap_of(product: Product, money: Money) -> Decimal:
    cap = min(product.rate.cap, money.terms.max_rate)
    return cap if money.costs is None else min(cap, money.costs.cap)


def _with_cash(
    case: _Case, product: Product | None, asked_fen: Fen, *, rate: Decimal
) -> Limit:
    """Return the limit under a product, the firm's cash among its caps."""
    money, day = case.money, case.bench.day
    if "cash" not in money.heard:
        return limit_of(heard_caps(money), terms=money.terms)
    firm = {"series": case.one.series}
    kinds: tuple[Kind, ...] = ("equal_instalments",)
    plan, months = plain_plan(rate, day=day), USUAL_MONTHS
    if product is not None:
        way = way_of(product, Wish(), firm, course=case.course)
        kinds, months = way.kinds, way.months
        plan = way.plan(rate, firm=firm, day=day)
    found = bearing(
        money,
        paths_of(money, months=months),
        kinds=kinds,
        plan=plan,
        asked_fen=asked_fen,
        start=start_of(day),
    )
    return found.limit


def _done(
    case: _Case, product: Product | None, limit: Limit, least: Decimal | None
) -> Bound:
    course, terms = case.course, case.bench.terms
    amount = lent_of(limit.amount_fen, course=course, terms=terms)
    steps = [_strategy(course), limit.text]
    if product is not None:
        amount = product.amounts.within(amount)
        steps.insert(1, _named(product))
    steps.append(_lent(amount))
    return Bound(
        course=course,
        product=product,
        limit=limit,
        bounds=Bounds(
            most_fen=amount,
            added_bp=course.rate_bp + (product.rate.adjustment_bp if product else 0),
            least_rate=least,
            most_rate=_cap_of(product, case.money) if product else None,
            staged=bool(product and product.stages),
            steps=tuple(steps),
        ),
    )


def _barred(
    course: Course, why: Sequence[Said], *, limit: Limit | None = None
) -> Bound:
    return Bound(
        course=course,
        product=None,
        limit=limit,
        bounds=Bounds(most_fen=0, steps=(_strategy(course), *why)),
    )


def _strategy(course: Course) -> Said:
    title, text = course.title, course.text
    return Said(f"策略“{title.zh}”：{text.zh}", f"strategy '{title.en}': {text.en}")


def _named(product: Product) -> Said:
    zh, en = f"产品：{product.title.zh}", f"product: {product.title.en}"
    if not product.stages:
        return Said(zh, en)
    share = percent(product.stages[0].share)
    return Said(
        f"{zh}，首期放款 {share}，其后各期按条件开放",
        f"{en}, {share} released at first and the rest in stages, on conditions",
    )


def _lent(amount: Fen) -> Said:
    if not amount:
        return Said("按策略与产品不足最低授信", "of which too little is left to lend")
    return Said(
        f"按策略与产品可授信 {wan_text(amount)} 万元",
        f"of which strategy and product lend at most {cny(amount)}",
    )
