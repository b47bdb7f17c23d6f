"""Families of reasons from YAML; every fault of a file is named at once."""

from collections.abc import Iterator, Mapping, Sequence
from importlib.resources import files
from pathlib import Path
from typing import Any, Final

import yaml

from xiaowei.errors import InputError
from xiaowei.policy.overlay import laid_over
from xiaowei.policy.reasons.families import Families, Family
from xiaowei.said import Said

_KEYS: Final = {
    "families": {"title", "traits"},
    "withheld": {"title", "traits", "why", "set_by", "reference"},
}


class FamiliesError(InputError):
    """A file of families of reasons cannot be used; all of its faults are named."""

    def __init__(self, file: str, faults: Sequence[str]) -> None:
        """Name the file and each fault."""
        super().__init__(
            f"families in '{file}' have {len(faults)} fault(s): " + "; ".join(faults),
            expected="'families' with title and traits; 'withheld' with title, traits, "
            "why, set_by and a reference with a title",
            remedy="Mend these entries and load the file again; nothing was taken over",
        )


def load_families(overlay: Path | None = None) -> Families:
    """Return the shipped families, with those a bank has set in their place.

    Args:
        overlay: a YAML file in the same form; a family there stands in place of the
            shipped one of that key, or beside them.

    Raises:
        FamiliesError: the overlay is not there or malformed; every fault is named.
    """
    shipped = files("xiaowei.policy.reasons").joinpath("families.yaml")
    return laid_over(shipped, overlay, read=read_families, refuse=FamiliesError)


def read_families(text: str, *, file: str, shipped: Families | None = None) -> Families:
    """Return the families that a text states, beside those it does not replace.

    Args:
        text: YAML.
        file: what it is called in errors.
        shipped: what it is laid over.

    Raises:
        FamiliesError: it is malformed; every fault is named.
    """
    try:
        stated = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise FamiliesError(file, [" ".join(str(error).split())]) from error
    if not isinstance(stated, dict) or stated.keys() - _KEYS.keys():
        raise FamiliesError(file, ["'families' and 'withheld' are due, no more"])
    faults = [
        fault
        for part, bodies in stated.items()
        for fault in _part_faults(part, bodies or {})
    ]
    if faults:
        raise FamiliesError(file, faults)
    read = {
        part: {
            key: _family(key, body) for key, body in (stated.get(part) or {}).items()
        }
        for part in _KEYS
    }
    return Families(
        told={**(shipped.told if shipped else {}), **read["families"]},
        withheld={**(shipped.withheld if shipped else {}), **read["withheld"]},
    )


def _family(key: str, body: Mapping[str, Any]) -> Family:
    return Family(
        key=key,
        title=_said(body["title"]),
        traits=tuple(body["traits"]),
        why_withheld=_said(body["why"]) if "why" in body else None,
    )


def _said(stated: Mapping[str, str]) -> Said:
    return Said(stated["zh"].strip(), stated["en"].strip())


def _part_faults(part: str, bodies: object) -> Iterator[str]:
    if not isinstance(bodies, dict):
        yield f"'{part}' must map keys to families"
        return
    for key, body in bodies.items():
        yield from (f"'{key}': {fault}" for fault in _faults(body, _KEYS[part]))


def _faults(body: object, keys: set[str]) -> Iterator[str]:
    if not isinstance(body, dict) or body.keys() != keys:
        yield "states " + ", ".join(sorted(keys)) + ", no more and no less"
        return
    traits = body["traits"]
    if not traits or not isinstance(traits, list) or not all(map(_text, traits)):
        yield "'traits' must be a list of names"
    for name in keys & {"title", "why"}:
        said = body[name]
        texts = said if isinstance(said, dict) else {}
        if texts.keys() != {"zh", "en"} or not all(map(_text, texts.values())):
            yield f"'{name}' needs zh and en"
    if "set_by" in keys and not _text(body["set_by"]):
        yield "'set_by' must say who"
    reference = body.get("reference", {"title": "none due"})
    if not isinstance(reference, dict) or not reference.get("title"):
        yield "'reference' must hold a 'title'"


def _text(value: object) -> bool:
    return isinstance(value, str) and bool(value.strip())
