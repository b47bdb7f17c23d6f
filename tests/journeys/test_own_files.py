"""A bank's own small folder: no ratings, firms without invoices, a slip of the pen."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from tests.journeys.conftest import Xiaowei

FIRMS = 40
BADS = 12


def months() -> list[date]:
    return [date(2023 + n // 12, n % 12 + 1, 10) for n in range(24)]


def invoices(*, slip: str) -> str:
    """Return sales of FIRMS; the first BADS fade away; one row has a future day."""
    rows = ["企业代号,发票号码,开票日期,购方单位代号,金额,税额,价税合计,发票状态"]
    number = 10_000_000
    for firm in range(FIRMS):
        for place, day in enumerate(months()):
            number += 1
            whole = 20_000 + 1_000 * firm + 300 * (number % 7)
            if firm < BADS and place >= 18:
                whole //= 20
            tax = whole * 13 // 100
            rows.append(
                f"F{firm:03d},{number},{day},B{number % 9},{whole}.00,{tax}.00,"
                f"{whole + tax}.00,正常"
            )
    rows.append(slip)
    return "\n".join(rows) + "\n"


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write the folder: names, sales in GB18030, and a history without ratings."""
    place = tmp_path_factory.mktemp("own")
    files = place / "files"
    files.mkdir()
    slip = "F001,99999999,2035-01-01,B1,100.00,13.00,113.00,正常"
    (files / "销项发票.csv").write_text(invoices(slip=slip), encoding="gb18030")
    names = [f"F{n:03d},企业{n}" for n in range(FIRMS + 3)]
    (files / "企业名录.csv").write_text(
        "企业代号,企业名称\n" + "\n".join(names) + "\n", encoding="utf-8-sig"
    )
    # Three firms of the history have no invoice at all, as in every bank's books.
    history = [f"F{n:03d},{'是' if n < BADS else '否'}" for n in range(FIRMS + 3)]
    (files / "信贷记录.csv").write_text(
        "企业代号,是否违约\n" + "\n".join(history) + "\n", encoding="utf-8"
    )
    return place


@pytest.fixture(scope="module")
def run(place: Path, xiaowei: Xiaowei) -> dict[str, Any]:
    done = xiaowei(
        place / "home", "run", str(place / "files"), "--budget", "1000000",
        "--received-on", "2025-01-05", "--json", str(place / "out.json"),
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    document: dict[str, Any] = json.loads((place / "out.json").read_text("utf-8"))
    return document


class TestOwnFiles:
    def test_are_judged_without_ratings(self, run: dict[str, Any], place: Path) -> None:
        assert len(run["firms"]) == FIRMS + 3
        assert run["validation"]["bads"] == BADS
        assert run["validation"]["rating_accuracy"] is None
        assert all(firm["rating"] is None for firm in run["firms"])
        assert (place / "home" / "report.html").exists()
        assert (place / "home" / "report.xlsx").exists()

    def test_rank_firms_of_which_nothing_is_known_as_the_riskiest(
        self, run: dict[str, Any]
    ) -> None:
        unknown = [f for f in run["firms"] if f["traits"]["sales_24m"] is None]
        known = [f for f in run["firms"] if f["traits"]["sales_24m"] is not None]

        assert len(unknown) == 3
        assert min(f["pd"] for f in unknown) >= max(f["pd"] for f in known)
        assert all(f["limit_fen"] == 0 for f in unknown)

    def test_do_not_move_the_day_by_one_mistyped_year(
        self, run: dict[str, Any], place: Path
    ) -> None:
        sales = next(a for a in run["facts"] if a["source"] == "sales_invoices")
        listed = place / "home" / "lake" / "rejects" / sales["rejects"]

        assert run["as_of"] == "2025-01-05"
        assert sales["quarantined"] == 1
        assert "2035-01-01" in listed.read_text("utf-8-sig")

    def test_are_refused_on_a_day_when_no_outcome_was_known(
        self, run: dict[str, Any], place: Path, xiaowei: Xiaowei
    ) -> None:
        assert run["as_of"] == "2025-01-05"
        done = xiaowei(
            place / "home", "run", str(place / "files"), "--budget", "1000000",
            "--received-on", "2025-01-05", "--as-of", "2024-06-30",
        )  # fmt: skip

        assert done.returncode == 5
        assert "give --as-of 2025-01-05" in done.stderr

    def test_earn_within_a_budget_that_counts_money_drawn(
        self, run: dict[str, Any], place: Path, xiaowei: Xiaowei
    ) -> None:
        assert run["portfolio"]["meaning"] == "offered"
        done = xiaowei(
            place / "drawn", "run", str(place / "files"), "--budget", "1000000",
            "--received-on", "2025-01-05", "--budget-counts", "drawn",
            "--json", str(place / "drawn.json"),
        )  # fmt: skip
        book = json.loads((place / "drawn.json").read_text("utf-8"))["portfolio"]

        assert done.returncode == 0, done.stderr
        assert book["drawn_fen"] <= book["budget_fen"]
        assert book["recipe"]["drawn_fen"] <= book["budget_fen"]
