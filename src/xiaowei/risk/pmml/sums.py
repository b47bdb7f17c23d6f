"""A small model of lines in; its log-odds line by line as PMML out."""

from typing import Final
from xml.etree.ElementTree import Element, SubElement

from xiaowei.risk.pmml.parts import (
    PD,
    applied,
    constant,
    document,
    field,
    logistic,
    predicted,
    schema,
)
from xiaowei.risk.small.linear import Linear
from xiaowei.risk.small.lines import Line

_SAID: Final = "xiaowei logistic regression; output: pd"


def sum_pmml(model: Linear) -> str:
    """Return a fitted small model as PMML 4.4, a RegressionModel.

    Args:
        model: a fitted one.

    Returns:
        XML; the output is `pd`.

    Raises:
        PmmlError: a name or category holds a mark that XML cannot.
    """
    kinds = {line.trait: line.kind for line in model.lines_}
    added = [f"{name} log-odds" for name in kinds]
    whole, table = logistic(added, intercept=model.intercept_, slope=model.slope_)
    schema(whole, list(kinds))
    predicted(whole, PD)
    if added:
        derived = SubElement(whole, "LocalTransformations")
        for name, line in zip(added, model.lines_, strict=True):
            told = SubElement(
                derived,
                "DerivedField",
                name=name,
                optype="continuous",
                dataType="double",
            )
            told.append(_added(line))
    whole.append(table)
    return document(whole, kinds, said=_SAID)


def _added(line: Line) -> Element:
    missing = applied("isMissing", field(line.trait))
    known = _of_number(line) if line.kind == "number" else _of_category(line)
    return applied("if", missing, constant(line.missing), known)


def _of_number(line: Line) -> Element:
    value = _logged(line) if line.logged else field(line.trait)
    low = applied("max", value, constant(line.low))
    held = applied("min", low, constant(line.high))
    standard = applied(
        "/", applied("-", held, constant(line.centre)), constant(line.scale)
    )
    return applied("*", constant(line.weight), standard)


def _logged(line: Line) -> Element:
    """Return sign(x) * ln(1 + |x|)."""
    name = line.trait

    def log(times: float) -> Element:
        size = applied("*", constant(times), field(name))
        return applied("*", constant(times), applied("ln1p", size))

    above = applied("greaterOrEqual", field(name), constant(0.0))
    return applied("if", above, log(1.0), log(-1.0))


def _of_category(line: Line) -> Element:
    """Return a choice by category; categories that add the same stand together."""
    alike: dict[float, list[str]] = {}
    for label, added in line.labels.items():
        alike.setdefault(added, []).append(label)
    whole = constant(line.unseen)
    for added, labels in alike.items():
        told = [constant(label) for label in labels]
        here = (
            applied("equal", field(line.trait), told[0])
            if len(told) == 1
            else applied("isIn", field(line.trait), *told)
        )
        whole = applied("if", here, constant(added), whole)
    return whole
