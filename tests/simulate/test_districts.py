"""A large county is written by districts, the same with any number of workers."""

from pathlib import Path

import ibis
import pyarrow.parquet as pq
import pytest

from xiaowei.facts.identity import credit_code_fault
from xiaowei.facts.intake import Delivery, take_in
from xiaowei.facts.lake import Lake
from xiaowei.facts.sources import SOURCES, SURROUNDINGS, source_of
from xiaowei.simulate import districts
from xiaowei.simulate.county import CountyFiles, write_county

FIRMS = 90


@pytest.fixture(scope="module")
def parts(tmp_path_factory: pytest.TempPathFactory) -> tuple[CountyFiles, CountyFiles]:
    """Write one county with one worker and with two."""
    folder = tmp_path_factory.mktemp("large")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(districts, "DISTRICT", 40)
        one, two = (
            write_county(
                folder / str(workers), seed=5, firms=FIRMS, months=12, processes=workers
            )
            for workers in (1, 2)
        )
    return one, two


class TestDistricts:
    def test_give_the_same_bytes_with_any_number_of_workers(
        self, parts: tuple[CountyFiles, CountyFiles]
    ) -> None:
        first, second = (files.sources.parent for files in parts)
        names = sorted(path.relative_to(first) for path in first.rglob("*.*"))
        assert len(names) == 3 * (len(SOURCES) + 3) + len(SURROUNDINGS)
        for name in names:
            assert (first / name).read_bytes() == (second / name).read_bytes()

    def test_share_no_firm_and_no_invoice(
        self, parts: tuple[CountyFiles, CountyFiles]
    ) -> None:
        codes = _column(parts[0].sources, "enterprises", "enterprise_id")
        assert len(set(codes)) == FIRMS
        assert not any(credit_code_fault(code) for code in set(codes))
        names = _column(parts[0].sources, "enterprises", "name")
        assert len(set(names)) == FIRMS
        numbers = _sets(parts[0].sources, "sales_invoices", "invoice_no")
        assert not set.intersection(*numbers[:2])

    def test_trade_with_firms_of_other_districts(
        self, parts: tuple[CountyFiles, CountyFiles]
    ) -> None:
        own = _sets(parts[0].sources, "enterprises", "enterprise_id")
        everyone = set.union(*own)
        for place, buyers in enumerate(
            _sets(parts[0].sources, "sales_invoices", "buyer_id")
        ):
            assert buyers & (everyone - own[place])

    def test_are_taken_in_without_one_reject(
        self, parts: tuple[CountyFiles, CountyFiles], tmp_path: Path
    ) -> None:
        lake = Lake(tmp_path / "lake", engine=ibis.duckdb.connect())
        sources = (*SOURCES, *SURROUNDINGS)
        shared = [f"{source.name}.parquet" for source in SURROUNDINGS]
        paths = [
            *parts[0].sources.glob("*-0001.parquet"),
            *(parts[0].sources / name for name in shared),
        ]
        seen = set()
        for path in sorted(paths):
            source = source_of(path.name, sources=sources)
            seen.add(source.name)
            account = take_in(
                Delivery(path, source, parts[0].last_day), lake=lake
            ).account
            assert (account.quarantined, account.duplicates) == (0, 0), path.name
            assert account.unused == ()
        assert seen == {source.name for source in sources}


def _column(folder: Path, source: str, head: str) -> list[str]:
    found: list[str] = []
    for path in sorted(folder.glob(f"{source}-*.parquet")):
        found += pq.read_table(path, columns=[head])[head].to_pylist()
    return found


def _sets(folder: Path, source: str, head: str) -> list[set[str]]:
    return [
        set(pq.read_table(path, columns=[head])[head].to_pylist())
        for path in sorted(folder.glob(f"{source}-*.parquet"))
    ]
