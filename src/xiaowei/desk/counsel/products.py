"""What the bank's products come to for one enterprise of the last run."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final

from xiaowei.desk.bearing.agreements import NotOfferedError, Wish, way_of
from xiaowei.desk.bearing.bounding import USUAL_MONTHS, lent_of, plain_plan
from xiaowei.desk.bearing.heard import Heard, heard_from
from xiaowei.desk.bearing.limits import (
    Bearing,
    Outlook,
    bearing,
    outlook,
    paths_of,
    start_of,
)
from xiaowei.desk.bearing.money import Money
from xiaowei.desk.bearing.prices import Quote, quote
from xiaowei.desk.bearing.ways import Ways, facts_of, ways_on
from xiaowei.desk.counsel.told import told_of
from xiaowei.desk.home import Home
from xiaowei.desk.running import latest_run
from xiaowei.errors import InputError, NotFoundError
from xiaowei.money import Fen
from xiaowei.offers.limits.twin import NoTwin
from xiaowei.offers.near_misses import NearMiss, near_misses
from xiaowei.offers.products import Verdict, best_product
from xiaowei.offers.schedules.schedule import Schedule
from xiaowei.offers.stages import Release, release
from xiaowei.offers.strategy import Course
from xiaowei.policy.products.product import Product
from xiaowei.said import Said

_MOST_WAIT_MONTHS: Final = 12


class NotInRunError(NotFoundError):
    """The last run knows no such enterprise."""

    def __init__(self, enterprise_id: str) -> None:
        """Name it."""
        super().__init__(
            f"the last run has no enterprise '{enterprise_id}'",
            expected="an enterprise of the run",
            remedy="List them with 'xiaowei firms', or take its files and run again",
        )


class LateDrawdownError(InputError):
    """A loan is to be paid out too long after the run that it rests on."""

    def __init__(self, drawn_on: date, day: date) -> None:
        """Name both days."""
        super().__init__(
            f"a loan paid out on {drawn_on} cannot rest on the run of {day}",
            expected=f"at most {_MOST_WAIT_MONTHS} months after the run",
            remedy="State an earlier day, or run again later",
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """A loan under a product, to the fen.

    Args:
        product: which.
        amount_fen: how much.
        rate: a year.
        quote: what the rate is made of, and what moved it.
        schedule: what falls due when.
        release: which part of it is released at once.
        bearing: the limit under the product, and why it is repaid so.
        outlook: what it does to the firm's cash; null where no source tells that.
        papers: what is handed in, by the product and by the profile of the trade.
    """

    product: Product
    amount_fen: Fen
    rate: Decimal
    quote: Quote
    schedule: Schedule
    release: Release
    bearing: Bearing
    outlook: Outlook | None
    papers: tuple[Said, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Counsel:
    """What the products come to for one enterprise.

    Args:
        firm: the enterprise as the run has it.
        verdicts: of every product of the day.
        near: what it nearly may have.
        money: what is known of its money.
        course: the strategy by which it is lent to.
        lent_fen: the part of its limit that the strategy lends.
        bearing: its limit: under the product proposed, else by twelve equal
            instalments.
        proposal: the loan; null where it may have none, the run lends it nothing, its
            limit is 0, or no rate pays.
        unpaid: why no rate pays; null where one does, or none was asked for.
    """

    firm: Mapping[str, Any]
    verdicts: tuple[Verdict, ...]
    near: tuple[NearMiss, ...]
    course: Course
    lent_fen: Fen
    money: Money
    bearing: Bearing
    proposal: Proposal | None
    unpaid: Quote | None


def counsel(
    home: Home,
    enterprise_id: str,
    *,
    wish: Wish,
    run: Mapping[str, Any] | None = None,
) -> Counsel:
    """Return which products an enterprise of the last run may have, and what suits it.

    Args:
        home: the workspace.
        enterprise_id: whose.
        wish: what is asked for.
        run: the document of the last run, where it is at hand; null to read it.

    Raises:
        NoRunError: nothing has been run.
        NotInRunError: the run has no such enterprise.
        NotOfferedError: the product does not lend so, or is not one for the enterprise.
        StrategiesError: the home's strategies have faults.
    """
    run = run or latest_run(home)
    firm = firm_of(run, enterprise_id)
    told = told_of(home, run, firm)
    return counsel_for(
        firm,
        told.beside,
        money=told.money,
        wish=wish,
        ways=ways_on(date.fromisoformat(firm["as_of"]), strategies=home.strategies),
        heard=heard_from(run),
    )


def counsel_for(
    firm: Mapping[str, Any],
    beside: Mapping[str, float | None],
    *,
    money: Money,
    wish: Wish,
    ways: Ways | None = None,
    heard: Heard | None = None,
) -> Counsel:
    """Return which products an enterprise may have, and the loan that suits it best.

    The rate is that of the run, and no more is lent than it offers; a product moves the
    rate, which is never below what pays, and binds amount, term and repayment; what the
    firm's cash bears, and every other cap, binds the amount. What is not known is
    unknown here, and opens nothing.

    Args:
        firm: as the run's document has it.
        beside: facts that the desk knows beside the run.
        money: what is known of its money and ties.
        wish: what is asked for.
        ways: how the bank lends on the day; null for what is shipped.
        heard: what could be judged in the run; null for everything.

    Raises:
        NotOfferedError: the product does not lend so, or is not one for the enterprise.
        NoProductError: there is none of that code.
        LateDrawdownError: it is to be paid out more than a year after the run.
    """
    day = date.fromisoformat(firm["as_of"])
    # Its cash is drawn month by month until the loan is repaid.
    if wish.drawn_on and _waits(day, wish.drawn_on) > _MOST_WAIT_MONTHS:
        raise LateDrawdownError(wish.drawn_on, day)
    ways = ways or ways_on(day)
    values = {**facts_of(firm, held=heard.families if heard else ()), **beside}
    course = ways.course(firm["tier"], values, heard=heard)
    verdicts = ways.verdicts(firm["tier"], values, course=course)
    plain = _plain_bearing(firm, money, wish, day=day)
    product = _chosen(verdicts, wish, firm)
    asked = _quote(product, firm, money)
    proposal = unpaid = None
    if product is not None and asked is not None:
        unpaid = None if asked.rate else asked
        known = _Known(firm, money, plain, values, course)
        proposal = _proposal(known, (product, asked), wish)
    found = proposal.bearing if proposal else plain
    return Counsel(
        firm=firm,
        verdicts=verdicts,
        near=near_misses(
            ways.offerings, values=values, tier=firm["tier"], course=course
        ),
        course=course,
        lent_fen=lent_of(found.limit.amount_fen, course=course, terms=money.terms),
        money=money,
        bearing=found,
        proposal=proposal,
        unpaid=unpaid,
    )


def firm_of(run: Mapping[str, Any], enterprise_id: str) -> dict[str, Any]:
    """Return an enterprise as a run's document has it.

    Raises:
        NotInRunError: it has none of that name.
    """
    for firm in run["firms"]:
        if firm["enterprise_id"] == enterprise_id:
            return dict(firm)
    raise NotInRunError(enterprise_id)


def _plain_bearing(
    firm: Mapping[str, Any], money: Money, wish: Wish, *, day: date
) -> Bearing:
    """Return a firm's limit by twelve equal instalments, before a product is chosen."""
    rate = Decimal(str(firm["rate"])) if firm["rate"] else money.terms.max_rate
    return bearing(
        money,
        paths_of(money, months=USUAL_MONTHS),
        kinds=("equal_instalments",),
        plan=plain_plan(rate, day=day),
        asked_fen=_asked(firm, wish, money),
        start=start_of(day),
    )


