"""A file of candidates and limits become a book of loans at the command line."""

import csv
import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import pyarrow.csv as pc
import pyarrow.parquet as pq
import pytest
from tests.journeys.conftest import Xiaowei

Allocate = Callable[..., subprocess.CompletedProcess[str]]

CANDIDATES = """\
enterprise_id,option,offered_fen,paid_fen,lost_fen,pd,least_lots,most_lots,\
industry,tier,newcomer,pd_a,pd_b,note
E1,a,100000,5000,60000,0.01,1,40,retail,steady,no,0.012,0.02,x
E1,b,100000,6000,60000,0.02,1,30,retail,steady,no,0.012,0.02,x
E2,a,100000,5000,60000,0.03,1,40,retail,steady,yes,0.03,0.04,x
E3,a,100000,5000,60000,0.01,1,40,build,risk_warning,no,0.001,0.06,x
E4,a,100000,5000,60000,1.5,1,40,build,steady,no,,,x
E5,a,100000,5000,abc,0.5,1,40,build,steady,no,,,x
E6,a,100000,7000,60000,0.02,1,40,build,,,0.06,0.01,x
E7,a,100000,7000,60000,0.02,5,4,build,,,,,x
E8,a,100000,7000,60000,0.02,5,40,build,steady,no,,,x
E8,a,100000,7000,60000,0.02,5,40,build,steady,no,,,x
E9,a,100000,7000,,0.02,5,40,build,steady,no,,,x
,a,100000,7000,60000,0.02,5,40,build,steady,no,,,x
"""
LIMITS = """\
limits:
  budget:
    title: {zh: 预算, en: budget}
    counts: offered
    most: "60000"
  warning:
    title: {zh: 风险警示型, en: risk-warning tier}
    counts: offered
    of: {tier: [risk_warning]}
    most_share: "0.20"
  new:
    title: {zh: 首贷户, en: new borrowers}
    counts: firms
    of: {newcomer: ["yes"]}
    least: "1"
"""
REASONS = {
    6: "pd lies outside 0 to 1",
    7: "lost_fen is no number",
    9: "least_lots is above most_lots",
    10: "the firm has another row of this option",
    11: "the firm has another row of this option",
    12: "lost_fen is empty",
    13: "enterprise_id is empty",
}


@pytest.fixture
def files(tmp_path: Path) -> Path:
    (tmp_path / "c.csv").write_text(CANDIDATES, encoding="utf-8")
    (tmp_path / "limits.yaml").write_text(LIMITS, encoding="utf-8")
    return tmp_path


@pytest.fixture
def allocate(files: Path, xiaowei: Xiaowei) -> Allocate:
    """Return what allocates candidates under the limits of the files."""

    def call(
        *words: str, candidates: str = "c.csv"
    ) -> subprocess.CompletedProcess[str]:
        limits = ("--limits", str(files / "limits.yaml"))
        table = str(files / candidates)
        return xiaowei(files / "home", "allocate", table, *limits, *words)

    return call


