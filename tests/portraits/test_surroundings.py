"""Series of the economy against a second reckoning, and by hand."""

from datetime import date, timedelta
from pathlib import Path

import ibis
import pyarrow.parquet as pq
import pytest
from tests.factories import Row, arrow, registered
from tests.portraits.oracles import surroundings as oracle
from tests.portraits.oracles.harness import Draw, check, single

from xiaowei.portraits.moments import Moments
from xiaowei.portraits.portrait import panel, part_of
from xiaowei.portraits.traits.surroundings import PART

AS_OF = date(2020, 2, 29)
NAMES = ("LPR1Y", "PMI", "INDUSTRY-C", "INDUSTRY-C13", "INDUSTRY-H62", "INDUSTRY-")
TRADES = (None, "C13", "C1340", "C27", "H62", "K70")


def enterprises(draw: Draw) -> Row:
    return {
        "name": "一号",
        "happened_on": draw.day(),
        "industry": draw.one_of(*TRADES),
    }


def drawn(draw: Draw) -> list[Row]:
    """Draw series with gaps, lags and revisions; one of them ends early."""
    rows: list[Row] = []
    for name in NAMES:
        for months in range(40):
            if draw.rng.random() < 0.1 or (name == "INDUSTRY-C13" and months < 14):
                continue
            first = AS_OF.replace(day=1) - timedelta(days=30 * (months - 12))
            row = published(name, first.replace(day=1) - timedelta(days=1))
            row["known_on"] += timedelta(days=int(draw.rng.integers(0, 60)))
            for _ in range(int(draw.rng.integers(1, 3))):
                rows.append(row | {"value": round(float(draw.rng.normal(50, 4)), 4)})
                later = timedelta(days=int(draw.rng.integers(1, 120)))
                row = row | {"known_on": row["known_on"] + later}
    return rows


def published(series: str, period: date, value: float = 50.0, after: int = 0) -> Row:
    known = period + timedelta(days=after)
    told = {"series": series, "happened_on": period, "known_on": known}
    return told | {"value": value}


def monthly(series: str, values: dict[str, float], after: int = 10) -> list[Row]:
    """Return one row per month, e.g. `2020-01`, known so many days after its end."""
    rows = []
    for month, value in values.items():
        following = date.fromisoformat(f"{month}-28") + timedelta(days=4)
        end = following.replace(day=1) - timedelta(days=1)
        rows.append(published(series, end, value, after))
    return rows


def of_one(rows: list[Row], as_of: date = AS_OF, industry: str | None = "C13") -> Row:
    firm = registered(industry=industry, known_on=date(2015, 1, 1))
    facts = {"enterprises": [firm], "series": rows}
    return single([PART], facts, as_of)["E1"]


class TestSurroundings:
    @pytest.mark.parametrize("seed", range(4))
    def test_agree_with_a_second_reckoning(self, seed: int) -> None:
        draw = Draw(seed, AS_OF)
        facts = {"enterprises": draw.rows(enterprises, most=3), "series": drawn(draw)}

        check([PART], facts, oracle.portray)

    def test_know_no_period_before_it_is_published(self) -> None:
        rows = monthly("PMI", {"2019-12": 50.5, "2020-01": 35.7}, after=20)

        before = of_one(rows, date(2020, 2, 19))
        after = of_one(rows, date(2020, 2, 20))

        assert before["economy_index_now"] == 50.5
        assert after["economy_index_now"] == 35.7

    def test_count_a_revision_from_the_day_it_is_published(self) -> None:
        (early,) = monthly("PMI", {"2019-12": 50.5})
        revised = early | {"value": 49.1, "known_on": date(2020, 2, 1)}

        before = of_one([early, revised], date(2020, 1, 31))
        after = of_one([early, revised], date(2020, 2, 1))

        assert before["economy_index_now"] == 50.5
        assert after["economy_index_now"] == 49.1

    def test_compare_a_trade_with_itself_a_year_before(self) -> None:
        rows = monthly("INDUSTRY-C13", {"2019-01": 52.5, "2020-01": 48.25})

        found = of_one(rows)

        assert found["trade_index_change_12m"] == -4.25
        assert found["trade_index_mean_12m"] is None

    def test_take_the_next_wider_trade_where_it_has_no_series(self) -> None:
        rows = monthly("INDUSTRY-C", {"2020-01": 51.0})
        rows += monthly("INDUSTRY-C13", {"2020-01": 47.0})

        assert of_one(rows, industry="C1340")["trade_index_now"] == 47.0
        assert of_one(rows, industry="C27")["trade_index_now"] == 51.0

    @pytest.mark.parametrize("industry", [None, "H62"])
    def test_know_nothing_of_a_trade_without_a_series(
        self, industry: str | None
    ) -> None:
        rows = monthly("INDUSTRY-C13", {"2020-01": 47.0})
        rows += monthly("PMI", {"2020-01": 49.0})

        found = of_one(rows, industry=industry)

        assert found["economy_index_now"] == 49.0
        assert found["trade_index_now"] is None

    def test_do_not_take_an_index_of_long_ago_for_how_things_stand(self) -> None:
        rows = monthly("PMI", {"2019-07": 49.0}) + monthly("LPR1Y", {"2019-07": 0.0425})

        within = of_one(rows, date(2020, 1, 31))
        beyond = of_one(rows, AS_OF)

        assert within["economy_index_now"] == 49.0
        assert beyond["economy_index_now"] is None
        assert beyond["lpr_now"] == 0.0425

    def test_let_a_rate_stand_until_the_next_one(self) -> None:
        rows = [
            published("LPR1Y", date(2018, 8, 20), 0.0435),
            published("LPR1Y", date(2020, 2, 20), 0.0405),
        ]

        assert of_one(rows)["lpr_change_12m"] == -0.003

    @pytest.mark.filterwarnings("ignore::pandas.errors.Pandas4Warning")
    @pytest.mark.filterwarnings("ignore::ResourceWarning")
    @pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
    def test_are_the_same_on_spark(
        self, spark: ibis.BaseBackend, tmp_path: Path
    ) -> None:
        draw = Draw(9, AS_OF)
        told = {"enterprises": draw.rows(enterprises, most=3), "series": drawn(draw)}
        for family, rows in told.items():
            pq.write_table(arrow(family, rows), tmp_path / f"{family}.parquet")
        days = (date(2019, 11, 30), AS_OF)

        found = []
        for engine in (ibis.duckdb.connect(), spark):
            facts = {
                family: engine.read_parquet(
                    tmp_path / f"{family}.parquet", table_name=f"told_{family}"
                )
                for family in told
            }
            parts = [part_of(PART, facts, Moments(asked)) for asked in (days[1:], days)]
            found.append(
                [
                    sorted(map(str, engine.to_pyarrow(part).to_pylist()))
                    for part in parts
                ]
            )

        assert found[0] == found[1]
        assert len(found[0][1]) > len(found[0][0]) > 5


class TestPortraits:
    def test_hold_nobody_who_is_only_a_series(self) -> None:
        facts = {
            "enterprises": ibis.memtable(
                arrow("enterprises", [registered(known_on=date(2015, 1, 1))])
            ),
            "series": ibis.memtable(
                arrow("series", monthly("PMI", {"2019-12": 50.0, "2020-01": 49.0}))
            ),
        }

        rows = panel(facts, days=[date(2020, 1, 31), AS_OF]).order_by("as_of")
        found = rows.to_pyarrow().to_pylist()

        assert [row["enterprise_id"] for row in found] == ["E1", "E1"]
        assert [row["economy_index_now"] for row in found] == [50.0, 49.0]
