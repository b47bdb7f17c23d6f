"""Random facts of every source, drawn from the contracts alone, for crowds of firms."""

from collections.abc import Callable
from datetime import date
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from xiaowei.facts.contracts.contract import Column, Source
from xiaowei.facts.parts import arrow_of
from xiaowei.facts.sources import FAMILIES, contracts_of
from xiaowei.portraits.consent import ASKING
from xiaowei.portraits.standing import about

Facts = dict[str, pa.Table]

_EPOCH: Final = date(1970, 1, 1)
_BACK: Final = 1150
"""Days before the day asked for that facts reach back, beyond every window."""
_AFTER: Final = 60
_POOL: Final = 6
"""How many different codes a firm's facts name: few, so that they meet again."""
LINKING: Final = {"address", "phone", "person_id", "guaranteed_id", "counterparty_id"}
"""Columns by which one enterprise can be tied to another."""
_COVERED: Final = ("all", "all", "all", *ASKING)
"""What is agreed to: mostly everything, so that most sources are not silent."""


def crowd(
    firms: int, *, as_of: date, seed: int, rows: int = 8, prefix: str = "E"
) -> Facts:
    """Return facts of many firms, of all families.

    Args:
        firms: how many.
        as_of: the day about which facts lie, most before it.
        seed: of all chance.
        rows: facts of a firm in each family, on average; a tenth of them are stated
            again, later and otherwise; a fifth of the firms lack a family.
        prefix: of the firms' names and of all that ties them to others.
    """
    rng = np.random.default_rng(seed)
    return {
        family: _family(family, firms, as_of=as_of, rng=rng, rows=rows, prefix=prefix)
        for family in FAMILIES
    }


def _family(
    family: str,
    firms: int,
    *,
    as_of: date,
    rng: np.random.Generator,
    rows: int,
    prefix: str,
) -> pa.Table:
    source = contracts_of(family)[0]
    whose = np.flatnonzero(rng.random(firms) < 0.8)
    owner = np.repeat(whose, rng.poisson(rows, len(whose)))
    count = len(owner)
    day = (as_of - _EPOCH).days
    happened = day - rng.integers(-_AFTER, _BACK, count)
    columns = {
        column.name: _values(column, happened, rng=rng, prefix=prefix)
        for column in source.columns
        if column.name not in {source.key, "happened_on", "known_on"}
    }
    columns |= {
        name: pa.array(rng.choice(_ways(family, name), count)) for name in source.fixed
    }
    names = np.char.add(prefix, np.char.mod("%d", owner))
    columns |= {
        "enterprise_id": pa.array(names, pa.string()),
        "happened_on": _days(happened),
        "known_on": _days(happened + rng.choice([0, 0, 1, 20, 200], count)),
    }
    told = pa.table(columns)
    return _placed(_with_corrections(told, source, rng), family)


def _ways(family: str, name: str) -> list[str]:
    return [source.fixed[name] for source in contracts_of(family)]


def _values(
    column: Column,
    happened: npt.NDArray[np.int64],
    *,
    rng: np.random.Generator,
    prefix: str,
) -> pa.Array:
    count = len(happened)
    values = _drawn(column, happened, rng)
    if column.name in LINKING:
        values = pa.array(np.char.add(prefix, np.asarray(values.to_pylist())))
    if column.required:
        return values
    gone = rng.random(count) < 0.2
    return pc.if_else(pa.array(gone), pa.scalar(None, values.type), values)


def _drawn(
    column: Column, happened: npt.NDArray[np.int64], rng: np.random.Generator
) -> pa.Array:
    count = len(happened)
    if column.name == "covers":
        return pa.array(rng.choice(_COVERED, count))
    if column.kind == "choice":
        return pa.array(rng.choice(sorted(set(column.choices.values())), count))
    if column.kind == "day":
        return _days(happened + rng.integers(-40, 120, count))
    if column.kind in _NUMBERS:
        return pa.array(_NUMBERS[column.kind](rng, count))
    return pa.array(rng.choice(_words(column), count))


def _words(column: Column) -> list[str]:
    if column.pattern is not None:
        return ["C13", "H62", "I65", "F51"]
    return [str(place) for place in range(_POOL)]


def _yuan(rng: np.random.Generator, count: int) -> npt.NDArray[np.int64]:
    signs = rng.choice([1, 1, 1, 1, 1, 1, 1, -1, 0], count)
    whole: npt.NDArray[np.int64] = (10 ** rng.uniform(2, 9, count)).astype(np.int64)
    signed: npt.NDArray[np.int64] = np.multiply(whole, signs)
    return signed


def _decimal(rng: np.random.Generator, count: int) -> npt.NDArray[np.float64]:
    return (rng.random(count) * 900).round(3)


_NUMBERS: Final[dict[str, Callable[[np.random.Generator, int], npt.NDArray[Any]]]] = {
    "yuan": _yuan,
    "count": lambda rng, count: rng.integers(0, 40, count),
    "rate": lambda rng, count: rng.random(count).round(4),
    "kwh": _decimal,
    "m3": _decimal,
    "number": _decimal,
}


def _days(numbers: npt.NDArray[np.int64]) -> pa.Array:
    return pa.array(numbers.astype(np.int32), pa.int32()).cast(pa.date32())


def _with_corrections(
    told: pa.Table, source: Source, rng: np.random.Generator
) -> pa.Table:
    """Return facts and, of a tenth of them, what is said of the same thing later."""
    picked = np.flatnonzero(rng.random(told.num_rows) < 0.1)
    others = rng.integers(0, max(told.num_rows, 1), len(picked))
    fixed = {source.key, "happened_on", *source.about, *source.fixed}
    again = {
        name: told[name].take(picked if name in fixed else others)
        for name in told.column_names
    }
    known = told["known_on"].take(picked).cast(pa.int32()).to_numpy()
    again["known_on"] = _days(known + rng.choice([0, 1, 30], len(picked)))
    return pa.concat_tables([told, pa.table(again).cast(told.schema)])


def _placed(told: pa.Table, family: str) -> pa.Table:
    """Return facts in the order they became known, each with its file and line."""
    told = told.take(pc.sort_indices(told, [("known_on", "ascending")]))
    count = told.num_rows
    names = list(about(family))
    numbered = told.select(names).append_column("place", pa.array(range(count)))
    firsts = numbered.group_by(names).aggregate([("place", "min")])["place_min"]
    again = np.ones(count, dtype=np.bool_)
    again[firsts.to_numpy()] = False
    told = told.append_column("again", pa.array(again, pa.bool_()))
    told = told.append_column("file", pa.array([f"{family}.csv"] * count, pa.string()))
    told = told.append_column("line", pa.array(range(2, count + 2), pa.int64()))
    schema = arrow_of(family)
    return told.select(schema.names).cast(schema)
