"""Flows through accounts reckoned a second time, in plain Python."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date

from tests.factories import Row
from tests.portraits.oracles.base import Number, ago, growth, monthly, share, spread
from tests.portraits.oracles.harness import Portraits, Told, by_firm

PARTS = ("wages", "tax", "rent", "service", "owner")
SERVICE = ("repayment", "loan")


def money(told: Told, as_of: date) -> Portraits:
    """Return the traits of flows, and of flows beside invoices."""
    invoices = by_firm(told["invoices"])
    return {
        firm: _flows(rows, as_of)
        | _accounts(rows, as_of)
        | _sides(rows, as_of)
        | _receipts(rows, invoices[firm], as_of)
        for firm, rows in by_firm(told["bank_flows"]).items()
    }


def _months(row: Row, as_of: date) -> int:
    return ago(row["happened_on"], as_of)


def _year(rows: Sequence[Row], as_of: date) -> list[Row]:
    return [row for row in rows if 0 <= _months(row, as_of) < 12]


def _sum(rows: Sequence[Row]) -> int:
    return sum(row["amount_fen"] for row in rows)


def _flows(rows: Sequence[Row], as_of: date) -> Row:
    oldest = max(_months(row, as_of) for row in rows)
    came = [row for row in rows if row["way"] == "in"]
    year = _year(rows, as_of)
    got = [row for row in year if row["way"] == "in"]
    gone = [row for row in year if row["way"] == "out"]
    months: dict[int, int] = defaultdict(int)
    for row in came:
        months[_months(row, as_of)] += row["amount_fen"]

    def grown(n: int) -> Number:
        if oldest < 12 + n - 1:
            return None
        return growth(
            sum(months[m] for m in range(n)), sum(months[m + 12] for m in range(n))
        )

    got_for = _sum([row for row in got if row["purpose"]])
    gone_for = [row for row in gone if row["purpose"]]
    spent = {
        part: _sum(
            [
                r
                for r in gone_for
                if r["purpose"] in (SERVICE if part == "service" else (part,))
            ]
        )
        for part in PARTS
    }
    traits: Row = {
        f"{part}_outflow_share_12m": share(amount, _sum(gone_for))
        for part, amount in spent.items()
    }
    return traits | {
        "inflow_12m": _sum(got),
        "outflow_12m": _sum(gone),
        "net_flow_share_12m": share(_sum(got) - _sum(gone), _sum(year)),
        "inflow_growth_3m": grown(3),
        "inflow_growth_12m": grown(12),
        "inflow_variation_12m": spread(monthly(months, 12, oldest)),
        "inflow_largest_share_12m": share(
            max((row["amount_fen"] for row in got), default=0), _sum(got)
        ),
        "trade_inflow_share_12m": share(
            _sum([row for row in got if row["purpose"] == "trade"]), got_for
        ),
        "service_inflow_share_12m": share(spent["service"], got_for),
    }


def _first(row: Row, as_of: date) -> tuple[object, ...]:
    """Return where a flow was first stated, of statements of these months."""
    return min(
        (one["known_on"], one["file"], one["line"])
        for one in row["statements"]
        if _months(one, as_of) < 3
    )


def _accounts(rows: Sequence[Row], as_of: date) -> Row:
    lately = [row for row in rows if _months(row, as_of) < 3]
    if not lately:
        return {}
    closings: dict[str, dict[date, int]] = defaultdict(dict)
    for row in sorted(lately, key=lambda row: _first(row, as_of)):
        if row["balance_fen"] is not None:
            closings[row["account"]][row["happened_on"]] = row["balance_fen"]
    within = {
        account: [fen for day, fen in days.items() if ago(day, as_of) >= 0]
        for account, days in closings.items()
    }
    full = [fens for fens in within.values() if fens]
    now = sum(days[max(days)] for days in closings.values()) if closings else None
    gone = [r for r in lately if r["way"] == "out" and _months(r, as_of) >= 0]
    seen = max(_months(row, as_of) for row in lately) + 1
    lasts = None if now is None else share(now, _sum(gone))
    return {
        "balance_now": now,
        "balance_low_3m": sum(min(fens) for fens in full) if full else None,
        "balance_mean_3m": sum(round_half_up(sum(f), len(f)) for f in full)
        if full
        else None,
        "runway_3m": None if lasts is None else lasts * seen * 365.25 / 12,
    }


def round_half_up(part: int, whole: int) -> int:
    """Return part / whole to the nearest whole number, for amounts above 0."""
    return (2 * part + whole) // (2 * whole)


def _sides(rows: Sequence[Row], as_of: date) -> Row:
    year = _year(rows, as_of)
    if not year:
        return {}
    paid: dict[str, int] = {}
    days: dict[tuple[str, date], dict[str, int]] = {}
    for row in year:
        other = row["counterparty_id"] or row["counterparty"]
        if other is None:
            continue
        payment = row["way"] == "in" and row["purpose"] not in ("loan", "owner")
        paid[other] = paid.get(other, 0) + (row["amount_fen"] if payment else 0)
        day = days.setdefault((other, row["happened_on"]), {"in": 0, "out": 0})
        day[row["way"]] += row["amount_fen"]
    whole = sum(paid.values())
    back = sum(min(day["in"], day["out"]) for day in days.values())
    traits: Row = {
        "wash_share_12m": share(back, sum(day["in"] for day in days.values())),
        "flow_days_12m": len({row["happened_on"] for row in year}),
    }
    if paid:
        traits |= {
            "payers_12m": len([fen for fen in paid.values() if fen > 0]),
            "payer_hhi_12m": sum((fen / whole) ** 2 for fen in paid.values())
            if whole
            else None,
            "payer_top_share_12m": share(max(paid.values()), whole),
        }
    return traits


def _receipts(rows: Sequence[Row], invoices: Sequence[Row], as_of: date) -> Row:
    told = [row for row in rows if row["purpose"]]
    sales = [row for row in invoices if row["direction"] == "sale"]
    if not told or not sales:
        return {}
    begun = min(max(_months(row, as_of) for row in side) for side in (told, sales))
    months = range(min(begun, 11) + 1)
    trade = [r for r in told if r["way"] == "in" and r["purpose"] == "trade"]
    received = _sum([row for row in trade if _months(row, as_of) in months])
    invoiced = sum(
        row["total_fen"]
        for row in sales
        if row["state"] == "valid" and _months(row, as_of) in months
    )
    return {"received_invoiced_ratio_12m": share(received, invoiced)}
