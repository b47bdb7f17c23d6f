"""What the lake and a run know of a firm's money and ties, as its limit asks for it."""

import math
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

import ibis
import ibis.expr.types as ir
import numpy as np

from xiaowei.desk.counsel.flows import banked, invoiced
from xiaowei.desk.counsel.prices import costs_known
from xiaowei.desk.counsel.ties import fellows_of
from xiaowei.desk.home import Home
from xiaowei.desk.knowledge import known_facts
from xiaowei.money import Fen
from xiaowei.offers.limits.assumptions import Assumptions, assumptions_on
from xiaowei.offers.limits.habits import Norms, norms_of
from xiaowei.offers.limits.history import History
from xiaowei.offers.limits.lags import lag_days
from xiaowei.offers.limits.limit import Known
from xiaowei.offers.limits.need import Days
from xiaowei.offers.limits.paths import Seeds
from xiaowei.offers.limits.season import Floats
from xiaowei.offers.limits.twin import Standing
from xiaowei.offers.raroc import Costs
from xiaowei.offers.terms import Terms, terms_on
from xiaowei.portraits.cash import invoice_cash
from xiaowei.portraits.consent import agreements
from xiaowei.portraits.moments import Moments
from xiaowei.portraits.standing import current

_SEED: Final = 2025
_MOST_PEERS: Final = 200
"""Firms of a trade whose accounts are read: more move its norms by little."""
_BUREAU: Final = ("bureau_loans", "bureau_guarantees")
_CONSENTS: Final = "consents"
_ALL: Final = ("bank_flows", "owners", "bureau_guarantees")
_OWN: Final = ("invoices", "payroll", "social_security", "tax_filings", "statements")
"""What only the firm's own facts are looked at for."""

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
    """

    history: History | None
    norms: Norms
    standing: Standing
    known: Known
    assumed: Assumptions
    terms: Terms
    seeds: Seeds
    costs: Costs | None


def money_of(home: Home, run: Mapping[str, Any], firm: Mapping[str, Any]) -> Money:
    """Return what is known of a firm's money and ties on the day of a run.

    Args:
        home: the workspace.
        run: the run's document.
        firm: the enterprise as the run has it.
    """
    day = date.fromisoformat(firm["as_of"])
    name, traits = firm["enterprise_id"], firm["traits"]
    assumed, terms = assumptions_on(home.book, on=day), terms_on(home.book, on=day)
    everyone = _known(home, _ALL, as_of=day)
    facts = _known(home, _OWN, as_of=day, name=name)
    peers = _peers(run, firm)
    histories = banked(everyone, enterprises=[name, *peers], as_of=day)
    own = histories.pop(name, None)
    norms = norms_of(list(histories.values()), assumed=assumed)
    debts = _debts(traits, seen=_bureau_seen(home, name, as_of=day))
    days = _days(facts, name, own)
    if own is None:
        own = invoiced(
            facts, name, as_of=day, norms=norms, owed_fen=debts, assumed=assumed
        )
    fellows = fellows_of(everyone, name, as_of=day)
    buyer = _largest(traits)
    return Money(
        history=own,
        norms=norms,
        standing=Standing(opening_fen=_fen(traits, "balance_now"), buyer_share=buyer),
        known=Known(
            sales_12m_fen=_fen(traits, "sales_12m"),
            buyer_share=buyer,
            growth=_growth(traits.get("sales_growth_12m")),
            days=days,
            own_fen=_fen(traits, "balance_low_3m"),
            debts_fen=debts,
            group_fen=None
            if debts is None or fellows is None
            else _group(run, traits, fellows | {name}),
            **_statement(facts, name),
        ),
        assumed=assumed,
        terms=terms,
        seeds=Seeds(
            firm=[_SEED, zlib.crc32(name.encode())],
            trade=[_SEED, zlib.crc32(str(firm["industry"]).encode())],
        ),
        costs=costs_known(home.book, on=day),
    )


def _peers(run: Mapping[str, Any], firm: Mapping[str, Any]) -> list[str]:
    """Return other firms of the trade, by id; none where its trade is not known."""
    trade, name = firm["industry"], firm["enterprise_id"]
    peers = (
        one["enterprise_id"]
        for one in run["firms"]
        if trade and one["industry"] == trade and one["enterprise_id"] != name
    )
    return sorted(peers)[:_MOST_PEERS]


def _known(
    home: Home, families: Iterable[str], *, as_of: date, name: str | None = None
) -> dict[str, ir.Table]:
    """Return facts known by a day of those who agree: of one firm, or of all."""
    held = {}
    for family in (*families, _CONSENTS):
        if home.lake.holds(family):
            table = home.lake.facts(family, enterprise_id=name)
            mine = name is None or table.enterprise_id == ibis.literal(name)
            held[family] = table.filter(mine)
    return known_facts(held, as_of=as_of)


def _bureau_seen(home: Home, name: str, *, as_of: date) -> bool:
    """Test whether the bureau may be, and is, asked about a firm.

    Only then does no debt and no guarantee on record mean that there is none.
    """
    if not all(home.lake.holds(family) for family in _BUREAU):
        return False
    if not home.lake.holds(_CONSENTS):
        return True
    consents = home.lake.facts(_CONSENTS, enterprise_id=name)
    mine = consents.filter(consents.enterprise_id == ibis.literal(name))
    states = agreements({_CONSENTS: mine}, Moments((as_of,)), families=_BUREAU)
    found = states.to_pyarrow().to_pylist()
    return bool(found) and all(found[0][family] for family in _BUREAU)


def _debts(traits: Traits, *, seen: bool) -> Fen | None:
    return (_fen(traits, "debt_balance_now") or 0) if seen else None


def _group(
    run: Mapping[str, Any], traits: Traits, members: Iterable[str]
) -> Fen | None:
    """Return what a group owes us, and what the firm itself guarantees for others.

    None where no loans of our own are on record at all: then nobody can say.
    """
    if "own_balance_now" not in traits:
        return None
    wanted = set(members)
    owed = sum(
        _fen(one["traits"], "own_balance_now") or 0
        for one in run["firms"]
        if one["enterprise_id"] in wanted
    )
    return owed + (_fen(traits, "guaranteed_now") or 0)


def _statement(facts: Facts, name: str) -> dict[str, Fen | None]:
    """Return sales and profit of the last yearly statement."""
    none: dict[str, Fen | None] = {"revenue_fen": None, "profit_fen": None}
    if "statements" not in facts:
        return none
    table = facts["statements"]
    mine = table.filter(table.enterprise_id == ibis.literal(name))
    rows = current(mine, family="statements").to_pyarrow().to_pylist()
    if not rows:
        return none
    last = max(rows, key=lambda row: row["happened_on"])
    return {key: last[key] for key in none}


def _days(facts: Facts, name: str, own: History | None) -> Days:
    """Return how long its invoices wait for their money, where both are seen."""
    if own is None:
        return Days()
    rows = invoice_cash(facts, enterprises=[name]).to_pyarrow().to_pylist()
    first, count = own.first, own.months

    def months(measure: str) -> Floats:
        values = np.zeros(count)
        for row in rows:
            place = (row["month"].year - first.year) * 12 + row["month"].month
            place -= first.month
            if row["measure"] == measure and 0 <= place < count:
                values[place] = row["value"]
        return values

    return Days(
        receivable=lag_days(months("sold"), own.received),
        payable=lag_days(months("bought"), own.bought),
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
