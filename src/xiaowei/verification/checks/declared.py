"""What a firm declared on applying, against what courts and the bureau have of it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import ibis
import ibis.expr.types as ir
import numpy as np

from xiaowei.money import FEN_PER_WAN
from xiaowei.portraits.traits.trait import total
from xiaowei.said import Said
from xiaowei.verification.chances import rare_tails
from xiaowei.verification.evidence import amount, whole, with_evidence
from xiaowei.verification.finding import Case, Check, Evidence, Finding, Severity
from xiaowei.verification.statistical import for_information

_YOUNG: Final = 30
"""Days: of what is younger a firm need not have heard."""
_QUIET: Final = 365
"""Days: a claim of which nothing was heard for so long may be settled without word."""
_LISTS: Final = ("dishonest", "restricted")
"""Records of a list: to be off it does not close the case."""
_GRAVE_CASES: Final = 3
_TOLERATED: Final = 20
"""Per cent of what is known that may be missing: interest, rounding, one instalment."""
_LEAST_FEN: Final = FEN_PER_WAN
_BOUNDS: Final[tuple[tuple[int, Severity], ...]] = (
    (80, "high"),
    (50, "medium"),
    (_TOLERATED, "low"),
)
"""Per cent of what is known that is missing: beyond each it is so grave."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Declared:
    """How one thing declared is set against what a family knows of it.

    Args:
        check: the name of the check.
        column: of the declarations.
        known: what the family has by the day of each declaration. Shape: one row per
            fact; `enterprise_id`, `on`, `declared`, `value`, `held`, whether it should
            have been declared, `happened_on`, `what`, `file`, `line`.
        severity: how grave it is that so much of so much is missing.
        say: a number in words.
        noun: what is declared.
        benign: what harmless reason there may be.
    """

    check: str
    column: str
    known: Callable[[ir.Table, Case], ir.Table]
    severity: Callable[[int, int], Severity]
    say: Callable[[int], Said]
    noun: Said
    benign: Said

    def __call__(self, case: Case) -> list[Finding]:
        """Return the finding of each firm asked for that both sides speak of."""
        rows = self.known(_last(case, self.column), case)
        sums = rows.group_by(["enterprise_id", "on", "declared"]).aggregate(
            known=total(rows.value, rows.held)
        )
        told = sums.order_by("enterprise_id").to_pyarrow().to_pylist()
        missing = np.array([max(row["known"] - row["declared"], 0) for row in told])
        grave = [self.severity(row["known"], row["declared"]) for row in told]
        differs = np.array([one != "none" for one in grave], dtype=np.bool_)
        found = [self._say(row, one) for row, one in zip(told, grave, strict=True)]
        tails = rare_tails(missing.astype(np.float64), differs)
        judged = for_information(found, list(tails))
        asked = [one for one in judged if case.asks_for(one.enterprise_id)]
        held = rows.filter(rows.held).mutate(weight=rows.value)
        return with_evidence(asked, held, say=self._of_row)

    def _say(self, row: Mapping[str, Any], severity: Severity) -> Finding:
        known, declared = self.say(row["known"]), self.say(row["declared"])
        return Finding(
            enterprise_id=row["enterprise_id"],
            check=self.check,
            outcome="agrees" if severity == "none" else "differs",
            severity=severity,
            expected=Said(f"至少申报{known.zh}", f"at least {known.en} declared"),
            observed=Said(f"申报{declared.zh}", f"{declared.en} declared"),
            text=Said(
                f"{row['on']}申报{self.noun.zh}{declared.zh}，当时已有{known.zh}",
                f"{self.noun.en}: {declared.en} declared on {row['on']}, "
                f"{known.en} on record by then",
            ),
            benign=None if severity == "none" else self.benign,
        )

    def _of_row(self, row: Mapping[str, object]) -> Evidence:
        value = self.say(whole(row["value"]))
        text = f"{row['happened_on']} {row['what']}"
        return Evidence(
            str(row["file"]),
            whole(row["line"]),
            Said(f"{text} {value.zh}", f"{text} {value.en}"),
        )


def _last(case: Case, column: str) -> ir.Table:
    """Return each firm's last declaration, where it says something of this.

    Returns:
        Shape: one row per firm; `firm`, `on`, the day, and `declared`.
    """
    rows = case.current("declarations")
    last = ibis.window(group_by="enterprise_id", order_by=ibis.desc("happened_on"))
    rows = rows.mutate(place=ibis.row_number().over(last))
    rows = rows.filter((rows.place == 0) & rows[column].notnull())
    return rows.select(
        firm="enterprise_id", on="happened_on", declared=rows[column].cast("int64")
    )


def _beside(rows: ir.Table, last: ir.Table) -> ir.Table:
    """Return facts that happened by the day of their firm's declaration, with it."""
    last = last.view()
    joined = rows.join(
        last, [rows.enterprise_id == last.firm, rows.happened_on <= last.on]
    )
    return joined.drop("firm")


