"""YAML read part by part; whatever is wrong is noted with the place where it stands."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final, TypeVar

import yaml

from xiaowei.said import Said

T = TypeVar("T", bound=str)
Entry = TypeVar("Entry")

_NUMBER: Final = re.compile(r"-?\d{1,15}(\.\d{1,6})?", re.ASCII)
_NOTHING: Final = object()
"""Stands for what a mapping lacks: that it is missing has been noted already."""

_LONGEST: Final = 40
_BROKEN: Final = (
    yaml.YAMLError,
    # What PyYAML lets through of tags and days that cannot be, e.g. 2024-13-45.
    AttributeError,
    IndexError,
    KeyError,
    TypeError,
    ValueError,
    RecursionError,
)


@dataclass(frozen=True, slots=True)
class Stated:
    """One part of a file; a fault noted here stands for a value that will do.

    Args:
        value: as YAML gives it.
        at: where it stands, e.g. "'premium': rate.floor".
        faults: where faults are noted; one list for a whole file.
    """

    value: object
    at: str
    faults: list[str]

    def fault(self, text: str) -> None:
        """Note what is wrong here."""
        self.faults.append(f"{self.at}: {text}" if self.at else text)

    def parts(self, *due: str, may: tuple[str, ...] = ()) -> "dict[str, Stated]":
        """Return the parts of a mapping, each of those due.

        Args:
            due: keys that it must have.
            may: keys that it may have.
        """
        stated = self.mapping()
        found = {key: one for key, one in stated.items() if key in (*due, *may)}
        lacking = [key for key in due if key not in stated]
        if isinstance(self.value, dict):
            for key in lacking:
                self.fault(f"'{key}' is missing")
            for key in stated:
                if key not in found:
                    self.fault(f"'{_short(key)}' is not a part of it")
        return found | {key: self._part(f".{key}", _NOTHING) for key in lacking}

    def mapping(self) -> "dict[str, Stated]":
        """Return a mapping's values by their keys."""
        if not self._is(dict, "a mapping") or not isinstance(self.value, dict):
            return {}
        return {str(k): self._part(f".{k}", one) for k, one in self.value.items()}

    def items(self, *, least: int = 0, most: int = 40) -> "list[Stated]":
        """Return the items of a list.

        Args:
            least: how few it may have.
            most: how many it may have; none are returned where it has more.
        """
        if not self._is(list, "a list") or not isinstance(self.value, list):
            return []
        if not least <= len(self.value) <= most:
            self.fault(f"{least} to {most} items are due, not {len(self.value)}")
            return []
        return [self._part(f"[{n}]", one) for n, one in enumerate(self.value, 1)]

    def text(self) -> str:
        """Return a text that is not empty."""
        if not self._is(str, "a text") or not isinstance(self.value, str):
            return ""
        if not self.value.strip():
            self.fault("a text is due, not an empty one")
        return self.value.strip()

    def said(self) -> Said:
        """Return a line in Chinese and English."""
        parts = self.parts("zh", "en")
        return Said(parts["zh"].text(), parts["en"].text())

    def day(self) -> date:
        """Return a day."""
        if self.value is not _NOTHING and type(self.value) is not date:
            self.fault(f"a day such as 2024-01-01 is due, not {_kind(self.value)}")
        return self.value if type(self.value) is date else date.min

    def one_of(self, names: Mapping[T, object] | tuple[T, ...]) -> T:
        """Return one of several names; the first of them where it is none."""
        for name in names:
            if self.value == name:
                return name
        if self.value is not _NOTHING:
            self.fault(f"one of {', '.join(names)} is due, not {_shown(self.value)}")
        return next(iter(names))

    def some_of(self, names: Mapping[T, object] | tuple[T, ...]) -> tuple[T, ...]:
        """Return several names, at least one, none twice."""
        found = tuple(one.one_of(names) for one in self.items(least=1))
        stated = self.value if isinstance(self.value, list) else []
        if len(set(map(str, stated))) < len(stated):
            self.fault("something stands twice")
        return found

    def number(self, low: int | Decimal, high: int | Decimal) -> Decimal:
        """Return a number in quotes, so that 0.20 stays 0.20.

        Args:
            low: the least it may be.
            high: the most.
        """
        if self.value is _NOTHING:
            return Decimal(low)
        if not isinstance(self.value, str) or not _NUMBER.fullmatch(self.value):
            self.fault(
                f'a quoted number such as "0.20" is due, not {_shown(self.value)}'
            )
            return Decimal(low)
        number = Decimal(self.value)
        if not low <= number <= high:
            self.fault(f"{number} lies outside {low} to {high}")
            return Decimal(low)
        return number

    def whole(self, low: int, high: int) -> int:
        """Return a whole number in quotes."""
        number = self.number(low, high)
        if number != int(number):
            self.fault(f"a whole number is due, not {number}")
        return int(number)

    def reference(self) -> dict[str, str]:
        """Return where a value is from: its title, and its address where it has one."""
        parts = self.parts("title", may=("href",))
        return {key: one.text() for key, one in parts.items()}

    def _is(self, kind: type, named: str) -> bool:
        if isinstance(self.value, kind):
            return True
        if self.value is not _NOTHING:
            self.fault(f"{named} is due, not {_kind(self.value)}")
        return False

    def _part(self, at: str, value: object) -> "Stated":
        place = _short(at)
        full = f"{self.at}{place}" if self.at else f"'{place[1:]}'"
        return Stated(value, full, self.faults)


