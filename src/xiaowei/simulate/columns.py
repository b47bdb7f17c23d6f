"""Columns of a source on their way to a file, as Arrow arrays."""

from collections.abc import Sequence
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from xiaowei.facts.sources import Source
from xiaowei.simulate.arrays import Flags, Floats, Ints
from xiaowei.simulate.seasons import Days

NEVER: Final = -(10**6)
"""Stands for a day on which nothing happened, written as an empty cell."""

_EPOCH: Final = 719_163
"""Ordinal of 1970-01-01, from which Arrow counts days."""

_MONEY: Final = pa.decimal128(18, 2)


def picked(values: Sequence[str | None], place: Ints) -> pa.Array:
    """Return the texts at some places.

    Args:
        values: the texts there are; where there is none, the cell is empty.
        place: which of them stands in each row.
    """
    # A dictionary with empty cells or one text twice is not written the same each time.
    where = {text: number for number, text in enumerate(dict.fromkeys(values))}
    if len(where) < len(values):
        place = np.array([where[text] for text in values], dtype=np.int64)[place]
    texts = pa.array(list(where), pa.string())
    places = pa.array(place.astype(np.int32))
    if None in where:
        return texts.take(places)
    return pa.DictionaryArray.from_arrays(places, texts)


def words(source: Source, column: str, place: Ints, *, ours: Sequence[str]) -> pa.Array:
    """Return what a choice is called in the files of a source.

    Args:
        source: whose file it is.
        column: the choice.
        place: place in `ours` in each row.
        ours: our words for it.
    """
    choices = next(c for c in source.columns if c.name == column).choices
    stated = {
        ours: word for word, ours in reversed(list(choices.items())) if word != ours
    }
    return picked([stated.get(word, word) for word in ours], place)


def dates(days: Days, day: Ints) -> pa.Array:
    """Return the dates of days by number; `NEVER` gives an empty cell."""
    shift = days.first.toordinal() - _EPOCH
    none = day == NEVER
    return pa.array((day + shift).astype(np.int32), mask=none).cast(pa.date32())


def money(fen: Ints, *, unknown: Flags | None = None) -> pa.Array:
    """Return amounts in yuan with two decimals.

    Args:
        fen: the amounts.
        unknown: where the cell is empty.

    >>> money(np.array([123456, -5])).to_pylist()
    [Decimal('1234.56'), Decimal('-0.05')]
    """
    pairs = np.empty((len(fen), 2), dtype=np.int64)
    pairs[:, 0] = fen
    pairs[:, 1] = np.where(fen < 0, -1, 0)
    valid = None
    if unknown is not None:
        bits = np.packbits(~unknown, bitorder="little")
        valid = pa.py_buffer(bits.tobytes())
    return pa.Array.from_buffers(_MONEY, len(fen), [valid, pa.py_buffer(pairs)])


def counts(values: Ints, *, unknown: Flags | None = None) -> pa.Array:
    """Return whole numbers."""
    return pa.array(values.astype(np.int64), mask=unknown)


def numbers(values: Floats, *, digits: int, unknown: Flags | None = None) -> pa.Array:
    """Return numbers rounded to some digits."""
    return pa.array(np.round(values, digits), mask=unknown)


def numbered(prefix: str, values: Ints, *, width: int = 8) -> pa.Array:
    """Return codes that count on, e.g. JQ00000042.

    >>> numbered("JQ", np.array([42]), width=4).to_pylist()
    ['JQ0042']
    """
    digits = pc.utf8_lpad(pa.array(values).cast(pa.string()), width, "0")
    return pc.binary_join_element_wise(pa.scalar(prefix), digits, pa.scalar(""))
