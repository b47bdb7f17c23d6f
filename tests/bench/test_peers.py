"""The peers of the portraits' bench reckon the same traits to the same values."""

import importlib
from datetime import date
from pathlib import Path

import ibis
import numpy as np
import pyarrow as pa
import pytest
from bench.peers import ours
from bench.peers.world import build

from xiaowei.portraits.moments import anchor_of
from xiaowei.portraits.portrait import dated

FIRMS = 1000
DAYS = (date(2026, 5, 31), date(2026, 6, 9), date(2024, 1, 15))
"""A month's end, a day within a month, and one with little history before it."""
PEERS = {"by_sql": "duckdb", "by_polars": "polars", "by_pandas": "pandas"}


@pytest.fixture(scope="module")
def lake(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A lake of invoices alone."""
    folder: Path = tmp_path_factory.mktemp("world") / "lake"
    build(str(folder), enterprises=FIRMS, families=["invoices"])
    return folder


@pytest.fixture(scope="module")
def mine(lake: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[date, pa.Table]:
    """Our invoice traits as of each day, sorted."""
    engine = ibis.duckdb.connect()
    told = {}
    for day in DAYS:
        folder = tmp_path_factory.mktemp("ours") / "traits"
        ours.portray(lake=str(lake), day=day.isoformat(), into=str(folder))
        rows = engine.read_parquet(sorted(folder.glob("*.parquet")))
        table = engine.to_pyarrow(dated(rows, as_of=ibis.literal(day)))
        told[day] = table.sort_by("enterprise_id")
    return told


class TestPeers:
    @pytest.mark.parametrize("day", DAYS)
    @pytest.mark.parametrize("peer", PEERS)
    def test_reckon_what_we_do(
        self,
        lake: Path,
        mine: dict[date, pa.Table],
        tmp_path: Path,
        peer: str,
        day: date,
    ) -> None:
        pytest.importorskip(PEERS[peer])
        module = importlib.import_module(f"bench.peers.{peer}")
        path = tmp_path / "theirs.parquet"
        count = module.portray(
            lake=str(lake), day=day.isoformat(), anchor=anchor_of(day), into=str(path)
        )
        theirs = pa.parquet.read_table(path).sort_by("enterprise_id")
        own = mine[day]
        assert count == own.num_columns - 1
        assert set(theirs.column_names) == set(own.column_names)
        assert theirs["enterprise_id"].to_pylist() == own["enterprise_id"].to_pylist()
        for name in own.column_names[1:]:
            expected, found = (
                np.array([np.nan if v is None else v for v in t[name].to_pylist()])
                for t in (own, theirs)
            )
            whole = pa.types.is_integer(own.schema.field(name).type)
            np.testing.assert_allclose(
                found, expected, rtol=0 if whole else 1e-9, atol=0, err_msg=name
            )
            if day == DAYS[0]:
                assert np.isfinite(expected).sum() > FIRMS // 2, name
