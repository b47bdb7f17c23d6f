"""Every trait reckoned a second time, in plain Python, from what its meaning says."""

import calendar
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from fractions import Fraction
from math import log
from statistics import pstdev

from tests.factories import Row

Number = int | float | None
WAYS = (("sale", "sales", "customer"), ("purchase", "purchases", "supplier"))
FOREVER = 1200


def back(day: date, months: int) -> date:
    """Return the last day before the `months` rolling months that end on a day."""
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    if year < 1:
        return date.min
    longest = calendar.monthrange(year, month + 1)[1]
    ends_month = (day + timedelta(days=1)).month != day.month
    return date(year, month + 1, longest if ends_month else min(day.day, longest))


def within(day: date, as_of: date, months: int, *, before: int = 0) -> bool:
    """Test whether a day lies in a window, `before` months earlier than the last."""
    return back(as_of, before + months) < day <= back(as_of, before)


def ago(day: date, as_of: date) -> int:
    return next(n for n in range(FOREVER) if within(day, as_of, 1, before=n))


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
    portrait |= _tax(families.get("tax_filings", []), as_of)
    portrait |= _electricity(families.get("electricity", []), as_of)
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


def _last(rows: Iterable[Row], *named: str) -> list[Row]:
    kept: dict[tuple[object, ...], Row] = {}
    for row in rows:
        key = tuple(row[name] for name in named)
        order = [row[n] for n in ("known_on", "happened_on", "file", "line")]
        if key not in kept or order > [
            kept[key][n] for n in ("known_on", "happened_on", "file", "line")
        ]:
            kept[key] = row
    return list(kept.values())


def _growth(now: Number, before: Number) -> Number:
    assert now is not None
    assert before is not None
    size = abs(now) + abs(before)
    return (now - before) / size if size else None


def _share(part: float, whole: float) -> Number:
    return part / whole if whole > 0 else None


def _monthly(amounts: Mapping[int, int], months: int, oldest: int) -> list[int]:
    return [amounts.get(n, 0) for n in range(min(oldest + 1, months))]


