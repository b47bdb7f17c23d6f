"""Positions in the supply chain, reckoned a second time in plain Python."""

from collections import defaultdict
from datetime import date

from tests.factories import Row
from tests.portraits.oracles.base import within
from tests.portraits.oracles.harness import Told

Pair = tuple[str, str]
"""Seller and buyer."""


def network(facts: Told, as_of: date) -> dict[str, Row]:
    """Return what `network_facts` says of each enterprise at a month end.

    Args:
        facts: those that stand as of the month end.
        as_of: the month end.
    """
    told = _told(facts["invoices"], as_of)
    known = {me for me, _, _ in told} | {
        row["enterprise_id"] for row in facts.get("enterprises", [])
    }
    now, before = _pairs(told, 0), _pairs(told, 1)
    ranks = [_ranks(_inner(pairs, known)) for pairs in (now, before)]
    depth = _depth(now, known)
    found = {}
    for firm in known:
        sold = {b: x for (a, b), x in now.items() if a == firm}
        bought = {a: x for (a, b), x in now.items() if b == firm}
        if not sold and not bought:
            continue
        partners = {
            partner
            for (me, _, partner), (amount, _) in told.items()
            if me == firm and amount > 0
        }
        found[firm] = {
            "position": ranks[0].get(firm),
            "position_before": ranks[1].get(firm),
            "customers": len(sold.keys() & known),
            "suppliers": len(bought.keys() & known),
            "dependence": _dependence(sold, now, known) if sold else None,
            "depth": depth[firm] if sold else None,
            "known_share": len(partners & known) / len(partners) if partners else None,
        }
    return found


def _told(
    invoices: list[Row], as_of: date
) -> dict[tuple[str, str, str], tuple[int, int]]:
    sums: dict[tuple[str, str, str], list[int]] = defaultdict(lambda: [0, 0])
    for row in invoices:
        key = row["enterprise_id"], row["direction"], row["counterparty_id"]
        for year in (0, 1):
            if within(row["happened_on"], as_of, 12, before=12 * year):
                sums[key][year] += row["net_fen"] * (row["state"] == "valid")
    return {
        key: (max(now, 0), max(before, 0))
        for key, (now, before) in sums.items()
        if max(now, before) > 0 and key[0] != key[2]
    }


def _pairs(
    told: dict[tuple[str, str, str], tuple[int, int]], year: int
) -> dict[Pair, int]:
    pairs: dict[Pair, int] = {}
    for (me, way, partner), amounts in told.items():
        pair = (me, partner) if way == "sale" else (partner, me)
        if amounts[year] > 0:
            pairs[pair] = max(pairs.get(pair, 0), amounts[year])
    return pairs


def _inner(pairs: dict[Pair, int], known: set[str]) -> dict[Pair, int]:
    return {pair: x for pair, x in pairs.items() if set(pair) <= known}


def _ranks(pairs: dict[Pair, int]) -> dict[str, float]:
    firms = sorted({firm for pair in pairs for firm in pair})
    paid = {f: sum(x for (_, b), x in pairs.items() if b == f) for f in firms}
    rank = dict.fromkeys(firms, 1 / len(firms)) if firms else {}
    for _ in range(20):
        lost = sum(rank[firm] for firm in firms if not paid[firm])
        rank = {
            firm: 0.15 / len(firms)
            + 0.85 * lost / len(firms)
            + 0.85
            * sum(x / paid[b] * rank[b] for (a, b), x in pairs.items() if a == firm)
            for firm in firms
        }
    return {firm: value * len(firms) for firm, value in rank.items()}


def _depth(pairs: dict[Pair, int], known: set[str]) -> dict[str, float]:
    def steps(firm: str, left: int) -> float:
        sold = {b: x for (a, b), x in pairs.items() if a == firm}
        if left == 0:
            return 1.0
        return 1 + sum(
            x / sum(sold.values()) * steps(b, left - 1)
            for b, x in sold.items()
            if b in known
        )

    return {firm: steps(firm, 9) for firm in known}


def _dependence(sold: dict[str, int], pairs: dict[Pair, int], known: set[str]) -> float:
    def others(buyer: str, taken: int) -> float:
        return 1 - taken / sum(x for (_, b), x in pairs.items() if b == buyer)

    whole = sum(sold.values())
    return max(
        (x / whole * others(b, x) for b, x in sold.items() if b in known), default=0.0
    )
