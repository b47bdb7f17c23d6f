"""What experts hold and what a small sample says in; a model that weighs both, out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import exp, sqrt
from typing import Any, Final

import numpy as np

from xiaowei.risk.firth import firth_weights
from xiaowei.risk.fit import centred
from xiaowei.risk.frames import TraitColumn
from xiaowei.risk.sample import Floats, Ints, one_thread
from xiaowei.risk.small.chosen import adds, side_by_side
from xiaowei.risk.small.linear import Linear, total
from xiaowei.risk.small.lines import Draft, Refusal, draft_of
from xiaowei.risk.small.prior import Prior, UnusablePriorError, prior_of
from xiaowei.risk.small.said import NORMAL_90, Statement, of_plain

_STEPS: Final = 100
_NEAR: Final = 1e-9
_HALVINGS: Final = 30
_FAR: Final = 50.0


@dataclass(frozen=True, slots=True)
class Believed:
    """A log-odds ratio as held before the data, by them alone, and after them.

    Args:
        prior: mean and standard deviation of what experts hold, pooled.
        data: of Firth's regression on the same traits, without the experts.
        posterior: of both.
    """

    prior: tuple[float, float]
    data: tuple[float, float]
    posterior: tuple[float, float]

    @property
    def apart(self) -> float:
        """How many standard deviations data and experts are apart, 0 or more."""
        gap = self.prior[0] - self.data[0]
        return float(abs(gap) / np.hypot(self.prior[1], self.data[1]))


class Experts(Linear):
    """A logistic regression whose weights have a prior that named experts state.

    Only traits that somebody speaks of have a line. The weights are those of the
    greatest posterior density; the PD is right on average of the sample, as experts
    speak of what makes firms differ and not of how many default.

    Args:
        priors: statements of experts as plain values, see `said.plain`.
        random_state: of no effect: nothing is left to chance.

    Attributes:
        lines_: trait by trait, in the order in which they are spoken of.
        believed_: one per statement: the log-odds ratio between its two values.
        refused_: trait that is spoken of and has no line, and why.

    Source: Gaussian prior and Laplace's approximation, e.g. Gelman et al. 2013, ch. 4;
    what experts hold, O'Hagan et al. 2006.
    """

    believed_: list[Believed]

    def __init__(
        self,
        *,
        priors: Sequence[Mapping[str, Any]] = (),
        random_state: int = 0,
    ) -> None:
        """Take the settings; nothing is done with them yet."""
        self.priors = priors
        self.random_state = random_state

    @property
    def statements(self) -> list[Statement]:
        """What experts say."""
        return of_plain(self.priors)

    def _learn(
        self, columns: list[TraitColumn], defaulted: Ints, *, groups: Ints | None
    ) -> None:
        del groups  # Nothing is tried on firms held out.
        statements = self.statements
        drafts, self.refused_ = _drafts(columns, statements)
        kept = [one for one in statements if one.trait not in self.refused_]
        prior = prior_of(drafts, kept)
        design = side_by_side(drafts, cases=len(defaulted))
        with one_thread():
            weights, covariance = posterior(design, defaulted, prior)
            alone = firth_weights(design, defaulted)
            doubt = _doubt(design, alone)
        ends = np.cumsum([draft.columns.shape[1] for draft in drafts])
        parts = np.split(weights[1:], ends[:-1]) if drafts else []
        self.lines_ = [d.line(part) for d, part in zip(drafts, parts, strict=True)]
        self.believed_ = [
            Believed(
                _along(row, prior.mean, prior.covariance),
                _along(row, alone[1:], doubt[1:, 1:]),
                _along(row, weights[1:], covariance[1:, 1:]),
            )
            for row in prior.contrasts
        ]
        odds = total(columns, self.lines_)
        self.intercept_, self.slope_ = centred(odds, defaulted), 1.0


def posterior(columns: Floats, bad: Ints, prior: Prior) -> tuple[Floats, Floats]:
    """Return weights of the greatest posterior density, and their covariance.

    Args:
        columns: Shape: (cases, weights).
        bad: Shape: 1 for a default, 0 else; both occur.
        prior: of the weights; that of the intercept is flat.

    Returns:
        the intercept first; the covariance by the curvature there (Laplace).
    """
    design = np.column_stack([np.ones(len(bad)), columns])
    precision = np.zeros((design.shape[1], design.shape[1]))
    precision[1:, 1:] = np.linalg.inv(prior.covariance)
    mean = np.array([0.0, *prior.mean])

    def loss(weights: Floats) -> float:
        odds, off = design @ weights, weights - mean
        seen = np.logaddexp(0, odds).sum() - bad @ odds
        return float(seen + off @ precision @ off / 2)

    weights, value = mean.copy(), np.inf
    weights[0] = np.log(bad.mean() / (1 - bad.mean()))
    for _ in range(_STEPS):
        pd_ = _chance(design @ weights)
        slope = design.T @ (pd_ - bad) + precision @ (weights - mean)
        curve = design.T @ (design * (pd_ * (1 - pd_))[:, None]) + precision
        if np.abs(slope).max() < _NEAR:
            break
        step, value = np.linalg.solve(curve, slope), loss(weights)
        for _ in range(_HALVINGS):
            if loss(weights - step) <= value:
                break
            step = step / 2
        weights = weights - step
    return weights, np.asarray(np.linalg.inv(curve), dtype=np.float64)


def told_of_experts(model: Experts) -> list[dict[str, Any]]:
    """Return each statement with what became of it, as odds ratios with 90% ranges.

    Args:
        model: a fitted one.
    """
    kept = [one for one in model.statements if one.trait not in model.refused_]
    return [
        {
            "expert": one.expert,
            "day": one.day,
            "trait": one.trait,
            "from": one.start,
            "to": one.end,
            "reason": one.reason,
            "said": {"value": one.odds_ratio, "low": one.low, "high": one.high},
            "prior": _ratio(found.prior),
            "data": _ratio(found.data),
            "posterior": _ratio(found.posterior),
            "apart": found.apart,
        }
        for one, found in zip(kept, model.believed_, strict=True)
    ]


def _ratio(found: tuple[float, float]) -> dict[str, float]:
    mean, deviation = found
    wide = NORMAL_90 * deviation
    ends = {"value": mean, "low": mean - wide, "high": mean + wide}
    return {name: exp(max(min(end, _FAR), -_FAR)) for name, end in ends.items()}


def _drafts(
    columns: list[TraitColumn], statements: Sequence[Statement]
) -> tuple[list[Draft], dict[str, Refusal]]:
    by_name = {column.name: column for column in columns}
    drafts: list[Draft] = []
    refused: dict[str, Refusal] = {}
    for one in statements:
        if one.trait not in by_name:
            raise UnusablePriorError(
                one, "the table has no such trait, or it is a leak"
            )
    for trait in dict.fromkeys(one.trait for one in statements):
        ends = [(one.start, one.end) for one in statements if one.trait == trait]
        named = {end for pair in ends for end in pair if isinstance(end, str)}
        found = draft_of(by_name[trait], named=named)
        if not isinstance(found, Draft):
            refused[trait] = found
        # The data alone cannot share a weight out among traits that say the same.
        elif adds(drafts, found, cases=len(found.columns)):
            drafts.append(found)
        else:
            refused[trait] = "others"
    return drafts, refused


def _along(row: Floats, mean: Floats, covariance: Floats) -> tuple[float, float]:
    return float(row @ mean), sqrt(max(float(row @ covariance @ row), 0.0))


def _doubt(columns: Floats, weights: Floats) -> Floats:
    design = np.column_stack([np.ones(len(columns)), columns])
    pd_ = _chance(design @ weights)
    curve = design.T @ (design * (pd_ * (1 - pd_))[:, None])
    return np.asarray(np.linalg.inv(curve), dtype=np.float64)


def _chance(odds: Floats) -> Floats:
    return np.asarray(1 / (1 + np.exp(-np.clip(odds, -500, 500))), dtype=np.float64)
