"""Water, bills, meters and limits reckoned a second time, in plain Python."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date

from tests.factories import Row
from tests.portraits.oracles.base import Number, ago, growth, share
from tests.portraits.oracles.harness import Portraits, Told, by_firm


def _months(rows: Sequence[Row], as_of: date, name: str) -> dict[int, int]:
    """Return a quantity in thousandths by months ago."""
    months: dict[int, int] = defaultdict(int)
    for row in rows:
        months[ago(row["happened_on"], as_of)] += round(row[name] * 1000)
    return months


def _added(months: dict[int, int], first: int, last: int) -> int:
    return sum(amount for month, amount in months.items() if first <= month <= last)


def utilities(told: Told, as_of: date) -> Portraits:
    """Return the traits of water, of water beside electricity, and of bills."""
    water, power = by_firm(told["water"]), by_firm(told["electricity"])
    bills = by_firm(told["utility_bills"])
    return {
        firm: _water(_months(water[firm], as_of, "m3"))
        | _used(water[firm], power[firm], as_of)
        | _bills(bills[firm], as_of)
        for firm in water.keys() | power.keys() | bills.keys()
    }


def _water(months: dict[int, int]) -> Row:
    if not months:
        return {}

    def grown(n: int) -> Number:
        if max(months) < 12 + n - 1:
            return None
        return growth(_added(months, 0, n - 1), _added(months, 12, 12 + n - 1))

    return {
        "water_3m": _added(months, 0, 2) / 1000,
        "water_12m": _added(months, 0, 11) / 1000,
        "water_growth_3m": grown(3),
        "water_growth_12m": grown(12),
    }


def _used(water: Sequence[Row], power: Sequence[Row], as_of: date) -> Row:
    litres = _months(water, as_of, "m3")
    wh = _months(power, as_of, "kwh")
    if not litres or not wh:
        return {}
    last = min(max(litres), max(wh), 11)
    ratio = share(_added(litres, 0, last), _added(wh, 0, last) / 1000)
    return {"water_kwh_ratio_12m": ratio}


def _bills(rows: Sequence[Row], as_of: date) -> Row:
    due = [row for row in rows if row["due_on"] < as_of]
    if not due:
        return {}
    year = [row for row in due if 0 <= ago(row["happened_on"], as_of) < 12]
    paid = [row for row in year if row["paid_on"] is not None]
    late = [max((row["paid_on"] - row["due_on"]).days, 0) for row in paid]
    missing = [row for row in due if row["paid_on"] is None]
    lates = len([days for days in late if days]) + len(year) - len(paid)
    oldest = min((row["due_on"] for row in missing), default=None)
    return {
        "bills_late_share_12m": share(lates, len(year)),
        "bill_days_late_12m": share(sum(late), len(late)),
        "bills_unpaid_now": sum(row["due_fen"] for row in missing),
        "bill_oldest_unpaid_days_now": (as_of - oldest).days if oldest else None,
    }


def meters(told: Told, as_of: date) -> Portraits:
    """Return the traits of meters on file, and of what they read."""
    filed, read = by_firm(told["meters"]), by_firm(told["electricity"])
    return {
        firm: _on_file(rows) | _load(rows, read[firm], as_of)
        for firm, rows in filed.items()
    }


def _va(row: Row) -> int:
    return round(float(row["capacity_kva"]) * 1000)


def _on_file(rows: Sequence[Row]) -> Row:
    stated = [row for row in rows if row["shared"] or row["own_power"]]
    unclear = [row for row in stated if "yes" in (row["shared"], row["own_power"])]
    return {
        "capacity_unclear_share_now": share(
            sum(map(_va, unclear)), sum(map(_va, stated))
        )
    }


def _load(filed: Sequence[Row], read: Sequence[Row], as_of: date) -> Row:
    used = able = 0
    for meter in filed:
        months = _months(
            [r for r in read if r["meter"] == meter["meter"]], as_of, "kwh"
        )
        lately = [month for month in months if month < 3]
        if lately:
            used += _added(months, 0, 2)
            able += _va(meter) * (max(lately) + 1)
    return {"capacity_use_3m": share(used, able * 365.25 * 24 / 12)}


def limits(told: Told, as_of: date) -> Portraits:
    """Return the traits of invoice limits, and of what is invoiced beside them."""
    invoices = by_firm(told["invoices"])
    return {
        firm: _limits(rows, invoices[firm], as_of)
        for firm, rows in by_firm(told["invoice_limits"]).items()
    }


def _limits(rows: Sequence[Row], invoices: Sequence[Row], as_of: date) -> Row:
    limit = {row["regime"]: row["limit_fen"] for row in rows}
    quota = limit.get("monthly_quota")
    traits = {"invoice_quota_now": quota, "invoice_cap_now": limit.get("face_cap")}
    sold: dict[int, int] = defaultdict(int)
    for row in invoices:
        month = ago(row["happened_on"], as_of)
        if row["direction"] == "sale" and month < 12:
            sold[month] += row["net_fen"] if row["state"] == "valid" else 0
    if quota is None or not sold:
        return traits
    seen = min(max(sold) + 1, 3)
    whole = [amount for month, amount in sold.items() if month >= 0]
    return traits | {
        "quota_use_3m": share(_added(sold, 0, 2), quota * seen),
        "quota_peak_12m": share(max(whole), quota) if whole else None,
    }
