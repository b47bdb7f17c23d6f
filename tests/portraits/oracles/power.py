"""Electricity reckoned a second time, in plain Python."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from fractions import Fraction
from math import log, sqrt

from tests.factories import Row
from tests.portraits.oracles.base import (
    Number,
    ago,
    growth,
    last,
    monthly,
    share,
    spread,
    within,
)


def power_of(readings: Sequence[Row], sales: Sequence[Row], as_of: date) -> Row:
    """Return the traits of one enterprise's meters, and of them beside its sales.

    Args:
        readings: all that is known, corrected ones too.
        sales: its sales invoices as they stand.
        as_of: the day.
    """
    return _electricity(readings, as_of) | _beside_sales(readings, sales, as_of)


def _beside_sales(readings: Sequence[Row], sales: Sequence[Row], as_of: date) -> Row:
    wh: dict[int, int] = defaultdict(int)
    for row in last(readings, "meter", "happened_on"):
        wh[ago(row["happened_on"], as_of)] += round(row["kwh"] * 1000)
    sold: dict[int, int] = defaultdict(int)
    for row in sales:
        valid = row["state"] == "valid"
        sold[ago(row["happened_on"], as_of)] += row["net_fen"] if valid else 0
    # The dictionary reckons with logarithms in whole millionths.
    logs = {
        month: tuple(round(log(side[month]) * 10**6) for side in (sold, wh))
        for month in range(24)
        if sold.get(month, 0) > 0 and wh.get(month, 0) > 0
    }
    pairs = [
        tuple(
            now - then for now, then in zip(logs[month], logs[month + 1], strict=True)
        )
        for month in logs
        if month + 1 in logs
    ]
    if len(pairs) < 6:
        return {}
    x, y = ([Fraction(pair[side]) for pair in pairs] for side in (0, 1))
    mean_x, mean_y = sum(x) / len(x), sum(y) / len(y)
    both = sum((a - mean_x) * (b - mean_y) for a, b in zip(x, y, strict=True))
    wide_x = sum((a - mean_x) ** 2 for a in x)
    wide_y = sum((b - mean_y) ** 2 for b in y)
    return {
        "kwh_sales_elasticity_24m": float(both / wide_x) if wide_x else None,
        "kwh_sales_correlation_24m": float(both) / sqrt(wide_x * wide_y)
        if wide_x * wide_y
        else None,
    }


def _electricity(readings: Sequence[Row], as_of: date) -> Row:
    if not readings:
        return {}
    days: dict[date, int] = defaultdict(int)
    for row in last(readings, "meter", "happened_on"):
        days[row["happened_on"]] += round(row["kwh"] * 1000)
    months: dict[int, int] = defaultdict(int)
    for day, wh in days.items():
        months[ago(day, as_of)] += wh
    oldest = max(months)
    year = monthly(months, 12, oldest)
    quarter = [day for day in days if within(day, as_of, 3)]
    read = [wh for day, wh in days.items() if within(day, as_of, 12)]
    idle = [day for day in quarter if days[day] * len(read) * 10 <= sum(read)]
    lately = year[:3]

    def grown(n: int) -> Number:
        if oldest < 12 + n - 1:
            return None
        return growth(
            sum(months[m] for m in range(n)), sum(months[m + 12] for m in range(n))
        )

    return {
        "kwh_3m": sum(year[:3]) / 1000,
        "kwh_12m": sum(year) / 1000,
        "kwh_growth_3m": grown(3),
        "kwh_growth_12m": grown(12),
        "kwh_variation_12m": spread(year),
        "kwh_idle_share_3m": share(len(idle), len(quarter)),
        "kwh_utilisation_3m": share(sum(lately) / len(lately), max(year))
        if lately
        else None,
        "kwh_days_since": min((as_of - day).days for day in days),
    }
