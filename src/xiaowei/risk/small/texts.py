"""A small model as plain values, and the model of such values."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from xiaowei.risk.finite import finite
from xiaowei.risk.firth import Term
from xiaowei.risk.small.experts_model import Believed, Experts
from xiaowei.risk.small.firth_model import Firth
from xiaowei.risk.small.linear import Linear
from xiaowei.risk.small.lines import Line


def firth_learnt(model: Firth) -> dict[str, Any]:
    """Return what a model learnt, as values that JSON can hold."""
    return lines_learnt(model) | {"terms": [asdict(term) for term in model.terms_]}


def firth_of(model: Firth, learnt: Mapping[str, Any]) -> None:
    """Give a model what such values say.

    Raises:
        ValueError: a number is none, or a line has what no line has.
    """
    lines_of(model, learnt)
    model.terms_ = tuple(Term(**term) for term in learnt["terms"])


def experts_learnt(model: Experts) -> dict[str, Any]:
    """Return what a model learnt, as values that JSON can hold."""
    return lines_learnt(model) | {"believed": [asdict(one) for one in model.believed_]}


def experts_of(model: Experts, learnt: Mapping[str, Any]) -> None:
    """Give a model what such values say.

    Raises:
        ValueError: a number is none, or a line has what no line has.
    """
    lines_of(model, learnt)
    model.believed_ = [
        Believed(*(_two(one[name]) for name in ("prior", "data", "posterior")))
        for one in learnt["believed"]
    ]


def lines_learnt(model: Linear) -> dict[str, Any]:
    """Return the lines, level and spread of a model as plain values."""
    return {
        "intercept": model.intercept_,
        "slope": model.slope_,
        "lines": [
            asdict(line) | {"labels": dict(line.labels)} for line in model.lines_
        ],
        "refused": dict(model.refused_),
    }


def lines_of(model: Linear, learnt: Mapping[str, Any]) -> None:
    """Give a model the lines, level and spread that plain values say.

    Raises:
        ValueError: a number is none, or a line has what no line has.
    """
    model.intercept_ = finite(learnt["intercept"])
    model.slope_ = finite(learnt["slope"])
    model.refused_ = dict(learnt["refused"])
    model.lines_ = [_line(one) for one in learnt["lines"]]


def _line(stated: Mapping[str, Any]) -> Line:
    line = Line(**stated)
    numbers = (line.weight, line.low, line.high, line.centre, line.scale, line.missing)
    for number in (*numbers, line.unseen, *line.labels.values()):
        finite(number)
    if line.kind not in {"number", "category"} or not line.scale > 0:
        msg = f"the line of '{line.trait}' is none"
        raise ValueError(msg)
    return line


def _two(stated: Sequence[Any]) -> tuple[float, float]:
    mean, deviation = map(finite, stated)
    return mean, deviation
