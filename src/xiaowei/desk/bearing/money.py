"""What the lake and a run know of firms' money and ties, as their limits ask for it."""

import math
import zlib
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any, Final

import ibis.expr.types as ir

from xiaowei.desk.bearing.flows import (
    Months,
    banked,
    invoice_months,
    invoiced,
    told_from,
)
from xiaowei.desk.bearing.prices import costs_known
from xiaowei.desk.bearing.ties import Ties, ties_of
from xiaowei.money import Fen
from xiaowei.offers.limits.assumptions import Assumptions, assumptions_on
from xiaowei.offers.limits.habits import Norms, norms_of
from xiaowei.offers.limits.history import History
from xiaowei.offers.limits.lags import lag_days
from xiaowei.offers.limits.limit import CAPS, CapName, Known
from xiaowei.offers.limits.need import Days
from xiaowei.offers.limits.paths import Seeds
from xiaowei.offers.limits.twin import Standing
from xiaowei.offers.raroc import Costs
from xiaowei.offers.terms import Terms, terms_on
from xiaowei.policy.book import Book
from xiaowei.portraits.consent import agreements
from xiaowei.portraits.moments import Moments
from xiaowei.portraits.plan import Rows, anew, of_firms
from xiaowei.portraits.standing import current

_SEED: Final = 2025
_MOST_PEERS: Final = 200
"""Firms of a trade whose accounts are read: more move its norms by little."""
_TRADES_AT_ONCE: Final = 20
_BUREAU: Final = ("bureau_loans", "bureau_guarantees")
_CONSENTS: Final = "consents"
_STATEMENTS: Final = "statements"
_STATED: Final = ("revenue_fen", "profit_fen")
_OWN: Final = "own_balance_now"

SHARED: Final = ("bank_flows", "owners", *_BUREAU)
"""Families of which others' facts are looked at, too: peers, fellows."""
ALONE: Final = ("invoices", "payroll", "social_security", "tax_filings", "statements")
"""Families of which only the firm's own facts are."""

Traits = Mapping[str, float | None]
Facts = Mapping[str, ir.Table]


