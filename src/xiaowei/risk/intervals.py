"""Models learnt anew and firms in; between which PDs each firm lies out."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from scipy.stats import t as student

from xiaowei.errors import InputError
from xiaowei.risk.estimator import RiskModel
from xiaowei.risk.kept import ModelTextError, model_of, model_text
from xiaowei.risk.sample import Floats

LEVEL: Final = 0.9
"""How often an interval holds, unless another level is asked for."""
_LEAST: Final = 2
_KIND: Final = "xiaowei.refits/1"
_LONGEST: Final = 1_000_000_000


class LevelError(InputError):
    """No interval of that level can be stated."""

    def __init__(self, level: float, models: int) -> None:
        """Name the level and what there is."""
        super().__init__(
            f"no interval of level {level:g} can be stated from {models} models",
            expected=f"a level above 0 and below 1, and {_LEAST} models or more that "
            "were learnt anew",
            remedy="Give another level, or train with more --intervals",
        )


@dataclass(frozen=True, slots=True)
class PdBounds:
    """Between which PDs each firm lies, as far as drawing other cases goes.

    Args:
        low: Shape: one per firm, 0..1.
        high: Shape: likewise; low <= high.
        level: 0..1, of how many firms in the long run.
    """

    low: Floats
    high: Floats
    level: float


def pd_bounds(
    model: RiskModel,
    learnt_anew: Sequence[RiskModel],
    table: Any,  # noqa: ANN401 - any table there is
    *,
    level: float = LEVEL,
) -> PdBounds:
    """Return between which PDs each firm lies.

    The log-odds of the model, give or take a multiple of how far those of models learnt
    anew from draws of its cases lie from them: what other cases of the same kind would
    have made of it. What is wrong with the kind of model, and what changes in the
    world, is not in it, so that fewer PDs lie within than the level says where the
    kind of model cannot state the truth.

    Args:
        model: whose PDs they are; its PD is always within.
        learnt_anew: see `refits`; two or more.
        table: the firms.
        level: above 0 and below 1.

    Raises:
        LevelError: the level is none, or there are too few models.

    Source: bootstrap-t table on the log-odds, Efron and Tibshirani 1993, section 12.5,
    with the root mean square distance from the model in place of the standard error,
    as shrinkage makes models learnt anew lie to one side of it.
    """
    if not 0 < level < 1 or len(learnt_anew) < _LEAST:
        raise LevelError(level, len(learnt_anew))
    odds = model.decision_function(table)
    drawn = np.array([one.decision_function(table) for one in learnt_anew])
    far = np.sqrt(((drawn - odds) ** 2).mean(axis=0))
    times = float(student.ppf((1 + level) / 2, len(drawn) - 1))
    return PdBounds(_pd(odds - times * far), _pd(odds + times * far), level)


def refits_text(models: Sequence[RiskModel]) -> str:
    """Return models learnt anew as one text that can be read."""
    bodies = [json.loads(model_text(model)) for model in models]
    return json.dumps(
        {"kind": _KIND, "models": bodies},
        ensure_ascii=False,
        sort_keys=True,
        allow_nan=False,
    )


def refits_of(text: str) -> list[RiskModel]:
    """Return the models of a text.

    Raises:
        ModelTextError: it holds none.
    """
    if len(text) > _LONGEST:
        raise ModelTextError(f"{len(text)} characters are more than {_LONGEST}")
    try:
        body = json.loads(text)
        bodies = body["models"] if body["kind"] == _KIND else []
    except (ValueError, KeyError, TypeError) as error:
        raise ModelTextError(f"{type(error).__name__} {error}") from error
    if not bodies:
        raise ModelTextError(f"no models of kind {_KIND}")
    return [model_of(json.dumps(one)) for one in bodies]


def _pd(odds: Floats) -> Floats:
    return np.asarray(1 / (1 + np.exp(-odds)), dtype=np.float64)
