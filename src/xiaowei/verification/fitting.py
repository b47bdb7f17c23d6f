"""Weights of evidence learnt from enterprises whose truth is known."""

from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy import optimize

from xiaowei.verification.chances import Floats
from xiaowei.verification.combine import Weights, logit

_USUAL: Final = 0.5
"""What evidence counts where nothing was learnt: half, for its bound is never reached
and families are not independent."""
_USUAL_CLEAR: Final = 0.05
_MOST: Final = 1.5
"""No evidence counts more than half as much again as its bound."""
_STIFF: Final = 10.0
"""How many observations' worth of belief stand behind the usual weight."""


def fit_weights(
    said: Mapping[str, Floats],
    heard: Mapping[str, NDArray[np.bool_]],
    deceives: NDArray[np.bool_],
    *,
    prevalence: float,
) -> Weights:
    """Return weights that make the log-odds of deceit as probable as can be.

    A logistic regression with weights of 0 or more, each drawn to the usual one. A
    family that spoke of nobody who deceives keeps the usual weight: what was never seen
    is not therefore harmless. It starts from the prevalence of the sample, so that a
    firm of whom nothing spoke has that, and the weights hold at any other.

    Args:
        said: family to the evidence of each enterprise, 0 or more.
        heard: family to whether it spoke of each enterprise.
        deceives: per enterprise.
        prevalence: that the weights are for, above 0 and below 1.
    """
    families: Sequence[str] = tuple(said)
    x = np.stack([said[name] for name in families], axis=1)
    spoke = np.stack([heard[name] for name in families], axis=1).sum(axis=1)
    y = deceives.astype(np.float64)

    start = logit(float(y.mean()))

    def loss(theta: Floats) -> tuple[float, Floats]:
        clear, weights = theta[0], theta[1:]
        z = start + x @ weights - clear * spoke
        off = 1 / (1 + np.exp(-z)) - y
        value = float((np.logaddexp(0, z) - y * z).sum())
        value += _STIFF / 2 * float(((weights - _USUAL) ** 2).sum())
        value += (clear - _USUAL_CLEAR) ** 2 / 2
        slope = np.concatenate(
            [
                [-(off * spoke).sum() + clear - _USUAL_CLEAR],
                x.T @ off + _STIFF * (weights - _USUAL),
            ]
        )
        return value, slope

    first = np.concatenate([[_USUAL_CLEAR], np.full(len(families), _USUAL)])
    bounds = [(0.0, None)] + [(0.0, _MOST)] * len(families)
    best = optimize.minimize(loss, first, jac=True, bounds=bounds, method="L-BFGS-B")
    learnt = dict(zip(families, best.x[1:].tolist(), strict=True))
    return Weights(prevalence=prevalence, weights=learnt, clear=float(best.x[0]))