@dataclass(frozen=True, slots=True, kw_only=True)
class Money:
    """What is known of a firm's money and ties on the day of a run.

    Args:
        history: its complete months; None where nothing tells them.
        norms: how money moves in its trade.
        standing: cash, and the share of its largest buyer.
        known: what the caps ask for.
        assumed: the policy's numbers for limits.
        terms: bounds of loans.
        seeds: where the chance of its paths comes from.
        costs: what a price must cover; null before there was an LPR.
        heard: caps that the sources of the run can tell at all.
    """

    history: History | None
    norms: Norms
    standing: Standing
    known: Known
    assumed: Assumptions
    terms: Terms
    seeds: Seeds
    costs: Costs | None
    heard: frozenset[CapName] = frozenset(CAPS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Numbers:
    """The policy's numbers that bear on what a firm can carry, on a day.

    Args:
        day: the day.
        assumed: of twin and caps.
        terms: bounds of loans.
        costs: what a price must cover; null before there was an LPR.
        heard: caps that the sources of the run can tell at all.
    """

    day: date
    assumed: Assumptions
    terms: Terms
    costs: Costs | None
    heard: frozenset[CapName] = frozenset(CAPS)


def numbers_on(
    book: Book, *, day: date, heard: frozenset[CapName] = frozenset(CAPS)
) -> Numbers:
    """Return the policy's numbers of a day.

    Args:
        book: the bank's numbers.
        day: the day.
        heard: caps that the sources of the run can tell at all.
    """
    return Numbers(
        day=day,
        assumed=assumptions_on(book, on=day),
        terms=terms_on(book, on=day),
        costs=costs_known(book, on=day),
        heard=heard,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Roll:
    """The firms of a run.

    Args:
        industries: every firm to its trade; null where that is not known.
        traits: every firm to its portrait.
        consents: as held, of all; null where no consent is asked for.
        heard: whether any loan of our own is on record at all.
    """

    industries: Mapping[str, str | None]
    traits: Mapping[str, Traits]
    consents: ir.Table | None
    heard: bool


class Books:
    """What the lake tells of the money of firms: read for many, told for one."""

    def __init__(
        self, shared: Facts, alone: Facts, *, roll: Roll, numbers: Numbers
    ) -> None:
        """Take where it is read; nothing is read yet.

        Args:
            shared: facts of SHARED known by the day, of all who agree.
            alone: facts of ALONE likewise, at least of the firms asked for.
            roll: the firms of the run.
            numbers: of the policy.
        """
        self._shared, self._alone = shared, alone
        self._roll, self._numbers = roll, numbers
        self._norms: dict[tuple[str, ...], Norms] = {}
        self._trades: dict[str, dict[str, History]] = {}
        self._histories: dict[str, History] = {}
        self._invoices: dict[str, Months] = {}
        self._statements: dict[str, dict[str, Fen | None]] = {}
        self._seen: frozenset[str] = frozenset()

    def read(self, enterprises: Sequence[str]) -> None:
        """Read what is told of enterprises, in place of those read before.

        Args:
            enterprises: whose.
        """
        self.read_from(
            enterprises,
            {**self._shared, **self._alone},
            consents=self._roll.consents,
        )

    def read_from(
        self,
        enterprises: Sequence[str],
        facts: Facts,
        *,
        consents: ir.Table | None,
        plans: Rows | None = None,
    ) -> None:
        """Read as `read` does, from some facts.

        What is read of their trades is kept, so that of the next enterprise of a trade
        nothing but its own facts is looked up.

        Args:
            enterprises: whose.
            facts: of SHARED and ALONE known by the day, at least of them.
            consents: as held, at least theirs; null where none is asked for.
            plans: reads facts and consents that are theirs and nobody else's, whoever
                they are.
        """
        rows, whose = plans or anew, None if plans else enterprises
        day = self._numbers.day
        self._histories = banked(facts, enterprises=whose, as_of=day, rows=rows)
        self._read_trades(enterprises)
        self._invoices = invoice_months(facts, enterprises=whose, rows=rows)
        self._statements = _statements(facts, whose, rows)
        self._seen = frozenset(enterprises)
        if not all(family in self._shared for family in _BUREAU):
            self._seen = frozenset()
        elif consents is not None:
            self._seen = _bureau_seen(of_firms(consents, whose), day, rows)

    def ready(self) -> None:
        """Read the peers of every trade and all ties, so that no enterprise waits.

        So few trades at a time that the rows of their months fit in memory.
        """
        _ = self._ties
        leaders = [firms[0] for firms in self._peers.values()]
        for first in range(0, len(leaders), _TRADES_AT_ONCE):
            self._read_trades(leaders[first : first + _TRADES_AT_ONCE])

    def money(self, enterprise_id: str) -> Money:
        """Return what is known of the money of an enterprise that was read.

        Args:
            enterprise_id: whose.
        """
        name, numbers = enterprise_id, self._numbers
        traits = self._roll.traits[name]
        own, norms = self._histories.get(name), self.norms(name)
        debts = (_fen(traits, "debt_balance_now") or 0) if name in self._seen else None
        months = self._invoices.get(name, {})
        days = _days(months, own)
        if own is None:
            own = invoiced(
                months,
                as_of=numbers.day,
                norms=norms,
                owed_fen=debts,
                assumed=numbers.assumed,
            )
        buyer = _largest(traits)
        statement = self._statements.get(name, dict.fromkeys(_STATED))
        return Money(
            history=own,
            norms=norms,
            standing=Standing(
                opening_fen=_fen(traits, "balance_now"), buyer_share=buyer
            ),
            known=Known(
                sales_12m_fen=_fen(traits, "sales_12m"),
                buyer_share=buyer,
                growth=_growth(traits.get("sales_growth_12m")),
                days=days,
                own_fen=_fen(traits, "balance_low_3m"),
                debts_fen=debts,
                group_fen=None if debts is None else self._group(name),
                **statement,
            ),
            assumed=numbers.assumed,
            terms=numbers.terms,
            seeds=self._seeds(name),
            costs=numbers.costs,
            heard=numbers.heard,
        )

    def fellows(self, enterprise_id: str) -> frozenset[str]:
        """Return those who stand and fall with an enterprise, as far as is known."""
        return self._ties.fellows(enterprise_id) or frozenset()

    def norms(self, enterprise_id: str) -> Norms:
        """Return how money moves in the trade of an enterprise, itself left out.

        Args:
            enterprise_id: whose.
        """
        trade = self._roll.industries.get(enterprise_id)
        firms = self._peers.get(trade, []) if trade else []
        peers = tuple([one for one in firms if one != enterprise_id][:_MOST_PEERS])
        if peers not in self._norms:
            told = self._trades.get(trade, {}) if trade else {}
            self._norms[peers] = norms_of(
                [told[one] for one in peers if one in told],
                assumed=self._numbers.assumed,
            )
        return self._norms[peers]

    @cached_property
    def _peers(self) -> dict[str, list[str]]:
        """Trade to its first firms by id: one more than is asked of any."""
        firms = defaultdict[str, list[str]](list)
        for name in sorted(self._roll.industries):
            trade = self._roll.industries[name]
            if trade and len(firms[trade]) <= _MOST_PEERS:
                firms[trade].append(name)
        return dict(firms)

    @cached_property
    def _ties(self) -> Ties:
        return ties_of(self._shared, as_of=self._numbers.day)

    def _read_trades(self, enterprises: Sequence[str]) -> None:
        """Read the peers of enterprises, of all trades that are new at once."""
        trades = {self._roll.industries.get(one) for one in enterprises}
        fresh = [one for one in trades if one and one not in self._trades]
        firms = [name for trade in fresh for name in self._peers[trade]]
        if not firms:
            return
        found = banked(self._shared, enterprises=firms, as_of=self._numbers.day)
        for trade in fresh:
            self._trades[trade] = {
                name: found[name] for name in self._peers[trade] if name in found
            }

    def _group(self, name: str) -> Fen | None:
        """Return what a group owes us, and what the firm itself guarantees for others.

        None where its owners are not stated, or no loans of our own are on record at
        all: then nobody can say.
        """
        fellows = self._ties.fellows(name)
        if fellows is None or not self._roll.heard:
            return None
        traits = self._roll.traits
        owed = sum(
            _fen(traits[one], _OWN) or 0 for one in {name, *fellows} if one in traits
        )
        return owed + (_fen(traits[name], "guaranteed_now") or 0)

    def _seeds(self, name: str) -> Seeds:
        trade = str(self._roll.industries.get(name))
        return Seeds(
            firm=[_SEED, zlib.crc32(name.encode())],
            trade=[_SEED, zlib.crc32(trade.encode())],
        )


def _bureau_seen(consents: ir.Table, day: date, rows: Rows) -> frozenset[str]:
    """Return those about whom the bureau may be, and is, asked.

    Only then does no debt and no guarantee on record mean that there is none.
    """

    def states() -> ir.Table:
        return agreements({_CONSENTS: consents}, Moments((day,)), families=_BUREAU)

    return frozenset(
        row["enterprise_id"]
        for row in rows("bureau", states)
        if all(row[family] for family in _BUREAU)
    )


def _statements(
    facts: Facts, enterprises: Sequence[str] | None, rows: Rows
) -> dict[str, dict[str, Fen | None]]:
    """Return sales and profit of the last yearly statement of each."""
    if _STATEMENTS not in facts:
        return {}
    mine = of_firms(facts[_STATEMENTS], enterprises)
    last: dict[str, dict[str, Any]] = {}
    for row in rows(_STATEMENTS, lambda: current(mine, family=_STATEMENTS)):
        held = last.get(row["enterprise_id"])
        if held is None or held["happened_on"] < row["happened_on"]:
            last[row["enterprise_id"]] = row
    return {firm: {key: row[key] for key in _STATED} for firm, row in last.items()}


def _days(found: Months, own: History | None) -> Days:
    """Return how long its invoices wait for their money, where both are seen."""
    if own is None:
        return Days()
    first, count = own.first, own.months
    return Days(
        receivable=lag_days(
            told_from(found, "sold", first=first, months=count), own.received
        ),
        payable=lag_days(
            told_from(found, "bought", first=first, months=count), own.bought
        ),
    )


def _largest(traits: Traits) -> float | None:
    """Return the larger of the largest buyer's share of invoices and of receipts."""
    names = ("customer_top_share_12m", "payer_top_share_12m")
    shares = [share for name in names if (share := traits.get(name)) is not None]
    return max(shares, default=None)


def _growth(stated: float | None) -> float | None:
    """Return growth over a year from the trait (now - before) / (now + before)."""
    if stated is None or math.isnan(stated) or stated >= 1:
        return None
    return (1 + stated) / (1 - stated) - 1


def _fen(traits: Traits, name: str) -> Fen | None:
    value = traits.get(name)
    return None if value is None or math.isnan(value) else round(value)
