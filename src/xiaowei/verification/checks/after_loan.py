"""Sales shown before money or a decision was in sight, and undone soon after."""

from collections.abc import Mapping, Sequence
from functools import reduce
from typing import Final

import ibis
import ibis.expr.types as ir
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from xiaowei.portraits.traits.trait import total
from xiaowei.said import Said, percent
from xiaowei.verification.chances import Floats, own_tails
from xiaowei.verification.evidence import amount, gravest, of_invoice
from xiaowei.verification.finding import Case, Check, Evidence, Finding
from xiaowei.verification.measured import Measured, Row, with_tails

_SPAN_DAYS: Final = 730
"""Days further back than this are no longer judged."""
_BEFORE: Final = 180
_AFTER: Final = 60
_OUT_FOR: Final = 14
"""Days that must have passed since: too soon to be undone is not the same as kept."""
_LEAST_SALES: Final = 10
_PRIOR: Final = 100
"""The share of all firms counts as so many sales of a firm's own."""
_LEAST_SHARE: Final = 1e-5
_ALMOST_SURE: Final = 1 - 1e-12
_JUDGED: Final = "days with what was undone after them"
_STARTS: Final = {
    "loans": "happened_on",
    "applications": "happened_on",
    "bureau_loans": "opened_on",
}


def _days(case: Case) -> ir.Table | None:
    """Return the days on which each firm borrowed or applied; null if none is known."""
    until = ibis.literal(case.as_of) - ibis.interval(days=_OUT_FOR)
    since = ibis.literal(case.as_of) - ibis.interval(days=_SPAN_DAYS)
    parts = []
    for family, start in _STARTS.items():
        if family not in case.facts:
            continue
        rows = case.current(family)
        if family == "bureau_loans":
            rows = rows.filter(rows.subject == "enterprise")
        rows = rows.select("enterprise_id", day=rows[start])
        parts.append(rows.filter((rows.day > since) & (rows.day <= until)))
    return reduce(lambda a, b: a.union(b), parts).distinct() if parts else None


def _sales(case: Case) -> ir.Table:
    """Return sales, each with the day on which it was undone, or null.

    A void is of the month of its invoice, and done by its end however late it became
    known.
    """
    invoices = case.current("invoices")
    since = ibis.literal(case.as_of) - ibis.interval(days=_SPAN_DAYS + _BEFORE)
    rows = invoices.filter(
        (invoices.direction == "sale") & (invoices.happened_on > since)
    )
    voids = rows.filter((rows.state == "voided") & (rows.net_fen > 0))
    month = voids.happened_on.truncate("M") + ibis.interval(months=1)
    last = (month - ibis.interval(days=1)).cast("date")
    voids = voids.mutate(undone_on=ibis.least(voids.known_on, last))
    return reversed_sales(rows.filter(rows.state == "valid")).union(voids)


def reversed_sales(valid: ir.Table) -> ir.Table:
    """Return valid sales, each with the day of the red letter that reverses it.

    A red letter reverses the last sale of its buyer and amount that still stands: of
    those that stand, as many stand after it as before that sale, so the two follow
    each other among the rows of their level. One that reverses nothing is left out.

    Args:
        valid: sales and red letters that stand.
    """
    key = ["enterprise_id", "counterparty_id", "size"]
    order = ["happened_on", "red", "file", "line", "invoice_no"]
    rows = valid.mutate(size=valid.net_fen.abs(), red=valid.net_fen < 0)
    reds = rows.filter(rows.red).select(*key).distinct()
    met = rows.semi_join(reds, key)
    until = ibis.cumulative_window(group_by=key, order_by=order)
    met = met.mutate(stand=ibis.ifelse(met.red, -1, 1).sum().over(until))
    met = met.mutate(level=met.stand + met.red.cast("int64"))
    paired = ibis.window(group_by=[*key, "level"], order_by=order)
    met = met.mutate(undone_on=met.happened_on.lead().over(paired))
    alone = rows.anti_join(reds, key).mutate(undone_on=ibis.null("date"))
    names = [*valid.columns, "undone_on"]
    parts = [part.filter(part.net_fen > 0).select(*names) for part in (met, alone)]
    return parts[0].union(parts[1])