def _asked(firm: Mapping[str, Any], wish: Wish, money: Money) -> Fen:
    """Return what is wanted: what is asked for, else what the run lends at most."""
    return wish.amount_fen or firm["limit_fen"] or money.terms.min_limit_fen


def _quote(
    product: Product | None, firm: Mapping[str, Any], money: Money
) -> Quote | None:
    """Return the rate under a product; null where the run lends nothing."""
    if product is None or not firm["limit_fen"] or firm["rate"] is None:
        return None
    priced = Decimal(str(firm.get("rate_priced") or firm["rate"]))
    return quote(product, priced, pd=firm["pd"], costs=money.costs)


@dataclass(frozen=True, slots=True)
class _Known:
    """What a proposal follows from, beside product and wish."""

    firm: Mapping[str, Any]
    money: Money
    plain: Bearing
    values: Mapping[str, float | None]
    course: Course


def _proposal(
    known: _Known, chosen: tuple[Product, Quote], wish: Wish
) -> Proposal | None:
    firm, money, course = known.firm, known.money, known.course
    lent: Fen = firm["limit_fen"]
    product, asked_rate = chosen
    rate = asked_rate.rate
    if rate is None:
        if wish.amount_fen is not None and asked_rate.why is not None:
            raise NotOfferedError(product, asked_rate.why.en)
        return None
    day = date.fromisoformat(firm["as_of"])
    way = way_of(product, wish, firm, course=course)
    plan = way.plan(rate, firm=firm, day=day)
    waits = _waits(day, wish.drawn_on or day)
    paths = paths_of(money, months=way.months + max(waits, 0))
    if isinstance(paths, NoTwin) and "cash" in money.heard:
        _refuse(product, wish, known.plain)
        return None
    asked_fen = product.amounts.within(min(_asked(firm, wish, money), lent))
    found = bearing(
        money,
        paths,
        kinds=way.kinds,
        plan=plan,
        asked_fen=asked_fen or money.terms.min_limit_fen,
        start=start_of(day),
    )
    most = lent_of(found.limit.amount_fen, course=course, terms=money.terms)
    amount = product.amounts.within(min(asked_fen, most))
    if not amount or (wish.amount_fen is not None and amount < wish.amount_fen):
        _refuse(product, wish, found, lent_fen=lent)
        return None
    schedule = plan(found.choice.kind if found.choice else way.kinds[0], amount)
    return Proposal(
        product=product,
        amount_fen=amount,
        rate=rate,
        quote=asked_rate,
        schedule=schedule,
        release=release(product, limit_fen=amount, behaviour=known.values),
        bearing=found,
        outlook=None
        if isinstance(paths, NoTwin)
        else outlook(paths, schedule, money=money, start=start_of(day)),
        papers=_papers(product, firm),
    )


