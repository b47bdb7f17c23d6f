"""What is kept, and what a broken run leaves."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import ibis
import ibis.expr.types as ir
import pyarrow.parquet as pq
import pytest

from xiaowei.facts.intake import Delivery, Receipt, take_in
from xiaowei.facts.lake import (
    BUCKETS,
    BrokenLakeError,
    BusyLakeError,
    FileAccount,
    Lake,
    LostPartError,
    OldLakeError,
    bucket_of,
    schema_of,
)
from xiaowei.facts.parts import GROUP_ROWS
from xiaowei.facts.sources import ENTERPRISES, FAMILIES

HandIn = Callable[..., Receipt]

NAMES = "企业代号,企业名称\n" + "".join(f"E{n},甲{n}\n" for n in range(40)) + "E0,甲0\n"
RECEIVED_ON = date(2026, 6, 30)


def files(root: Path) -> dict[str, bytes]:
    """Return all that lies under a folder."""
    return {
        path.relative_to(root).as_posix(): path.read_bytes()
        for path in sorted(root.rglob("*"))
        if path.is_file()
    }


@pytest.fixture
def delivery(tmp_path: Path) -> Delivery:
    path = tmp_path / "enterprises.csv"
    path.write_text(NAMES, encoding="utf-8")
    return Delivery(path, ENTERPRISES, RECEIVED_ON)


class LakeThatBreaks(Lake):
    """A lake whose run is broken off once all parts are written."""

    def put(self, facts: ir.Table, *, family: str, mark: str) -> tuple[str, ...]:
        super().put(facts, family=family, mark=mark)
        raise KeyboardInterrupt


class LakeThatBreaksLate(Lake):
    """A lake whose run is broken off when all but the list is written."""

    def list_file(self, account: FileAccount) -> None:
        raise KeyboardInterrupt(account.file)


class TestBucketOf:
    def test_spreads_enterprises_evenly(self) -> None:
        counts = [0] * BUCKETS
        for number in range(16_000):
            counts[bucket_of(f"E{number}")] += 1

        assert min(counts) > 900


class TestSchemaOf:
    @pytest.mark.parametrize("family", FAMILIES)
    def test_begins_with_whose_fact_it_is_and_ends_with_where_it_stood(
        self, family: str
    ) -> None:
        names = list(schema_of(family))

        assert names[:3] == ["enterprise_id", "happened_on", "known_on"]
        assert names[-3:] == ["again", "file", "line"]


class TestLake:
    @pytest.mark.parametrize("family", FAMILIES)
    def test_has_every_family_from_the_start(self, lake: Lake, family: str) -> None:
        facts = lake.facts(family)

        assert facts.count().to_pyarrow().as_py() == 0
        assert {name: str(kind) for name, kind in facts.schema().items()} == schema_of(
            family
        )

    def test_keeps_the_columns_of_its_family(self, hand_in: HandIn, lake: Lake) -> None:
        hand_in("enterprises.csv", NAMES)

        facts = lake.facts("enterprises")

        assert {name: str(kind) for name, kind in facts.schema().items()} == schema_of(
            "enterprises"
        )

    def test_reads_one_enterprise_without_reading_all(
        self, hand_in: HandIn, lake: Lake
    ) -> None:
        hand_in("enterprises.csv", NAMES)

        near = lake.facts("enterprises", enterprise_id="E7").to_pyarrow().to_pylist()

        assert "E7" in {fact["enterprise_id"] for fact in near}
        assert {bucket_of(fact["enterprise_id"]) for fact in near} == {bucket_of("E7")}

    def test_sorts_each_part_by_enterprise(self, hand_in: HandIn, lake: Lake) -> None:
        receipt = hand_in("enterprises.csv", NAMES)

        for part in receipt.account.parts:
            ids = pq.read_table(lake.rejects.parent / part, partitioning=None)
            found = ids["enterprise_id"].to_pylist()
            assert found == sorted(found)

    def test_sees_a_file_that_came_after_it_was_opened(
        self, hand_in: HandIn, lake: Lake
    ) -> None:
        before = lake.facts("enterprises").count().to_pyarrow().as_py()
        hand_in("enterprises.csv", NAMES)

        after = lake.facts("enterprises").count().to_pyarrow().as_py()

        assert (before, after) == (0, 40)

    def test_finds_one_enterprise_in_few_rows(
        self, tmp_path: Path, hand_in: HandIn
    ) -> None:
        rows = "".join(f"E{n:05d},甲\n" for n in range(20 * BUCKETS * 1000))
        hand_in("enterprises.csv", "企业代号,企业名称\n" + rows)

        (part,) = (tmp_path / "lake").glob("enterprises/bucket=07/*.parquet")
        groups = [pq.read_metadata(part).row_group(n) for n in range(2)]

        assert groups[0].num_rows == GROUP_ROWS
        last, first = (group.column(0).statistics for group in groups)
        assert last.max < first.min

    @pytest.mark.parametrize("text", ["{", "1", '{"form": 3}', '{"form": "x"}', "\x00"])
    def test_says_that_its_list_is_damaged(
        self, tmp_path: Path, lake: Lake, text: str
    ) -> None:
        (tmp_path / "lake" / "manifest.json").write_text(text, encoding="utf-8")

        with pytest.raises(BrokenLakeError) as caught:
            lake.accounts()

        assert str(caught.value) == (
            "the lake's list 'manifest.json' is damaged. Expected: the JSON that an "
            "earlier run wrote. Restore it from a backup, or begin with an empty "
            "--home."
        )

    def test_says_which_of_its_files_is_gone(
        self, tmp_path: Path, hand_in: HandIn, lake: Lake
    ) -> None:
        part = hand_in("enterprises.csv", NAMES).account.parts[3]
        (tmp_path / "lake" / part).unlink()

        with pytest.raises(LostPartError, match=f"the lake lacks '{part}'"):
            lake.facts("enterprises")

    def test_takes_one_file_at_a_time(self, delivery: Delivery, lake: Lake) -> None:
        with lake.adding("x"), pytest.raises(BusyLakeError) as caught:
            take_in(delivery, lake=lake)

        assert str(caught.value) == (
            "another intake is adding a file to this lake. Expected: one intake at a "
            "time. Wait until it is done and hand the file in again."
        )
        assert take_in(delivery, lake=lake).added == 40


class TestBrokenRun:
    @pytest.mark.parametrize("kind", [LakeThatBreaks, LakeThatBreaksLate])
    def test_leaves_nothing(
        self,
        tmp_path: Path,
        engine: ibis.BaseBackend,
        delivery: Delivery,
        kind: type[Lake],
    ) -> None:
        root = tmp_path / "lake"

        with pytest.raises(KeyboardInterrupt):
            take_in(delivery, lake=kind(root, engine=engine))

        assert files(root) == {"adding.lock": b""}

    def test_that_could_not_clean_up_leaves_nothing_that_counts(
        self, tmp_path: Path, engine: ibis.BaseBackend, delivery: Delivery
    ) -> None:
        killed, whole = tmp_path / "killed", tmp_path / "whole"
        lake = Lake(killed, engine=engine)
        (lake.rejects / "enterprises-0f.errors.csv").write_text("half")
        (killed / "manifest.json.new").write_text("[{")
        for name in ("scratch/0f/stated.parquet", "enterprises/bucket=01/0f.parquet"):
            (killed / name).parent.mkdir(parents=True)
            (killed / name).write_bytes(b"PAR1 half")

        assert lake.facts("enterprises").count().to_pyarrow().as_py() == 0
        take_in(delivery, lake=lake)

        take_in(delivery, lake=Lake(whole, engine=engine))
        assert files(killed) == files(whole)

    def test_does_not_cost_facts_whose_list_is_lost(
        self, tmp_path: Path, engine: ibis.BaseBackend, delivery: Delivery
    ) -> None:
        root = tmp_path / "lake"
        parts = take_in(delivery, lake=Lake(root, engine=engine)).account.parts
        (root / "manifest.json").unlink()
        other = tmp_path / "enterprises-2.csv"
        other.write_text("企业代号,企业名称\nE1,乙\n", encoding="utf-8")

        with pytest.raises(KeyboardInterrupt):
            take_in(
                Delivery(other, ENTERPRISES, RECEIVED_ON),
                lake=LakeThatBreaks(root, engine=engine),
            )

        assert all((root / part).exists() for part in parts)


class TestForm:
    @pytest.mark.parametrize(("text", "form"), [("[]", 1), ('{"form": 2}', 2)])
    def test_that_is_no_longer_read_is_refused(
        self, tmp_path: Path, lake: Lake, delivery: Delivery, text: str, form: int
    ) -> None:
        (tmp_path / "lake" / "manifest.json").write_text(text, encoding="utf-8")

        with pytest.raises(OldLakeError) as caught:
            take_in(delivery, lake=lake)

        assert str(caught.value) == (
            f"the lake is kept in form {form}. Expected: form 3, which says more of "
            "each fact. Hand the files in again into an empty --home."
        )


class TestSettling:
    def test_comes_before_the_list_that_names_it(
        self, tmp_path: Path, engine: ibis.BaseBackend, delivery: Delivery
    ) -> None:
        settled: list[str] = []
        root = tmp_path / "lake"

        def settle(path: Path) -> None:
            assert path.exists()
            settled.append(path.relative_to(root).as_posix())

        account = take_in(
            delivery, lake=Lake(root, engine=engine, settle=settle)
        ).account

        listed = settled.index("manifest.json.new")
        before, after = set(settled[:listed]), settled[listed + 1 :]
        assert {*account.parts, f"rejects/{account.rejects_file}"} <= before
        assert {"rejects", "enterprises", "enterprises/bucket=05", "."} <= before
        assert after == ["."]


class TestDigest:
    def test_is_of_what_counts_and_nothing_else(
        self, tmp_path: Path, hand_in: HandIn, lake: Lake
    ) -> None:
        empty = lake.digest()
        hand_in("enterprises.csv", NAMES)
        held = lake.digest()
        (tmp_path / "lake" / "enterprises" / "bucket=01" / "stray").write_text("x")

        assert lake.digest() == held != empty

    @pytest.mark.parametrize("kind", ["part", "list", "account"])
    def test_sees_every_change(
        self, tmp_path: Path, hand_in: HandIn, lake: Lake, kind: str
    ) -> None:
        receipt = hand_in("enterprises.csv", NAMES)
        held = lake.digest()
        root, part = tmp_path / "lake", receipt.account.parts[0]
        assert receipt.rejects is not None
        path = {"part": root / part, "list": receipt.rejects}.get(
            kind, root / "manifest.json"
        )
        path.write_bytes(path.read_bytes().replace(b'"rows": 41', b'"rows": 42') + b" ")

        assert lake.digest() != held

    def test_says_what_is_gone(self, hand_in: HandIn, lake: Lake) -> None:
        receipt = hand_in("enterprises.csv", NAMES)
        assert receipt.rejects is not None
        receipt.rejects.unlink()

        with pytest.raises(
            LostPartError, match=f"lacks 'rejects/{receipt.rejects.name}"
        ):
            lake.digest()
