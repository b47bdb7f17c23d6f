"""What becomes known later leaves a portrait as it was, to the last bit."""

from datetime import date
from typing import Final

import ibis
import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pytest
from tests.portraits.crowd import LINKING, Facts, crowd

from xiaowei.facts.parts import arrow_of
from xiaowei.portraits.portrait import portraits
from xiaowei.portraits.standing import about

AS_OF: Final = date(2020, 3, 14)
FIRMS: Final = 400
WORLDS, NIGHTLY_WORLDS = 25, 125
ROUNDS: Final = 2
"""Perturbed portraits in all: firms x worlds x rounds, at night 100,000."""


class TestPortraits:
    @pytest.mark.parametrize(
        "count", [WORLDS, pytest.param(NIGHTLY_WORLDS, marks=pytest.mark.nightly)]
    )
    @pytest.mark.parametrize("seed", range(ROUNDS))
    def test_are_the_same_in_every_future(self, seed: int, count: int) -> None:
        """One past, and as many futures as there are worlds, all in one portrait.

        Each firm has another future in each world: facts left out, known on another
        day, added, and what was known before stated otherwise.
        """
        facts = crowd(FIRMS, as_of=AS_OF, seed=seed, rows=3)
        if seed % 2:
            facts.pop("consents")
        others = crowd(FIRMS, as_of=AS_OF, seed=seed + 100, rows=1)
        rng = np.random.default_rng(seed)
        engine = ibis.duckdb.connect()
        worlds = {
            family: pa.concat_tables(
                [
                    _world(_future(family, rows, others[family], rng), place)
                    for place in range(count)
                ]
            )
            for family, rows in facts.items()
        }

        found = engine.to_pyarrow(
            portraits(
                {family: ibis.memtable(rows) for family, rows in worlds.items()},
                as_of=AS_OF,
            )
        )

        assert _changed(facts, worlds) > FIRMS * count
        by_world = _apart(found, count)
        assert len(by_world) == count
        assert by_world[0].num_rows > FIRMS * 0.9
        for place in range(1, count):
            assert by_world[place].equals(by_world[0]), place


def _is_known(rows: pa.Table) -> pa.Array:
    day = pa.scalar(AS_OF, pa.date32())
    return pc.and_(
        pc.less_equal(rows["known_on"], day), pc.less_equal(rows["happened_on"], day)
    ).combine_chunks()


def _future(
    family: str, rows: pa.Table, others: pa.Table, rng: np.random.Generator
) -> pa.Table:
    """Return the same past with another future."""
    known = _is_known(rows)
    past, later = rows.filter(known), rows.filter(pc.invert(known))
    kept = later.filter(pa.array(rng.random(later.num_rows) < 0.5))
    # Of what was known before, a third is stated again, later and otherwise.
    restated = past.take(np.flatnonzero(rng.random(past.num_rows) < 1 / 3))
    added = others.filter(pa.array(rng.random(others.num_rows) < 0.3))
    future = pa.concat_tables([kept, added, _shuffled(restated, family, rng)])
    days = pa.array(rng.integers(1, 500, future.num_rows).astype(np.int32))
    first = pa.scalar((AS_OF - date(1970, 1, 1)).days, pa.int32())
    known_on = pc.add(first, days).cast(pa.date32())
    place = future.schema.get_field_index("known_on")
    future = future.set_column(place, "known_on", known_on)
    again = future.schema.get_field_index("again")
    future = future.set_column(again, "again", pa.array([True] * future.num_rows))
    lines = pa.array(np.arange(future.num_rows) + 10**6)
    line = future.schema.get_field_index("line")
    return pa.concat_tables([past, future.set_column(line, "line", lines)])


def _shuffled(rows: pa.Table, family: str, rng: np.random.Generator) -> pa.Table:
    """Return rows about the same things that state what other rows state."""
    order = rng.permutation(rows.num_rows)
    kept = {*about(family), "happened_on", "known_on", "again", "file", "line"}
    columns = {
        name: rows[name] if name in kept else rows[name].take(order)
        for name in rows.column_names
    }
    return pa.table(columns).cast(rows.schema)


def _world(rows: pa.Table, place: int) -> pa.Table:
    """Return facts as those of a world of its own, tied to no other."""
    for name in ("enterprise_id", *sorted(LINKING)):
        if name in rows.column_names:
            named = pc.binary_join_element_wise(rows[name], f"@{place:03d}", "")
            column = rows.schema.get_field_index(name)
            rows = rows.set_column(column, name, named)
    return rows


def _apart(found: pa.Table, count: int) -> list[pa.Table]:
    ids = found["enterprise_id"]
    worlds: npt.NDArray[np.str_] = np.array([one[-3:] for one in ids.to_pylist()])
    names = pa.array([one[:-4] for one in ids.to_pylist()])
    plain = found.set_column(0, "enterprise_id", names)
    return [
        plain.filter(pa.array(worlds == f"{place:03d}")).sort_by("enterprise_id")
        for place in range(count)
    ]


def _changed(facts: Facts, worlds: Facts) -> int:
    """Return how many facts of the worlds are of a future."""
    assert facts.keys() == worlds.keys()
    assert all(arrow_of(family) == rows.schema for family, rows in worlds.items())
    return sum(
        rows.num_rows - int(pc.sum(_is_known(rows)).as_py() or 0)
        for rows in worlds.values()
    )
