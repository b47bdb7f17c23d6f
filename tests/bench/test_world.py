"""The lake of the portraits' bench is one that an intake could have written."""

from pathlib import Path

import ibis
import pyarrow as pa
import pyarrow.compute as pc
import pytest
from bench.peers.world import CORRECTED, LAST, QUIET, books, build, codes_of, news
from numpy.random import default_rng

from xiaowei.facts.identity import credit_code_fault
from xiaowei.facts.lake import Lake
from xiaowei.facts.parts import arrow_of, bucket_of
from xiaowei.facts.sources import FAMILIES, contracts_of
from xiaowei.portraits.standing import about

FIRMS = 300


@pytest.fixture(scope="module")
def lake(tmp_path_factory: pytest.TempPathFactory) -> Lake:
    """A lake of every source."""
    folder: Path = tmp_path_factory.mktemp("world") / "lake"
    build(str(folder), enterprises=FIRMS)
    return Lake(folder, engine=ibis.duckdb.connect())


def facts(lake: Lake, family: str) -> pa.Table:
    """Return a family's facts in the order of the lake's files."""
    tables = [pa.parquet.read_table(p, partitioning=None) for p in lake.paths(family)]
    return pa.concat_tables(tables)


class TestCodes:
    def test_are_valid_and_each_given_once(self) -> None:
        codes = codes_of(5000, default_rng(3)).to_pylist()
        assert {credit_code_fault(code) for code in codes} == {None}
        assert {len(code) for code in codes} == {18}
        assert len(set(codes)) == 5000
        assert codes == sorted(codes, key=lambda code: (bucket_of(code), code))


class TestWorld:
    @pytest.mark.parametrize("family", FAMILIES)
    def test_holds_each_family_as_the_lake_does(self, lake: Lake, family: str) -> None:
        for path in lake.paths(family):
            rows = pa.parquet.read_table(path, partitioning=None)
            assert rows.schema.equals(arrow_of(family))
            order = [(n, "ascending") for n in ("enterprise_id", "happened_on", "line")]
            assert rows.equals(rows.sort_by(order))
            bucket = int(path.parent.name.removeprefix("bucket="))
            assert {bucket_of(one) for one in rows["enterprise_id"].to_pylist()} == {
                bucket
            }
        rows = facts(lake, family)
        assert rows.num_rows >= FIRMS * 0.1
        assert pc.max(rows["happened_on"]).as_py() <= LAST
        assert pc.max(rows["known_on"]).as_py() < QUIET
        assert pc.all(pc.less_equal(rows["happened_on"], rows["known_on"])).as_py()
        required = [c.name for c in contracts_of(family)[0].columns if c.required]
        assert [name for name in required if rows[name].null_count] == []

    @pytest.mark.parametrize("family", FAMILIES)
    def test_says_of_each_fact_whether_an_earlier_line_is_about_the_same(
        self, lake: Lake, family: str
    ) -> None:
        rows = facts(lake, family).sort_by("line")
        seen = set()
        stands_alone = not contracts_of(family)[0].about and family != "enterprises"
        for row in rows.select([*about(family), "again"]).to_pylist():
            told = row.pop("again")
            key = tuple(row.values())
            if not stands_alone or contracts_of(family)[0].register:
                assert told == (key in seen)
            seen.add(key)

    def test_corrects_a_few_invoices(self, lake: Lake) -> None:
        rows = facts(lake, "invoices")
        share = pc.mean(pc.cast(rows["again"], "int8")).as_py()
        assert CORRECTED / 2 < share < CORRECTED * 2
        sums = pc.add(rows["net_fen"], rows["tax_fen"])
        assert pc.all(pc.equal(sums, rows["total_fen"])).as_py()

    def test_is_drawn_anew_the_same(self, lake: Lake, tmp_path: Path) -> None:
        build(str(tmp_path / "lake"), enterprises=FIRMS)
        again = Lake(tmp_path / "lake", engine=ibis.duckdb.connect())
        assert again.digest() == lake.digest()

    def test_lends_its_invoices_to_another_lake(
        self, lake: Lake, tmp_path: Path
    ) -> None:
        books(lake=str(lake.root), into=str(tmp_path / "books"))
        other = Lake(tmp_path / "books", engine=ibis.duckdb.connect())
        assert [family for family in FAMILIES if other.holds(family)] == ["invoices"]
        assert facts(other, "invoices").equals(facts(lake, "invoices"))

    def test_takes_news_of_a_share(self, tmp_path: Path) -> None:
        folder = str(tmp_path / "lake")
        build(folder, enterprises=FIRMS, families=["invoices"])
        day = "2026-06-17"
        count = news(lake=folder, enterprises=FIRMS, share=0.1, day=day)
        own = Lake(tmp_path / "lake", engine=ibis.duckdb.connect())
        rows = facts(own, "invoices")
        fresh = rows.filter(pc.greater_equal(rows["known_on"], pa.scalar(QUIET)))
        assert count == fresh.num_rows == FIRMS // 10
        assert len(set(fresh["enterprise_id"].to_pylist())) == count
        assert {str(known) for known in fresh["known_on"].to_pylist()} == {day}
