"""New counterparties that appear just before an application and buy a lot."""

from collections.abc import Mapping
from typing import Final

import ibis
import ibis.expr.types as ir
import numpy as np
import pyarrow as pa

from xiaowei.portraits.traits.trait import total
from xiaowei.said import Said, percent
from xiaowei.verification.applied import HALF_YEAR, NEAR, applied
from xiaowei.verification.chances import Floats, own_tails, scattered
from xiaowei.verification.evidence import amount, of_invoice
from xiaowei.verification.finding import Case, Check, Finding
from xiaowei.verification.measured import Measured, Row, rows_behind, with_tails

_HISTORY: Final = 365
"""Days of books before the two half years, so that new is new."""
_YOUNG: Final = 365
"""Days since its registration when it first bought."""
_LEAST: Final = 5
"""Invoices of one size that would spread the sales as much; fewer say nothing."""
_PRIOR: Final = 10.0
"""So many invoices of its section the firm's own earlier half year is drawn to."""
_SALES: Final = "sales of two half years"


def _sales(case: Case) -> ir.Table:
    """Return sales of the last half year and the one before it, with who is dubious.

    A buyer is dubious whom the firm met in that half year, and who was young then or
    stands in no other firm's books.

    Returns:
        Shape: one row per valid positive sale of a firm with long enough books; as
        invoices, with `until`, `recent` and `dubious`.
    """

    def made() -> ir.Table:
        invoices = case.current("invoices")
        sales = invoices.filter(
            (invoices.direction == "sale")
            & (invoices.state == "valid")
            & (invoices.net_fen > 0)
        )
        mine = _lately(sales, case)
        met = _met(sales, case).view()
        joined = mine.inner_join(
            met,
            [
                mine.enterprise_id == met.enterprise_id,
                mine.counterparty_id == met.counterparty_id,
            ],
        )
        return joined.select(
            *[mine[name] for name in mine.columns],
            dubious=met.odd & (met.met > mine.start),
        )

    return case.once(_SALES, made)


def _lately(sales: ir.Table, case: Case) -> ir.Table:
    """Return sales of the two half years of firms whose books reach back enough."""
    half = ibis.interval(days=HALF_YEAR)
    first = sales.group_by("enterprise_id").aggregate(opened=sales.happened_on.min())
    asked = applied(case).view()
    books = first.left_join(asked, first.enterprise_id == asked.enterprise_id).select(
        "enterprise_id", "opened", until=ibis.coalesce(asked.until, case.as_of)
    )
    whole = ibis.interval(days=2 * HALF_YEAR + _HISTORY)
    long = books.filter(books.opened <= books.until - whole).view()
    rows = sales.inner_join(long, sales.enterprise_id == long.enterprise_id).select(
        *[sales[name] for name in sales.columns], until=long.until
    )
    begin = rows.until - half
    rows = rows.mutate(
        recent=rows.happened_on > begin,
        start=ibis.ifelse(rows.happened_on > begin, begin, begin - half).cast("date"),
    )
    return rows.filter(
        (rows.happened_on > rows.start) & (rows.happened_on <= rows.until)
    )


def _met(sales: ir.Table, case: Case) -> ir.Table:
    """Return since when each firm has known each buyer, and whether it is odd."""
    met = sales.group_by("enterprise_id", "counterparty_id").aggregate(
        met=sales.happened_on.min()
    )
    sellers = met.group_by("counterparty_id").aggregate(sellers=met.count()).view()
    rows = met.left_join(
        sellers, met.counterparty_id == sellers.counterparty_id
    ).select(*[met[name] for name in met.columns], alone=sellers.sellers == 1)
    if "enterprises" not in case.facts:
        return rows.mutate(odd=rows.alone)
    they = case.current("enterprises").select(
        code="enterprise_id", registered="happened_on"
    )
    aged = rows.left_join(they, rows.counterparty_id == they.code)
    since = aged.registered + ibis.interval(days=_YOUNG)
    return aged.mutate(
        odd=aged.alone | ibis.coalesce(since > aged.met, ibis.literal(value=False))
    )


