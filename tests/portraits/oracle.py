"""Every trait reckoned a second time, in plain Python, from what its meaning says."""

import calendar
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from math import log
from statistics import pstdev

from tests.factories import Row
from tests.portraits.oracles.base import (
    FOREVER,
    Number,
    ago,
    growth,
    monthly,
    share,
    spread,
    within,
)
from tests.portraits.oracles.power import power_of
from tests.portraits.oracles.taxes import taxes_of

__all__ = ["ago", "portray", "within"]

WAYS = (("sale", "sales", "customer"), ("purchase", "purchases", "supplier"))


def portray(facts: Mapping[str, Iterable[Row]], as_of: date) -> dict[str, Row]:
    """Return each enterprise's portrait as of a day."""
    known: dict[str, dict[str, list[Row]]] = defaultdict(lambda: defaultdict(list))
    for family, rows in facts.items():
        for row in rows:
            if row["known_on"] <= as_of and row["happened_on"] <= as_of:
                known[row["enterprise_id"]][family].append(row)
    return {firm: _portrait(families, as_of) for firm, families in known.items()}


def _portrait(families: Mapping[str, list[Row]], as_of: date) -> Row:
    portrait: Row = {}
    invoices = _corrected(families.get("invoices", []))
    for way, name, partner in WAYS:
        rows = [row for row in invoices if row["direction"] == way]
        if rows:
            portrait |= _flow(rows, as_of, name)
            portrait |= _books(rows, as_of, name)
            portrait |= _partners(rows, as_of, partner)
    portrait |= _balance([row for row in invoices if row["state"] == "valid"], as_of)
    portrait |= _goods(invoices, as_of)
    sales = [row for row in invoices if row["direction"] == "sale"]
    portrait |= taxes_of(families.get("tax_filings", []), sales, as_of)
    portrait |= power_of(families.get("electricity", []), sales, as_of)
    for family in ("invoices", "tax_filings", "electricity"):
        days = [row["happened_on"] for row in families.get(family, [])]
        if days:
            portrait[f"{family}_fresh_days"] = (as_of - max(days)).days
    return portrait


def _corrected(rows: Sequence[Row]) -> list[Row]:
    named = ("direction", "invoice_no", "happened_on", "counterparty_id")
    last: dict[tuple[object, ...], date] = {}
    for row in rows:
        key = tuple(row[name] for name in named)
        last[key] = max(last.get(key, date.min), row["known_on"])
    return [
        row for row in rows if row["known_on"] == last[tuple(row[n] for n in named)]
    ]


def _flow(rows: Sequence[Row], as_of: date, name: str) -> Row:
    valid = [row for row in rows if row["state"] == "valid"]
    oldest = max(ago(row["happened_on"], as_of) for row in rows)
    amounts: dict[int, int] = defaultdict(int)
    for row in valid:
        amounts[ago(row["happened_on"], as_of)] += row["net_fen"]

    def net(months: int, before: int = 0) -> int:
        return sum(
            row["net_fen"]
            for row in valid
            if within(row["happened_on"], as_of, months, before=before)
        )

    traits: Row = {f"{name}_{n}m": net(n) for n in (3, 6, 12, 24)}
    traits[f"{name}_all"] = sum(row["net_fen"] for row in valid)
    for n in (3, 6, 12):
        known = oldest >= 12 + n - 1
        traits[f"{name}_growth_{n}m"] = growth(net(n), net(n, 12)) if known else None
    for n in (12, 24):
        traits[f"{name}_variation_{n}m"] = spread(monthly(amounts, n, oldest))
        traits[f"{name}_active_months_{n}m"] = len([m for m in amounts if 0 <= m < n])
    traits[f"{name}_active_months_all"] = len(amounts)
    logs = [log(x) for m, x in amounts.items() if 0 <= m < 24 and x > 0]
    traits[f"{name}_log_spread_24m"] = pstdev(logs) if len(logs) > 1 else None
    return traits


def _is_red(row: Row) -> bool:
    return bool(row["state"] == "valid" and row["net_fen"] < 0)


def _is_blue(row: Row) -> bool:
    return bool(row["state"] == "valid" and row["net_fen"] >= 0)


def _at_cap(row: Row, cap: int) -> bool:
    return bool(90 * cap <= 100 * row["total_fen"] <= 117 * cap)


def _ends_month(row: Row) -> bool:
    day = row["happened_on"]
    return bool(day.day > calendar.monthrange(day.year, day.month)[1] - 6)


