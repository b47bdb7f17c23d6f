"""What the bank's products come to for one enterprise of the last run."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any, Final

from xiaowei.desk.counsel.agreements import (
    NotOfferedError,
    Wish,
    agreement_of,
    kinds_of,
    months_of,
)
from xiaowei.desk.counsel.asked import asked_of
from xiaowei.desk.counsel.limits import (
    Bearing,
    Outlook,
    bearing,
    outlook,
    paths_of,
    start_of,
)
from xiaowei.desk.counsel.money import Money, money_of
from xiaowei.desk.counsel.prices import Quote, quote
from xiaowei.desk.home import Home
from xiaowei.desk.running import latest_run
from xiaowei.errors import NotFoundError
from xiaowei.money import Fen
from xiaowei.offers.limits.twin import NoTwin
from xiaowei.offers.near_misses import NearMiss, near_misses
from xiaowei.offers.products import (
    Verdict,
    best_product,
    judge_products,
    offerings_on,
)
from xiaowei.offers.schedules.borrowing import Borrowing
from xiaowei.offers.schedules.schedule import Schedule, schedule_of
from xiaowei.offers.schedules.ways import equal_instalments
from xiaowei.offers.stages import Release, release
from xiaowei.policy.products.product import Kind, Product
from xiaowei.policy.products.reading import load_products
from xiaowei.verification.finding import SEVERITIES

_USUAL_MONTHS: Final = 12


class NotInRunError(NotFoundError):
    """The last run knows no such enterprise."""

    def __init__(self, enterprise_id: str) -> None:
        """Name it."""
        super().__init__(
            f"the last run has no enterprise '{enterprise_id}'",
            expected="an enterprise of the run",
            remedy="List them with 'xiaowei firms', or take its files and run again",
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
        outlook: what it does to the firm's cash.
    """

    product: Product
    amount_fen: Fen
    rate: Decimal
    quote: Quote
    schedule: Schedule
    release: Release
    bearing: Bearing
    outlook: Outlook


@dataclass(frozen=True, slots=True, kw_only=True)
class Counsel:
    """What the products come to for one enterprise.

    Args:
        firm: the enterprise as the run has it.
        verdicts: of every product of the day.
        near: what it nearly may have.
        money: what is known of its money.
        bearing: its limit: under the product proposed, else by twelve equal
            instalments.
        proposal: the loan; null where it may have none, the run lends it nothing, its
            limit is 0, or no rate pays.
        unpaid: why no rate pays; null where one does, or none was asked for.
    """

    firm: Mapping[str, Any]
    verdicts: tuple[Verdict, ...]
    near: tuple[NearMiss, ...]
    money: Money
    bearing: Bearing
    proposal: Proposal | None
    unpaid: Quote | None


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
    run = latest_run(home)
    firm = firm_of(run, enterprise_id)
    day = date.fromisoformat(firm["as_of"])
    return counsel_for(
        firm,
        asked_of(home, enterprise_id, as_of=day),
        money=money_of(home, run, firm),
        wish=wish,
    )


def counsel_for(
    firm: Mapping[str, Any],
    beside: Mapping[str, float | None],
    *,
    money: Money,
    wish: Wish,
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

    Raises:
        NotOfferedError: the product does not lend so, or is not one for the enterprise.
        NoProductError: there is none of that code.
    """
    day = date.fromisoformat(firm["as_of"])
    offerings = offerings_on(load_products(), on=day)
    values = {**facts_of(firm), **beside}
    verdicts = judge_products(offerings, values=values, tier=firm["tier"])
    plain = _plain_bearing(firm, money, wish, day=day)
    product = _chosen(verdicts, wish, limit_fen=firm["limit_fen"] or 0)
    asked = _quote(product, firm, money)
    proposal = unpaid = None
    if product is not None and asked is not None:
        unpaid = None if asked.rate else asked
        proposal = _proposal(
            firm, (product, asked), wish, money=money, plain=plain, values=values
        )
    return Counsel(
        firm=firm,
        verdicts=verdicts,
        near=near_misses(offerings, values=values, tier=firm["tier"]),
        money=money,
        bearing=proposal.bearing if proposal else plain,
        proposal=proposal,
        unpaid=unpaid,
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


def _plain_bearing(
    firm: Mapping[str, Any], money: Money, wish: Wish, *, day: date
) -> Bearing:
    """Return a firm's limit by twelve equal instalments, before a product is chosen."""
    rate = Decimal(str(firm["rate"])) if firm["rate"] else money.terms.max_rate

    def plan(_: Kind, amount: Fen) -> Schedule:
        return equal_instalments(
            Borrowing(
                amount_fen=amount, rate=rate, drawn_on=day, instalments=_USUAL_MONTHS
            )
        )

    return bearing(
        money,
        paths_of(money, months=_USUAL_MONTHS),
        kinds=("equal_instalments",),
        plan=plan,
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
    priced = Decimal(str(firm["rate"]))
    return quote(product, priced, pd=firm["pd"], costs=money.costs)


def _proposal(
    firm: Mapping[str, Any],
    chosen: tuple[Product, Quote],
    wish: Wish,
    *,
    money: Money,
    plain: Bearing,
    values: Mapping[str, float | None],
) -> Proposal | None:
    lent: Fen = firm["limit_fen"]
    product, asked_rate = chosen
    rate = asked_rate.rate
    if rate is None:
        if wish.amount_fen is not None and asked_rate.why is not None:
            raise NotOfferedError(product, asked_rate.why.en)
        return None
    day = date.fromisoformat(firm["as_of"])
    months = months_of(product, wish)
    kinds = kinds_of(product, wish, firm)

    def plan(kind: Kind, amount: Fen) -> Schedule:
        asked = replace(wish, kind=kind)
        return schedule_of(
            agreement_of(product, asked, firm, amount, rate=rate, day=day)
        )

    begun = wish.drawn_on or day
    waits = (begun.year - day.year) * 12 + begun.month - day.month
    paths = paths_of(money, months=months + max(waits, 0))
    if isinstance(paths, NoTwin):
        _refuse(product, wish, plain)
        return None
    asked_fen = product.amounts.within(min(_asked(firm, wish, money), lent))
    found = bearing(
        money,
        paths,
        kinds=kinds,
        plan=plan,
        asked_fen=asked_fen or money.terms.min_limit_fen,
        start=start_of(day),
    )
    amount = product.amounts.within(min(asked_fen, found.limit.amount_fen))
    if not amount or (wish.amount_fen is not None and amount < wish.amount_fen):
        _refuse(product, wish, found, lent_fen=lent)
        return None
    schedule = plan(found.choice.kind if found.choice else kinds[0], amount)
    return Proposal(
        product=product,
        amount_fen=amount,
        rate=rate,
        quote=asked_rate,
        schedule=schedule,
        release=release(product, limit_fen=amount, behaviour=values),
        bearing=found,
        outlook=outlook(paths, schedule, money=money, start=start_of(day)),
    )


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
