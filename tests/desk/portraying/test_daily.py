"""Portraits kept from day to day are those that would be made anew."""

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import ibis
import pytest
from tests.desk.portraying.lakes import add, lake_of
from tests.factories import Row, invoice, registered
from tests.portraits.crowd import crowd
from tests.portraits.worlds import World, placed

from xiaowei.desk.knowledge import facts_held
from xiaowei.desk.portraying.chain import with_network
from xiaowei.desk.portraying.daily import NoFactsError, NoPortraitsError, Portraits
from xiaowei.facts.lake import Lake, bucket_of
from xiaowei.portraits.portrait import TRAITS, portraits

FIRST = date(2020, 3, 10)


def anew(lake: Lake, as_of: date) -> dict[str, Row]:
    facts = with_network(facts_held(lake), as_of=as_of, engine=lake.engine)
    rows = lake.engine.to_pyarrow(portraits(facts, as_of=as_of)).to_pylist()
    return {row["enterprise_id"]: row for row in rows}


def kept(store: Portraits, lake: Lake) -> dict[str, Row]:
    rows = lake.engine.to_pyarrow(store.table()).to_pylist()
    return {row["enterprise_id"]: row for row in rows}


def news(world: World, firms: list[str], day: date) -> dict[str, list[Row]]:
    """What becomes known of some firms on a day."""
    found: dict[str, list[Row]] = {}
    for firm in firms:
        for family, rows in world.firm(firm).items():
            told = [
                row | {"known_on": day} for row in rows if row["happened_on"] <= day
            ]
            found.setdefault(family, []).extend(told)
    return found


