"""Headings of a file in; which of them stands for which column out."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from xiaowei.errors import InputError
from xiaowei.facts.sources import Column, Source

_MOST_NAMED: Final = 30
_LONGEST_NAMED: Final = 40


@dataclass(frozen=True, slots=True)
class Mapped:
    """Which heading of a file stands for which column.

    Args:
        stated: our column name to the column of the stated table.
        heads: our column name to the heading in the file.
        unused: headings that stand for nothing we know.
    """

    stated: dict[str, str]
    heads: dict[str, str]
    unused: tuple[str, ...]


class MissingColumnError(InputError):
    """A file lacks columns that its source must have."""

    def __init__(
        self, file: str, *, missing: Sequence[Column], heads: Sequence[str]
    ) -> None:
        """Name the columns missing and the headings found."""
        wanted = "; ".join("one of " + " | ".join(column.heads) for column in missing)
        super().__init__(
            f"'{file}' lacks {len(missing)} column(s): its headings are "
            + _listed(heads),
            expected=wanted,
            remedy="Add or rename the column and hand the file in again",
        )


class DoubleColumnError(InputError):
    """A file has two columns under one heading."""

    def __init__(self, file: str, *, doubled: Sequence[str]) -> None:
        """Name the headings."""
        super().__init__(
            f"'{file}' has more than one column under the heading {_listed(doubled)}",
            expected="each heading once",
            remedy="Rename or remove the column that is not meant",
        )


def map_columns(heads: Sequence[str], *, source: Source, file: str) -> Mapped:
    """Return which heading stands for which column of a source.

    Case, surrounding spaces and the width of brackets in a heading do not count. Where
    a file has several of a column's names, the first that the source lists is taken.

    Args:
        heads: the file's headings in order.
        source: what the file is to state.
        file: its name, for the message.

    Raises:
        MissingColumnError: a required column stands under none of its names.
        DoubleColumnError: two columns stand under a name that is needed.
    """
    plain = [_plain(head) for head in heads]
    places: dict[str, int] = {}
    for column in source.columns:
        fit = next((h for h in map(_plain, column.heads) if h in plain), None)
        if fit is not None:
            places[column.name] = plain.index(fit)
    lacking = [c for c in source.columns if c.required and c.name not in places]
    if lacking:
        raise MissingColumnError(file, missing=lacking, heads=heads)
    taken = set(places.values())
    doubled = [heads[place] for place in taken if plain.count(plain[place]) > 1]
    if doubled:
        raise DoubleColumnError(file, doubled=doubled)
    return Mapped(
        stated={name: f"c{place}" for name, place in places.items()},
        heads={name: heads[place] for name, place in places.items()},
        unused=tuple(head for place, head in enumerate(heads) if place not in taken),
    )


def _plain(head: str) -> str:
    return head.strip().lower().replace("（", "(").replace("）", ")")


def _listed(heads: Sequence[str]) -> str:
    shown = ", ".join(head[:_LONGEST_NAMED] for head in heads[:_MOST_NAMED])
    more = len(heads) - _MOST_NAMED
    return f"{shown} and {more} more" if more > 0 else shown
