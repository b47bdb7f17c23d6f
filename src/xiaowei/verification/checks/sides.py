"""One invoice seen from its two sides."""

from collections.abc import Callable, Mapping
from typing import Final

import ibis
import ibis.expr.types as ir

from xiaowei.said import Said
from xiaowei.verification.chances import MIN_PEERS, count_tails
from xiaowei.verification.evidence import amount, place, whole, with_evidence, word
from xiaowei.verification.finding import (
    Case,
    Check,
    Evidence,
    Finding,
    Severity,
)
from xiaowei.verification.statistical import for_information

SAME: Final = ("invoice_no", "happened_on", "net_fen", "tax_fen")
"""What makes two rows one invoice where the codes of the two sides cannot be linked."""

COINCIDENCE_DAYS: Final = 30
"""So far apart may be the days of rows that are counted as equal by chance."""

_HIGH_SHARE: Final = 0.2
_MEDIUM_COUNT: Final = 3


def twins(case: Case) -> ir.Table:
    """Return the invoices that some other row of facts equals in SAME.

    They are few beside all invoices, and what is told of one invoice twice is looked
    for among them.

    Returns:
        Shape: one row per such invoice, with all columns.
    """

    def alike() -> ir.Table:
        invoices = case.current("invoices")
        counts = invoices.group_by(SAME).aggregate(count=invoices.count())
        return invoices.semi_join(counts.filter(lambda t: t["count"] > 1), SAME)

    return case.once("twins", alike)


def coincidences(case: Case) -> float:
    """Return how many unrelated rows equal one invoice in SAME by chance.

    Counted on what cannot be one invoice: rows of two firms with one number, amount
    and tax whose days differ by 1 to COINCIDENCE_DAYS, so that a day of them is what
    chance puts on one day. Half a row is added: none seen is not none possible.
    """

    def counted() -> ir.Table:
        rows = case.current("invoices").select("enterprise_id", *SAME)
        others = rows.view()
        apart = others.happened_on.delta(rows.happened_on, unit="day")
        same = [rows[name] == others[name] for name in SAME if name != "happened_on"]
        near = rows.join(
            others,
            [
                *same,
                rows.enterprise_id != others.enterprise_id,
                apart.between(1, COINCIDENCE_DAYS),
            ],
        )
        met = near.aggregate(met=near.count())
        return met.cross_join(rows.aggregate(held=rows.count()))

    (found,) = case.once("coincidences", counted).to_pyarrow().to_pylist()
    return float((found["met"] + 0.5) / COINCIDENCE_DAYS / max(found["held"], 1))


def _two_sides(case: Case) -> list[Finding]:
    """Compare each invoice in a seller's books with the same one in the buyer's."""
    seen = mirrored(case)
    sums = seen.group_by("enterprise_id").aggregate(
        found=seen.count(),
        apart=seen.differs.sum().cast("int64"),
        partners=seen.partner.nunique(),
    )
    rows = sums.order_by("enterprise_id").to_pyarrow().to_pylist()
    findings = for_information(
        [_of_two_sides(row) for row in rows],
        list(count_tails([r["apart"] for r in rows], [r["found"] for r in rows]))
        if len(rows) >= MIN_PEERS
        else (),
    )
    return with_evidence(findings, seen.filter(seen.differs), say=_side_by_side)


def mirrored(case: Case) -> ir.Table:
    """Return the invoices found in the books of two firms, once for each of them.

    Returns:
        Shape: one row per invoice and firm: `enterprise_id`, `partner`, `seller`,
            `buyer`, `invoice_no`, `happened_on`, whether the sides `differs`, `weight`,
            and of each side its net amount, state, file and line.
    """
    pairs = case.once("pairs", lambda: _pairs(case.current("invoices"), twins(case)))
    ends = [
        pairs.mutate(enterprise_id=pairs.seller, partner=pairs.buyer),
        pairs.mutate(enterprise_id=pairs.buyer, partner=pairs.seller),
    ]
    return ends[0].union(ends[1])


