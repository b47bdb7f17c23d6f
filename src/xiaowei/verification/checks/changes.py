"""What changed at the registry, and of the tax grade, just before an application."""

from functools import reduce
from typing import Final

import ibis
import ibis.expr.types as ir
import numpy as np
import pyarrow as pa

from xiaowei.facts.sources import EARLIEST
from xiaowei.said import Said
from xiaowei.verification.applied import HALF_YEAR, NEAR, applied
from xiaowei.verification.chances import MIN_PEERS, count_tails
from xiaowei.verification.finding import Case, Check, Evidence, Finding
from xiaowei.verification.measured import Measured, Row, rows_behind, with_tails

_KINDS: Final = {
    "legal_person": Said("法定代表人", "legal representative"),
    "owners": Said("股东或实际控制人", "owners"),
    "address": Said("住所", "address"),
    "scope": Said("经营范围", "scope"),
    "capital": Said("注册资本", "capital"),
    "name": Said("名称", "name"),
    "grade": Said("纳税信用等级降为C或D", "tax grade fell to C or D"),
}
"""The status is none of them: a firm that closes is not made up for the bank."""
_ROLES: Final = {
    "legal_person": "legal_person",
    "shareholder": "owners",
    "controller": "owners",
}
_BAD: Final = ("C", "D")
_WORST: Final = "D"
_OLD: Final = 365
"""Days since its registration: a firm that is being set up changes much."""
_LATELY: Final = "changes of the half year"
_COLUMNS: Final = (
    "enterprise_id",
    "kind",
    "happened_on",
    "before",
    "after",
    "file",
    "line",
)


def _firms(case: Case) -> ir.Table:
    """Return the firms that stand open in the registry, with their half year."""
    rows = case.current("enterprises")
    asked = applied(case).view()
    joined = rows.left_join(asked, rows.enterprise_id == asked.enterprise_id)
    firms = joined.filter(joined.status.fill_null("open") == "open").select(
        "enterprise_id",
        born=joined.happened_on,
        until=ibis.coalesce(joined.until, case.as_of).cast("date"),
    )
    firms = firms.mutate(
        since=(firms.until - ibis.interval(days=HALF_YEAR)).cast("date")
    )
    old = firms.born <= firms.since - ibis.interval(days=_OLD)
    return firms.filter(old.fill_null(ibis.literal(value=True))).drop("born")


def _lately(case: Case) -> ir.Table:
    """Return each change of each firm's half year. Shape: one row per change."""

    def made() -> ir.Table:
        parts = [_registered(case)]
        if "owners" in case.facts:
            parts.append(_owned(case))
        if "tax_credit" in case.facts:
            graded = _graded(case)
            parts.append(graded.filter(graded.fell).select(*_COLUMNS))
        return _within(reduce(lambda a, b: a.union(b), parts), case)

    return case.once(_LATELY, made)


def _within(rows: ir.Table, case: Case) -> ir.Table:
    firms = _firms(case).view()
    joined = rows.join(firms, rows.enterprise_id == firms.enterprise_id)
    inside = (joined.happened_on > joined.since) & (joined.happened_on <= joined.until)
    return joined.filter(inside).select(*rows.columns)


def _registered(case: Case) -> ir.Table:
    rows = case.current("registry_changes")
    return rows.filter(rows["item"].isin(list(_KINDS))).select(
        "enterprise_id",
        "happened_on",
        "before",
        "after",
        "file",
        "line",
        kind="item",
    )[list(_COLUMNS)]


def _owned(case: Case) -> ir.Table:
    """Return whom the registry has as new owner or head, or no longer.

    Those who were there from the first day on are no change; nor are managers.
    """
    rows = case.current("owners")
    rows = rows.filter(rows.role.isin(list(_ROLES)))
    first = rows.happened_on.min().over(ibis.window(group_by="enterprise_id"))
    rows = rows.mutate(first=first, kind=rows.role.cases(*_ROLES.items()))
    none = ibis.null("string")
    begun = rows.filter(rows.happened_on > rows["first"])
    ended = rows.filter(rows.until_on.notnull()).mutate(happened_on=rows.until_on)
    parts = [
        part.mutate(before=none, after=none).select(*_COLUMNS)
        for part in (begun, ended)
    ]
    return parts[0].union(parts[1])


