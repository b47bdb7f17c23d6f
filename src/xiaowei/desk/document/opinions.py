"""Experts' opinions as plain values."""

from collections import defaultdict
from typing import Any

from xiaowei.desk.document.said import both
from xiaowei.desk.hearing import Heard, Voice
from xiaowei.desk.opining import Recorded
from xiaowei.industry.experts import Pooled
from xiaowei.industry.opinions import Kind


def opinion_of(voice: Voice | None) -> dict[str, Any] | None:
    """Return what experts say of an enterprise, beside what the model does."""
    if voice is None:
        return None
    effect = voice.effect
    return {
        **pooled_of(voice.pooled),
        "model_pd": effect.model_pd,
        "pd": round(effect.pd, 9),
        "points": effect.points,
        "capped": effect.capped,
        "line": both(effect.line),
    }


def pooled_of(pooled: Pooled) -> dict[str, Any]:
    """Return opinions that stand as one, and each of them."""
    dispersion = pooled.dispersion
    return {
        "shift": round(pooled.shift, 6),
        "dispersion": None if dispersion is None else round(dispersion, 6),
        "confidence": round(pooled.confidence, 6),
        "heads": round(pooled.heads, 6),
        "text": both(pooled.text),
        "experts": [
            {
                "expert": opinion.expert,
                "day": opinion.day.isoformat(),
                "shift": opinion.shift,
                "confidence": opinion.confidence,
                "weight": round(weight, 6),
                "saw_model": opinion.saw_model,
                "reasoning": opinion.reasoning,
            }
            for opinion, weight in pooled.opinions
        ],
    }


def opinions_of(heard: Heard) -> list[dict[str, Any]]:
    """Return all opinions of a day by what they are about, with what they come to.

    Returns:
        trades first, each kind by code; the weight of an opinion is null where it does
        not stand, as another of its author took its place or its months are over.
    """
    subjects: dict[tuple[Kind, str], list[Recorded]] = defaultdict(list)
    for one in heard.recorded:
        subjects[one.opinion.kind, one.opinion.about].append(one)
    return [
        _subject(heard, kind, about, subjects[kind, about])
        for kind, about in sorted(subjects, key=lambda key: (key[0] == "case", key[1]))
    ]


def _subject(
    heard: Heard, kind: Kind, about: str, recorded: list[Recorded]
) -> dict[str, Any]:
    pooled = heard.pooled(kind, about)
    return {
        "kind": kind,
        "about": about,
        "pooled": None if pooled is None else pooled_of(pooled),
        "opinions": [_recorded(one, pooled) for one in recorded],
    }


def _recorded(one: Recorded, pooled: Pooled | None) -> dict[str, Any]:
    opinion = one.opinion
    weights = (
        [w for stands, w in pooled.opinions if stands is opinion] if pooled else []
    )
    return {
        "entry": one.seq,
        "expert": opinion.expert,
        "day": opinion.day.isoformat(),
        "recorded_on": one.recorded_on.isoformat(),
        "shift": opinion.shift,
        "confidence": opinion.confidence,
        "weight": round(weights[0], 6) if weights else None,
        "saw_model": opinion.saw_model,
        "reasoning": opinion.reasoning,
        "text": both(opinion.text),
    }
