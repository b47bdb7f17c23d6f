"""Pieces of PMML that all kinds of model are written with.

A missing value is missing in PMML too; truths are 1 and 0, days are counted from
1970-01-01, as everywhere in xiaowei.
"""

from collections.abc import Mapping, Sequence
from typing import Final
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from xiaowei.errors import InputError
from xiaowei.risk.frames import ColumnKind

NAMESPACE: Final = "http://www.dmg.org/PMML-4_4"
PD: Final = "pd"
"""The output that states the PD, 0..1."""
_PLAIN: Final = frozenset("-_./&()+%#")
_TYPES: Final[Mapping[ColumnKind, tuple[str, str]]] = {
    "number": ("continuous", "double"),
    "category": ("categorical", "string"),
}
_FIRST_SEEN: Final = 0x20
_HALVES: Final = (0xD800, 0xDFFF)


class PmmlError(InputError):
    """A model cannot be written as PMML."""

    def __init__(self, why: str) -> None:
        """Say why."""
        super().__init__(
            f"the model cannot be written as PMML: {why}",
            expected="a scorecard, challenger, firth or experts, with names and "
            "categories of marks that XML may hold",
            remedy="Score its table with 'xiaowei score', or rename what is named",
        )


def number(value: float) -> str:
    """Write a number to its last bit.

    >>> number(0.1)
    '0.1'
    """
    return repr(float(value))


def checked(text: str) -> str:
    """Return a text that XML can hold.

    Raises:
        PmmlError: a mark of it no XML can hold.
    """
    for mark in text:
        code = ord(mark)
        half = _HALVES[0] <= code <= _HALVES[1] or code in {0xFFFE, 0xFFFF}
        if half or code < _FIRST_SEEN:
            raise PmmlError(f"{text!r} holds a mark that XML cannot")
    return text


def document(model: Element, kinds: Mapping[str, ColumnKind], *, said: str) -> str:
    """Return a whole document.

    Args:
        model: its one model.
        kinds: trait to its kind, in order.
        said: what it is.
    """
    root = Element("PMML", xmlns=NAMESPACE, version="4.4")
    header = SubElement(root, "Header", description=checked(said))
    SubElement(header, "Application", name="xiaowei")
    fields = SubElement(root, "DataDictionary")
    for name, kind in kinds.items():
        optype, stored = _TYPES[kind]
        stated = {"name": checked(name), "optype": optype, "dataType": stored}
        SubElement(fields, "DataField", stated)
    root.append(model)
    indent(root, " ")
    text: str = tostring(root, encoding="unicode", xml_declaration=False)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{text}\n'


def schema(model: Element, names: Sequence[str]) -> None:
    """Say which fields a model takes.

    Args:
        model: to which it is added.
        names: of the fields.
    """
    mining = SubElement(model, "MiningSchema")
    for name in names:
        SubElement(mining, "MiningField", name=name)


def predicted(model: Element, name: str) -> Element:
    """Name what a model says, and return the element for further outputs.

    Args:
        model: to which it is added.
        name: of the output.
    """
    output = SubElement(model, "Output")
    SubElement(
        output,
        "OutputField",
        name=name,
        optype="continuous",
        dataType="double",
        feature="predictedValue",
    )
    return output


def is_missing(field: str) -> Element:
    """Return the predicate that holds where a field is missing."""
    return Element("SimplePredicate", field=field, operator="isMissing")


def one_of(field: str, labels: Sequence[str]) -> Element:
    """Return the predicate that holds where a field is one of some categories.

    Args:
        field: which.
        labels: one or more.
    """
    equal = [
        Element("SimplePredicate", field=field, operator="equal", value=checked(label))
        for label in labels
    ]
    if len(equal) == 1:
        return equal[0]
    if all(map(_plain, labels)):
        chosen = Element("SimpleSetPredicate", field=field, booleanOperator="isIn")
        array = SubElement(chosen, "Array", type="string", n=str(len(labels)))
        array.text = " ".join(f'"{label}"' for label in labels)
        return chosen
    return any_of(equal)


def any_of(predicates: Sequence[Element]) -> Element:
    """Return the predicate that holds where one of two or more does."""
    either = Element("CompoundPredicate", booleanOperator="or")
    either.extend(predicates)
    return either


def applied(function: str, *parts: Element) -> Element:
    """Return a function of expressions."""
    whole = Element("Apply", function=function)
    whole.extend(parts)
    return whole


def constant(value: float | str) -> Element:
    """Return a number or a text as an expression."""
    kind = "string" if isinstance(value, str) else "double"
    stated = Element("Constant", dataType=kind)
    stated.text = checked(value) if isinstance(value, str) else number(value)
    return stated


def field(name: str) -> Element:
    """Return the value of a field as an expression."""
    return Element("FieldRef", field=name)


def logistic(
    names: Sequence[str], *, intercept: float, slope: float
) -> tuple[Element, Element]:
    """Return a model of the PD by the sum of some fields, and the table of that sum.

    Args:
        names: of the fields.
        intercept: log-odds where all of them are 0.
        slope: by which each is multiplied.

    Returns:
        the model without its table: the schema and what it derives stand before it.
    """
    model = Element(
        "RegressionModel", functionName="regression", normalizationMethod="logit"
    )
    table = Element("RegressionTable", intercept=number(intercept))
    for name in names:
        SubElement(table, "NumericPredictor", name=name, coefficient=number(slope))
    return model, table


def _plain(label: str) -> bool:
    return bool(label) and all(mark.isalnum() or mark in _PLAIN for mark in label)
