"""Amounts that fit the trade: tickets against face caps, sales against purchases."""

import math
from collections.abc import Mapping
from typing import Final

import numpy as np

from xiaowei.portraits.moments import months_ago
from xiaowei.portraits.traits.invoice_months import FACE_CAPS_FEN, at_cap
from xiaowei.portraits.traits.trait import total
from xiaowei.said import Said, percent
from xiaowei.verification.chances import MIN_PEERS, gap_tails
from xiaowei.verification.evidence import amount, with_evidence
from xiaowei.verification.finding import Case, Check, Finding, Severity
from xiaowei.verification.statistical import Count, judge_counts

_MIN_TICKETS: Final = 50
_MONTHS: Final = 24
_MIN_SALES_FEN: Final = 10_000_000
_TIMES: Final[tuple[tuple[int, Severity], ...]] = ((10, "medium"), (3, "low"))
"""Nobody buys many times what he sells for two years without a reason to be told."""


def _tickets(case: Case) -> list[Finding]:
    """Compare how many tickets lie at a face cap with firms of like ticket size."""
    invoices = case.current("invoices")
    rows = invoices.filter(
        (invoices.direction == "sale")
        & (invoices.state == "valid")
        & (invoices.net_fen > 0)
    )
    caps = [at_cap(rows.total_fen, cap) for cap in FACE_CAPS_FEN]
    rows = rows.mutate(capped=caps[0] | caps[1] | caps[2])
    counts = rows.group_by("enterprise_id").aggregate(
        trials=rows.count(),
        hits=rows.capped.sum().cast("int64"),
        amount=rows.net_fen.sum().cast("int64"),
    )
    counts = counts.filter(counts.trials >= _MIN_TICKETS).order_by("enterprise_id")
    firms = counts.to_pyarrow().to_pylist()
    # A firm whose mean ticket is just below a cap has many there without any design,
    # so firms are compared within thirds of ticket size only.
    order = np.argsort([f["amount"] / f["trials"] for f in firms], kind="stable")
    groups = np.array_split(order, 3 if len(firms) >= 3 * MIN_PEERS else 1)
    found: list[Finding] = []
    for group in groups:
        counted = [_ticket_count(firms[int(place)]) for place in group]
        found += judge_counts(counted, worst="low")
    return with_evidence(found, rows.filter(rows.capped))


def _ticket_count(row: dict[str, int]) -> Count:
    share = percent(row["hits"] / row["trials"])
    return Count(
        row["hits"],
        row["trials"],
        Finding(
            enterprise_id=str(row["enterprise_id"]),
            check=TICKETS.name,
            outcome="differs",
            expected=Said(
                "顶额票比例与票面相近的企业相当",
                "a share at the face caps like that of firms with like tickets",
            ),
            observed=Said(
                f"{row['hits']}/{row['trials']}张", f"{row['hits']} of {row['trials']}"
            ),
            text=Said(
                f"{share}的销项票面在1万、10万或100万限额的0.9至1.17倍",
                f"{share} of its sales invoices lie at 0.9 to 1.17 times a face cap of "
                "1万, 10万 or 100万",
            ),
            benign=Said(
                "大额合同按限额拆分开票是常见做法",
                "large contracts are commonly split at the cap",
            ),
        ),
    )


def _balance(case: Case) -> list[Finding]:
    """Compare purchases with sales over two years."""
    invoices = case.current("invoices")
    valid = invoices.filter(invoices.state == "valid")
    valid = valid.mutate(
        sale=valid.direction == "sale",
        lately=months_ago(valid.happened_on, as_of=case.as_of) < _MONTHS,
    )
    sums = valid.group_by("enterprise_id").aggregate(
        sold=total(valid.net_fen, valid.sale & valid.lately),
        bought=total(valid.net_fen, ~valid.sale & valid.lately),
        ways=valid.direction.nunique(),
    )
    known = sums.filter(
        (sums.ways > 1) & (sums.sold >= _MIN_SALES_FEN) & (sums.bought > 0)
    )
    rows = known.order_by("enterprise_id").to_pyarrow().to_pylist()
    gaps = [math.log(row["bought"] / row["sold"]) for row in rows]
    tails: list[float | None] = [None] * len(rows)
    if len(rows) >= MIN_PEERS:
        # Nine digits: the last bits of a tail differ between builds of libm.
        tails = [round(float(tail), 9) for tail in gap_tails(gaps)]
    findings = [
        _of_balance(row, unlikely=tail) for row, tail in zip(rows, tails, strict=True)
    ]
    return with_evidence(findings, valid.filter(~valid.sale & valid.lately))


def _of_balance(row: Mapping[str, int], *, unlikely: float | None) -> Finding:
    times = row["bought"] / row["sold"]
    severity: Severity = next(
        (grave for bound, grave in _TIMES if times > bound), "none"
    )
    share = percent(times, digits=0)
    bought, sold = amount(row["bought"]), amount(row["sold"])
    return Finding(
        enterprise_id=str(row["enterprise_id"]),
        check=BALANCE.name,
        outcome="agrees" if severity == "none" else "differs",
        severity=severity,
        unlikely=unlikely,
        expected=Said(
            f"采购不超过销售的{_TIMES[-1][0]}倍",
            f"purchases of at most {_TIMES[-1][0]} times sales",
        ),
        observed=Said(f"采购为销售的{share}", f"purchases are {share} of sales"),
        text=Said(
            f"近{_MONTHS}月采购{bought.zh}，销售{sold.zh}",
            f"bought {bought.en} and sold {sold.en} in {_MONTHS} months",
        ),
        benign=Said(
            "备货、在建、出口或向个人销售未开票",
            "stock or projects being built up, or sales without invoice",
        )
        if severity != "none"
        else None,
    )


TICKETS: Final = Check(
    name="ticket_caps",
    title=Said("顶额开票", "Tickets at face caps"),
    meaning=Said(
        "票面集中在限额附近的比例与票面相近的企业相比；首位数字（本福特）检验在增值税发票上"
        "无效，故不用",
        "the share of tickets at the face caps, compared with firms of like tickets; a "
        "first-digit (Benford) test says nothing on VAT invoices and is not used",
    ),
    needs=("invoices",),
    find=_tickets,
)
BALANCE: Final = Check(
    name="sales_against_purchases",
    title=Said("购销匹配", "Sales against purchases"),
    meaning=Said(
        f"近{_MONTHS}月进项与销项之比，超过{_TIMES[-1][0]}倍为不一致；可比企业足够时"
        "并说明有多少见",
        f"purchases over sales of the last {_MONTHS} months; more than "
        f"{_TIMES[-1][0]} times is a difference; with enough peers, how rare it is",
    ),
    needs=("invoices",),
    find=_balance,
)
