"""Boosted trees in; tree by tree as PMML out, their sum made a PD."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from xml.etree.ElementTree import Element, SubElement

import lightgbm as lgb

from xiaowei.risk.challenger import Challenger
from xiaowei.risk.frames import ColumnKind
from xiaowei.risk.pmml.parts import (
    PD,
    any_of,
    document,
    is_missing,
    logistic,
    number,
    one_of,
    predicted,
    schema,
)

_SAID: Final = "xiaowei challenger, boosted trees of LightGBM; output: pd"
_ODDS: Final = "log-odds"


@dataclass(frozen=True, slots=True)
class _Traits:
    """What splits speak of by place: names, and of categories their labels."""

    names: Sequence[str]
    labels: Mapping[str, Sequence[str]]

    def kind(self, at: int) -> ColumnKind:
        """Return which kind the trait of a place is."""
        return "category" if self.names[at] in self.labels else "number"


def trees_pmml(model: Challenger) -> str:
    """Return a fitted challenger as PMML 4.4, a MiningModel of its trees.

    Args:
        model: a fitted one.

    Returns:
        XML; the output is `pd`.

    Raises:
        PmmlError: a name or category holds a mark that XML cannot.
    """
    dumped = lgb.Booster(model_str=model.text_).dump_model()
    traits = _Traits(model.names, model.labels_)
    roots = [one["tree_structure"] for one in dumped["tree_info"]]
    used = sorted({at for root in roots for at in _used(root)})
    kinds = {traits.names[at]: traits.kind(at) for at in used}
    chain = Element("MiningModel", functionName="regression")
    schema(chain, list(kinds))
    steps = SubElement(chain, "Segmentation", multipleModelMethod="modelChain")
    total = _segment(steps, Element("MiningModel", functionName="regression"))
    schema(total, list(kinds))
    predicted(total, _ODDS)
    sums = SubElement(total, "Segmentation", multipleModelMethod="sum")
    for root in roots:
        tree = _segment(sums, _bare_tree())
        mine = sorted(_used(root))
        schema(tree, [traits.names[at] for at in mine])
        tree.append(_node(root, Element("True"), traits))
    last, table = logistic((_ODDS,), intercept=0.0, slope=1.0)
    schema(last, (_ODDS,))
    predicted(last, PD)
    last.append(table)
    _segment(steps, last)
    return document(chain, kinds, said=_SAID)


def _segment(parent: Element, model: Element) -> Element:
    segment = SubElement(parent, "Segment", id=str(len(parent) + 1))
    SubElement(segment, "True")
    segment.append(model)
    return model


def _bare_tree() -> Element:
    return Element(
        "TreeModel",
        functionName="regression",
        missingValueStrategy="none",
        noTrueChildStrategy="returnLastPrediction",
        splitCharacteristic="binarySplit",
    )


def _used(node: Mapping[str, Any]) -> set[int]:
    if "split_feature" not in node:
        return set()
    below = _used(node["left_child"]) | _used(node["right_child"])
    return below | {int(node["split_feature"])}


def _node(node: Mapping[str, Any], predicate: Element, traits: _Traits) -> Element:
    """Return a node that is entered where the predicate holds.

    The left child is asked first; whoever does not go there goes right.
    """
    if "split_feature" not in node:
        leaf = Element("Node", score=number(node["leaf_value"]))
        leaf.append(predicate)
        return leaf
    told = Element("Node")
    told.append(predicate)
    told.append(_node(node["left_child"], _left(node, traits), traits))
    told.append(_node(node["right_child"], Element("True"), traits))
    return told


def _left(node: Mapping[str, Any], traits: _Traits) -> Element:
    name = traits.names[int(node["split_feature"])]
    if node["decision_type"] == "==":
        # Codes are those of labels; what is missing or new is in no set.
        codes = [int(code) for code in str(node["threshold"]).split("||")]
        return one_of(name, [traits.labels[name][code] for code in codes])
    low = Element(
        "SimplePredicate",
        field=name,
        operator="lessOrEqual",
        value=number(node["threshold"]),
    )
    return any_of([is_missing(name), low]) if _missing_left(node) else low


def _missing_left(node: Mapping[str, Any]) -> bool:
    """Return whether a missing number goes left; unless told of, it counts as 0."""
    if node["missing_type"] == "NaN":
        return bool(node["default_left"])
    return float(node["threshold"]) >= 0
