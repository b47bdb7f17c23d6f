"""One invoice seen from its two sides."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Final

import ibis
import ibis.expr.types as ir

from xiaowei.money import wan_text
from xiaowei.said import Said
from xiaowei.verification.evidence import SHOWN, whole
from xiaowei.verification.finding import Case, Check, Evidence, Finding, Severity

SAME: Final = ("invoice_no", "happened_on", "net_fen", "tax_fen")
"""What makes two rows one invoice where the codes of the two sides cannot be linked."""

_HIGH_SHARE: Final = 0.2
_MEDIUM_COUNT: Final = 3


def _two_sides(case: Case) -> list[Finding]:
    """Compare each invoice in a seller's books with the same one in the buyer's."""
    invoices = case.facts["invoices"]
    pairs = _pairs(invoices)
    rows = pairs.order_by(
        ibis.desc("differs"), ibis.desc("size"), "seller_file", "seller_line"
    ).to_pyarrow()
    seen: dict[str, list[dict[str, object]]] = defaultdict(list)
    for row in rows.to_pylist():
        seen[str(row["seller"])].append(row)
        seen[str(row["buyer"])].append(row)
    return [_of_two_sides(firm, found) for firm, found in sorted(seen.items())]


def _pairs(invoices: ir.Table) -> ir.Table:
    """Return the invoices found in the books of both a seller and a buyer.

    They are found by the two codes, number and day where the codes of both sides are
    of one kind; else by number, day, amount and tax, which leaves only the state to
    differ.
    """
    sold = invoices.filter(invoices.direction == "sale")
    bought = invoices.filter(invoices.direction == "purchase").view()
    by_content = sold.join(
        bought,
        [
            *[sold[name] == bought[name] for name in SAME],
            sold.enterprise_id != bought.enterprise_id,
        ],
    )
    by_code = sold.join(
        bought,
        [
            sold.enterprise_id == bought.counterparty_id,
            sold.counterparty_id == bought.enterprise_id,
            sold.invoice_no == bought.invoice_no,
            sold.happened_on == bought.happened_on,
            sold.enterprise_id != bought.enterprise_id,
        ],
    )
    both = [_pair(joined, sold, bought) for joined in (by_content, by_code)]
    return both[0].union(both[1], distinct=True)


def _pair(joined: ir.Table, sold: ir.Table, bought: ir.Table) -> ir.Table:
    differs = (
        (sold.state != bought.state)
        | (sold.net_fen != bought.net_fen)
        | (sold.tax_fen != bought.tax_fen)
    )
    return joined.select(
        seller=sold.enterprise_id,
        buyer=bought.enterprise_id,
        differs=differs,
        size=sold.net_fen.abs(),
        seller_file=sold.file,
        seller_line=sold.line,
        seller_state=sold.state,
        seller_net=sold.net_fen,
        buyer_file=bought.file,
        buyer_line=bought.line,
        buyer_state=bought.state,
        buyer_net=bought.net_fen,
    )


def _of_two_sides(firm: str, pairs: Sequence[Mapping[str, object]]) -> Finding:
    apart = [pair for pair in pairs if pair["differs"]]
    partners = {pair["seller"] for pair in pairs} | {pair["buyer"] for pair in pairs}
    count, all_found = len(apart), len(pairs)
    text = Said(
        f"{all_found}张发票在另一方账中找到（对方{len(partners) - 1}户），"
        f"{count}张两侧不一致",
        f"{all_found} invoices found in the other side's books "
        f"({len(partners) - 1} firms); {count} of them differ",
    )
    grave: Severity = "low"
    if count >= _MEDIUM_COUNT:
        grave = "high" if count / all_found >= _HIGH_SHARE else "medium"
    return Finding(
        enterprise_id=firm,
        check=TWO_SIDES.name,
        outcome="differs" if apart else "agrees",
        severity=grave if apart else "none",
        expected=Said("两侧金额、状态一致", "amount and state equal on both sides"),
        observed=Said(f"{count}/{all_found}张不一致", f"{count} of {all_found} differ"),
        text=text,
        benign=_LATE if apart else None,
        evidence=tuple(_side_by_side(pair) for pair in apart[:SHOWN]),
    )


def _side_by_side(pair: Mapping[str, object]) -> Evidence:
    seller, buyer = (_side(pair, side) for side in ("seller", "buyer"))
    other = f"{pair['buyer_file']} line {pair['buyer_line']}"
    return Evidence(
        str(pair["seller_file"]),
        whole(pair["seller_line"]),
        f"{seller} / {buyer} ({other})",
    )


def _side(pair: Mapping[str, object], side: str) -> str:
    amount = wan_text(whole(pair[f"{side}_net"]))
    return f"{pair[side]} {pair[f'{side}_state']} {amount}万"


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
