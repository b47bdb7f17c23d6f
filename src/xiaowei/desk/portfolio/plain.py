"""An allocation as plain values, with its lines in Chinese and English."""

from typing import Any

from xiaowei.desk.document.said import both
from xiaowei.desk.portfolio.allocating import Allocated
from xiaowei.money import Fen, yuan_text
from xiaowei.offers.portfolio.book import Book, Use
from xiaowei.offers.portfolio.curse import Curse
from xiaowei.offers.portfolio.limits import COUNTS
from xiaowei.offers.portfolio.options import UNKNOWN
from xiaowei.offers.portfolio.views import RULES
from xiaowei.offers.terms import cny
from xiaowei.said import Said

SCHEMA = "xiaowei.allocation/1"


def allocation_of(allocated: Allocated) -> dict[str, Any]:
    """Return an allocation without its loans.

    Args:
        allocated: what was allocated.
    """
    book, candidates = allocated.book, allocated.candidates
    rule = allocated.mandate.view.rule
    return {
        "schema": SCHEMA,
        "candidates": {
            "rows": candidates.rows,
            "used": candidates.options.count,
            "firms": len(candidates.options.firms),
            "unused_columns": list(candidates.unused),
            "rejects": [
                {"line": one.line, "reason": one.reason} for one in candidates.rejects
            ],
        },
        "chosen_by": {"rule": rule, "text": both(RULES[rule])},
        "book": {
            "firms": book.firms,
            "offered_fen": book.offered_fen,
            "drawn_fen": book.drawn_fen,
            "capital_fen": book.capital_fen,
            "expected_profit_fen": book.profit_fen,
            "worth_fen": book.worth_fen,
            "bound_fen": book.bound_fen,
            "gap_fen": book.gap_fen,
            "gap": book.gap_fen / max(abs(book.bound_fen), 1),
            "proof": book.proof,
            "text": both(_proof(book)),
            "tail": _tail(book),
        },
        "empty": [both(line) for line in allocated.empty],
        "limits": [_use(use) for use in book.uses],
        "costs": dict(allocated.costs),
        "curse": None if allocated.curse is None else _curse(allocated.curse),
    }


def _tail(book: Book) -> dict[str, Fen] | None:
    if book.tail is None:
        return None
    return {
        "mean_fen": book.tail.mean_fen,
        "cvar_fen": book.tail.cvar_fen,
        "worst_fen": book.tail.worst_fen,
    }


def _proof(book: Book) -> Said:
    if book.proof == "solved":
        return Said(
            "已证明最优：在全部限额内没有更好的组合",
            "proven best: no book within the limits is worth more",
        )
    gap = book.gap_fen / max(abs(book.bound_fen), 1)
    return Said(
        f"与已证明的上界相差不超过 {yuan_text(book.gap_fen)} 元（{gap:.1e}）",
        f"within {cny(book.gap_fen)} of the proven bound ({gap:.1e})",
    )


def _use(use: Use) -> dict[str, Any]:
    limit = use.limit
    asks = limit.least is not None or limit.least_share is not None
    return {
        "limit": limit.code,
        "label": use.label,
        "title": both(limit.title),
        "counts": limit.counts,
        "side": "least" if asks else "most",
        "reached": use.reached,
        "allowed": float(use.allowed),
        "price": use.price,
        "text": both(_said(use, asks=asks)),
    }


def _said(use: Use, *, asks: bool) -> Said:
    limit, allowed = use.limit, int(use.allowed)
    firms = limit.counts == "firms"
    zh = f"{use.reached} 户" if firms else f"{yuan_text(use.reached)} 元"
    en = f"{use.reached} firms" if firms else cny(use.reached)
    zh_side, en_side = ("至少", "at least") if asks else ("至多", "at most")
    zh_bound = f"{allowed} 户" if firms else f"{yuan_text(allowed)} 元"
    en_bound = f"{allowed} firms" if firms else cny(allowed)
    per_zh, per_en = ("每户", "a firm") if firms else ("每元", "a yuan")
    price = use.price / 100 if firms else use.price
    counts = COUNTS[limit.counts]
    return Said(
        f"{limit.title.zh}{_label(use).zh}：{counts.zh} {zh}，{zh_side} {zh_bound}，"
        f"影子价格 {per_zh} {price:.6f} 元",
        f"{limit.title.en}{_label(use).en}: {counts.en} {en}, {en_side} {en_bound},"
        f" shadow price {price:.6f} yuan {per_en}",
    )


def _label(use: Use) -> Said:
    if use.label is None:
        return Said("", "")
    if use.label == UNKNOWN:
        return Said("（未知）", " (unknown)")
    return Said(f"（{use.label}）", f" ({use.label})")


def _curse(one: Curse) -> dict[str, Any]:
    feigned = one.believed_fen - one.honest_fen
    return {
        "believed_fen": one.believed_fen,
        "honest_fen": one.honest_fen,
        "text": both(
            Said(
                f"优化者的诅咒：选择时自认利润 {yuan_text(one.believed_fen)} 元，用另一"
                f"半样本的违约概率估值 {yuan_text(one.honest_fen)} 元，虚高"
                f" {yuan_text(feigned)} 元",
                f"optimiser's curse: believed {cny(one.believed_fen)}, valued by the "
                f"PDs of the other half {cny(one.honest_fen)}, feigned {cny(feigned)}",
            )
        ),
    }
