"""Whose invoice it is: issued to itself, or standing in two firms' books."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final, TypeAlias

import ibis
import ibis.expr.types as ir
from scipy import stats

from xiaowei.portraits.traits.trait import total
from xiaowei.said import Said, percent
from xiaowei.verification.checks.sides import SAME, coincidences, twins
from xiaowei.verification.evidence import (
    SHOWN,
    amount,
    gravest,
    largest,
    of_invoice,
    place,
    word,
)
from xiaowei.verification.finding import (
    Case,
    Check,
    Evidence,
    Finding,
    Severity,
    kept,
)

_HIGH_SHARE: Final = 0.2
_MEDIUM_COUNT: Final = 3
_OWN_COUNT: Final = 3
_OWN_BOUNDS: Final[tuple[tuple[float, Severity], ...]] = (
    (0.05, "high"),
    (0.005, "medium"),
)
"""Share of its sales that a firm issued to itself; below _OWN_COUNT invoices, and below
all bounds, it is low."""

_Facts: TypeAlias = Mapping[str, tuple[Evidence, ...]]


@dataclass(frozen=True, slots=True)
class _Books:
    """What one enterprise's books share with others.

    Args:
        count: invoices that meet the condition.
        amount_fen: their absolute net amount.
        both: whether it has books of sales and of purchases.
        rows: all invoices of the books in question.
        whole_fen: their absolute net amount.
        evidence: some of them.
    """

    count: int
    amount_fen: int
    both: bool
    rows: int
    whole_fen: int
    evidence: tuple[Evidence, ...]


def _own_both_sides(case: Case) -> list[Finding]:
    """Find invoices that one enterprise has both issued and received."""
    invoices = case.current("invoices")
    sale = invoices.direction == "sale"
    sums = invoices.group_by("enterprise_id").aggregate(
        ways=invoices.direction.nunique(),
        rows=sale.sum().cast("int64"),
        whole=total(invoices.net_fen.abs(), sale),
    )
    own = kept(_own(invoices, twins(case)))
    books = _books(own, sums, evidence=largest(own))
    rate = coincidences(case)
    return [
        _of_own(firm, found, rate=rate)
        for firm, found in books
        if found.count or found.both
    ]


def _own(invoices: ir.Table, alike: ir.Table) -> ir.Table:
    """Return invoices whose owner stands on their other side too, each once.

    Either its code stands there, or its books hold the same invoice on both sides.
    """
    sold = alike.filter(alike.direction == "sale")
    bought = alike.filter(alike.direction == "purchase").view()
    twice = sold.semi_join(
        bought, [sold[name] == bought[name] for name in (*SAME, "enterprise_id")]
    )
    coded = invoices.filter(invoices.enterprise_id == invoices.counterparty_id)
    issued = coded.filter(coded.direction == "sale")
    received = coded.filter(coded.direction == "purchase")
    own = twice.union(issued, distinct=True)
    counted = own.view()
    only = received.anti_join(
        counted, [received[name] == counted[name] for name in (*SAME, "enterprise_id")]
    )
    return own.union(only)


def _of_own(firm: str, books: _Books, *, rate: float) -> Finding:
    share = books.amount_fen / max(books.whole_fen, books.amount_fen, 1)
    grave: Severity = "low"
    if books.count >= _OWN_COUNT:
        grave = next((s for bound, s in _OWN_BOUNDS if share >= bound), "low")
    net = amount(books.amount_fen)
    return Finding(
        enterprise_id=firm,
        check=OWN_BOTH_SIDES.name,
        outcome="differs" if books.count else "agrees",
        severity=grave if books.count else "none",
        unlikely=_by_chance(books, rate=rate),
        expected=Said("0张", "0 invoices"),
        observed=Said(f"{books.count}张", f"{books.count} invoices"),
        text=Said(
            f"{books.count}张发票同时在自己的销项和进项中，{net.zh}，占销项{percent(share)}",
            f"{books.count} invoices stand in both its own sales and purchases: "
            f"{net.en}, {percent(share)} of sales",
        ),
        benign=_OWN_BENIGN if books.count else None,
        evidence=books.evidence,
    )


def _one_owner(case: Case) -> list[Finding]:
    """Find invoices that stand on the same side of two enterprises' books."""
    invoices = case.current("invoices")
    sums = invoices.group_by("enterprise_id").aggregate(
        ways=invoices.direction.nunique(),
        rows=invoices.count(),
        whole=invoices.net_fen.abs().sum().cast("int64"),
    )
    alike = twins(case)
    other = alike.view()
    keys = [alike[name] == other[name] for name in (*SAME, "direction")]
    shared = alike.join(other, [*keys, alike.enterprise_id != other.enterprise_id])
    found = kept(
        shared.select(
            *[alike[name] for name in alike.columns],
            weight=alike.net_fen.abs(),
            other=other.enterprise_id,
            other_state=other.state,
            other_file=other.file,
            other_line=other.line,
        )
    )
    others = _others(found)
    once = kept(found.select(*alike.columns).distinct())
    books = _books(once, sums, evidence=gravest(found, say=_beside_other))
    rate = coincidences(case)
    return [
        _of_owner(firm, one, others.get(firm, ()), rate=rate) for firm, one in books
    ]


