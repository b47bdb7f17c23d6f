"""A firm's months, what is known of it, and its paths, each with defaults."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Any, Final

import numpy as np

from xiaowei.offers.limits.assumptions import Assumptions, assumptions_on
from xiaowei.offers.limits.choosing import Ask, Choice, choose
from xiaowei.offers.limits.habits import Norms, norms_of
from xiaowei.offers.limits.history import History
from xiaowei.offers.limits.limit import Known
from xiaowei.offers.limits.need import Days
from xiaowei.offers.limits.paths import Paths, Seeds, draw_paths
from xiaowei.offers.limits.season import Floats
from xiaowei.offers.limits.twin import NoTwin, Standing, Twin, twin_of
from xiaowei.offers.schedules.agreement import Agreement
from xiaowei.offers.schedules.borrowing import Borrowing
from xiaowei.offers.schedules.schedule import Schedule, schedule_of
from xiaowei.policy.book import load_book
from xiaowei.policy.products.product import Kind

DAY: Final = date(2025, 6, 30)
FIRST: Final = date(2022, 7, 1)
START: Final = date(2025, 7, 1)
LOT: Final = 1_000_000
WAN: Final = 1_000_000
TERM: Final = 12
SEEDS: Final = Seeds(firm=[1, 2], trade=[3])


def assumed(**other: Any) -> Assumptions:  # noqa: ANN401 - any number of the policy
    """Return the shipped assumptions, with 400 paths."""
    return replace(_shipped(), limit_paths=400, **other)


@cache
def _shipped() -> Assumptions:
    return assumptions_on(load_book(), on=DAY)


def months(count: int = 36, *, wan: float = 100.0, wobble: float = 0.0) -> Floats:
    """Return amounts of months that rise and fall by turns about a mean."""
    return wan * WAN * (1 + wobble * np.where(np.arange(count) % 2, 1.0, -1.0))


def history(count: int = 36, **other: Any) -> History:  # noqa: ANN401
    """Return a firm that receives a million yuan a month and spends 85 in 100 of it."""
    parts: dict[str, Any] = {
        "first": FIRST,
        "received": months(count),
        "bought": months(count, wan=60),
        "upkeep": months(count, wan=20),
        "taxes": months(count, wan=5),
        "drawn": months(count, wan=10),
        "closes": months(count, wan=150),
        "service_fen": 0,
        "source": "bank",
    }
    return History(**parts | other)


def known(**other: Any) -> Known:  # noqa: ANN401
    """Return a firm of which all is known, and which needs and may have a lot."""
    parts: dict[str, Any] = {
        "sales_12m_fen": 1_200 * WAN,
        "buyer_share": 0.2,
        "revenue_fen": 1_200 * WAN,
        "profit_fen": 60 * WAN,
        "growth": 0.1,
        "days": Days(stock=60.0, receivable=60.0, payable=20.0, advance=0.0),
        "own_fen": 20 * WAN,
        "debts_fen": 0,
        "group_fen": 0,
    }
    return Known(**parts | other)


def norms(assumptions: Assumptions | None = None) -> Norms:
    """Return what is assumed of a trade that shows nothing."""
    return norms_of([], assumed=assumptions or assumed())


def twin(
    of: History | None = None,
    *,
    assumptions: Assumptions | None = None,
    opening_fen: int | None = 150 * WAN,
    buyer_share: float | None = 0.2,
) -> Twin | NoTwin:
    """Return the twin of a history over a term of twelve months and two to spare."""
    numbers = assumptions or assumed()
    return twin_of(
        of or history(),
        norms=norms(numbers),
        standing=Standing(opening_fen=opening_fen, buyer_share=buyer_share),
        assumed=numbers,
        horizon=TERM + 2,
    )


def paths(of: Twin | NoTwin, *, assumptions: Assumptions | None = None) -> Paths:
    """Return the paths of a twin that there is."""
    assert isinstance(of, Twin)
    return draw_paths(of, assumed=assumptions or assumed(), seeds=SEEDS)


def plan(kind: Kind, amount: int) -> Schedule:
    """Return a loan of twelve months at 6 %; in season it is repaid in December."""
    return schedule_of(
        Agreement(
            borrowing=Borrowing(
                amount_fen=amount, rate=Decimal("0.06"), drawn_on=DAY, instalments=TERM
            ),
            kind=kind,
            weights=(0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 9) if kind == "seasonal" else (),
        )
    )


def choice(
    of: Paths,
    *,
    kinds: tuple[Kind, ...] = ("equal_instalments",),
    asked_fen: int = 10 * WAN,
    assumptions: Assumptions | None = None,
) -> Choice:
    """Return what suits a firm's cash, of at most ten million yuan."""
    return choose(
        of,
        kinds=kinds,
        plan=plan,
        ask=Ask(amount_fen=asked_fen, most_fen=1_000 * WAN, lot_fen=LOT, start=START),
        assumed=assumptions or assumed(),
    )


def bears_fen(of: Twin | NoTwin, *, assumptions: Assumptions | None = None) -> int:
    """Return the most that a firm's cash bears; 0 where there is no twin."""
    if isinstance(of, NoTwin):
        return 0
    found = choice(paths(of, assumptions=assumptions), assumptions=assumptions).cap
    assert found.amount_fen is not None
    return found.amount_fen
