"""A finding as plain values."""

from collections.abc import Sequence
from typing import Any

from xiaowei.desk.document.said import both
from xiaowei.verification.finding import Evidence, Finding


def finding_of(finding: Finding) -> dict[str, Any]:
    """Return a finding as plain values."""
    plain: dict[str, Any] = {
        "check": finding.check,
        "outcome": finding.outcome,
        "severity": finding.severity,
        "expected": finding.expected and both(finding.expected),
        "observed": finding.observed and both(finding.observed),
        "unlikely": finding.unlikely,
        "text": both(finding.text),
        "benign": finding.benign and both(finding.benign),
        "evidence": _evidence(finding.evidence),
    }
    return plain


def _evidence(facts: Sequence[Evidence]) -> list[dict[str, Any]]:
    return [
        {"file": fact.file, "line": fact.line, "text": both(fact.text)}
        for fact in facts
    ]