def _beside_other(row: Mapping[str, object]) -> Evidence:
    fact, state = of_invoice(row), word(row["other_state"])
    there = place(row["other_file"], row["other_line"])
    return replace(
        fact,
        text=Said(
            f"{fact.text.zh} / {row['other']} {state.zh}（{there.zh}）",
            f"{fact.text.en} / {row['other']} {state.en} ({there.en})",
        ),
    )


def _by_chance(books: _Books, *, rate: float) -> float | None:
    """Return how probable so many coincidences are; null where there is none."""
    if not books.count:
        return None
    return round(float(stats.poisson.sf(books.count - 1, rate * books.rows)), 9)


def _of_owner(
    firm: str, books: _Books, others: Sequence[str], *, rate: float
) -> Finding:
    share = books.count / max(books.rows, 1)
    grave: Severity = "low"
    if books.count >= _MEDIUM_COUNT:
        grave = "high" if share >= _HIGH_SHARE else "medium"
    names = ", ".join(others[:SHOWN])
    return Finding(
        enterprise_id=firm,
        check=ONE_OWNER.name,
        outcome="differs" if books.count else "agrees",
        severity=grave if books.count else "none",
        unlikely=_by_chance(books, rate=rate),
        expected=Said("0张", "0 invoices"),
        observed=Said(
            f"{books.count}/{books.rows}张", f"{books.count} of {books.rows}"
        ),
        text=Said(
            f"{books.count}张发票与{names}的同侧账相同，占全部{percent(share)}"
            if books.count
            else "没有发票出现在另一户的同侧账中",
            f"{books.count} invoices stand on the same side of the books of {names}: "
            f"{percent(share)} of all"
            if books.count
            else "no invoice stands on the same side of another firm's books",
        ),
        benign=_OWNER_BENIGN if books.count else None,
        evidence=books.evidence,
    )


def _books(
    found: ir.Table, sums: ir.Table, *, evidence: _Facts
) -> Iterator[tuple[str, _Books]]:
    """Count what was found per enterprise, beside all that was judged.

    Args:
        found: Shape: one row per invoice.
        sums: Shape: one row per enterprise; `ways`, `rows`, `whole`.
        evidence: some of what was found, by enterprise.
    """
    counts = found.group_by("enterprise_id").aggregate(
        count=found.count(), amount=found.net_fen.abs().sum().cast("int64")
    )
    table = sums.left_join(counts, "enterprise_id").order_by("enterprise_id")
    for row in table.drop("enterprise_id_right").to_pyarrow().to_pylist():
        firm = row["enterprise_id"]
        yield (
            firm,
            _Books(
                count=row["count"] or 0,
                amount_fen=row["amount"] or 0,
                both=row["ways"] > 1,
                rows=row["rows"],
                whole_fen=row["whole"],
                evidence=evidence.get(firm, ()),
            ),
        )


def _others(found: ir.Table) -> dict[str, tuple[str, ...]]:
    """Return with whom each enterprise shares invoices, most invoices first."""
    shared = found.group_by(["enterprise_id", "other"]).aggregate(count=found.count())
    rows = shared.order_by("enterprise_id", ibis.desc("count"), "other")
    named: dict[str, list[str]] = defaultdict(list)
    for row in rows.to_pyarrow().to_pylist():
        named[row["enterprise_id"]].append(row["other"])
    return {firm: tuple(names) for firm, names in named.items()}


def _bound(severity: Severity) -> str:
    return next(percent(share) for share, s in _OWN_BOUNDS if s == severity)


_OWN_BENIGN: Final = Said(
    "自产自用、视同销售或总分机构间开票",
    "own use deemed a sale, or invoices between head office and branch under one code",
)
_OWNER_BENIGN: Final = Said(
    "同一企业更名、一套账报送两次或总分机构合并报送",
    "one enterprise under two codes: renamed, reported twice, or with a branch",
)

OWN_BOTH_SIDES: Final = Check(
    name="own_both_sides",
    title=Said("自开自收", "Issued to itself"),
    meaning=Said(
        f"企业不应同时是一张发票的销方和购方；满{_OWN_COUNT}张且占销项"
        f"{_bound('high')}起为高，{_bound('medium')}起为中，其余为低",
        "an enterprise should not be on both sides of one invoice; of at least "
        f"{_OWN_COUNT} such, high from {_bound('high')} of sales, medium from "
        f"{_bound('medium')}; else low",
    ),
    needs=("invoices",),
    find=_own_both_sides,
)
ONE_OWNER: Final = Check(
    name="one_owner",
    title=Said("一票一主", "One invoice, one owner"),
    meaning=Said(
        "一张发票只有一个销方、一个购方；同号、同日、同额、同税的发票不应出现在两户的同侧账中",
        "an invoice has one seller and one buyer: the same number, day, amount and tax "
        "should not stand on the same side of two firms' books",
    ),
    needs=("invoices",),
    find=_one_owner,
)
