"""Points of a card in; reasons in Chinese and English out, in the card's own points."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from xiaowei.money import Fen, wan_text
from xiaowei.portraits.portrait import TRAITS
from xiaowei.portraits.traits.trait import Trait, Unit
from xiaowei.risk.assess import Assessment
from xiaowei.risk.sample import Sample
from xiaowei.said import Said, percent

_TRAIT: Final[dict[str, Trait]] = {trait.name: trait for trait in TRAITS}
_WORDS: Final[dict[Unit, Said]] = {
    "count": Said("", ""),
    "days": Said("天", " days"),
    "months": Said("个月", " months"),
    "kwh": Said("千瓦时", " kWh"),
    "ratio": Said("", ""),
}


@dataclass(frozen=True, slots=True)
class Reason:
    """One trait's part in a score.

    Args:
        trait: which.
        value: as in the portrait, or null where unknown.
        points: its whole points; base and all points add up to the score.
        text: what it says.
    """

    trait: Trait
    value: float | None
    points: int
    text: Said


def reasons(assessment: Assessment, sample: Sample, *, place: int) -> list[Reason]:
    """Return the reasons of a score, what cost most points first.

    Args:
        assessment: of the firm.
        sample: the firms.
        place: the firm's place in it.
    """
    found = []
    for name, points in assessment.points.items():
        number = float(sample.traits[name][place])
        value = None if np.isnan(number) else number
        found.append(Reason(_TRAIT[name], value, points, _said(name, value, points)))
    return sorted(found, key=lambda reason: (reason.points, reason.trait.name))


def value_said(value: float | None, *, unit: Unit) -> Said:
    """Write a trait's value with its unit.

    >>> value_said(1_873_000_00.0, unit="fen").en
    '187.30万 yuan'
    >>> value_said(None, unit="share").zh
    '未知'
    """
    if value is None:
        return Said("未知", "unknown")
    if unit == "fen":
        text = wan_text(Fen(value))
        return Said(f"{text}万元", f"{text}万 yuan")
    if unit == "share":
        return Said(percent(value, digits=1), percent(value, digits=1))
    words = _WORDS[unit]
    text = f"{value:,.2f}" if unit == "ratio" else f"{value:,.0f}"
    return Said(f"{text}{words.zh}", f"{text}{words.en}")


def _said(name: str, value: float | None, points: int) -> Said:
    trait = _TRAIT[name]
    told = value_said(value, unit=trait.unit)
    sign = f"{points:+d}"
    if value is None:
        return Said(
            f"{trait.zh}未知，按最差计{sign}分",
            f"{trait.en} unknown: counts as the worst, {sign} points",
        )
    return Said(
        f"{trait.zh}{told.zh}，{'好于' if points > 0 else '差于'}样本平均，{sign}分"
        if points
        else f"{trait.zh}{told.zh}，与样本平均相当，0分",
        f"{trait.en}: {told.en}, "
        f"{'better' if points > 0 else 'worse'} than the sample's mean: {sign} points"
        if points
        else f"{trait.en}: {told.en}, like the sample's mean: 0 points",
    )
