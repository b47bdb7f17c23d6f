"""Many small parts made one, and which parts it takes the place of."""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import ibis
import pytest

from xiaowei.facts.intake import Delivery, Receipt, take_in
from xiaowei.facts.lake import BusyLakeError, Lake
from xiaowei.facts.sources import ENTERPRISES

HandIn = Callable[..., Receipt]

NAMES = "企业代号,企业名称\n" + "".join(f"E{n},甲{n}\n" for n in range(40)) + "E0,甲0\n"
RECEIVED_ON = date(2026, 6, 30)


class TestCompact:
    def test_makes_one_sorted_part_of_many_and_changes_no_fact(
        self, tmp_path: Path, hand_in: HandIn, lake: Lake
    ) -> None:
        for number in range(4):
            rows = "".join(f"E{n},甲{number}\n" for n in range(number, 40))
            hand_in(f"enterprises-{number}.csv", f"企业代号,企业名称\n{rows}")
        before = ordered(lake.facts("enterprises").to_pyarrow().to_pylist())
        accounts = lake.accounts()
        opened = lake.facts("enterprises")

        merged = lake.compact(["enterprises"], many=3)

        facts = lake.facts("enterprises", enterprise_id="E7").to_pyarrow()
        assert merged == sum(len(account.parts) for account in accounts)
        assert facts["enterprise_id"].to_pylist() == sorted(
            facts["enterprise_id"].to_pylist()
        )
        assert ordered(lake.facts("enterprises").to_pyarrow().to_pylist()) == before
        assert lake.accounts() == accounts
        # Whoever opened the old parts still reads them, until the lake is next held.
        assert ordered(opened.to_pyarrow().to_pylist()) == before
        assert lake.compact(["enterprises"], many=3) == 0
        left = list((tmp_path / "lake").glob("enterprises/*/*.parquet"))
        assert len(left) == len({path.parent for path in left})

    def test_leaves_few_parts_alone(self, hand_in: HandIn, lake: Lake) -> None:
        hand_in("enterprises.csv", NAMES)
        held = lake.digest()

        assert lake.compact(["enterprises"]) == 0
        assert lake.compact(["invoices"]) == 0
        assert lake.digest() == held

    def test_tells_which_parts_a_merged_one_holds(
        self, hand_in: HandIn, lake: Lake
    ) -> None:
        came: list[str] = []
        for number in range(6):
            text = f"企业代号,企业名称\nE1,甲{number}\n"
            came += hand_in(f"enterprises-{number}.csv", text).account.parts
            if number in {1, 4}:
                assert lake.compact(["enterprises"], many=1) > 0

        merged, last = lake.paths("enterprises")
        assert last == lake.root / came[5]
        assert lake.origins("enterprises") == {
            merged: frozenset(came[:5]),
            last: frozenset(came[5:]),
        }

    def test_of_several_families_is_one_turn(self, hand_in: HandIn, lake: Lake) -> None:
        """Each turn removes what the one before retired, which may still be read."""
        for number in range(3):
            hand_in(f"enterprises-{number}.csv", f"企业代号,企业名称\nE1,甲{number}\n")
            hand_in(
                f"credit_history-{number}.csv",
                f"企业代号,是否违约,记录日期\nE1,是,2025-03-0{number + 1}\n",
            )
        families = ("enterprises", "credit_history")
        opened = {family: lake.facts(family) for family in families}

        assert lake.compact(families, many=1) == 6

        for family in families:
            assert opened[family].count().to_pyarrow().as_py() == 3
            assert len(lake.paths(family)) == 1

    def test_is_followed_by_copies_as_before(self, hand_in: HandIn, lake: Lake) -> None:
        for number in range(3):
            hand_in(f"enterprises-{number}.csv", f"企业代号,企业名称\nE1,甲{number}\n")
        lake.compact(["enterprises"], many=1)

        again = hand_in("enterprises-9.csv", "企业代号,企业名称\nE1,甲1\nE1,丙\n")

        assert (again.account.duplicates, again.added) == (1, 1)
        assert lake.facts("enterprises").count().to_pyarrow().as_py() == 4

    def test_takes_its_turn(self, lake: Lake) -> None:
        with lake.adding("x"), pytest.raises(BusyLakeError):
            lake.compact(["enterprises"])

    def test_gives_the_same_digest_every_time(
        self, tmp_path: Path, engine: ibis.BaseBackend
    ) -> None:
        digests = set()
        for turn in range(2):
            lake = Lake(tmp_path / f"lake-{turn}", engine=engine)
            for number in range(3):
                # Of one name, so that neither file nor line tells their rows apart.
                folder = tmp_path / f"{turn}-{number}"
                folder.mkdir()
                path = folder / "enterprises.csv"
                path.write_text(f"企业代号,企业名称\nE1,甲{number}\n", encoding="utf-8")
                take_in(Delivery(path, ENTERPRISES, RECEIVED_ON), lake=lake)
            lake.compact(["enterprises"], many=1)
            digests.add(lake.digest())

        assert len(digests) == 1


def ordered(facts: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return facts in an order that the lake does not choose."""
    return sorted(facts, key=lambda fact: repr(sorted(fact.items(), key=str)))