def _shown(sales: ir.Table, days: ir.Table) -> ir.Table:
    """Return what stood of the half year before each day, with whether it was undone.

    Shape: one row per firm, day and sale.
    """
    before = sales.happened_on.between(
        days.day - ibis.interval(days=_BEFORE - 1), days.day
    )
    stood = sales.undone_on.isnull() | (sales.undone_on > days.day)
    rows = sales.join(
        days, [sales.enterprise_id == days.enterprise_id, before, stood]
    ).select(*[sales[name] for name in sales.columns], day=days.day)
    soon = rows.undone_on <= rows.day + ibis.interval(days=_AFTER)
    return rows.mutate(undone=soon.fill_null(ibis.literal(value=False)))


def _usual(sales: ir.Table, days: ir.Table) -> ir.Table:
    """Return how much of a firm's sales any day would see undone after it.

    A sale undone after so many days lay so many days open to be seen by a day that
    is followed by its undoing. What was issued, or undone, in the weeks after one of
    the firm's own days is left out.

    Shape: one row per firm; `usual` and `whole`, in sales times days.
    """
    borrowed = days.view()
    sold = sales.anti_join(borrowed, _after(sales, borrowed, sales.happened_on))
    whole = sold.group_by("enterprise_id").aggregate(
        whole=(sold.count() * _BEFORE).cast("int64")
    )
    gone = sales.filter(sales.undone_on > sales.happened_on)
    gone = gone.anti_join(borrowed, _after(gone, borrowed, gone.undone_on))
    lag = gone.undone_on.delta(gone.happened_on, unit="day").cast("int64")
    seen = ibis.least(lag, _BEFORE) - ibis.greatest(lag - _AFTER, 0)
    undone = gone.group_by("enterprise_id").aggregate(
        usual=ibis.greatest(seen, 0).sum().cast("int64")
    )
    joined = whole.left_join(undone.view(), "enterprise_id")
    return joined.select(
        "enterprise_id", "whole", usual=joined.usual.fill_null(0).cast("int64")
    )


def _after(rows: ir.Table, days: ir.Table, on: ir.Value) -> list[ir.BooleanValue]:
    until = days.day + ibis.interval(days=_AFTER)
    return [
        rows.enterprise_id == days.enterprise_id,
        on > days.day,
        on <= until,
    ]


def _counted(case: Case) -> pa.Table | None:
    """Return what was shown before each day and undone after it, and what is usual."""
    days = _days(case)
    if days is None:
        return None
    sales = _sales(case)
    rows = _shown(sales, days)
    sums = rows.group_by(["enterprise_id", "day"]).aggregate(
        sales=rows.count().cast("int64"),
        undone=rows.undone.sum().cast("int64"),
        undone_fen=total(rows.net_fen, rows.undone),
    )
    sums = sums.filter(sums.sales >= _LEAST_SALES)
    usual = _usual(sales, days).view()
    told = sums.left_join(usual, sums.enterprise_id == usual.enterprise_id)
    told = told.select(
        *[sums[name] for name in sums.columns],
        usual=told.usual.fill_null(0).cast("int64"),
        whole=told.whole.fill_null(0).cast("int64"),
    )
    return told.order_by("enterprise_id", "day").to_pyarrow()


def _measured(case: Case) -> pa.Table:
    """Return of each firm the day after which most was undone beside what is usual."""
    return case.held(_JUDGED, lambda: _worst(_counted(case)))


def _worst(table: pa.Table | None) -> pa.Table:
    """Return the oddest day of each firm; its tail allows for how many it had."""
    if table is None or not table.num_rows:
        return with_tails(
            pa.table({"enterprise_id": pa.array([], pa.string())}), np.ones(0)
        )
    firms = np.asarray(table["enterprise_id"].to_pylist(), dtype=np.str_)
    shares = _shares(table, firms)
    hits, trials = (table[name].to_pylist() for name in ("undone", "sales"))
    tails = own_tails(hits, trials, shares.tolist(), firms=firms.tolist())
    oddest = np.lexsort((np.arange(len(firms)), tails, firms))
    _, first, count = np.unique(firms[oddest], return_index=True, return_counts=True)
    places = oddest[first]
    table = table.append_column("share", pa.array(shares))
    least = np.minimum(tails[places], _ALMOST_SURE)
    return with_tails(table.take(places), -np.expm1(count * np.log1p(-least)))


