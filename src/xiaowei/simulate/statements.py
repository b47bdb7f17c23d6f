"""The yearly statements that firms hand to the bank, and those made up for it."""

from dataclasses import dataclass
from datetime import date
from typing import Final

import numpy as np

from xiaowei.facts.sources import STATEMENTS
from xiaowei.simulate.arrays import Flags, Floats, Ints, tally, whole
from xiaowei.simulate.columns import money
from xiaowei.simulate.firms import DAYS_A_YEAR
from xiaowei.simulate.fraud import HIDDEN_FROM, FraudKind
from xiaowei.simulate.observed import Book, Observer
from xiaowei.simulate.repaid import instalments_of, standing_on
from xiaowei.simulate.seasons import DECEMBER
from xiaowei.simulate.tickets import Tickets

INFLATE: Final[tuple[FraudKind, ...]] = (
    "fake_sales",
    "fake_sales_powered",
    "circular",
    "void_after_issue",
    "shell",
    "related_party",
    "carousel",
    "packaged",
)
"""Who shows sales that were none, and so profit or equity that was none."""

_INCOME_TAX: Final = 0.05
_OWN_FUNDS: Final = (-1.4, 0.5)
"""Logarithm of a firm's first equity beside a year's sales: its mean and spread."""
_PAYABLES: Final = (0.5, 1.5)
"""Months of purchases not paid for yet."""
_LEAST_ASSETS: Final = 0.05
_INVENTED_MARGIN: Final = (0.12, 0.3)
_RAISES_PROFIT: Final = 0.5
_WHOLE_YUAN: Final = 0.5
_SAYS_OPENING: Final = 0.85
_MISSING: Final = 0.08
_LATE: Final = 0.07
_LATE_DAYS: Final = (60, 240)
_DRAWN_UNSAID: Final = 0.06


@dataclass(frozen=True, slots=True)
class _Year:
    """What a year was to each firm, in fen, and how its books stand at the end.

    Args:
        end: its last day by number.
        revenue, profit, paid_in, drawn: of the year.
        opening, equity, assets: before and after it.
    """

    end: int
    revenue: Ints
    profit: Ints
    paid_in: Ints
    drawn: Ints
    opening: Ints
    equity: Ints
    assets: Ints


def statement_books(seen: Observer) -> list[Book]:
    """Return a statement per firm and year end.

    In those of honest firms equity goes on from year to year by profit, what owners
    put in and what they took out. Of those who invent sales the badly hidden raise
    either profit or equity, and the others both.

    Args:
        seen: what becomes known.
    """
    world = seen.county.world
    count, days = world.firms.count, world.days
    ends = [_year_end(year, days.first) for year in _years(seen)]
    ends = [end for end in ends if world.first_day <= end < days.count]
    years = _shown(seen, ends)
    # A row of chance per firm and year, so that a longer life changes no earlier one.
    chance = seen.chance("statement slips").random((max(len(years), 1), 4, count))
    told = [
        np.flatnonzero(seen.county.life.active[one.end] & (slip[0] >= _MISSING))
        for one, slip in zip(years, chance, strict=False)
    ]
    firm = np.concatenate([np.zeros(0, dtype=np.int64), *told])
    year = np.repeat(np.arange(len(told)), [len(one) for one in told])
    slips = chance[year, :, firm]
    happened = np.array([one.end for one in years], dtype=np.int64)[year]
    least, most = _LATE_DAYS
    late = np.where(slips[:, 1] < _LATE, least + (most - least) * slips[:, 3], 0)
    style = seen.chance("statement style").random((2, count))
    rounded = style[0] < _WHOLE_YUAN
    columns = {
        f"{name}_fen": money(
            _in_yuan(_of(years, name)[year, firm], rounded[firm]),
            unknown=_unsaid(name, slips, style[1][firm]),
        )
        for name in _NAMES
    }
    return [
        seen.book(
            STATEMENTS,
            firm=firm,
            happened=happened,
            known=happened + seen.lag(STATEMENTS, len(firm)) + whole(late),
            columns=columns,
        )
    ]


_NAMES: Final = (
    "assets",
    "equity",
    "opening",
    "revenue",
    "profit",
    "paid_in",
    "drawn",
)


def _unsaid(name: str, slips: Floats, style: Floats) -> Flags | None:
    if name == "drawn":
        return np.asarray(slips[:, 2] < _DRAWN_UNSAID)
    return np.asarray(style >= _SAYS_OPENING) if name == "opening" else None


def _of(years: list[_Year], name: str) -> Ints:
    return np.array([getattr(one, name) for one in years], dtype=np.int64)


def _in_yuan(fen: Ints, rounded: Flags) -> Ints:
    return np.where(rounded, whole(fen / 100) * 100, fen)