def _papers(product: Product, firm: Mapping[str, Any]) -> tuple[Said, ...]:
    """Return what a product and the profile of a firm's trade ask for, each once."""
    of_product = (Said(paper.zh, paper.en) for paper in product.papers)
    # Runs on record from before profiles told papers are counselled on, too.
    asked = firm.get("profile", {}).get("papers", ())
    of_trade = (Said(one["zh"], one["en"]) for one in asked)
    return tuple(dict.fromkeys((*of_product, *of_trade)))


def _waits(day: date, begun: date) -> int:
    """Return how many months after a day's another's is; below 0 where before."""
    return (begun.year - day.year) * 12 + begun.month - day.month


def _refuse(
    product: Product, wish: Wish, found: Bearing, *, lent_fen: Fen | None = None
) -> None:
    """Refuse what was asked for by name or amount; else there is but no proposal.

    Raises:
        NotOfferedError: an amount was asked for that is not lent.
    """
    if wish.amount_fen is None:
        return
    asked, limit = wish.amount_fen // 100, found.limit
    if lent_fen is not None and lent_fen < limit.amount_fen:
        raise NotOfferedError(product, f"{asked} yuan of a limit of {lent_fen // 100}")
    raise NotOfferedError(product, f"{asked} yuan; {limit.text.en}")


def _chosen(
    verdicts: Sequence[Verdict], wish: Wish, firm: Mapping[str, Any]
) -> Product | None:
    """Return the product asked for, else that of the run, else what suits best."""
    if wish.product is None:
        able = {one.product.code: one.product for one in verdicts if one.eligible}
        if firm.get("product") in able:
            return able[firm["product"]]
        amount = wish.amount_fen or firm["limit_fen"] or 0
        return best_product(verdicts, purpose="new_loan", amount_fen=amount)
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
