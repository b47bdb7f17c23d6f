"""A scorecard in; its points bin by bin as PMML out."""

from typing import Final
from xml.etree.ElementTree import Element, SubElement

from xiaowei.risk.bins import TraitBins
from xiaowei.risk.card import ANCHOR, FACTOR
from xiaowei.risk.pmml.parts import (
    PD,
    applied,
    constant,
    document,
    field,
    is_missing,
    number,
    one_of,
    predicted,
    schema,
)
from xiaowei.risk.sample import Ints
from xiaowei.risk.scorecard import Scorecard

_SAID: Final = "xiaowei scorecard; outputs: score, pd"


def card_pmml(model: Scorecard) -> str:
    """Return a fitted card as PMML 4.4, a Scorecard of its own.

    Args:
        model: the card.

    Returns:
        XML; the outputs are `score`, whole, and `pd`.

    Raises:
        PmmlError: a name or category holds a mark that XML cannot.
    """
    kinds = {name: bins.kind for name, bins in model.bins_.items()}
    card = Element(
        "Scorecard",
        functionName="regression",
        initialScore=str(model.base_),
        useReasonCodes="false",
    )
    schema(card, list(kinds))
    _pd(predicted(card, "score"), model)
    lines = SubElement(card, "Characteristics")
    for name, bins in model.bins_.items():
        line = SubElement(lines, "Characteristic", name=f"{name} points")
        _attributes(line, bins, model.points_[name])
    if not kinds:
        # A card without a line has one all the same: PMML asks for it.
        line = SubElement(lines, "Characteristic", name="points")
        SubElement(SubElement(line, "Attribute", partialScore="0"), "True")
    return document(card, kinds, said=_SAID)


def _pd(output: Element, model: Scorecard) -> None:
    """Add the PD of the score."""
    odds = applied(
        "+",
        constant(model.intercept_),
        applied(
            "*",
            constant(model.slope_),
            applied(
                "/",
                applied("-", constant(float(ANCHOR)), field("score")),
                constant(float(FACTOR)),
            ),
        ),
    )
    told = SubElement(
        output,
        "OutputField",
        name=PD,
        optype="continuous",
        dataType="double",
        feature="transformedValue",
    )
    less = applied("-", constant(0.0), odds)
    told.append(
        applied("/", constant(1.0), applied("+", constant(1.0), applied("exp", less)))
    )


def _attributes(line: Element, bins: TraitBins, points: Ints) -> None:
    """Add an attribute per bin; the first that holds counts, the last always does."""
    whole = points.tolist()

    def attribute(place: int, predicate: Element) -> None:
        told = SubElement(line, "Attribute", partialScore=str(whole[place]))
        told.append(predicate)

    attribute(bins.missing, is_missing(bins.name))
    if bins.kind == "number":
        for at, split in enumerate(bins.splits):
            below = Element(
                "SimplePredicate",
                field=bins.name,
                operator="lessThan",
                value=number(split),
            )
            attribute(at, below)
        attribute(len(bins.splits), Element("True"))
    else:
        for at, group in enumerate(bins.groups):
            attribute(at, one_of(bins.name, group))
        attribute(bins.missing + 1, Element("True"))
