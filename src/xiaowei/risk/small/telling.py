"""A small model in; what its card says of traits, and of those left out, out."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any, Final

from xiaowei.risk.estimator import RiskModel
from xiaowei.risk.small.experts_model import Experts, told_of_experts
from xiaowei.risk.small.firth_model import Firth
from xiaowei.risk.small.linear import Linear
from xiaowei.risk.small.lines import Refusal
from xiaowei.said import Said

WHY: Final[Mapping[Refusal, Said]] = {
    "unknown": Said("已知值不足10个", "fewer than ten values are known"),
    "constant": Said("取值相同", "all have one value"),
    "too_many": Said(
        "类别过多或过稀，违约户数不足以估计",
        "too many or too rare categories for so few defaults",
    ),
    "others": Said("已被所选指标完全说明", "the traits taken add up to it"),
    "nothing": Said("在所选指标之外未见信息", "it tells nothing beside those taken"),
    "no_room": Said(
        "违约户数太少，容不下更多系数", "no room for more weights with so few defaults"
    ),
}
"""Why a trait has no line, in words."""


def told_of_small(model: RiskModel) -> dict[str, Any] | None:
    """Return what a card says of a small model; null of any other.

    Args:
        model: a fitted one.
    """
    if not isinstance(model, Linear):
        return None
    terms = model.terms_ if isinstance(model, Firth) else ()
    return {
        "traits": [line.trait for line in model.lines_],
        "terms": [asdict(term) for term in terms],
        "experts": told_of_experts(model) if isinstance(model, Experts) else [],
        "left_out": [
            {"trait": trait, "why": why, "zh": WHY[why].zh, "en": WHY[why].en}
            for trait, why in sorted(model.refused_.items())
        ],
    }