def _shares(table: pa.Table, firms: NDArray[np.str_]) -> Floats:
    """Return the share a firm has undone usually, drawn to that of all firms."""
    usual, whole = (table[name].to_numpy() for name in ("usual", "whole"))
    once = np.unique(firms, return_index=True)[1]
    of_all = (usual[once].sum() + 0.5) / (whole[once].sum() + _BEFORE)
    prior = _PRIOR * _BEFORE
    shares = (usual + prior * of_all) / (whole + prior)
    return np.asarray(np.clip(shares, _LEAST_SHARE, 0.99), dtype=np.float64)


def _say(row: Row) -> Finding:
    net, day = amount(row["undone_fen"]), row["day"]
    share, usual = percent(row["undone"] / row["sales"]), percent(row["share"])
    return Finding(
        enterprise_id=row["enterprise_id"],
        check=UNDONE_AFTER.name,
        outcome="differs",
        expected=Said(
            f"与本户平时（任一日后{_AFTER}天内撤回{usual}）及同业相当",
            f"what it undoes in the {_AFTER} days after any day, {usual}, as with "
            "other firms",
        ),
        observed=Said(
            f"{row['undone']}/{row['sales']}张（{share}）在其后{_AFTER}天内作废或红冲",
            f"{row['undone']} of {row['sales']} ({share}) undone in the {_AFTER} days "
            "after it",
        ),
        text=Said(
            f"{day}借款或申请前半年所开的票中有{row['undone']}张（{net.zh}）在其后{_AFTER}天内"
            "作废或红冲",
            f"{row['undone']} sales ({net.en}) of the half year before it borrowed or "
            f"applied on {day} were undone within {_AFTER} days after it",
        ),
        benign=_BENIGN,
    )


def _show(case: Case, firms: Sequence[str]) -> Mapping[str, tuple[Evidence, ...]]:
    """Return the largest of what was undone after each firm's oddest day."""
    judged = _measured(case).select(["enterprise_id", "day"])
    days = ibis.memtable(judged)
    days = days.filter(days.enterprise_id.isin(list(firms)))
    rows = _shown(_sales(case), days)
    rows = rows.filter(rows.undone).mutate(weight=rows.net_fen)
    return gravest(rows, say=_of_undone)


def _of_undone(row: Mapping[str, object]) -> Evidence:
    invoice = of_invoice(row)
    void = row["state"] == "voided"
    how = Said("作废", "voided") if void else Said("红冲", "reversed")
    day = row["undone_on"]
    return Evidence(
        invoice.file,
        invoice.line,
        Said(f"{invoice.text.zh}，{day}{how.zh}", f"{invoice.text.en}, {how.en} {day}"),
    )


_BENIGN: Final = Said(
    "客户退货、订单取消，或开错重开",
    "goods returned, an order cancelled, or wrongly issued and issued anew",
)

UNDONE_AFTER: Final = Check(
    name="undone_after_loan",
    title=Said("借款后撤回发票", "Undone after a loan"),
    meaning=Said(
        f"每次借款或申请（近{_SPAN_DAYS}天）前{_BEFORE}天所开、当时有效的销项发票，在其后"
        f"{_AFTER}天内作废或以同购方同额红字冲回的张数，与本户平时任一日后的撤回及其他企业相比；"
        "取最反常的一日，并计入日数",
        f"of the sales of the {_BEFORE} days before each day on which a firm borrowed "
        f"or applied (of the last {_SPAN_DAYS}), how many were voided, or reversed by "
        f"a red letter of the same buyer and amount, in the {_AFTER} days after it, "
        "beside what the firm undoes after any day, and beside other firms; the "
        "oddest day counts, and how many there were",
    ),
    needs=("invoices",),
    find=Measured(measure=_measured, say=_say, worst="high", show=_show),
)
