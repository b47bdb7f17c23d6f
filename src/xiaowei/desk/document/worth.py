"""What a run's models are worth, as plain values, and what must be said of them."""

from typing import Any, Final

from xiaowei.desk.development import MONTHS, DevelopmentSample
from xiaowei.desk.document.said import both
from xiaowei.desk.line import Line
from xiaowei.portraits.portrait import TRAITS
from xiaowei.risk.pd import BASELINE
from xiaowei.risk.validation import PROTOCOL, GradeValidation, PdValidation
from xiaowei.said import Said

_FEW_BADS: Final = 100
_TITLES: Final = {trait.name: Said(trait.zh, trait.en) for trait in TRAITS}


def validation(line: Line) -> dict[str, Any]:
    """Return how PD and grades held on firms they were not learnt from."""
    worth, card = line.validation, line.models.card
    spread = line.models.weight_intervals()
    return {
        "protocol": PROTOCOL.en,
        "protocol_said": both(PROTOCOL),
        "learnt": {
            "on": line.taught.day.isoformat(),
            "ahead_months": MONTHS if line.taught.ahead else None,
        },
        **_pd(worth.pd),
        **_grades(worth.grades),
        "leaks": [
            {
                "candidate": leak.candidate,
                "reason": both(leak.reason),
                "evidence": leak.evidence,
            }
            for leak in worth.leaks
        ],
        "model": [
            {
                "trait": row.trait,
                **both(_TITLES[row.trait]),
                "weight": row.weight,
                "sign": "+" if row.weight > 0 else "-" if row.weight < 0 else "0",
                "low": low,
                "high": high,
            }
            for row, (low, high) in zip(card.lines, spread, strict=True)
        ],
    }


def warnings(line: Line) -> list[dict[str, str]]:
    """Return what a reader must know before using the run's figures."""
    worth = line.validation.pd
    outside = sum(bool(one.outside) for one in line.assessments)
    gain = worth.difference
    said = [
        Said(
            f"仅有{worth.bads}户违约可供学习：AUC {worth.auc.value:.3f}，95%区间"
            f"{worth.auc.low:.3f}至{worth.auc.high:.3f}，不宜与他处的单点数字比较",
            f"learnt from {worth.bads} defaults only: AUC {worth.auc.value:.3f}, 95% "
            f"interval {worth.auc.low:.3f} to {worth.auc.high:.3f}; not to be compared "
            "with single figures from elsewhere",
        )
        if worth.bads < _FEW_BADS
        else None,
        Said(
            f"仅用累计销售额一项的AUC为{worth.baseline.value:.3f}，评分卡与之差"
            f"{gain.value:+.3f}（{gain.low:+.3f}至{gain.high:+.3f}），不能证明有提高",
            f"log sales alone reach AUC {worth.baseline.value:.3f}; the card differs "
            f"by {gain.value:+.3f} ({gain.low:+.3f} to {gain.high:+.3f}): no gain "
            "is shown",
        )
        if gain.low <= 0
        else None,
        *_learnt(line.taught),
        _grade_warning(line.validation.grades),
        Said(
            f"{outside}户有指标超出学习样本的范围，按边界计分，页面逐户注明",
            f"{outside} firms have traits outside of what was learnt from; they count "
            "as its edge and are marked on their pages",
        )
        if outside
        else None,
        Said(
            "利润是模型在所列假设下的期望，不是实现的利润；择优会放大对违约概率的乐观误差",
            "profit is what the model expects under the assumptions listed, not profit "
            "made; picking the best also picks PDs that err to the good side",
        ),
    ]
    return [both(one) for one in said if one is not None]


