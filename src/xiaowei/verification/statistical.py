"""Counts of many firms in; findings out, with false alarms held down."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from xiaowei.said import Said
from xiaowei.verification.chances import (
    MIN_PEERS,
    count_tails,
    discoveries,
    own_tails,
)
from xiaowei.verification.finding import SEVERITIES, Finding, Severity

FALSE_DISCOVERIES: Final = 0.05
"""Of the firms a statistical check calls different, at most this share by chance."""

_GRAVE: Final[tuple[tuple[float, Severity], ...]] = ((1e-6, "high"), (1e-3, "medium"))


@dataclass(frozen=True, slots=True)
class Count:
    """Hits among trials of one enterprise.

    Args:
        hits: 0..trials.
        trials: above 0.
        finding: both in words, as if they differed.
        share: what the hit rate would be if hits were like the firm's other facts,
            above 0 and below 1; null where only its peers can tell.
    """

    hits: int
    trials: int
    finding: Finding
    share: float | None = None


def judge_counts(counts: Sequence[Count], *, worst: Severity) -> list[Finding]:
    """Return findings of firms by how many hits they have beside their peers.

    Args:
        counts: one per firm that has trials, either all with a share or none; fewer
            than MIN_PEERS are all silent.
        worst: the gravest severity that this check may give.
    """
    if len(counts) < MIN_PEERS:
        return [too_few(count.finding) for count in counts]
    hits, trials = [c.hits for c in counts], [c.trials for c in counts]
    shares = [c.share for c in counts if c.share is not None]
    tails = (
        own_tails(hits, trials, shares)
        if len(shares) == len(counts)
        else count_tails(hits, trials)
    )
    return judge_tails([count.finding for count in counts], list(tails), worst=worst)


def judge_tails(
    findings: Sequence[Finding], tails: Sequence[float], *, worst: Severity
) -> list[Finding]:
    """Return findings by how probable each is by chance.

    Args:
        findings: in words, as if each differed.
        tails: one probability per finding.
        worst: the gravest severity that this check may give.
    """
    stands = discoveries(tails, rate=FALSE_DISCOVERIES)
    return [
        told(finding, tail=float(tail), differs=bool(differs), worst=worst)
        for finding, tail, differs in zip(findings, tails, stands, strict=True)
    ]


def for_information(
    findings: Sequence[Finding], tails: Sequence[float]
) -> list[Finding]:
    """Return findings that a rule decided, with how unlikely each difference is.

    Args:
        findings: as the rule decided them.
        tails: one probability per finding, or none where there are too few peers.
    """
    if len(findings) < MIN_PEERS:
        return list(findings)
    return [
        replace(one, unlikely=round(float(tail), 9))
        if one.outcome == "differs"
        else one
        for one, tail in zip(findings, tails, strict=True)
    ]


def told(finding: Finding, *, tail: float, differs: bool, worst: Severity) -> Finding:
    """Return a finding as its tail has it: differs or agrees, and how gravely.

    Args:
        finding: in words, as if it differed.
        tail: how probable it is by chance, 0..1.
        differs: whether it stands out among all firms.
        worst: the gravest severity it may have.
    """
    # Nine digits: the last bits of a tail differ between builds of libm.
    unlikely = round(tail, 9)
    if not differs:
        return replace(
            finding, outcome="agrees", unlikely=unlikely, benign=None, evidence=()
        )
    grave: Severity = next((s for bound, s in _GRAVE if tail <= bound), "low")
    severity = min(grave, worst, key=SEVERITIES.index)
    return replace(finding, outcome="differs", unlikely=unlikely, severity=severity)


def too_few(finding: Finding) -> Finding:
    """Return the silence of a check that has too few firms to compare."""
    return Finding(
        enterprise_id=finding.enterprise_id,
        check=finding.check,
        outcome="silent",
        text=Said(
            f"可比企业不足{MIN_PEERS}户，不作判断",
            f"fewer than {MIN_PEERS} peers to compare with: no judgement",
        ),
    )