def _cases(last: ir.Table, case: Case) -> ir.Table:
    """Return the cases against each firm, by the first record of each.

    A case is held against a firm that was filed a month before it declared, had become
    known by then, and was not closed. One that is closed later has its row stated
    anew, so that its first row's day is lost: it had become known before.
    """
    rows = case.current("court_cases")
    rows = _beside(rows.filter(rows.role == "defendant"), last)
    own = ibis.window(group_by=["enterprise_id", "case_no"])
    day = rows.on - ibis.interval(days=_YOUNG)
    never = ibis.literal(value=False)
    over = (rows.closed_on <= rows.on) & rows.stage.notin(_LISTS)
    told = (rows.known_on <= rows.on) | rows.closed_on.notnull()
    first = ibis.row_number().over(
        ibis.window(
            group_by=["enterprise_id", "case_no"],
            order_by=["happened_on", "file", "line"],
        )
    )
    news = rows.happened_on.max().over(own) > rows.on - ibis.interval(days=_QUIET)
    judged = (rows.stage != "filed").any().over(own)
    rows = rows.mutate(
        held=(rows.happened_on.min().over(own) <= day)
        & told.any().over(own)
        & ~over.fill_null(never).any().over(own)
        & (news | judged),
        place=first,
    )
    return rows.filter(rows.place == 0).select(
        "enterprise_id",
        "on",
        "declared",
        "held",
        "happened_on",
        "file",
        "line",
        what="case_no",
        value=ibis.literal(1, "int64"),
    )


def _debts(last: ir.Table, case: Case) -> ir.Table:
    """Return what lenders were owed from the end of the month before on.

    Of several reports up to the day the lowest counts, so that what was repaid in
    between is not held against the firm.
    """
    rows = _beside(case.current("bureau_loans"), last)
    end = rows.on.truncate("month").cast("date") - ibis.interval(days=1)
    rows = rows.filter((rows.happened_on >= end) & (rows.opened_on <= end))
    least = ibis.row_number().over(
        ibis.window(
            group_by=["enterprise_id", "lender", "contract_no"],
            order_by=["balance_fen", "happened_on", "file", "line"],
        )
    )
    rows = rows.mutate(place=least)
    return rows.filter(rows.place == 0).select(
        "enterprise_id",
        "on",
        "declared",
        "happened_on",
        "file",
        "line",
        what=rows.lender + " " + rows.contract_no,
        value=rows.balance_fen,
        held=ibis.literal(value=True),
    )


def _guarantees(last: ir.Table, case: Case) -> ir.Table:
    """Return what each firm guaranteed for others."""
    rows = _beside(case.current("bureau_guarantees"), last)
    still = (rows.until_on > rows.on).fill_null(ibis.literal(value=True))
    return rows.select(
        "enterprise_id",
        "on",
        "declared",
        "happened_on",
        "file",
        "line",
        what="contract_no",
        value="amount_fen",
        held=still & (rows.happened_on <= rows.on - ibis.interval(days=_YOUNG)),
    )


def _grave_cases(known: int, declared: int) -> Severity:
    missing = known - declared
    if missing <= 0:
        return "none"
    return "high" if missing >= _GRAVE_CASES else "medium"


def _grave_amount(known: int, declared: int) -> Severity:
    missing = known - declared
    if missing < _LEAST_FEN:
        return "none"
    return next((s for bound, s in _BOUNDS if 100 * missing > bound * known), "none")


CASES: Final = Check(
    name="declared_cases",
    title=Said("涉诉申报", "Cases declared"),
    meaning=Said(
        f"最近一次申报的未结被诉案件数，与申报前{_YOUNG}天已立案、当时已公开且未结的案件数相比；"
        f"{_QUIET}天无进展的立案视为可能已了结，不计",
        "open cases declared on the last application against those filed "
        f"{_YOUNG} days before it or more, known by then and not closed; of claims "
        f"without news for {_QUIET} days none is held against the firm",
    ),
    needs=("declarations", "court_cases"),
    find=_Declared(
        check="declared_cases",
        column="open_cases",
        known=_cases,
        severity=_grave_cases,
        say=lambda count: Said(f"{count}件", f"{count}"),
        noun=Said("未结被诉案件", "open cases against it"),
        benign=Said(
            "已和解未撤案、送达有误，或案件在分支机构名下",
            "settled but not withdrawn, never served, or a case of a branch",
        ),
    ),
)
DEBTS: Final = Check(
    name="declared_debts",
    title=Said("负债申报", "Debts declared"),
    meaning=Said(
        f"最近一次申报的上月末借款余额，与征信所载企业及法定代表人借款余额相比，少报超过"
        f"{_TOLERATED}%且不低于1万元为不一致",
        "debts at the end of the month before, as declared on the last application, "
        "against those of the enterprise and its legal person at the bureau; more than "
        f"{_TOLERATED}% and 10,000 yuan less is a difference",
    ),
    needs=("declarations", "bureau_loans"),
    find=_Declared(
        check="declared_debts",
        column="debts_fen",
        known=_debts,
        severity=_grave_amount,
        say=amount,
        noun=Said("借款余额", "debts"),
        benign=Said(
            "月末后提前还款、未计法定代表人个人借款，或报送机构更新滞后",
            "repaid early, private loans of the legal person left out, or a lender "
            "late with its report",
        ),
    ),
)
GUARANTEES: Final = Check(
    name="declared_guarantees",
    title=Said("担保申报", "Guarantees declared"),
    meaning=Said(
        f"最近一次申报的对外担保余额，与征信所载、申报前{_YOUNG}天已成立且未到期的担保相比，少报"
        f"超过{_TOLERATED}%且不低于1万元为不一致",
        "guarantees for others, as declared on the last application, against those at "
        f"the bureau given {_YOUNG} days before it or more and not run out; more than "
        f"{_TOLERATED}% and 10,000 yuan less is a difference",
    ),
    needs=("declarations", "bureau_guarantees"),
    find=_Declared(
        check="declared_guarantees",
        column="guarantees_fen",
        known=_guarantees,
        severity=_grave_amount,
        say=amount,
        noun=Said("对外担保", "guarantees for others"),
        benign=Said(
            "被担保债务已清偿而未注销，或为最高额担保",
            "the debt behind it is repaid and the guarantee not struck off, or it is a "
            "ceiling that is not used",
        ),
    ),
)