def _books(rows: Sequence[Row], as_of: date, name: str) -> Row:
    def last(months: int) -> list[Row]:
        return [row for row in rows if within(row["happened_on"], as_of, months)]

    traits: Row = {}
    for text, n in (("3m", 3), ("12m", 12), ("24m", 24), ("all", FOREVER)):
        voided = [row for row in last(n) if row["state"] == "voided"]
        traits[f"{name}_void_share_{text}"] = share(len(voided), len(last(n)))
    for n in (12, 24):
        traits[f"{name}_red_share_{n}m"] = share(
            -sum(row["net_fen"] for row in last(n) if _is_red(row)),
            sum(row["net_fen"] for row in last(n) if _is_blue(row)),
        )
    blue = [row for row in last(24) if _is_blue(row)]
    for text, cap in (("1w", 10**6), ("10w", 10**7), ("100w", 10**8)):
        capped = [row for row in blue if _at_cap(row, cap)]
        traits[f"{name}_cap_{text}_share_24m"] = share(len(capped), len(blue))
    tickets = [row["net_fen"] for row in last(12) if _is_blue(row)]
    mean = share(sum(tickets), len(tickets))
    traits[f"{name}_ticket_12m"] = None if mean is None else int(mean + 0.5)
    valid = [row for row in rows if row["state"] == "valid"]
    lately = [row for row in valid if within(row["happened_on"], as_of, 12)]
    ends = [row for row in lately if _ends_month(row)]
    days = [(as_of - row["happened_on"]).days for row in valid]
    oldest = min(row["happened_on"] for row in rows)
    return traits | {
        f"{name}_invoices_12m": len(lately),
        f"{name}_invoices_all": len(valid),
        f"{name}_month_end_share_12m": share(len(ends), len(lately)),
        f"{name}_days_since": min(days, default=None),
        f"{name}_span_days": max(days) - min(days) if days else None,
        f"{name}_history_months": 1 + ago(oldest, as_of),
    }


def _partners(rows: Sequence[Row], as_of: date, name: str) -> Row:
    valid = [row for row in rows if row["state"] == "valid"]
    whom = {row["counterparty_id"] for row in valid}

    def of(partner: str, months: int, before: int = 0) -> int:
        return max(
            0,
            sum(
                int(row["net_fen"])
                for row in valid
                if row["counterparty_id"] == partner
                and within(row["happened_on"], as_of, months, before=before)
            ),
        )

    now = {partner: of(partner, 12) for partner in whom}
    before = {partner: of(partner, 12, 12) for partner in whom}
    ever = {partner: of(partner, FOREVER) for partner in whom}
    first = {
        partner: min(
            row["happened_on"] for row in valid if row["counterparty_id"] == partner
        )
        for partner in whom
    }
    old = [p for p in whom if ago(first[p], as_of) >= 12]

    def hhi(shares: Mapping[str, int]) -> Number:
        whole = sum(shares.values())
        return sum((x / whole) ** 2 for x in shares.values()) if whole else None

    whole = sum(now.values())
    return {
        f"{name}s_12m": len([p for p in whom if now[p] > 0]),
        f"{name}_hhi_12m": hhi(now),
        f"{name}_hhi_all": hhi(ever),
        f"{name}_top_share_12m": share(max(now.values(), default=0), whole),
        f"{name}_kept_share_12m": share(
            sum(now[p] for p in whom if before[p] > 0), whole
        )
        if old
        else None,
        f"{name}_lost_share_12m": share(
            sum(before[p] for p in whom if now[p] == 0), sum(before.values())
        ),
        f"{name}_new_share_3m": share(
            sum(now[p] for p in whom if ago(first[p], as_of) < 3), whole
        ),
    }


def _balance(valid: Sequence[Row], as_of: date) -> Row:
    if len({row["direction"] for row in valid}) < 2:
        return {}

    def net(way: str, months: int, before: int = 0, what: str = "net_fen") -> int:
        return sum(
            int(row[what])
            for row in valid
            if row["direction"] == way
            and within(row["happened_on"], as_of, months, before=before)
        )

    sold = net("sale", 12)
    tax = [net(way, 12, what="tax_fen") for way in ("sale", "purchase")]
    return {
        **{
            f"margin_{n}m": share(net("sale", n) - net("purchase", n), net("sale", n))
            for n in (12, 24)
        },
        "vat_burden_12m": share(tax[0] - tax[1], sold),
        "vat_rate_12m": share(tax[0], sold),
        "overbought_months_12m": len(
            [n for n in range(12) if net("purchase", 1, n) > net("sale", 1, n)]
        ),
    }


def _goods(invoices: Sequence[Row], as_of: date) -> Row:
    net: dict[tuple[str, str], int] = defaultdict(int)
    for row in invoices:
        if row.get("goods") and within(row["happened_on"], as_of, 12):
            valid = row["state"] == "valid"
            net[row["direction"], row["goods"]] += row["net_fen"] if valid else 0
    if not net:
        return {}
    sold, bought = (
        {code: amount for (way, code), amount in net.items() if way == w and amount > 0}
        for w in ("sale", "purchase")
    )
    classes = {code[:3] for code in bought}
    matched = sum(amount for code, amount in sold.items() if code[:3] in classes)
    return {
        "goods_sold_12m": len(sold),
        "goods_bought_share_12m": share(matched, sum(sold.values()))
        if bought
        else None,
    }
