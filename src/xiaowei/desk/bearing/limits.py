"""How much a firm may be lent, by which schedule, and what that does to its cash."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

import numpy as np

from xiaowei.desk.bearing.money import Money
from xiaowei.money import Fen
from xiaowei.offers.limits.choosing import Ask, Choice, Plan, choose
from xiaowei.offers.limits.limit import Cap, Limit, caps_of, limit_of
from xiaowei.offers.limits.paths import Paths, draw_paths
from xiaowei.offers.limits.season import MONTHS, Floats, month_after
from xiaowei.offers.limits.shortfall import Chance, bands, paid_by, shortfall
from xiaowei.offers.limits.twin import NoTwin, twin_of
from xiaowei.offers.schedules.schedule import Schedule
from xiaowei.policy.products.product import Kind
from xiaowei.portraits.moments import anchor_of

_SPARE: Final = 2
"""Months beyond a term in which a moved due day may fall."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bearing:
    """The limit of a firm under one product or none, and what its cash tells.

    Args:
        limit: the most that may be lent, with every cap.
        choice: the schedule that suits it; None where no paths can be drawn.
        alone: chance of a shortfall without the loan over its term; None likewise.
    """

    limit: Limit
    choice: Choice | None
    alone: Chance | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlook:
    """What a proposed loan does to a firm's cash.

    Args:
        chance: of a shortfall in a month of its term.
        months: first day of each month.
        cash_fen: P10, P50 and P90 of cash at the end of each, the loan's service paid.
    """

    chance: Chance
    months: tuple[date, ...]
    cash_fen: tuple[tuple[int, ...], ...]


def start_of(day: date) -> date:
    """Return the first day of the first month that is not complete by a day."""
    return month_after(date(1, 1, 1), months=anchor_of(day) - MONTHS)


def paths_of(money: Money, *, months: int) -> Paths | NoTwin:
    """Return the paths of a firm's cash, or why there are none.

    Args:
        money: what is known of it.
        months: the longest term, counted from the day of the run.
    """
    twin = twin_of(
        money.history,
        norms=money.norms,
        standing=money.standing,
        assumed=money.assumed,
        horizon=months + _SPARE,
    )
    if isinstance(twin, NoTwin):
        return twin
    return draw_paths(twin, assumed=money.assumed, seeds=money.seeds)


def bearing(
    money: Money,
    paths: Paths | NoTwin,
    *,
    kinds: Sequence[Kind],
    plan: Plan,
    asked_fen: Fen,
    start: date,
) -> Bearing:
    """Return a firm's limit and the schedule that suits its cash.

    Args:
        money: what is known of it.
        paths: of its cash.
        kinds: of schedule, at least one.
        plan: makes schedules.
        asked_fen: what is wanted, above 0.
        start: first day of the paths' first month.
    """
    caps = heard_caps(money)
    if "cash" not in money.heard:
        return Bearing(limit=limit_of(caps, terms=money.terms), choice=None, alone=None)
    if isinstance(paths, NoTwin):
        cash = Cap("cash", None, paths.reason)
        return Bearing(
            limit=limit_of((cash, *caps), terms=money.terms), choice=None, alone=None
        )
    choice = choose(
        paths,
        kinds=kinds,
        plan=plan,
        ask=Ask(
            amount_fen=asked_fen,
            most_fen=money.terms.max_limit_fen,
            lot_fen=money.terms.lot_fen,
            start=start,
        ),
        assumed=money.assumed,
    )
    term = len(_paid(plan(choice.kind, asked_fen), money=money, start=start))
    return Bearing(
        limit=limit_of((choice.cap, *caps), terms=money.terms),
        choice=choice,
        alone=shortfall(paths, paid=np.zeros(term)),
    )


def heard_caps(money: Money) -> tuple[Cap, ...]:
    """Return every cap that the sources can tell, beside that of the cash.

    Args:
        money: what is known of a firm.
    """
    caps = caps_of(money.known, assumed=money.assumed, terms=money.terms)
    return tuple(cap for cap in caps if cap.name in money.heard)


def outlook(paths: Paths, schedule: Schedule, *, money: Money, start: date) -> Outlook:
    """Return what a loan does to a firm's cash.

    Args:
        paths: of its cash.
        schedule: of the loan.
        money: what is known of it.
        start: first day of the paths' first month.
    """
    paid = _paid(schedule, money=money, start=start)
    months = tuple(month_after(start, months=place) for place in range(len(paid)))
    return Outlook(
        chance=shortfall(paths, paid=paid),
        months=months,
        cash_fen=bands(paths.cash(paid=paid)),
    )


def _paid(schedule: Schedule, *, money: Money, start: date) -> Floats:
    return paid_by(schedule, start=start, spent=money.assumed.limit_loan_spent)