def _pairs(invoices: ir.Table, alike: ir.Table) -> ir.Table:
    """Return the invoices found in the books of both a seller and a buyer.

    They are found by the two codes, number and day where the codes of both sides are
    of one kind; else by number, day, amount and tax, which leaves only the state to
    differ.
    """
    books = invoices.select(owner=invoices.enterprise_id).distinct()
    inside = invoices.semi_join(books, invoices.counterparty_id == books.owner)
    both = [
        _pair(
            alike, lambda sold, bought: [sold[name] == bought[name] for name in SAME]
        ),
        _pair(
            inside,
            lambda sold, bought: [
                sold.enterprise_id == bought.counterparty_id,
                sold.counterparty_id == bought.enterprise_id,
                sold.invoice_no == bought.invoice_no,
                sold.happened_on == bought.happened_on,
            ],
        ),
    ]
    return both[0].union(both[1], distinct=True)


def _pair(
    invoices: ir.Table, same: Callable[[ir.Table, ir.Table], list[ir.BooleanValue]]
) -> ir.Table:
    sold = invoices.filter(invoices.direction == "sale")
    bought = invoices.filter(invoices.direction == "purchase").view()
    apart = sold.enterprise_id != bought.enterprise_id
    joined = sold.join(bought, [*same(sold, bought), apart])
    differs = (
        (sold.state != bought.state)
        | (sold.net_fen != bought.net_fen)
        | (sold.tax_fen != bought.tax_fen)
    )
    return joined.select(
        seller=sold.enterprise_id,
        buyer=bought.enterprise_id,
        invoice_no=sold.invoice_no,
        happened_on=sold.happened_on,
        differs=differs,
        weight=ibis.greatest(sold.net_fen.abs(), bought.net_fen.abs()),
        file=sold.file,
        line=sold.line,
        seller_state=sold.state,
        seller_net=sold.net_fen,
        buyer_file=bought.file,
        buyer_line=bought.line,
        buyer_state=bought.state,
        buyer_net=bought.net_fen,
    )


def _of_two_sides(row: Mapping[str, int]) -> Finding:
    found, count = row["found"], row["apart"]
    text = Said(
        f"{found}张发票在另一方账中找到（对方{row['partners']}户），{count}张两侧不一致",
        f"{found} invoices found in the other side's books "
        f"({row['partners']} firms); {count} of them differ",
    )
    grave: Severity = "low"
    if count >= _MEDIUM_COUNT:
        grave = "high" if count / found >= _HIGH_SHARE else "medium"
    return Finding(
        enterprise_id=str(row["enterprise_id"]),
        check=TWO_SIDES.name,
        outcome="differs" if count else "agrees",
        severity=grave if count else "none",
        expected=Said("两侧金额、状态一致", "amount and state equal on both sides"),
        observed=Said(f"{count}/{found}张不一致", f"{count} of {found} differ"),
        text=text,
        benign=_LATE if count else None,
    )


def _side_by_side(pair: Mapping[str, object]) -> Evidence:
    seller, buyer = (_side(pair, side) for side in ("seller", "buyer"))
    other = place(pair["buyer_file"], pair["buyer_line"])
    return Evidence(
        str(pair["file"]),
        whole(pair["line"]),
        Said(
            f"{seller.zh} / {buyer.zh}（{other.zh}）",
            f"{seller.en} / {buyer.en} ({other.en})",
        ),
    )


def _side(pair: Mapping[str, object], side: str) -> Said:
    firm, state = pair[side], word(pair[f"{side}_state"])
    net = amount(whole(pair[f"{side}_net"]))
    return Said(f"{firm} {state.zh} {net.zh}", f"{firm} {state.en} {net.en}")


_LATE: Final = Said(
    "作废或红冲可能晚于另一侧入账", "one side may have booked a void or reversal later"
)
TWO_SIDES: Final = Check(
    name="two_sides",
    title=Said("购销两侧一致", "Both sides of an invoice"),
    meaning=Said(
        "同一张发票在销方销项与购方进项中的金额和状态应当一致；按双方代码、号码、日期或按"
        "号码、日期、金额、税额找到",
        "an invoice in a seller's sales and in a buyer's purchases must have one "
        "amount and one state; found by both codes, number and day, or by number, "
        "day, amount and tax",
    ),
    needs=("invoices",),
    find=_two_sides,
)