def _spread(amounts: Sequence[int]) -> Number:
    whole = sum(amounts)
    if len(amounts) < 2 or whole <= 0:
        return None
    return pstdev([Fraction(x) for x in amounts]) / (whole / len(amounts))


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
        traits[f"{name}_growth_{n}m"] = _growth(net(n), net(n, 12)) if known else None
    for n in (12, 24):
        traits[f"{name}_variation_{n}m"] = _spread(_monthly(amounts, n, oldest))
        traits[f"{name}_active_months_{n}m"] = len([m for m in amounts if m < n])
    traits[f"{name}_active_months_all"] = len(amounts)
    logs = [log(x) for m, x in amounts.items() if m < 24 and x > 0]
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
        traits[f"{name}_void_share_{text}"] = _share(len(voided), len(last(n)))
    for n in (12, 24):
        traits[f"{name}_red_share_{n}m"] = _share(
            -sum(row["net_fen"] for row in last(n) if _is_red(row)),
            sum(row["net_fen"] for row in last(n) if _is_blue(row)),
        )
    blue = [row for row in last(24) if _is_blue(row)]
    for text, cap in (("1w", 10**6), ("10w", 10**7), ("100w", 10**8)):
        capped = [row for row in blue if _at_cap(row, cap)]
        traits[f"{name}_cap_{text}_share_24m"] = _share(len(capped), len(blue))
    tickets = [row["net_fen"] for row in last(12) if _is_blue(row)]
    mean = _share(sum(tickets), len(tickets))
    traits[f"{name}_ticket_12m"] = None if mean is None else int(mean + 0.5)
    valid = [row for row in rows if row["state"] == "valid"]
    lately = [row for row in valid if within(row["happened_on"], as_of, 12)]
    ends = [row for row in lately if _ends_month(row)]
    days = [(as_of - row["happened_on"]).days for row in valid]
    oldest = min(row["happened_on"] for row in rows)
    return traits | {
        f"{name}_invoices_12m": len(lately),
        f"{name}_invoices_all": len(valid),
        f"{name}_month_end_share_12m": _share(len(ends), len(lately)),
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
    old = [p for p in whom if not within(first[p], as_of, 12)]

    def hhi(shares: Mapping[str, int]) -> Number:
        whole = sum(shares.values())
        return sum((x / whole) ** 2 for x in shares.values()) if whole else None

    whole = sum(now.values())
    return {
        f"{name}s_12m": len([p for p in whom if now[p] > 0]),
        f"{name}_hhi_12m": hhi(now),
        f"{name}_hhi_all": hhi(ever),
        f"{name}_top_share_12m": _share(max(now.values(), default=0), whole),
        f"{name}_kept_share_12m": _share(
            sum(now[p] for p in whom if before[p] > 0), whole
        )
        if old
        else None,
        f"{name}_lost_share_12m": _share(
            sum(before[p] for p in whom if now[p] == 0), sum(before.values())
        ),
        f"{name}_new_share_3m": _share(
            sum(now[p] for p in whom if within(first[p], as_of, 3)), whole
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
            f"margin_{n}m": _share(net("sale", n) - net("purchase", n), net("sale", n))
            for n in (12, 24)
        },
        "vat_burden_12m": _share(tax[0] - tax[1], sold),
        "vat_rate_12m": _share(tax[0], sold),
        "overbought_months_12m": len(
            [n for n in range(12) if net("purchase", 1, n) > net("sale", 1, n)]
        ),
    }


def _tax(filings: Sequence[Row], as_of: date) -> Row:
    vat = [row for row in filings if row["tax"] == "vat"]
    vat = [row for row in vat if row["period_end"] <= as_of]
    if not vat:
        return {}
    rows = _last(vat, "period_start", "period_end")
    last_year = [row for row in rows if within(row["period_end"], as_of, 12)]

    def days_late(row: Row) -> int:
        period = row["period_start"], row["period_end"]
        filed = [
            one["happened_on"]
            for one in vat
            if (one["period_start"], one["period_end"]) == period
        ]
        return max(0, int((min(filed) - row["due_on"]).days))

    def months(row: Row, years: int = 0) -> tuple[int, ...]:
        start, end = row["period_start"], row["period_end"]
        return start.year + years, start.month, end.year + years, end.month

    declared = {months(row): row["sales_fen"] for row in rows}
    pairs = [
        (row["sales_fen"], declared[months(row, -1)])
        for row in last_year
        if months(row, -1) in declared
    ]
    due = sum(max(row["due_fen"], 0) for row in last_year)
    unpaid = [max(row["due_fen"], 0) - max(row["paid_fen"], 0) for row in last_year]
    late = [days_late(row) for row in last_year]
    sales = sum(row["sales_fen"] for row in last_year)
    return {
        "declared_sales_3m": sum(
            row["sales_fen"] for row in rows if within(row["period_end"], as_of, 3)
        ),
        "declared_sales_12m": sales,
        "declared_growth_12m": _growth(*map(sum, zip(*pairs, strict=True)))
        if pairs
        else None,
        "vat_paid_12m": sum(row["paid_fen"] for row in last_year),
        "declared_vat_burden_12m": _share(
            sum(row["due_fen"] for row in last_year), sales
        ),
        "vat_unpaid_share_12m": _share(sum(max(one, 0) for one in unpaid), due),
        "late_filings_12m": len([days for days in late if days > 0]),
        "filing_days_late_12m": _share(sum(late), len(late)),
    }


def _electricity(readings: Sequence[Row], as_of: date) -> Row:
    if not readings:
        return {}
    days: dict[date, int] = defaultdict(int)
    for row in _last(readings, "meter", "happened_on"):
        days[row["happened_on"]] += round(row["kwh"] * 1000)
    months: dict[int, int] = defaultdict(int)
    for day, wh in days.items():
        months[ago(day, as_of)] += wh
    oldest = max(months)
    year = _monthly(months, 12, oldest)
    quarter = [day for day in days if within(day, as_of, 3)]
    read = [wh for day, wh in days.items() if within(day, as_of, 12)]
    idle = [day for day in quarter if days[day] * len(read) * 10 <= sum(read)]
    lately = year[:3]

    def growth(n: int) -> Number:
        if oldest < 12 + n - 1:
            return None
        return _growth(
            sum(months[m] for m in range(n)), sum(months[m + 12] for m in range(n))
        )

    return {
        "kwh_3m": sum(year[:3]) / 1000,
        "kwh_12m": sum(year) / 1000,
        "kwh_growth_3m": growth(3),
        "kwh_growth_12m": growth(12),
        "kwh_variation_12m": _spread(year),
        "kwh_idle_share_3m": _share(len(idle), len(quarter)),
        "kwh_utilisation_3m": _share(sum(lately) / len(lately), max(year)),
        "kwh_days_since": min((as_of - day).days for day in days),
    }
