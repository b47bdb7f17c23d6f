"""Headings of a file in; which of them stands for which column out."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from xiaowei.errors import InputError
from xiaowei.facts.sources import Column, Source
from xiaowei.facts.units import unit_named

_MOST_NAMED: Final = 30
_LONGEST_NAMED: Final = 40


@dataclass(frozen=True, slots=True)
class Mapped:
    """Which heading of a file stands for which column.

    Args:
        stated: our column name to the column of the stated table.
        heads: our column name to the heading in the file.
        unused: headings that stand for nothing we know.
        units: a column of the stated table to the yuan in the unit of money that its
            heading names, as 10,000 for 金额(万元).
    """

    stated: dict[str, str]
    heads: dict[str, str]
    unused: tuple[str, ...]
    units: dict[str, int] = field(default_factory=dict)


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
    The heading of an amount may name its unit, e.g. 金额(万元) or 金额（元）.

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
        fit = _fit(plain, column)
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
        units={
            f"c{places[column.name]}": unit_named(plain[places[column.name]])[1]
            for column in source.columns
            if column.kind == "yuan" and column.name in places
        },
    )


def _fit(plain: Sequence[str], column: Column) -> str | None:
    """Return the heading that stands for a column, if one does."""
    names = [_plain(head) for head in column.heads]
    fits = [name for name in names if name in plain]
    if column.kind == "yuan":
        fits += [head for head in plain if unit_named(head)[0] in names]
    return fits[0] if fits else None


def _plain(head: str) -> str:
    return head.strip().lower().replace("（", "(").replace("）", ")")


def _listed(heads: Sequence[str]) -> str:
    shown = ", ".join(head[:_LONGEST_NAMED] for head in heads[:_MOST_NAMED])
    more = len(heads) - _MOST_NAMED
    return f"{shown} and {more} more" if more > 0 else shown
