"""The form of one number of the bank, and how it is read from YAML."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

import yaml

UNITS: Final[Mapping[str, tuple[int, int]]] = {
    "yuan": (0, 10**12),
    "share": (0, 1),
    "yearly rate": (0, 1),
    "share of a year before": (-1, 100),
    "yuan per yuan offered": (-2, 1),
    "level": (0, 3),
    "count": (0, 10**6),
    "minutes": (0, 10**6),
    "seconds": (0, 10**6),
    "number": (0, 10**3),
    "log-odds": (-8, 8),
}
"""Units of the bank's numbers, each with the lowest and highest value it may take."""

_NUMBER: Final = re.compile(r"-?\d+(\.\d+)?", re.ASCII)
_TEXTS: Final = ("description", "zh", "unit", "set_by")
_KEYS: Final = frozenset({*_TEXTS, "values", "reference"})


@dataclass(frozen=True, slots=True)
class Entry:
    """One number of the bank.

    Args:
        name: what code and overlays call it.
        description: what it says, in English.
        zh: what it says, in Chinese.
        unit: one of UNITS.
        values: first day of each value and the value, oldest first.
        set_by: who set it.
        reference: title, and href where there is one.
    """

    name: str
    description: str
    zh: str
    unit: str
    values: tuple[tuple[date, Decimal], ...]
    set_by: str
    reference: Mapping[str, str]

    def on(self, day: date) -> Decimal | None:
        """Return the value that held on a day, or None before the first."""
        held = [value for first, value in self.values if first <= day]
        return held[-1] if held else None


@dataclass(frozen=True, slots=True)
class Reading:
    """What one policy file states: good entries, and what is wrong with the others."""

    entries: dict[str, Entry]
    faults: tuple[str, ...]


def read_entries(text: str, *, shipped: Mapping[str, Entry] | None) -> Reading:
    """Return the entries of a policy file beside every fault in it.

    Args:
        text: YAML; one entry per name.
        shipped: the entries an overlay may change; it states at least `values` and
            `set_by` and takes the rest from them. None for a file of our own, which
            states every entry in full.
    """
    try:
        stated = yaml.safe_load(text)
        names = list(_repeated(yaml.compose(text, Loader=yaml.SafeLoader)))
    except yaml.YAMLError as error:
        return Reading({}, (f"not YAML: {' '.join(str(error).split())}",))
    if not isinstance(stated, dict):
        return Reading({}, (f"a mapping of names is due, not {_kind(stated)}",))
    faults = [f"'{name}' stands twice" for name in names]
    entries: dict[str, Entry] = {}
    for name, body in stated.items():
        read = _entry(str(name), body, shipped)
        if isinstance(read, Entry):
            entries[read.name] = read
        else:
            faults += [f"'{name}': {fault}" for fault in read]
    return Reading(entries, tuple(faults))


def _entry(
    name: str, body: object, shipped: Mapping[str, Entry] | None
) -> Entry | list[str]:
    if not isinstance(body, dict):
        return [f"a mapping with 'values' is due, not {_kind(body)}"]
    base: dict[str, object] = {}
    if shipped is not None:
        if name not in shipped:
            return ["no such number; an overlay changes numbers that xiaowei has"]
        known = shipped[name]
        base = {key: getattr(known, key) for key in (*_TEXTS, "reference")}
        del base["set_by"]
    full = base | body
    faults = list(_faults(full))
    if base and full["unit"] != base["unit"]:
        faults.append(f"unit is {_kind(full['unit'])}; it must stay '{base['unit']}'")
    if faults:
        return faults
    return Entry(
        name=name,
        values=_dated(full["values"]),
        reference=_reference(full["reference"]),
        **{key: str(full[key]).strip() for key in _TEXTS},
    )


def _faults(body: Mapping[str, object]) -> Iterator[str]:
    for key in sorted(_KEYS - body.keys()):
        yield f"'{key}' is missing"
    for key in sorted(str(key) for key in body.keys() - _KEYS):
        yield f"'{key}' is not a part of an entry"
    for key in _TEXTS:
        if key in body and not (isinstance(body[key], str) and str(body[key]).strip()):
            yield f"'{key}' must be a text, not {_kind(body[key])}"
    if "reference" in body and not _reference(body["reference"]).get("title"):
        yield "'reference' must hold a 'title'"
    unit = body.get("unit")
    if isinstance(unit, str) and unit not in UNITS:
        yield f"unit '{unit}' is unknown; one of {', '.join(UNITS)}"
    yield from _value_faults(body.get("values", {}), unit)


def _value_faults(values: object, unit: object) -> Iterator[str]:
    if not isinstance(values, dict):
        yield f"'values' must map days to quoted numbers, not {_kind(values)}"
        return
    if not values:
        yield "'values' must hold at least one day and its quoted number"
    for day, value in values.items():
        if type(day) is not date:
            yield f"'values' has {_kind(day)} where a day such as 2024-01-01 is due"
        elif not isinstance(value, str) or not _NUMBER.fullmatch(value):
            yield f'value of {day} must be a quoted number such as "0.20"'
        elif isinstance(unit, str) and not _within(Decimal(value), unit):
            low, high = UNITS[unit]
            yield f"value of {day} is {value}; a {unit} lies within {low} and {high}"


def _within(value: Decimal, unit: str) -> bool:
    low, high = UNITS.get(unit, (value, value))
    return low <= value <= high


def _dated(values: object) -> tuple[tuple[date, Decimal], ...]:
    if not isinstance(values, dict):
        return ()
    return tuple(sorted((day, Decimal(value)) for day, value in values.items()))


def _reference(reference: object) -> dict[str, str]:
    if not isinstance(reference, Mapping):
        return {}
    return {str(key): str(value) for key, value in reference.items()}


def _repeated(node: yaml.Node | None) -> Iterator[str]:
    """Name what stands twice: YAML would let the second win in silence."""
    if not isinstance(node, yaml.MappingNode):
        return
    seen: set[str] = set()
    for key, value in node.value:
        if key.value in seen:
            yield str(key.value)
        seen.add(str(key.value))
        yield from _repeated(value)


def _kind(value: object) -> str:
    return "nothing" if value is None else f"a {type(value).__name__}"
