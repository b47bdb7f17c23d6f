"""A model as text that can be read, compared and signed, and the model of such a text.

Nothing is ever unpickled: a text holds numbers and names, and of a challenger the text
that LightGBM itself writes. A model read back says the same to the last bit.
"""

import hashlib
import json
from collections.abc import Callable, Mapping
from typing import Any, Final

import numpy as np

from xiaowei.errors import InputError
from xiaowei.risk.bins import TraitBins
from xiaowei.risk.challenger import Challenger
from xiaowei.risk.estimator import RiskModel
from xiaowei.risk.finite import finite
from xiaowei.risk.glassbox import Curve, GlassBox
from xiaowei.risk.hazard_card import HazardCard
from xiaowei.risk.scorecard import Scorecard
from xiaowei.risk.small.experts_model import Experts
from xiaowei.risk.small.firth_model import Firth
from xiaowei.risk.small.texts import (
    experts_learnt,
    experts_of,
    firth_learnt,
    firth_of,
)

_LONGEST: Final = 200_000_000


class ModelTextError(InputError):
    """A text is no model."""

    def __init__(self, why: str) -> None:
        """Say what is wrong with it."""
        super().__init__(
            f"the text is no model that can be used: {why}",
            expected="JSON as xiaowei writes it, of kind " + ", ".join(sorted(_READ)),
            remedy="Take the model from where it was kept, or train it again",
        )


def model_text(model: RiskModel) -> str:
    """Return a fitted model as text: JSON, sorted, the same wherever it is made.

    Args:
        model: a fitted one of the kinds below.

    Raises:
        TypeError: it is none of them.
    """
    for kind, (made, write, _) in _KINDS.items():
        if type(model) is made:
            body = {
                "kind": kind,
                "settings": model.get_params(),
                "classes": np.asarray(model.classes_).tolist(),
                "traits": model.names,
                "named": hasattr(model, "feature_names_in_"),
                "learnt": write(model),
            }
            return json.dumps(
                body, ensure_ascii=False, sort_keys=True, indent=1, allow_nan=False
            )
    msg = f"{type(model).__name__} has no text"
    raise TypeError(msg)


def model_of(text: str) -> RiskModel:
    """Return the model of a text.

    Raises:
        ModelTextError: it is none; what is wrong is said.
    """
    if len(text) > _LONGEST:
        raise ModelTextError(f"{len(text)} characters are more than {_LONGEST}")
    try:
        body = json.loads(text, parse_constant=_refused)
        made, _, read = _KINDS[body["kind"]]
        model: RiskModel = made(**body["settings"])
        model.classes_ = np.array(body["classes"])
        model.n_features_in_ = len(body["traits"])
        if body["named"]:
            model.feature_names_in_ = np.array(body["traits"], dtype=object)
        read(model, body["learnt"])
    except (ValueError, KeyError, TypeError, AttributeError, IndexError) as error:
        raise ModelTextError(f"{type(error).__name__} {error}") from error
    return model


def fingerprint(text: str) -> str:
    """Return the SHA-256 of a text in UTF-8, by which a model is known."""
    return hashlib.sha256(text.encode()).hexdigest()


def _refused(name: str) -> float:
    msg = f"{name} is no number of a model"
    raise ValueError(msg)


def _card(model: Scorecard) -> dict[str, Any]:
    return {
        "base": model.base_,
        "intercept": model.intercept_,
        "slope": model.slope_,
        "lines": [
            {
                "trait": bins.name,
                "kind": bins.kind,
                "splits": list(bins.splits),
                "groups": [list(group) for group in bins.groups],
                "bads": list(bins.bads),
                "goods": list(bins.goods),
                "woe": list(bins.woe),
                "weight": model.weights_[name],
                "points": model.points_[name].tolist(),
            }
            for name, bins in model.bins_.items()
        ],
    }


def _card_of(model: Scorecard, learnt: Mapping[str, Any]) -> None:
    model.base_ = int(learnt["base"])
    model.intercept_ = finite(learnt["intercept"])
    model.slope_ = finite(learnt["slope"])
    model.bins_, model.weights_, model.points_ = {}, {}, {}
    for line in learnt["lines"]:
        bins = TraitBins(
            name=line["trait"],
            kind=line["kind"],
            splits=tuple(map(finite, line["splits"])),
            groups=tuple(tuple(group) for group in line["groups"]),
            bads=tuple(line["bads"]),
            goods=tuple(line["goods"]),
            woe=tuple(map(finite, line["woe"])),
        )
        points = np.array(line["points"], dtype=np.int64)
        if len(points) != bins.missing + 2 or len(bins.woe) != bins.missing + 1:
            msg = f"'{bins.name}' has {len(points)} points for {bins.missing} bins"
            raise ValueError(msg)
        model.bins_[bins.name] = bins
        model.weights_[bins.name] = finite(line["weight"])
        model.points_[bins.name] = points


def _trees(model: Challenger) -> dict[str, Any]:
    labels = {name: list(labels) for name, labels in model.labels_.items()}
    return {"labels": labels, "trees": model.trees_, "lightgbm": model.text_}


def _trees_of(model: Challenger, learnt: Mapping[str, Any]) -> None:
    model.labels_ = {name: tuple(one) for name, one in learnt["labels"].items()}
    model.trees_, model.text_ = int(learnt["trees"]), str(learnt["lightgbm"])


def _curves(model: GlassBox) -> dict[str, Any]:
    return {
        "intercept": model.intercept_,
        "labels": {name: list(labels) for name, labels in model.labels_.items()},
        "curves": [
            {
                "traits": list(curve.traits),
                "cuts": [cuts.tolist() for cuts in curve.cuts],
                "steps": curve.steps.tolist(),
            }
            for curve in model.curves_
        ],
    }


def _curves_of(model: GlassBox, learnt: Mapping[str, Any]) -> None:
    model.intercept_ = finite(learnt["intercept"])
    model.labels_ = {name: tuple(one) for name, one in learnt["labels"].items()}
    model.curves_ = [
        Curve(
            traits=tuple(curve["traits"]),
            cuts=tuple(np.array(cuts, dtype=np.float64) for cuts in curve["cuts"]),
            steps=np.array(curve["steps"], dtype=np.float64),
        )
        for curve in learnt["curves"]
    ]


def _months(model: HazardCard) -> dict[str, Any]:
    return _card(model.card_) | {"traits": model.card_.names}


def _months_of(model: HazardCard, learnt: Mapping[str, Any]) -> None:
    card = Scorecard(**model.card_settings)
    card.classes_ = np.array([0, 1])
    card.n_features_in_ = len(learnt["traits"])
    card.feature_names_in_ = np.array(learnt["traits"], dtype=object)
    _card_of(card, learnt)
    model.card_ = card


_KINDS: Final[Mapping[str, tuple[Any, Callable[[Any], Any], Callable[..., None]]]] = {
    "xiaowei.scorecard/1": (Scorecard, _card, _card_of),
    "xiaowei.challenger/1": (Challenger, _trees, _trees_of),
    "xiaowei.experts/1": (Experts, experts_learnt, experts_of),
    "xiaowei.firth/1": (Firth, firth_learnt, firth_of),
    "xiaowei.glassbox/1": (GlassBox, _curves, _curves_of),
    "xiaowei.hazard/1": (HazardCard, _months, _months_of),
}
_READ: Final = tuple(_KINDS)