def _graded(case: Case) -> ir.Table:
    """Return the tax grades of firms, each beside that of the year before it."""
    rows = case.current("tax_credit")
    by_year = ibis.window(group_by="enterprise_id", order_by="year")
    graded = rows.mutate(before=rows.grade.lag().over(by_year))
    graded = graded.filter(graded.before.notnull())
    worse = (graded.grade != graded.before) & (graded.before != _WORST)
    return graded.mutate(
        kind=ibis.literal("grade"),
        after=graded.grade,
        fell=graded.grade.isin(_BAD) & worse,
    ).select(*_COLUMNS, "fell")


def _measured(case: Case) -> pa.Table:
    """Return how many things of those it could have changed each firm changed."""
    firms, rows = _firms(case), _lately(case)
    kinds = rows.group_by("enterprise_id").aggregate(
        **{kind: (rows.kind == kind).any() for kind in _KINDS}
    )
    told = firms.left_join(kinds.view(), "enterprise_id")
    told = told.select(
        *firms.columns,
        **{kind: told[kind].fill_null(ibis.literal(value=False)) for kind in _KINDS},
    )
    table = told.order_by("enterprise_id").to_pyarrow()
    graded = _could_fall(case, table["enterprise_id"].to_pylist())
    hits = sum(table[kind].to_numpy().astype(np.int64) for kind in _KINDS)
    trials = len(_KINDS) - 1 + np.array(graded, dtype=np.int64)
    hits = np.asarray(hits, dtype=np.int64)
    usual = float(hits.mean()) if len(hits) else 0.0
    for name, values in (
        ("changes", hits),
        ("of", trials),
        ("usual", np.full(len(hits), usual)),
    ):
        table = table.append_column(name, pa.array(values))
    if len(hits) < MIN_PEERS:
        return with_tails(table, np.ones(len(hits)))
    return with_tails(table, count_tails(hits.tolist(), trials.tolist()))


def _could_fall(case: Case, firms: list[str]) -> list[bool]:
    """Return which firms were graded in their half year, so that a grade could fall."""
    if "tax_credit" not in case.facts:
        return [False] * len(firms)
    rows = _within(_graded(case), case).select("enterprise_id").distinct()
    graded = set(rows.to_pyarrow()["enterprise_id"].to_pylist())
    return [firm in graded for firm in firms]


def _say(row: Row) -> Finding:
    changed = [said for kind, said in _KINDS.items() if row[kind]]
    zh, en = "、".join(s.zh for s in changed), ", ".join(s.en for s in changed)
    count, of = row["changes"], row["of"]
    return Finding(
        enterprise_id=row["enterprise_id"],
        check=CHANGES.name,
        outcome="differs",
        expected=Said(
            f"各户半年平均变更{row['usual']:.2f}项",
            f"{row['usual']:.2f} items changed in half a year, as firms do on average",
        ),
        observed=Said(f"{count}项", f"{count} of {of} items"),
        text=Said(
            f"截至{row['until']}的{HALF_YEAR}天内，{of}项中变更{count}项"
            f"{'：' if zh else ''}{zh}",
            f"{count} of {of} items changed in the {HALF_YEAR} days up to "
            f"{row['until']}{': ' if en else ''}{en}",
        ),
        benign=Said(
            "家族接班、引入投资人、搬迁扩产或迎合招标要求",
            "a successor in the family, an investor, a move to larger halls, or what a "
            "tender asks for",
        ),
    )


def _of_change(row: Row) -> Evidence:
    kind = _KINDS[row["kind"]]
    turned = f" {row['before']} → {row['after']}" if row["after"] else ""
    day = row["happened_on"]
    return Evidence(
        row["file"],
        row["line"],
        Said(f"{day} {kind.zh}{turned}", f"{day} {kind.en}{turned}"),
    )


def _rows(case: Case) -> ir.Table:
    rows = _lately(case)
    day = rows.happened_on.delta(ibis.literal(EARLIEST), unit="day")
    return rows.mutate(weight=day.cast("int64"))


CHANGES: Final = Check(
    name="changes_before_application",
    title=Said("申请前变更", "Changes before an application"),
    meaning=Said(
        f"最近一次申请（{NEAR}天内，否则为观察日）前{HALF_YEAR}天内，法定代表人、股东、住所、"
        "经营范围、注册资本、名称中变更了几项，纳税信用等级是否降为C或D，与其他企业相比",
        f"in the {HALF_YEAR} days before the last application (of the last {NEAR} "
        "days; else before the day): how many of legal representative, owners, "
        "address, scope, capital and name were changed, and whether the tax grade "
        "fell to C or D, compared with other firms",
    ),
    needs=("enterprises", "registry_changes"),
    find=Measured(
        measure=_measured,
        say=_say,
        worst="medium",
        show=rows_behind(_rows, say=_of_change),
    ),
)
