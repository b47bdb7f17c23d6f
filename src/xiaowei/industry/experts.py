"""Opinions and their authors' records in; one pooled opinion and its effect out."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from math import exp, log, sqrt
from typing import Final

from xiaowei.industry.classification import upwards
from xiaowei.industry.opinions import Opinion, standing
from xiaowei.industry.tree import Prior
from xiaowei.said import Said, percent

_TWO: Final = 2.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """A past opinion of which it is known what came of one enterprise.

    Args:
        expert: who said it.
        model: the PD without the opinion, 0..1.
        stated: the PD with it, 0..1.
        outcome: 1 where it defaulted, 0 where not.
        share: which part of one opinion this is: 1 of a case, of a trade one over the
            firms of it whose outcome is known.
    """

    expert: str
    model: float
    stated: float
    outcome: float
    share: float = 1.0


@dataclass(frozen=True, slots=True)
class Pooled:
    """Several opinions on one trade or case as one.

    Args:
        shift: mean of the shifts by weight and confidence.
        confidence: mean confidence by weight, 0..1.
        dispersion: standard deviation of the shifts between experts; null of one alone.
        heads: how many opinions of equal weight it is worth, 1 or more.
        opinions: each with its weight, which add up to 1.
    """

    shift: float
    confidence: float
    dispersion: float | None
    heads: float
    opinions: tuple[tuple[Opinion, float], ...]

    @property
    def text(self) -> Said:
        """The pooled opinion in one line, with how far experts differ."""
        count = len(self.opinions)
        spread = "–" if self.dispersion is None else f"{self.dispersion:.2f}"
        experts = "expert" if count == 1 else "experts"
        return Said(
            f"{count}位专家合议{self.shift:+.2f}，离散度{spread}，"
            f"平均把握{self.confidence:.0%}",
            f"{count} {experts} pooled: {self.shift:+.2f}, dispersion {spread}, "
            f"mean confidence {self.confidence:.0%}",
        )

    def prior(self, *, least_sd: float) -> Prior:
        """Return the opinion as the prior of a trade's coefficient.

        Args:
            least_sd: what experts may all be wrong by together, above 0.

        Returns:
            its variance is that of the mean of experts who differ as these do, and of
            what they share; it grows as they are less sure. One expert is taken to
            differ from the others by `least_sd`.
        """
        apart = least_sd if self.dispersion is None else self.dispersion
        variance = least_sd**2 + apart**2 / self.heads
        return Prior(exp(self.shift), variance / self.confidence)


@dataclass(frozen=True, slots=True)
class Effect:
    """What opinions do to one PD; the model's own always stands beside it.

    Args:
        model_pd: what the model says, 0..1.
        pd: what it becomes, 0..1.
        shift: what was added to the logarithm of its odds, within the cap.
        points: the same in points of the score; below 0 is riskier.
        capped: whether the cap cut it.
        line: one line of reasons.
    """

    model_pd: float
    pd: float
    shift: float
    points: int
    capped: bool
    line: Said


def settled(
    opinion: Opinion, *, model: Mapping[str, float], outcomes: Mapping[str, float]
) -> list[Settled]:
    """Return a past opinion with what came of it, a line for each enterprise.

    Args:
        opinion: on a case or a trade.
        model: enterprise to the PD that the score gave then: the case itself, or the
            firms of the trade.
        outcomes: enterprise to 1 or 0 where known.
    """
    known = sorted(model.keys() & outcomes.keys())
    return [
        Settled(
            expert=opinion.expert,
            model=model[firm],
            stated=_shifted(model[firm], opinion.shift * opinion.confidence),
            outcome=outcomes[firm],
            share=1 / len(known),
        )
        for firm in known
    ]


def track(past: Iterable[Settled], *, record: float) -> dict[str, float]:
    """Return how well each expert's opinions have done.

    Args:
        past: opinions whose outcome is known.
        record: as many settled opinions weigh as much as having none on record; one on
            a trade counts as one, however many firms it is about.

    Returns:
        expert to the inverse of the ratio of his squared error to the model's on the
        same cases, the ratio drawn towards 1: above 1 did better than the model,
        below 1 worse. An expert who is not there has 1.

    Source: ratio of Brier scores (Brier 1950), weights by performance as in Cooke
    1991, drawn towards equal weights.
    """
    sums: dict[str, list[float]] = {}
    for one in past:
        mine = sums.setdefault(one.expert, [0.0, 0.0, 0.0])
        mine[0] += one.share * (one.stated - one.outcome) ** 2
        mine[1] += one.share * (one.model - one.outcome) ** 2
        mine[2] += one.share
    worth = {}
    for expert, (stated, model, count) in sums.items():
        ratio = stated / model if model > 0 else 1.0
        worth[expert] = (record + count) / (record + count * ratio)
    return worth


def expert_weights(
    experts: Sequence[str],
    *,
    judged: Mapping[str, float] | None = None,
    record: Mapping[str, float] | None = None,
) -> dict[str, float]:
    """Return the weights of experts: as judged, then by how past opinions did.

    Args:
        experts: who has an opinion, each once.
        judged: weights by the best-worst method; null for equal ones. One who was not
            judged weighs as the mean of those who were.
        record: see `track`.

    Returns:
        expert to weight; they add up to 1.
    """
    judged = judged or {}
    mean = sum(judged.values()) / len(judged) if judged else 1.0
    raw = {
        expert: judged.get(expert, mean) * (record or {}).get(expert, 1.0)
        for expert in experts
    }
    whole = sum(raw.values())
    if not whole > 0:
        return dict.fromkeys(experts, 1 / len(experts))
    return {expert: weight / whole for expert, weight in raw.items()}


def pool(
    opinions: Sequence[Opinion], *, weights: Mapping[str, float] | None = None
) -> Pooled | None:
    """Return opinions on one trade or case as one.

    Args:
        opinions: one per expert, see `standing`.
        weights: see `expert_weights`; null for equal ones.

    Returns:
        null where there is none, or where nobody who counts is at all sure.
    """
    if not opinions:
        return None
    shares = expert_weights([one.expert for one in opinions], judged=weights)
    pairs = tuple((one, shares[one.expert]) for one in opinions)
    sure = [weight * one.confidence for one, weight in pairs]
    whole = sum(sure)
    if not whole > 0:
        return None
    shifts = [one.shift for one in opinions]
    mean = sum(s * c for s, c in zip(shifts, sure, strict=True)) / whole
    heads = whole**2 / sum(c**2 for c in sure)
    spread = sum(c * (s - mean) ** 2 for s, c in zip(shifts, sure, strict=True)) / whole
    dispersion = sqrt(spread * heads / (heads - 1)) if heads > 1 + 1e-9 else None
    return Pooled(mean, whole, dispersion, heads, pairs)


def opinion_priors(
    opinions: Iterable[Opinion],
    *,
    on: date,
    months: int,
    least_sd: float,
    weights: Mapping[str, float] | None = None,
) -> dict[str, Prior]:
    """Return the priors of trades' coefficients that opinions on record make.

    Args:
        opinions: all on record.
        on: the day.
        months: how long an opinion stands.
        least_sd: see `Pooled.prior`.
        weights: see `expert_weights`.

    Returns:
        code to prior, of trades on which an opinion stands.
    """
    known = [one for one in opinions if one.kind == "industry"]
    priors = {}
    for code in sorted({_finest(one.about) for one in known}):
        stand = standing(known, kind="industry", about=code, on=on, months=months)
        pooled = pool(stand, weights=weights)
        if pooled:
            priors[code] = pooled.prior(least_sd=least_sd)
    return priors


def opinion_effect(
    model_pd: float, pooled: Pooled, *, cap: float, points_to_double: float
) -> Effect:
    """Return what a pooled opinion on a case does to its PD.

    The shift is the mean shift times the mean confidence, so that a guess moves
    little. It never goes without its line, and the model's PD stays beside it.

    Args:
        model_pd: what the model says, 0..1.
        pooled: opinions on the case.
        cap: the shift is within it, up or down; 0 or more.
        points_to_double: points of the score that double the odds of staying good.
    """
    wanted = pooled.shift * pooled.confidence
    shift = min(max(wanted, -cap), cap)
    capped = abs(wanted) > cap
    after = _shifted(model_pd, shift)
    points = round(-shift * points_to_double / log(_TWO))
    cut = Said(f"，已按上限{cap:g}截断", f", cut at the cap of {cap:g}")
    end = cut if capped else Said("", "")
    line = Said(
        f"专家意见：{pooled.text.zh}；对数几率{shift:+.2f}{end.zh}，{points:+d}分，"
        f"违约概率{percent(model_pd)}（模型）→{percent(after)}",
        f"experts' opinion: {pooled.text.en}; log-odds {shift:+.2f}{end.en}, "
        f"{points:+d} points, PD {percent(model_pd)} (model) → {percent(after)}",
    )
    return Effect(model_pd, after, shift, points, capped, line)


def _shifted(pd: float, shift: float) -> float:
    odds = pd * exp(shift)
    return odds / (1 - pd + odds)


def _finest(code: str) -> str:
    return next(upwards(code))
