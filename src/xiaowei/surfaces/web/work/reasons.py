"""Why a decision came out as it did: reasons, the trace of rules, what is missing."""

from collections.abc import Mapping, Sequence
from typing import Any, Final, TypeAlias

from xiaowei.decisions.rules.fields import FIELDS
from xiaowei.surfaces.report.texts import words

Told: TypeAlias = Mapping[str, Any]
_LOOKED_AT: Final = frozenset({"referred", "claimed", "returned"})
_AGAINST: Final = frozenset({"decided", "decided, unknown", "holds, later"})


def why_referred(application: Told, decided: Told) -> list[Told]:
    """Return why an application came out as it did, or a person is to look at it.

    Args:
        application: as it stands.
        decided: what was decided about it, as its snapshot has it.
    """
    if decided["outcome"] == "decline" and application["state"] in _LOOKED_AT:
        asked = words("customer_asks")
        return [{"zh": asked.zh, "en": asked.en}, decided["lines"][0]]
    guards = [one["text"] for one in decided["guards"]]
    if decided["ruling"]["outcome"] != decided["outcome"] and guards:
        return guards
    return [decided["lines"][0], *guards]


def trace(decided: Told) -> list[dict[str, Any]]:
    """Return every rule in order, with what it says and the values it met.

    Args:
        decided: as its snapshot has it; its lines are the outcome, then each rule
            followed by its comparisons.
    """
    lines: Sequence[Told] = decided["lines"]
    steps, at = [], 1
    for step in decided["ruling"]["trace"]:
        seen = lines[at + 1 : at + 1 + len(step["seen"])]
        steps.append(
            {
                "rule": lines[at],
                "seen": seen,
                "standing": step["standing"],
                "counts": step["standing"] in _AGAINST or bool(step["missing"]),
            }
        )
        at += 1 + len(seen)
    return steps


def missing(decided: Told) -> list[dict[str, str]]:
    """Return what was not known and a rule would have looked at, by its names."""
    fields = dict.fromkeys(
        name for step in decided["ruling"]["trace"] for name in step["missing"]
    )
    labels = [FIELDS[name].label for name in fields if name in FIELDS]
    return [{"zh": one.zh, "en": one.en} for one in labels]


def closed(evidence: Told) -> list[str]:
    """Return the families of sources that no live authorisation opened."""
    return [one["family"] for one in evidence["permissions"] if not one["granted"]]