class TestRenew:
    @pytest.mark.parametrize("seed", [0, pytest.param(1, marks=pytest.mark.nightly)])
    def test_gives_what_making_all_anew_would(self, seed: int, tmp_path: Path) -> None:
        world = World(seed, FIRST)
        lake = lake_of(placed(world.firms(30)), tmp_path)
        store = Portraits(tmp_path / "portraits", lake=lake)
        store.renew(as_of=FIRST)
        days = [FIRST + timedelta(days=n) for n in (1, 2, 9, 21, 22)]

        whole = []
        for day in days:
            firms = [f"E{n}" for n in world.rng.integers(0, 40, 2)]
            add(lake, news(world, firms, day), file=day.isoformat())
            whole.append(store.renew(as_of=day).whole)
            assert kept(store, lake) == anew(lake, day)

        # 31 March ends a month.
        assert whole == [False, False, False, True, False]

    def test_knows_of_every_source_when_a_day_changes_what_it_says(
        self, tmp_path: Path
    ) -> None:
        lake = lake_of(crowd(40, as_of=FIRST, seed=8), tmp_path)
        store = Portraits(tmp_path / "portraits", lake=lake)

        for days in (0, 20):
            day = FIRST + timedelta(days=days)
            done = store.renew(as_of=day)
            assert done.whole == (days == 0)
            assert kept(store, lake) == anew(lake, day)

    @pytest.mark.parametrize(
        ("family", "column", "stated"),
        [
            ("owners", "until_on", {"person_id": "P", "role": "shareholder"}),
            ("memberships", "until_on", {"kind": "park", "body": "一园"}),
            (
                "bureau_guarantees",
                "until_on",
                {"contract_no": "1", "guaranteed_id": "E9", "amount_fen": 5},
            ),
            (
                "court_cases",
                "closed_on",
                {"case_no": "1", "stage": "judgment", "role": "defendant"},
            ),
            (
                "utility_bills",
                "due_on",
                {"utility": "water", "bill_no": "1", "due_fen": 100},
            ),
            ("consents", "until_on", {"covers": "all", "state": "granted"}),
        ],
    )
    def test_sees_the_day_come_that_an_old_fact_stated(
        self, family: str, column: str, stated: Row, tmp_path: Path
    ) -> None:
        """Nothing new is known of anybody, but for one a day has come."""
        long_ago = date(2019, 5, 5)
        facts = [
            {"happened_on": long_ago, "enterprise_id": firm, column: day, **stated}
            for firm, day in (("E1", FIRST), ("E2", date(2030, 1, 1)))
        ]
        lake = lake_of({family: facts}, tmp_path)
        store = Portraits(tmp_path / "portraits", lake=lake)
        day = FIRST + timedelta(days=1)
        ages = {trait.name for trait in TRAITS if trait.ages}
        store.renew(as_of=FIRST - timedelta(days=1))
        before = kept(store, lake)

        done = store.renew(as_of=day)

        assert (done.whole, done.renewed) == (False, 1)
        assert kept(store, lake) == anew(lake, day)
        now = kept(store, lake)["E1"]
        assert [n for n in now.keys() - ages if now[n] != before["E1"][n]]

    def test_tells_everybody_of_a_series_though_nothing_is_new_of_anybody(
        self, tmp_path: Path
    ) -> None:
        firms = [registered(enterprise_id=f"E{n}") for n in range(9)]
        period = {"series": "INDUSTRY-C13", "happened_on": date(2020, 1, 31)}
        early = period | {"value": 47.5, "known_on": FIRST}
        revised = period | {"value": 46.0, "known_on": FIRST + timedelta(days=2)}
        lake = lake_of({"enterprises": firms, "series": [early, revised]}, tmp_path)
        store = Portraits(tmp_path / "portraits", lake=lake)

        told = []
        for days in (-1, 0, 1, 2):
            day = FIRST + timedelta(days=days)
            done = store.renew(as_of=day)
            assert (done.whole, done.renewed) == (days == -1, 9 if days == -1 else 0)
            assert kept(store, lake) == anew(lake, day)
            told.append({one["trade_index_now"] for one in kept(store, lake).values()})

        assert told == [{None}, {47.5}, {47.5}, {46.0}]

    def test_takes_a_series_that_came_since(self, tmp_path: Path) -> None:
        lake = lake_of({"enterprises": [registered()]}, tmp_path)
        store = Portraits(tmp_path / "portraits", lake=lake)
        store.renew(as_of=FIRST)
        rate = {"series": "LPR1Y", "happened_on": FIRST, "value": 0.0405}
        add(lake, {"series": [rate]}, file="b")

        store.renew(as_of=FIRST + timedelta(days=1))

        assert kept(store, lake)["E1"]["lpr_now"] == 0.0405
        assert kept(store, lake) == anew(lake, FIRST + timedelta(days=1))

    def test_asks_for_consent_once_anybody_was_asked(self, tmp_path: Path) -> None:
        lake = lake_of({"invoices": [invoice()]}, tmp_path)
        store = Portraits(tmp_path / "portraits", lake=lake)
        store.renew(as_of=FIRST)
        consent = {
            "enterprise_id": "E2",
            "happened_on": FIRST,
            "covers": "all",
            "state": "granted",
        }
        add(lake, {"consents": [consent]}, file="b")

        done = store.renew(as_of=FIRST + timedelta(days=1))

        assert done.whole
        assert kept(store, lake)["E1"]["sales_all"] is None

    def test_is_refused_where_nobody_is_known(self, tmp_path: Path) -> None:
        lake = Lake(tmp_path / "lake", engine=ibis.duckdb.connect())

        with pytest.raises(NoFactsError):
            Portraits(tmp_path / "p", lake=lake).renew(as_of=FIRST)

    def test_renews_only_whom_something_new_is_known_of(self, tmp_path: Path) -> None:
        firms = [invoice(enterprise_id=f"E{n}") for n in range(50)]
        lake = lake_of({"invoices": firms}, tmp_path)
        store = Portraits(tmp_path / "portraits", lake=lake)
        whole = store.renew(as_of=FIRST)
        news_of_one = [invoice(enterprise_id="E7", happened_on=FIRST)]
        add(lake, {"invoices": news_of_one}, file="b")

        some = store.renew(as_of=FIRST + timedelta(days=1))

        assert (whole.whole, whole.renewed) == (True, 50)
        assert (some.whole, some.renewed) == (False, 1)

    def test_takes_merged_parts_for_what_they_were_merged_from(
        self, tmp_path: Path
    ) -> None:
        firms = [invoice(enterprise_id=f"E{n}") for n in range(50)]
        lake = lake_of({"invoices": firms}, tmp_path)
        store = Portraits(tmp_path / "portraits", lake=lake)
        store.renew(as_of=FIRST)
        # All of one bucket, so that the new facts are merged with the old ones.
        bucket = bucket_of("E7")
        mates = [f"E{n}" for n in range(50) if bucket_of(f"E{n}") == bucket]
        came = [invoice(enterprise_id="E7", happened_on=FIRST)]
        add(lake, {"invoices": came}, file="b")
        day = FIRST + timedelta(days=1)

        assert len(mates) > 1
        assert lake.compact(["invoices"], many=1) == 2
        some = store.renew(as_of=day)
        assert (some.whole, some.renewed) == (False, 1)
        assert kept(store, lake) == anew(lake, day)
        assert store.renew(as_of=day + timedelta(days=1)).renewed == 0

    def test_makes_all_anew_from_a_lake_that_took_the_place_of_another(
        self, tmp_path: Path
    ) -> None:
        first = lake_of(
            {"invoices": [invoice(), invoice(enterprise_id="E2")]}, tmp_path / "a"
        )
        other = Lake(tmp_path / "b" / "lake", engine=ibis.duckdb.connect())
        add(other, {"invoices": [invoice()]}, file="other")
        Portraits(tmp_path / "portraits", lake=first).renew(as_of=FIRST)
        store = Portraits(tmp_path / "portraits", lake=other)

        assert store.renew(as_of=FIRST).whole
        assert kept(store, other) == anew(other, FIRST)

    def test_ages_without_being_made_anew(self, tmp_path: Path) -> None:
        lake = lake_of({"invoices": [invoice(happened_on=FIRST)]}, tmp_path)
        store = Portraits(tmp_path / "portraits", lake=lake)
        store.renew(as_of=FIRST)

        done = store.renew(as_of=FIRST + timedelta(days=5))

        assert done.renewed == 0
        assert kept(store, lake)["E1"]["sales_days_since"] == 5

    def test_goes_back_to_an_earlier_day(self, tmp_path: Path) -> None:
        lake = lake_of(placed(World(5, FIRST).firms(10)), tmp_path)
        store = Portraits(tmp_path / "portraits", lake=lake)
        store.renew(as_of=FIRST)

        store.renew(as_of=FIRST - timedelta(days=3))

        assert kept(store, lake) == anew(lake, FIRST - timedelta(days=3))

    def test_leaves_what_was_kept_when_it_is_broken_off(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        lake = lake_of(placed(World(6, FIRST).firms(10)), tmp_path)
        store = Portraits(tmp_path / "portraits", lake=lake)
        store.renew(as_of=FIRST)
        before = kept(store, lake)

        def stop(*_: Any) -> None:  # noqa: ANN401
            raise KeyboardInterrupt

        with monkeypatch.context() as broken:
            broken.setattr(Portraits, "_make_shared", stop)
            with pytest.raises(KeyboardInterrupt):
                store.renew(as_of=date(2020, 3, 31))

        assert kept(store, lake) == before
        store.renew(as_of=date(2020, 3, 31))
        assert kept(store, lake) == anew(lake, date(2020, 3, 31))
        folders = [path for path in (tmp_path / "portraits").iterdir() if path.is_dir()]
        assert len(folders) <= 2

    def test_tells_how_far_it_is(self, tmp_path: Path) -> None:
        lake = lake_of({"invoices": [invoice()]}, tmp_path)
        told: list[tuple[int, int]] = []

        Portraits(tmp_path / "p", lake=lake).renew(
            as_of=FIRST, progress=lambda done, of: told.append((done, of))
        )

        assert told == [(1, 1)]


class TestTable:
    def test_is_refused_before_any_was_made(self, tmp_path: Path) -> None:
        lake = lake_of({"invoices": [invoice()]}, tmp_path)

        with pytest.raises(NoPortraitsError):
            Portraits(tmp_path / "p", lake=lake).table()
