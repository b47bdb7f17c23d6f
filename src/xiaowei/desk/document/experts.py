"""Who the experts are and what each weighs, as plain values."""

from typing import Any

from xiaowei.desk.document.said import both
from xiaowei.desk.hearing import Heard
from xiaowei.industry.weighings import Judgement, judged_weights
from xiaowei.said import Said


def experts_of(heard: Heard) -> dict[str, Any]:
    """Return all experts of a day with their weights, and the judgements behind them.

    Returns:
        `experts` by name: `judged` is null of one whom nobody judged, `record` of one
        of whom no opinion is settled; `weight` is their product, where 1 is usual.
    """
    judged = judged_weights(heard.judgements)
    return {
        "experts": [_expert(heard, name, judged.get(name)) for name in heard.weights],
        "judgements": [judgement_of(one) for one in heard.judgements],
    }


def _expert(heard: Heard, name: str, judged: float | None) -> dict[str, Any]:
    said = sum(one.opinion.expert == name for one in heard.recorded)
    settled = sum(one.share for one in heard.settled if one.expert == name)
    worth = heard.worth.get(name)
    weight = heard.weights[name]
    shown = [_shown(judged), _shown(worth)]
    return {
        "expert": name,
        "opinions": said,
        "settled": round(settled),
        "judged": None if judged is None else round(judged, 6),
        "record": None if worth is None else round(worth, 6),
        "weight": round(weight, 6),
        "text": both(
            Said(
                f"{name}：权重{weight:.2f}（评委{shown[0]}×业绩{shown[1]}），"
                f"意见{said}条，已验证{settled:.0f}条",
                f"{name}: weight {weight:.2f} (judged {shown[0]} x record {shown[1]}), "
                f"{said} opinions, {settled:.0f} settled",
            )
        ),
    }


def judgement_of(one: Judgement) -> dict[str, Any]:
    """Return a judgement of experts with its weights and its consistency."""
    weighing = one.weighing
    weights = {name: round(weight, 6) for name, weight in weighing.weights.items()}
    listed = ", ".join(f"{name} {weight:.2f}" for name, weight in weights.items())
    return {
        "judge": one.judge,
        "day": one.day.isoformat(),
        "best": one.comparisons.best,
        "worst": one.comparisons.worst,
        "weights": weights,
        "consistency_ratio": round(weighing.ratio, 6),
        "text": both(
            Said(
                f"{one.day} {one.judge}：{listed}，一致性比率{weighing.ratio:.2f}",
                f"{one.day} {one.judge}: {listed}, "
                f"consistency ratio {weighing.ratio:.2f}",
            )
        ),
    }


def _shown(value: float | None) -> str:
    return "–" if value is None else f"{value:.2f}"
