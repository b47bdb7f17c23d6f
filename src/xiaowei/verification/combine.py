"""Findings in; how likely an enterprise deceives, as a sum of log-odds with reasons."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final, TypeAlias

from xiaowei.said import Said, percent
from xiaowei.verification.finding import Finding

FAMILIES: Final[Mapping[str, tuple[str, ...]]] = {
    "activity": (
        "electricity_against_invoices",
        "capacity_against_sales",
        "idle_power",
        "sales_against_people",
    ),
    "purchases": (
        "purchases_against_activity",
        "sales_against_purchases",
        "sales_without_purchases",
    ),
    "goods": ("goods_that_fit", "purchases_fit_sales", "sales_fit_purchases"),
    "inflow": ("sales_against_inflow",),
    "turnover": ("inflow_against_sales", "washed_flows"),
    "people": ("insured_against_payroll",),
    "undone": (
        "shown_and_undone",
        "undone_after_loan",
        "period_end_voids",
        "reversals",
    ),
    "books": ("two_sides", "own_both_sides", "one_owner"),
    "tax": ("tax_against_invoices",),
    "circles": ("circular_trade",),
    "kin": ("related_sales", "shared_identity"),
    "partners": ("new_partners",),
    "templates": ("shared_template",),
    "debts": ("loans_at_a_time", "quiet_after_loan"),
    "tickets": ("ticket_caps",),
    "changes": ("changes_before_application",),
    "declared": ("declared_cases", "declared_debts", "declared_guarantees"),
    "equity": ("equity_roll_forward",),
    "orders": ("orders_against_sales", "orders_against_capacity"),
}
"""Checks that look at the same thing: of each family only the strongest counts, so that
nothing counts twice."""

FAMILY_OF: Final[Mapping[str, str]] = {
    check: family for family, checks in FAMILIES.items() for check in checks
}

Emphasis: TypeAlias = Mapping[str, float]
"""Check to how many times its evidence counts for an enterprise's trade; 0 where it
does not apply there, 1 where it is not named."""

MOST_EVIDENCE: Final = 8.0
"""No finding alone says more, in log-odds."""

_PLAIN: Final[Emphasis] = MappingProxyType({})
_LEAST_TAIL: Final = 1e-9
_TELLS: Final = 1 / math.e


def evidence(tail: float | None) -> float:
    """Return the most that a tail can say for deceit, as a log-odds.

    The likelihood ratio of any reasonable alternative against chance is at most
    1 / (-e p ln p), and 1 from p = 1/e on.

    Args:
        tail: probability of so odd a value for an honest firm, 0..1; null where a check
            said nothing.

    Returns:
        0..MOST_EVIDENCE.

    Source: Sellke, Bayarri, Berger 2001, Calibration of p values.

    >>> round(evidence(0.01), 2), evidence(0.5), evidence(None)
    (2.08, 0.0, 0.0)
    """
    if tail is None or tail >= _TELLS:
        return 0.0
    p = max(tail, _LEAST_TAIL)
    return min(-1.0 - math.log(p) - math.log(-math.log(p)), MOST_EVIDENCE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Weights:
    """What evidence counts, as the bank's book has it.

    Args:
        prevalence: share of enterprises that deceive before anything is seen, 0..1.
        weights: family to how much of its evidence counts, 0 or more.
        clear: log-odds taken off for each family that spoke and saw nothing, 0 or more.
        more: times that evidence counts where a trade's profile says more; 1 or more.
        less: times that it counts where the profile says less; 0..1.
        usual: section of GB/T 4754 to the log-odds that honest firms of it usually
            gather beyond those of others, which is taken off; sections not there: 0.
    """

    prevalence: float
    weights: Mapping[str, float]
    clear: float
    more: float = 1.0
    less: float = 1.0
    usual: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """What one family adds to an enterprise's log-odds.

    Args:
        family: of FAMILIES.
        log_odds: above 0 for deceit, below against it.
        finding: that it comes from, or null where the family only spoke for the firm.
        times: how many times the finding counts for the firm's trade.
    """

    family: str
    log_odds: float
    finding: Finding | None
    times: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Suspicion:
    """How likely an enterprise deceives.

    Args:
        enterprise_id: whom it is about.
        probability: 0..1.
        low: were all silent families to speak for the firm.
        high: were one silent family to speak against it as findings at the stated rate
            do; the more is silent, the wider.
        parts: what adds up to it, the largest first.
        silent: families that said nothing.
        usual: log-odds taken off for what is usual in its section; below 0 added.
    """

    enterprise_id: str
    probability: float
    low: float
    high: float
    parts: tuple[Part, ...]
    silent: tuple[str, ...]
    usual: float = 0.0


COULD_SAY: Final = evidence(0.05)
"""What a family now silent may yet say, as a log-odds before its weight."""


def suspicions(
    findings: Iterable[Finding],
    *,
    weights: Weights,
    emphases: Mapping[str, Emphasis] | None = None,
    sections: Mapping[str, str] | None = None,
) -> dict[str, Suspicion]:
    """Return how likely each enterprise deceives.

    Args:
        findings: of all checks, silent ones among them.
        weights: what counts.
        emphases: enterprise to what its trade makes of checks; null or not there for
            no trade's.
        sections: enterprise to its section of GB/T 4754; null or not there if unknown.

    Returns:
        enterprise to its suspicion, in the order of the findings.
    """
    by_firm: dict[str, list[Finding]] = {}
    for finding in findings:
        by_firm.setdefault(finding.enterprise_id, []).append(finding)
    of_trade, of_section = emphases or {}, sections or {}
    return {
        firm: suspicion(
            firm,
            of_firm,
            weights=weights,
            emphasis=of_trade.get(firm, _PLAIN),
            section=of_section.get(firm, ""),
        )
        for firm, of_firm in by_firm.items()
    }


def suspicion(
    enterprise_id: str,
    findings: Sequence[Finding],
    *,
    weights: Weights,
    emphasis: Emphasis = _PLAIN,
    section: str = "",
) -> Suspicion:
    """Return how likely one enterprise deceives, by its findings."""
    parts: list[Part] = []
    unheard: list[str] = []
    for family in weights.weights:
        heard = [
            one
            for one in findings
            if FAMILY_OF.get(one.check) == family and says(one, emphasis) is not None
        ]
        if not heard:
            unheard.append(family)
            continue
        best = max(heard, key=lambda one: says(one, emphasis) or 0.0)
        found = weights.weights[family] * (says(best, emphasis) or 0.0)
        parts.append(
            Part(
                family=family,
                log_odds=found - weights.clear,
                finding=best,
                times=emphasis.get(best.check, 1.0),
            )
            if found > 0
            else Part(family=family, log_odds=-weights.clear, finding=None)
        )
    # Of whom nothing was heard nothing is taken off: silence gathers no evidence.
    usual = weights.usual.get(section, 0.0) if parts else 0.0
    total = logit(weights.prevalence) + sum(part.log_odds for part in parts) - usual
    least = total - weights.clear * len(unheard)
    could = [weights.weights[family] * COULD_SAY for family in unheard]
    return Suspicion(
        enterprise_id=enterprise_id,
        probability=chance(total),
        low=chance(least),
        high=chance(total + max(could, default=0.0)),
        parts=tuple(sorted(parts, key=lambda part: (-part.log_odds, part.family))),
        silent=tuple(unheard),
        usual=usual,
    )


def says(finding: Finding, emphasis: Emphasis = _PLAIN) -> float | None:
    """Return the evidence of a finding as its firm's trade has it.

    Returns:
        0..MOST_EVIDENCE; null where it is silent or does not apply to the trade.
    """
    times = emphasis.get(finding.check, 1.0)
    if finding.outcome == "silent" or times == 0:
        return None
    return min(times * evidence(tail_of(finding)), MOST_EVIDENCE)


def tail_of(finding: Finding) -> float | None:
    """Return how probable a finding is by chance; 1 where a rule saw no difference.

    A rule that calls a difference without a tail, for it has too few peers, says what
    a finding at one in twenty says.
    """
    if finding.outcome == "silent":
        return None
    if finding.unlikely is not None:
        return finding.unlikely
    return 0.05 if finding.outcome == "differs" else 1.0


def logit(share: float) -> float:
    """Return the log-odds of a probability above 0 and below 1."""
    return math.log(share / (1 - share))


def chance(log_odds: float) -> float:
    """Return the probability of a log-odds."""
    return 1 / (1 + math.exp(-log_odds))


def reasons(one: Suspicion) -> list[Said]:
    """Return the sum in words, a line per family that speaks against the firm."""
    lines = [
        _line(part.finding.text, part)
        for part in one.parts
        if part.finding is not None and part.log_odds > 0
    ]
    spoke_for = [part for part in one.parts if part.log_odds <= 0]
    rest = sum(part.log_odds for part in spoke_for)
    if spoke_for:
        lines.append(
            Said(
                f"另有{len(spoke_for)}类核验未见异常（{rest:+.2f}）",
                f"{len(spoke_for)} kinds of checks saw nothing odd ({rest:+.2f})",
            )
        )
    if one.usual:
        lines.append(
            Said(
                f"扣除本门类企业通常的水平（{-one.usual:+.2f}）",
                f"less what is usual in its section ({-one.usual:+.2f})",
            )
        )
    if one.silent:
        lines.append(
            Said(
                f"{len(one.silent)}类核验缺数据，概率区间为{percent(one.low)}至"
                f"{percent(one.high)}",
                f"{len(one.silent)} kinds of checks had no data: between "
                f"{percent(one.low)} and {percent(one.high)}",
            )
        )
    return lines


def _line(text: Said, part: Part) -> Said:
    by_trade = Said("", "")
    if part.times != 1:
        by_trade = Said(
            f"，按行业画像×{part.times:g}", f", times {part.times:g} for its trade"
        )
    return Said(
        f"{text.zh}（{part.log_odds:+.2f}{by_trade.zh}）",
        f"{text.en} ({part.log_odds:+.2f}{by_trade.en})",
    )