def stated_in(text: str) -> Stated:
    """Return what a YAML text states, with the faults of the text itself noted.

    Args:
        text: one document.
    """
    try:
        value = yaml.safe_load(text)
        nodes = list(_nodes(yaml.compose(text, Loader=yaml.SafeLoader)))
    except _BROKEN as error:
        said = " ".join(str(error).split())
        return Stated({}, "", [f"not YAML: {said or type(error).__name__}"])
    halves = [
        f"line {line}: half of a character, which no text may hold"
        for line in _halved(nodes)
    ]
    # What holds half a character could not even be named in an answer.
    if halves:
        return Stated({}, "", halves)
    twice = [f"'{_short(name)}' stands twice" for name in _twice(nodes)]
    return Stated(value, "", twice)


def entries_in(
    text: str, read: Callable[[Stated], Entry], *, noun: str
) -> tuple[dict[str, Entry], list[str]]:
    """Return the entries that a YAML text states by name, and all that is wrong.

    Args:
        text: one document, a mapping of names to entries.
        read: reads one entry.
        noun: what an entry is called in errors.
    """
    stated = stated_in(text)
    found = {} if stated.faults else stated.mapping()
    entries = {name: read(body) for name, body in found.items()}
    if not entries and not stated.faults:
        stated.fault(f"no {noun} is stated")
    return entries, stated.faults


def check_period(parts: Mapping[str, Stated], since: date, until: date | None) -> None:
    """Note a fault where what begins on one day ends on it, or before.

    Args:
        parts: with `until` where there is one.
        since: the first day it holds.
        until: the first day it no longer holds; null for no end.
    """
    if until is not None and until <= since:
        parts["until"].fault(f"{until} is no later than since, {since}")


def _nodes(top: yaml.Node | None) -> Iterator[yaml.Node]:
    """Return every node of a document once, however often it is referred to."""
    nodes, seen = [top], set[int]()
    while nodes:
        node = nodes.pop()
        if node is None or id(node) in seen:
            continue
        seen.add(id(node))
        yield node
        if isinstance(node, yaml.MappingNode):
            nodes += [one for pair in node.value for one in pair]
        elif isinstance(node, yaml.SequenceNode):
            nodes += node.value


def _twice(nodes: Iterable[yaml.Node]) -> Iterator[str]:
    """Name keys that stand twice: YAML would let the second win in silence."""
    for node in nodes:
        if isinstance(node, yaml.MappingNode):
            keys = Counter(str(key.value) for key, _ in node.value)
            yield from sorted(key for key, count in keys.items() if count > 1)


def _halved(nodes: Iterable[yaml.Node]) -> list[int]:
    """Return the lines, from 1, of texts that hold a surrogate, as an escape may."""
    return sorted(
        node.start_mark.line + 1
        for node in nodes
        if isinstance(node, yaml.ScalarNode)
        and any("\ud800" <= sign <= "\udfff" for sign in node.value)
    )


def _kind(value: object) -> str:
    return "nothing" if value is None else f"a {type(value).__name__}"


def _shown(value: object) -> str:
    return f"'{_short(value)}'" if isinstance(value, str) else _kind(value)


def _short(value: object) -> str:
    text = str(value)
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"