def _years(seen: Observer) -> range:
    days = seen.county.world.days
    return range(days.first.year, days.date_of(days.count - 1).year + 1)


def _year_end(year: int, first: date) -> int:
    return (date(year, DECEMBER, 31) - first).days


def _shown(seen: Observer, ends: list[int]) -> list[_Year]:
    """Return what each year's statement says, true or made up."""
    profit_up, equity_up, margin = _style(seen)
    invented = np.zeros(seen.county.world.firms.count, dtype=np.int64)
    shown = []
    for one, false_sales in _lived(seen, ends):
        more = whole(false_sales * margin)
        before, invented = invented, invented + more * equity_up
        shown.append(
            _Year(
                end=one.end,
                revenue=one.revenue + false_sales,
                profit=one.profit + more * profit_up,
                paid_in=one.paid_in,
                drawn=one.drawn,
                opening=one.opening + before,
                equity=one.equity + invented,
                assets=one.assets + invented,
            )
        )
    return shown


def _style(seen: Observer) -> tuple[Flags, Flags, Floats]:
    """Return who raises profit, who raises equity, and what invented sales yield."""
    frauds, rng = seen.county.world.frauds, seen.chance("statement lies")
    count = len(frauds.kind)
    first = rng.random(count) < _RAISES_PROFIT
    margin = rng.uniform(*_INVENTED_MARGIN, count)
    hidden, lies = frauds.camouflage >= HIDDEN_FROM, frauds.is_kind(*INFLATE)
    return lies & (first | hidden), lies & (~first | hidden), margin


def _lived(seen: Observer, ends: list[int]) -> list[tuple[_Year, Ints]]:
    """Return the true books of each year, and the sales shown that were none."""
    firms, days = seen.county.world.firms, seen.county.world.days
    rng = seen.chance("statement sizes")
    yearly = firms.scale * DAYS_A_YEAR
    equity = whole(yearly * np.exp(rng.normal(*_OWN_FUNDS, firms.count)))
    owing = rng.uniform(*_PAYABLES, firms.count) / DECEMBER
    *flows, false_sales = _flows(seen)
    years = []
    for end in ends:
        last = int(days.month[end])
        first = max(last - DECEMBER + 1, seen.county.first_month)
        part = slice(first, last + 1)
        # Of a year that began before the county did the rest is taken to be alike.
        times = np.where(firms.opens > 0, 1.0, DECEMBER / (last + 1 - first))
        sold, bought, costs, put_in, drawn = (
            whole(flow[part].sum(axis=0) * times) for flow in flows
        )
        profit = sold - bought - costs
        profit = profit - whole(np.clip(profit, 0, None) * _INCOME_TAX)
        opening, equity = equity, equity + profit + put_in - drawn
        owed = _owed(seen, end) + whole(bought * owing)
        assets = np.maximum(equity + owed, whole(yearly * _LEAST_ASSETS))
        one = _Year(end, sold, profit, put_in, drawn, opening, equity, assets)
        years.append((one, false_sales[part].sum(axis=0)))
    return years


def _flows(seen: Observer) -> tuple[Ints, ...]:
    """Return sales, purchases, costs, what owners put in and took, and false sales.

    Returns:
        Shape of each: one row per month, one column per firm; fen.
    """
    treasury, tickets = seen.county.life.treasury, seen.county.tickets
    true = tickets.where(~tickets.voided & ~tickets.staged)
    staged = tickets.where(tickets.staged & (tickets.net > 0))
    return (
        _monthly(seen, true, sold=True),
        _monthly(seen, true, sold=False),
        np.asarray(treasury.fell_due.sum(axis=0), dtype=np.int64),
        treasury.ledger("put_in"),
        treasury.ledger("drawn"),
        _monthly(seen, staged, sold=True),
    )


def _owed(seen: Observer, end: int) -> Ints:
    """Return the fen that each firm owes lenders, and others too late, on a day."""
    world, treasury = seen.county.world, seen.county.life.treasury
    contracts, told = seen.once(
        "instalments",
        lambda: instalments_of(treasury.debts, first_day=world.first_day),
    )
    balance = standing_on(end, contracts, told).balance
    balance = np.where(contracts.drawn <= end, balance, 0)
    lent = tally(contracts.firm, balance, places=world.firms.count)
    return np.asarray(lent + treasury.arrears[world.days.month[end]], dtype=np.int64)


def _monthly(seen: Observer, tickets: Tickets, *, sold: bool) -> Ints:
    """Return the net fen of invoices. Shape: one row per month, a column per firm."""
    days = seen.county.world.days
    table = np.zeros((days.months, seen.county.world.firms.count), dtype=np.int64)
    firm = tickets.seller if sold else tickets.buyer
    ours = firm >= 0
    np.add.at(table, (days.month[tickets.day[ours]], firm[ours]), tickets.net[ours])
    return table
