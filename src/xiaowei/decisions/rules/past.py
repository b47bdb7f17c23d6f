"""What past applications tell beside the fields of rules: fates, amounts, groups."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from xiaowei.decisions.rules.fields import near
from xiaowei.errors import InputError

Ints: TypeAlias = npt.NDArray[np.int64]
Bools: TypeAlias = npt.NDArray[np.bool_]

_MOST_GROUPS: Final = 1_000
_NONE: Final = np.zeros(0, dtype=np.int64)


@dataclass(frozen=True, slots=True)
class Told:
    """Which columns tell what, beside the fields of the rules.

    Args:
        bad: whether a firm turned bad: true or false, or 1 or 0, null where not known;
            null where no column tells.
        amount: money applied for, in whole fen; null where no column tells.
        by: columns of texts to tell firms apart by.
    """

    bad: str | None = None
    amount: str | None = None
    by: tuple[str, ...] = ()


class ToldError(InputError):
    """A column of past applications cannot be used; every fault is named."""

    def __init__(self, faults: Sequence[str]) -> None:
        """Name each fault."""
        super().__init__(
            f"past applications have {len(faults)} fault(s): " + "; ".join(faults),
            expected="outcomes as true and false or 1 and 0, amounts in whole fen, "
            f"groups as texts of at most {_MOST_GROUPS} values",
            remedy="Mend or leave out these columns; nothing was compared",
        )


@dataclass(frozen=True, slots=True)
class Past:
    """What is known of past applications.

    Args:
        known: of whom the outcome is known.
        bad: who of those turned bad.
        amounts: money applied for, in fen; null where not told.
        groups: column to its values and the place of each firm's among them.
    """

    known: Bools
    bad: Bools
    amounts: Ints | None
    groups: Mapping[str, tuple[Sequence[str], Ints]]


def past_of(table: Any, told: Told) -> Past:  # noqa: ANN401 - no types
    """Return what columns tell of past applications.

    Args:
        table: a PyArrow table.
        told: which columns tell what.

    Raises:
        ToldError: a column is not there or not of its kind; every fault is named.
    """
    wanted = [name for name in (told.bad, told.amount, *told.by) if name is not None]
    names = table.column_names
    faults = [
        f"there is no column '{name}'{near(name, names)}"
        for name in wanted
        if name not in names
    ]
    if faults:
        raise ToldError(faults)
    nobody = np.zeros(table.num_rows, dtype=bool)
    known, bad = _fates(table[told.bad], faults) if told.bad else (nobody, nobody)
    amounts = _amounts(table[told.amount], faults) if told.amount else None
    groups = {name: _groups(table[name], name, faults) for name in told.by}
    if faults:
        raise ToldError(faults)
    return Past(known, bad, amounts, groups)


def _fates(column: Any, faults: list[str]) -> tuple[Bools, Bools]:  # noqa: ANN401
    kind, nobody = column.type, np.zeros(len(column), dtype=bool)
    if pa.types.is_boolean(kind) or pa.types.is_null(kind):
        column = column.cast(pa.int8())
    elif not pa.types.is_integer(kind):
        faults.append(f"outcomes are {kind}, not true and false")
        return nobody, nobody
    known = column.is_valid().to_numpy()
    values = pc.fill_null(column, 0).to_numpy()
    if not np.isin(values, (0, 1)).all():
        faults.append("outcomes hold more than 0 and 1")
    return known, known & (values == 1)


def _amounts(column: Any, faults: list[str]) -> Ints | None:  # noqa: ANN401 - no types
    if not pa.types.is_integer(column.type) or column.null_count:
        faults.append(f"amounts are {column.type} with {column.null_count} missing")
        return None
    return np.asarray(column.to_numpy(), dtype=np.int64)


def _groups(
    column: Any,  # noqa: ANN401 - no types
    name: str,
    faults: list[str],
) -> tuple[Sequence[str], Ints]:
    kind = column.type
    kind = kind.value_type if pa.types.is_dictionary(kind) else kind
    texts = (pa.types.is_string, pa.types.is_large_string, pa.types.is_null)
    if not any(fits(kind) for fits in texts):
        faults.append(f"'{name}' is {column.type}, not a text")
        return (), np.zeros(0, dtype=np.int64)
    filled = pc.fill_null(column.cast(pa.string()), "").dictionary_encode()
    chunk = filled.unify_dictionaries().combine_chunks()
    parts = chunk.chunks if isinstance(chunk, pa.ChunkedArray) else [chunk]
    words = parts[0].dictionary.to_pylist() if parts else []
    if len(words) > _MOST_GROUPS:
        faults.append(f"'{name}' has {len(words)} values")
    order = sorted(range(len(words)), key=words.__getitem__)
    rank = np.argsort(np.array(order, dtype=np.int64), kind="stable")
    codes = [rank[part.indices.to_numpy()] for part in parts]
    return [words[place] for place in order], np.concatenate([_NONE, *codes])
