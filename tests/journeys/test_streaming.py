"""A modeller scores tables of any length into files that stand whole or not at all."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest
from tests.journeys.test_monitoring import PEAK, said
from typer.testing import CliRunner

from xiaowei.desk.home import open_home
from xiaowei.desk.modelling.scoring import Asked, Scored, score
from xiaowei.surfaces import scoring_cli
from xiaowei.surfaces.cli import app

ROWS = 120_000
SECOND = 60_000
MOST_GROWTH_KB = 33_000
EVERY = Asked(parts=True, reasons=True, level=0.8)


def firms(seed: int, *, count: int) -> pd.DataFrame:
    """Firms with gaps, whole counts that later hold fractions, codes of digits."""
    rng = np.random.default_rng(seed)
    late, orders = rng.normal(size=count), rng.poisson(3, count).astype(float)
    trade = rng.choice(["01", "02", "7", "C13"], count)
    odds = -1 + late + 0.2 * orders + (trade == "02")
    frame = pd.DataFrame(
        {
            "firm": [f"{at:06d}" for at in range(count)],
            "late": np.where(rng.random(count) < 0.1, np.nan, late),
            "orders": orders,
            "trade": pd.Series(trade).where(rng.random(count) > 0.1),
            "founded": pd.Timestamp("2010-01-01")
            + pd.to_timedelta(rng.integers(0, 3_000, count), unit="D"),
            "bad": (rng.random(count) < 1 / (1 + np.exp(-odds))).astype(int),
        }
    )
    frame.loc[count // 2 :, "orders"] += 0.5
    return frame


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("streaming")
    firms(1, count=3_000).to_parquet(place / "learnt.parquet", index=False)
    asked = firms(2, count=ROWS)
    # The first chunk states nothing of it, and all its trades are digits.
    asked.loc[:SECOND, "late"] = np.nan
    asked.loc[:SECOND, "trade"] = "02"
    asked.to_parquet(place / "asking.parquet", index=False)
    asked.to_csv(place / "asking.csv", index=False)
    for kind in ("scorecard", "challenger"):
        said(
            place, "train", str(place / "learnt.parquet"), "--outcome", "bad",
            "--without", "firm", "--name", kind, "--model", kind, "--intervals", "2",
        )  # fmt: skip
    return place


def whole(place: Path, name: str, table: Path) -> Scored:
    with open_home(place / "home") as home:
        return score(home, name, table, beside=EVERY)


class TestScore:
    @pytest.mark.parametrize("name", ["scorecard", "challenger"])
    @pytest.mark.parametrize("form", ["parquet", "csv"])
    def test_says_by_chunks_to_the_bit_what_it_says_in_memory(
        self, place: Path, name: str, form: str
    ) -> None:
        table, out = place / f"asking.{form}", place / f"{name}-{form}.parquet"
        said(
            place, "score", name, str(table), "--out", str(out), "--keep", "firm",
            "--parts", "--reasons", "2", "--level", "0.8",
        )  # fmt: skip
        told, mine = pq.read_table(out).to_pandas(), whole(place, name, table)

        assert mine.bounds is not None
        assert mine.parts is not None
        assert mine.told is not None
        assert told["firm"].tolist() == [f"{at:06d}" for at in range(ROWS)]
        np.testing.assert_array_equal(told["pd"], mine.pds)
        np.testing.assert_array_equal(told["pd_low"], mine.bounds.low)
        np.testing.assert_array_equal(told["pd_high"], mine.bounds.high)
        np.testing.assert_array_equal(told["log_odds"], mine.told.parts.log_odds)
        for trait, points in mine.parts.items():
            np.testing.assert_array_equal(told[f"part_{trait}"], points)
        if mine.scores is not None:
            assert told["score"].tolist() == list(mine.scores)
        assert told["reason_1"].notna().any()

    def test_writes_csv_that_holds_the_same(self, place: Path) -> None:
        table, out = place / "asking.csv", place / "told.csv"
        said(
            place, "score", "scorecard", str(table), "--out", str(out),
            "--keep", "firm", "--keep", "trade",
        )  # fmt: skip
        told = pd.read_csv(out, dtype={"firm": str, "trade": str})
        mine = whole(place, "scorecard", table)

        assert list(told) == ["firm", "trade", "pd", "score"]
        assert told["firm"].iloc[7] == "000007"
        np.testing.assert_array_equal(told["pd"], mine.pds)
        assert told["trade"].isna().any()

    def test_leaves_nothing_and_harms_nothing_where_it_is_broken_off(
        self, place: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        folder = place / "broken"
        folder.mkdir()
        out = folder / "told.parquet"
        out.write_text("what stood there before", encoding="utf-8")
        seen: list[int] = []
        lay_out = scoring_cli._columns

        def broken(scored: Scored, most: int) -> object:
            seen.append(len(scored.pds))
            if len(seen) == 2:
                raise KeyboardInterrupt
            return lay_out(scored, most)

        monkeypatch.setattr(scoring_cli, "_columns", broken)
        asked = ["score", "scorecard", str(place / "asking.parquet"), "--out", str(out)]
        done = CliRunner().invoke(app, ["--home", str(place / "home"), *asked])

        assert done.exit_code != 0
        assert len(seen) == 2
        assert [one.name for one in folder.iterdir()] == ["told.parquet"]
        assert out.read_text(encoding="utf-8") == "what stood there before"

    def test_names_a_cell_of_a_later_chunk_and_leaves_nothing(
        self, place: Path
    ) -> None:
        folder = place / "late"
        folder.mkdir()
        table = folder / "late.csv"
        text = (place / "asking.csv").read_text(encoding="utf-8").splitlines()
        text[-1] = text[-1].replace(text[-1].split(",")[2], "many")
        table.write_text("\n".join(text), encoding="utf-8")
        asked = ["score", "scorecard", str(table), "--out", str(folder / "told.csv")]
        done = CliRunner().invoke(app, ["--home", str(place / "home"), *asked])

        assert "many" in str(done.exception)
        assert [one.name for one in folder.iterdir()] == ["late.csv"]

    @pytest.mark.parametrize(
        ("words", "fault"),
        [
            (("--keep", "debt"), "no column 'debt'"),
            (("--keep", "pd"), "'pd' is kept and said"),
        ],
    )
    def test_names_what_is_wrong(
        self, place: Path, words: tuple[str, ...], fault: str
    ) -> None:
        table = place / "with_pd.parquet"
        firms(3, count=10).assign(pd=0.5).to_parquet(table, index=False)
        out = str(place / "no.parquet")
        asked = ["score", "scorecard", str(table), "--out", out, *words]
        done = CliRunner().invoke(app, ["--home", str(place / "home"), *asked])

        assert fault in str(done.exception)
        assert not Path(out).exists()

    def test_names_a_folder_that_is_not_there(self, place: Path) -> None:
        out = str(place / "nowhere" / "told.csv")
        asked = ["score", "scorecard", str(place / "asking.parquet"), "--out", out]
        done = CliRunner().invoke(app, ["--home", str(place / "home"), *asked])

        assert "cannot be written" in str(done.exception)

    def test_says_that_a_table_holds_no_rows(self, place: Path) -> None:
        table = place / "none.parquet"
        firms(3, count=1).head(0).to_parquet(table, index=False)
        out = str(place / "no.csv")
        asked = ["score", "scorecard", str(table), "--out", out]
        done = CliRunner().invoke(app, ["--home", str(place / "home"), *asked])

        assert "holds no rows" in str(done.exception)


class TestBounds:
    @pytest.mark.parametrize("form", ["parquet", "csv"])
    def test_hold_memory_at_any_number_of_firms(self, place: Path, form: str) -> None:
        peaks = []
        # Of less than 200,000 rows the buffers of the reader of CSV are not yet full.
        for times in (2, 5):
            frame = pd.concat([firms(4, count=100_000)] * times)
            wide = frame.assign(**{f"w{at:02d}": frame["late"] for at in range(20)})
            table = place / f"wide.{form}"
            if form == "parquet":
                wide.to_parquet(table, index=False, row_group_size=400_000)
            else:
                wide.to_csv(table, index=False)
            kept = [word for at in range(20) for word in ("--keep", f"w{at:02d}")]
            done = subprocess.run(  # noqa: S603 - our own words
                [
                    sys.executable, "-c", PEAK, "--home", str(place / "home"), "score",
                    "scorecard", str(table), "--parts", "--out",
                    str(place / f"wide-told.{form}"), *kept,
                ],
                capture_output=True, text=True, check=False,
            )  # fmt: skip
            assert done.returncode == 0, done.stderr
            peaks.append(int(done.stdout))

        # 300,000 rows more hold 58 MB as floats, without their texts and parts.
        assert peaks[1] - peaks[0] < MOST_GROWTH_KB