def _learnt(taught: DevelopmentSample) -> list[Said]:
    """Return what must be said of what the PD was learnt from."""
    if taught.ahead:
        return [
            Said(
                f"违约概率学自{taught.day}已知的画像与其后12个月的违约；"
                "只有当时正常、其后信贷被查看过的企业可供学习，年景变化时水平会偏",
                f"the PD is learnt from portraits as known on {taught.day} and the "
                "defaults of the 12 months after; only firms sound then whose credit "
                "was looked at since can be learnt from, and as times change its level "
                "does not hold",
            )
        ]
    return [
        Said(
            "违约是截至当日的状态而非其后12个月；没有违约日期时，"
            "经营萎缩可能是违约的结果而非先兆",
            "default is a state on record by the day, not one of the next 12 months; "
            "without its date, shrinking trade may be its effect and not its sign",
        ),
        Said(
            "有标签企业页面上的违约概率来自学过它们的评分卡；"
            "未见过该户的概率另列（pd_held_out），验证与结算均用后者",
            "the PD on a labelled firm's page is of a card that has learnt from it; "
            "that of cards that have not stands beside it (pd_held_out); validation "
            "and settlement use that one",
        ),
    ]


def _grade_warning(worth: GradeValidation | None) -> Said | None:
    if worth is None:
        return None
    one = worth.single_accuracy
    return Said(
        f"评级为一百个模型之平均，未见企业上的准确率{worth.accuracy.value:.3f}；"
        f"单个模型平均{one.value:.3f}（{one.low:.3f}至{one.high:.3f}）；"
        "几种配方曾在同一批企业上比较，成绩略偏乐观",
        "grades are the average of a hundred graders, accuracy "
        f"{worth.accuracy.value:.3f} on firms not seen; one grader alone reaches "
        f"{one.value:.3f} ({one.low:.3f} to {one.high:.3f}); a few recipes were "
        "compared on the same firms, so these lean to the good side",
    )


def _pd(worth: PdValidation) -> dict[str, Any]:
    return {
        "firms": worth.firms,
        "bads": worth.bads,
        "auc": worth.auc.value,
        "auc_low": worth.auc.low,
        "auc_high": worth.auc.high,
        "ks": worth.ks,
        "brier": worth.brier,
        "ece": worth.ece,
        "slope": worth.slope,
        "intercept": worth.intercept,
        "baseline": BASELINE.trait,
        "baseline_auc": worth.baseline.value,
        "baseline_auc_low": worth.baseline.low,
        "baseline_auc_high": worth.baseline.high,
        "baseline_auc_raw": worth.baseline_raw,
        "auc_difference": worth.difference.value,
        "auc_difference_low": worth.difference.low,
        "auc_difference_high": worth.difference.high,
        "roc": [{"fpr": fpr, "tpr": tpr} for fpr, tpr in worth.roc],
        "calibration": [
            {
                "predicted": predicted,
                "observed": observed,
                "low": low,
                "high": high,
                "firms": count,
            }
            for predicted, observed, low, high, count in worth.calibration
        ],
    }


def _grades(worth: GradeValidation | None) -> dict[str, Any]:
    if worth is None:
        return dict.fromkeys(
            (
                "rating_firms",
                "rating_accuracy",
                "rating_accuracy_low",
                "rating_accuracy_high",
                "rating_qwk",
                "rating_qwk_low",
                "rating_qwk_high",
                "rating_majority",
                "rating_within_one",
                "rating_accuracy_single",
                "rating_accuracy_single_least",
                "rating_accuracy_single_most",
                "rating_qwk_single",
                "rating_qwk_single_least",
                "rating_qwk_single_most",
                "confusion",
            )
        )
    return {
        "rating_firms": worth.firms,
        "rating_accuracy": worth.accuracy.value,
        "rating_accuracy_low": worth.accuracy.low,
        "rating_accuracy_high": worth.accuracy.high,
        "rating_qwk": worth.qwk.value,
        "rating_qwk_low": worth.qwk.low,
        "rating_qwk_high": worth.qwk.high,
        "rating_majority": worth.majority,
        "rating_within_one": worth.within_one,
        "rating_accuracy_single": worth.single_accuracy.value,
        "rating_accuracy_single_least": worth.single_accuracy.low,
        "rating_accuracy_single_most": worth.single_accuracy.high,
        "rating_qwk_single": worth.single_qwk.value,
        "rating_qwk_single_least": worth.single_qwk.low,
        "rating_qwk_single_most": worth.single_qwk.high,
        "confusion": worth.confusion,
    }