def _measured(case: Case) -> pa.Table:
    """Return for each firm how much of its sales went to dubious new buyers."""
    rows = _sales(case)
    square = rows.net_fen.cast("float64") ** 2
    sums = rows.group_by("enterprise_id").aggregate(
        until=rows.until.max(),
        now=total(rows.net_fen, rows.recent),
        now_new=total(rows.net_fen, rows.recent & rows.dubious),
        now_square=square.sum(where=rows.recent).fill_null(0.0),
        then=total(rows.net_fen, ~rows.recent),
        then_new=total(rows.net_fen, ~rows.recent & rows.dubious),
        then_square=square.sum(where=~rows.recent).fill_null(0.0),
        buyers=rows.counterparty_id.nunique(where=rows.recent & rows.dubious),
    )
    both = sums.filter((sums.now > 0) & (sums.then > 0)).order_by("enterprise_id")
    table = both.to_pyarrow()
    trials = {name: _trials(table, name) for name in ("now", "then")}
    enough = (trials["now"] >= _LEAST) & (trials["then"] >= _LEAST)
    table = table.filter(pa.array(enough))
    kept = {name: value[enough] for name, value in trials.items()}
    return with_tails(table, _tails(table, kept, case.industries))


def _trials(table: pa.Table, name: str) -> Floats:
    """Return how many invoices of one size would spread these sales as much."""
    whole = table[name].to_numpy().astype(np.float64)
    square = table[f"{name}_square"].to_numpy()
    return np.asarray(np.ceil(whole**2 / square - 1e-9), dtype=np.float64)


def _tails(
    table: pa.Table, trials: Mapping[str, Floats], industries: Mapping[str, str]
) -> Floats:
    """Return how probable so much is beside the half year before and the section."""
    if not table.num_rows:
        return np.zeros(0)
    hits = {
        name: np.round(
            trials[name] * table[f"{name}_new"].to_numpy() / table[name].to_numpy()
        )
        for name in trials
    }
    firms = table["enterprise_id"].to_pylist()
    section = np.array([industries.get(firm, "")[:1] for firm in firms], dtype=np.str_)
    groups, place = np.unique(section, return_inverse=True)
    size = len(groups)
    usual = (np.bincount(place, hits["then"], size) + 0.5) / (
        np.bincount(place, trials["then"], size) + 1
    )
    own = hits["then"] + _PRIOR * usual[place]
    shares = np.clip(own / (trials["then"] + _PRIOR), 1e-3, 1 - 1e-3)
    tails = own_tails(hits["now"].tolist(), trials["now"].tolist(), shares.tolist())
    return scattered(np.asarray(tails, dtype=np.float64))


def _say(row: Row) -> Finding:
    now, then = (percent(row[f"{x}_new"] / row[x]) for x in ("now", "then"))
    net = amount(row["now_new"])
    return Finding(
        enterprise_id=row["enterprise_id"],
        check=NEW_PARTNERS.name,
        outcome="differs",
        expected=Said(
            f"与此前半年（{then}）及同业相当",
            f"a share like that of the half year before ({then}) and of its trade",
        ),
        observed=Said(
            f"{now}售给{row['buyers']}户可疑的新客户",
            f"{now} of sales to {row['buyers']} dubious new customers",
        ),
        text=Said(
            f"截至{row['until']}的半年内，{net.zh}（{now}）售给此前从未出现、成立不久或只与其"
            f"一户往来的{row['buyers']}户客户",
            f"in the half year up to {row['until']}, {net.en} ({now}) went to "
            f"{row['buyers']} customers never seen before who are young or trade with "
            "nobody else",
        ),
        benign=_BENIGN,
    )


def _rows(case: Case) -> ir.Table:
    rows = _sales(case)
    return rows.filter(rows.recent & rows.dubious).mutate(weight=rows.net_fen)


_BENIGN: Final = Said(
    "开拓新市场、新产品上市、招投标中标，或客户改用新设公司采购",
    "a new market or product, a tender won, or a customer buying through a new firm",
)

NEW_PARTNERS: Final = Check(
    name="new_partners",
    title=Said("突现的新客户", "New customers before an application"),
    meaning=Said(
        f"最近一次申请（{NEAR}天内，否则为观察日）前{HALF_YEAR}天，售给此前从未出现、且当时成立"
        f"不满{_YOUNG}天或不在任何他户账中的客户的金额占比，与此前{HALF_YEAR}天及同门类企业相比",
        f"the share of sales of the {HALF_YEAR} days before the last application (of "
        f"the last {NEAR} days; else before the day) to customers never seen before "
        f"who were registered for less than {_YOUNG} days or stand in no other firm's "
        "books, beside the half year before and firms of its section",
    ),
    needs=("invoices",),
    find=Measured(
        measure=_measured,
        say=_say,
        worst="medium",
        show=rows_behind(_rows, say=of_invoice),
    ),
)