class TestAllocate:
    def test_lists_bad_rows_and_goes_on_with_the_good(self, allocate: Allocate) -> None:
        done = allocate("--json")
        told = json.loads(done.stdout)

        rejects = told["candidates"]["rejects"]
        assert {one["line"]: one["reason"] for one in rejects} == REASONS
        assert (told["candidates"]["rows"], told["candidates"]["used"]) == (12, 5)
        assert told["candidates"]["unused_columns"] == ["note"]
        # E6 has no tier: a fifth of the book, 12 lots, is all it and E3 may have. The
        # other 48 lots are worth most with E1; 8 of them are beyond what E1 may have.
        assert told["book"]["expected_profit_fen"] == 40 * 4350 + 8 * 3050 + 12 * 5660
        assert {one["enterprise_id"]: one["lots"] for one in told["loans"]} == {
            "E1": 40, "E2": 8, "E6": 12,
        }  # fmt: skip
        assert told["book"]["gap_fen"] == 0
        assert told["curse"]["believed_fen"] > told["curse"]["honest_fen"]
        assert "linear" in done.stderr or "firms" in done.stderr

    def test_shows_limits_with_prices_in_both_languages(
        self, allocate: Allocate
    ) -> None:
        done = allocate("--costs")

        assert done.returncode == 0, done.stderr
        for text in (
            "预算 budget", "最优", "proven best", "优化者的诅咒", "optimiser's curse",
            "line 6: pd lies outside 0 to 1", "limit budget costs in all",
        ):  # fmt: skip
            assert text in done.stdout

    @pytest.mark.parametrize("suffix", ["csv", "parquet", "json"])
    def test_writes_the_loans(
        self, files: Path, allocate: Allocate, suffix: str
    ) -> None:
        out = files / f"loans.{suffix}"
        done = allocate("--out", str(out))

        assert done.returncode == 0, done.stderr
        assert [row["lots"] for row in _rows(out)] == [40, 8, 12]

    def test_takes_the_same_from_parquet_in_any_order(
        self, files: Path, allocate: Allocate
    ) -> None:
        with (files / "c.csv").open(encoding="utf-8", newline="") as file:
            heads, *rows = list(csv.reader(file))
        good = [heads, *(rows[at] for at in (6, 3, 2, 1, 0))]
        with (files / "d.csv").open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows(good)
        pq.write_table(pc.read_csv(files / "d.csv"), files / "d.parquet")

        done = allocate("--json", candidates="d.parquet")

        lots = {o["enterprise_id"]: o["lots"] for o in json.loads(done.stdout)["loans"]}
        assert lots == {"E1": 40, "E2": 8, "E6": 12}

    def test_is_kept_on_record_with_who_asked_and_the_limits(
        self, files: Path, allocate: Allocate, xiaowei: Xiaowei
    ) -> None:
        made = json.loads(allocate("--json", "--by", "Zhang San").stdout)
        name = made["allocation_id"]
        listed = json.loads(xiaowei(files / "home", "allocations", "--json").stdout)
        again = json.loads(
            xiaowei(files / "home", "allocations", name, "--json").stdout
        )
        plain = xiaowei(files / "home", "allocations", name)
        unknown = xiaowei(files / "home", "allocations", "nothing")

        (one,) = listed["allocations"]
        assert (one["allocation_id"], one["asked_by"]) == (name, "Zhang San")
        assert one["asked_of"] == "c.csv"
        assert one["offered_fen"] == made["book"]["offered_fen"]
        assert again.pop("made_at") == one["made_at"]
        assert again == made
        assert again["asked_for"] == LIMITS
        assert "Zhang San" in plain.stdout
        assert "most_share" in plain.stdout
        assert unknown.returncode == 3
        assert name in unknown.stderr
        assert xiaowei(files / "home", "audit").returncode == 0

    def test_says_which_limit_leaves_the_book_empty_and_what_to_change(
        self, files: Path, allocate: Allocate
    ) -> None:
        text = """\
limits:
  trade:
    title: {zh: 单一行业, en: one trade}
    counts: offered
    each: industry
    most_share: "0.25"
"""
        (files / "limits.yaml").write_text(text, encoding="utf-8")
        done = allocate("--json")
        told = json.loads(done.stdout)

        assert told["book"]["firms"] == 0
        (why,) = told["empty"]
        assert "limit 'trade' (one trade)" in why["en"]
        assert "4 labels are due at least" in why["en"]
        assert "the candidates have 2 (build, retail)" in why["en"]
        assert "raise the share to 50.00%" in why["en"]
        assert "单一行业" in why["zh"]

    def test_names_limits_that_contradict(
        self, files: Path, allocate: Allocate
    ) -> None:
        text = LIMITS.replace('least: "1"', 'least: "2"')
        (files / "limits.yaml").write_text(text, encoding="utf-8")

        done = allocate()

        assert done.returncode == 4
        assert "no book keeps the limit 'new' (new borrowers)" in done.stderr

    def test_names_every_fault_of_the_limits(
        self, files: Path, allocate: Allocate
    ) -> None:
        text = LIMITS.replace('"0.20"', "0.20").replace(
            "counts: firms", "counts: ducks"
        )
        (files / "limits.yaml").write_text(text, encoding="utf-8")

        done = allocate()

        assert done.returncode == 5
        assert "2 fault(s)" in done.stderr
        assert "one of offered, drawn, capital" in done.stderr

    def test_names_the_columns_that_are_lacking(
        self, files: Path, allocate: Allocate
    ) -> None:
        (files / "c.csv").write_text("enterprise_id,pd\nE1,0.1\n", encoding="utf-8")

        done = allocate()

        assert done.returncode == 5
        assert "no column offered_fen, paid_fen, lost_fen" in done.stderr

    def test_refuses_a_limit_on_capital_of_which_none_is_stated(
        self, files: Path, allocate: Allocate
    ) -> None:
        text = LIMITS.replace("counts: firms", "counts: capital")
        (files / "limits.yaml").write_text(text, encoding="utf-8")

        done = allocate()

        assert done.returncode == 5
        assert "'new' counts capital" in done.stderr


def _rows(path: Path) -> list[dict[str, object]]:
    if path.suffix == ".json":
        loans: list[dict[str, object]] = json.loads(path.read_text("utf-8"))["loans"]
        return loans
    table = pq.read_table(path) if path.suffix == ".parquet" else pc.read_csv(path)
    rows: list[dict[str, object]] = table.to_pylist()
    return rows
