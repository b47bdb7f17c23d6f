"""The facts behind a finding, the largest first."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Final, TypeAlias

import ibis
import ibis.expr.types as ir

from xiaowei.money import FEN_PER_WAN, wan_text, yuan_text
from xiaowei.said import Said
from xiaowei.verification.finding import Evidence, Finding

SHOWN: Final = 5
"""How many facts a finding names; the rest is counted in its text."""

_WORDS: Final = {
    "sale": Said("销项", "sale"),
    "purchase": Said("进项", "purchase"),
    "valid": Said("有效", "valid"),
    "voided": Said("作废", "voided"),
}

Say: TypeAlias = Callable[[Mapping[str, object]], Evidence]


def of_invoice(row: Mapping[str, object]) -> Evidence:
    """Say which invoice a row of facts is."""
    way, state = word(row["direction"]), word(row["state"])
    net = amount(whole(row["net_fen"]))
    day, number = row["happened_on"], row["invoice_no"]
    return Evidence(
        str(row["file"]),
        whole(row["line"]),
        Said(
            f"{day} {way.zh} {number} {net.zh} {state.zh}",
            f"{day} {way.en} {number} {net.en} {state.en}",
        ),
    )


def largest(invoices: ir.Table) -> dict[str, tuple[Evidence, ...]]:
    """Return the largest invoices of each enterprise, at most SHOWN.

    Args:
        invoices: Shape: one row per invoice that a check objects to.
    """
    return gravest(invoices.mutate(weight=invoices.net_fen.abs()), say=of_invoice)


def gravest(rows: ir.Table, *, say: Say) -> dict[str, tuple[Evidence, ...]]:
    """Return the rows of each enterprise that weigh most, at most SHOWN.

    Args:
        rows: Shape: one row per fact that a check objects to; `enterprise_id`,
            `weight`, `file`, `line`, and what the sentence needs.
        say: the sentence.
    """
    ties = [name for name in rows.columns if name not in {"weight", "file", "line"}]
    order = [ibis.desc("weight"), "file", "line", *ties]
    place = ibis.row_number().over(
        ibis.window(group_by="enterprise_id", order_by=order)
    )
    first = rows.mutate(place=place).filter(lambda t: t.place < SHOWN)
    listed: dict[str, list[Evidence]] = defaultdict(list)
    for row in first.order_by("enterprise_id", "place").to_pyarrow().to_pylist():
        listed[row["enterprise_id"]].append(say(row))
    return {firm: tuple(facts) for firm, facts in listed.items()}


def gravest_of(
    rows: ir.Table, firms: Sequence[str], *, say: Say
) -> dict[str, tuple[Evidence, ...]]:
    """Return the rows of some enterprises that weigh most, at most SHOWN of each.

    Args:
        rows: as of `gravest`.
        firms: whose.
        say: the sentence.
    """
    return gravest(rows.filter(rows.enterprise_id.isin(list(firms))), say=say)


def with_evidence(
    findings: Iterable[Finding], rows: ir.Table, *, say: Say = of_invoice
) -> list[Finding]:
    """Return findings, each that differs with the rows that weigh most.

    Args:
        findings: of one check.
        rows: as of `gravest`, or invoices that weigh by their net amount.
        say: the sentence.
    """
    told = list(findings)
    firms = [one.enterprise_id for one in told if one.outcome == "differs"]
    if not firms:
        return told
    if "weight" not in rows.columns:
        rows = rows.mutate(weight=rows.net_fen.abs())
    facts = gravest(rows.filter(rows.enterprise_id.isin(firms)), say=say)
    return [
        replace(one, evidence=facts.get(one.enterprise_id, ()))
        if one.outcome == "differs"
        else one
        for one in told
    ]


def amount(fen: int) -> Said:
    """Write an amount in units of ten thousand yuan, a smaller one in yuan.

    Args:
        fen: the amount.

    >>> amount(19_790_000).en, amount(-4_950).zh
    ('19.79万 yuan', '-49.50元')
    """
    if abs(fen) < FEN_PER_WAN:
        return Said(f"{yuan_text(fen)}元", f"{yuan_text(fen)} yuan")
    return Said(f"{wan_text(fen)}万元", f"{wan_text(fen)}万 yuan")


def word(ours: object) -> Said:
    """Write a direction or state of an invoice for people."""
    return _WORDS[str(ours)]


def place(file: object, line: object) -> Said:
    """Write where a fact stands."""
    return Said(f"{file}第{line}行", f"{file} line {line}")


def whole(value: object) -> int:
    """Return a cell that holds a whole number as one."""
    return int(str(value))
