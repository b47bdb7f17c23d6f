"""The main job on real input: 425 firms, from invoices to offers."""

import json
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Browser
from scipy.optimize import Bounds, LinearConstraint, milp
from tests.data import CUMCM, needs_cumcm
from tests.journeys.conftest import Xiaowei

from xiaowei.offers.demand import Churn

pytestmark = [needs_cumcm, pytest.mark.data]

BUDGET = "100000000"
ROWS = {
    "input_123_invoices.parquet": 210_947,
    "output_123_invoices.parquet": 162_484,
    "input_302_invoices.parquet": 395_175,
    "output_302_invoices.parquet": 330_835,
}


def best_of_milp(profits: list[int], *, most: list[int], budget_lots: int) -> int:
    """Return the optimum of the allocation as SciPy's mixed-integer solver finds it.

    Per firm a number of lots and a yes or no: 10 lots or more where yes, none where no.
    """
    count = len(profits)
    lots, whether = np.eye(count, 2 * count), np.eye(count, 2 * count, count)
    total = np.concatenate([np.ones(count), np.zeros(count)])
    caps = np.array(most)[:, None]
    found = milp(
        -np.concatenate([profits, np.zeros(count)]),
        integrality=np.ones(2 * count, dtype=np.int64),
        bounds=Bounds(0, np.concatenate([most, np.ones(count)])),
        constraints=[
            LinearConstraint(total, ub=budget_lots),
            LinearConstraint(lots - caps * whether, ub=0),
            LinearConstraint(10 * whether - lots, ub=0),
        ],
        options={"mip_rel_gap": 0},
    )
    assert found.status == 0
    return round(-found.fun)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cumcm")


@pytest.fixture(scope="module")
def run(home: Path, xiaowei: Xiaowei) -> dict[str, Any]:
    done = xiaowei(
        home / "home", "run", "--public", f"cumcm2020c={CUMCM}",
        "--budget", BUDGET, "--json", str(home / "out.json"),
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    document: dict[str, Any] = json.loads((home / "out.json").read_text("utf-8"))
    return document


@pytest.fixture(scope="module")
def firms(run: dict[str, Any]) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = run["firms"]
    return rows


class TestFacts:
    def test_account_for_every_row(self, run: dict[str, Any]) -> None:
        files = {
            account["file"]: account
            for account in run["facts"]
            if account["file"] in ROWS
        }

        assert {name: account["rows"] for name, account in files.items()} == ROWS
        for account in run["facts"]:
            assert account["rows"] == sum(
                account[part] for part in ("accepted", "quarantined", "duplicates")
            )

    def test_count_what_each_rule_touched(self, run: dict[str, Any]) -> None:
        sales = next(
            a for a in run["facts"] if a["file"] == "output_123_invoices.parquet"
        )

        assert sales["notes"] == {
            "void": 11_206,
            "status_with_spaces": 47,
            "red_letter": 8_556,
        }
        assert (sales["quarantined"], sales["duplicates"]) == (1, 4_436)


class TestFirms:
    def test_are_all_there_with_all_that_was_asked_for(
        self, firms: list[dict[str, Any]]
    ) -> None:
        wanted = {
            "enterprise_id", "as_of", "pd", "pd_low", "pd_high", "rating",
            "rating_given", "tier", "limit_fen", "rate", "expected_profit_fen",
            "reasons", "findings",
        }  # fmt: skip

        assert len({firm["enterprise_id"] for firm in firms}) == 425
        assert all(wanted <= set(firm) for firm in firms)

    def test_have_pds_within_their_intervals(self, firms: list[dict[str, Any]]) -> None:
        assert all(0 <= f["pd_low"] <= f["pd"] <= f["pd_high"] <= 1 for f in firms)

    def test_have_reasons_that_add_up_to_the_score(
        self, firms: list[dict[str, Any]]
    ) -> None:
        for firm in firms:
            points = sum(reason["points"] for reason in firm["reasons"])
            assert firm["base_points"] + points == firm["score"]

    def test_have_a_grade_each_and_keep_the_given_one(
        self, firms: list[dict[str, Any]]
    ) -> None:
        given = Counter(firm["rating_given"] for firm in firms)

        assert given == {"A": 27, "B": 38, "C": 34, "D": 24, None: 302}
        assert all(firm["rating"] in "ABCD" for firm in firms)
        assert all(f["rating"] == f["rating_given"] for f in firms if f["rating_given"])

    def test_have_a_finding_of_every_check(self, run: dict[str, Any]) -> None:
        names = [check["check"] for check in run["checks"]]

        for firm in run["firms"]:
            assert [finding["check"] for finding in firm["findings"]] == names
            for finding in firm["findings"]:
                assert finding["text"]["zh"]
                assert finding["text"]["en"]
                if finding["outcome"] == "differs":
                    assert finding["severity"] != "none"
                    assert finding["expected"]
                    assert finding["observed"]

    def test_that_share_their_books_are_found_out(
        self, firms: list[dict[str, Any]]
    ) -> None:
        found = {
            firm["enterprise_id"]
            for firm in firms
            for finding in firm["findings"]
            if finding["check"] == "one_owner" and finding["severity"] == "high"
        }

        assert {"E124", "E125", "E131", "E14", "E242", "E45"} <= found
        assert len(found) == 16

    def test_that_share_their_books_get_no_offer(
        self, firms: list[dict[str, Any]]
    ) -> None:
        for firm in firms:
            if any(f["severity"] == "high" for f in firm["findings"]):
                assert (firm["tier"], firm["limit_fen"]) == ("risk_warning", 0)

    @pytest.mark.browser
    def test_show_the_one_invoice_whose_sides_disagree(
        self, firms: list[dict[str, Any]], home: Path, browser: Browser
    ) -> None:
        shown = {one["enterprise_id"]: one["deceit"]["mirrors"] for one in firms}
        (invoice,) = shown["E193"]
        page = browser.new_page()

        page.goto(f"{(home / 'home' / 'report.html').as_uri()}#/firms/E193")
        figure = page.locator("#deceit:visible figure").last
        figure.scroll_into_view_if_needed()
        figure.locator("canvas, svg").first.wait_for()
        figure.locator("summary").click()

        assert {firm for firm, mirrors in shown.items() if mirrors} == {"E8", "E193"}
        assert invoice["invoice_no"] in figure.inner_text()
        assert "已作废" in figure.inner_text()
        for side in ("seller", "buyer"):
            told = f"{invoice[side]['file']}:{invoice[side]['line']}"
            assert told in figure.inner_text()
        page.close()


class TestOffers:
    def test_stay_within_bounds(self, firms: list[dict[str, Any]]) -> None:
        for firm in firms:
            if firm["limit_fen"]:
                assert 10_000_000 <= firm["limit_fen"] <= 100_000_000
                assert 0.04 <= firm["rate"] <= 0.15
                assert firm["rating"] != "D"
                assert not firm["defaulted"]
            else:
                assert firm["rate"] is None
                assert firm["expected_profit_fen"] == 0
                assert firm["offer_steps"]

    def test_stay_within_the_budget(self, run: dict[str, Any]) -> None:
        book = run["portfolio"]

        assert book["budget_fen"] == 10_000_000_000
        assert book["offered_fen"] == sum(f["limit_fen"] for f in run["firms"])
        assert book["offered_fen"] <= book["budget_fen"]
        assert book["expected_profit_fen"] == sum(
            f["expected_profit_fen"] for f in run["firms"]
        )

    def test_equal_the_exact_optimum_of_a_milp(self, run: dict[str, Any]) -> None:
        book = run["portfolio"]
        lgd, funding = book["assumptions"]["lgd"], book["assumptions"]["funding_rate"]
        curves = {g: Churn(c["k"], c["b"]) for g, c in run["demand"]["curves"].items()}
        rates = [at / 10_000 for at in range(400, 1501)]
        profits: list[int] = []
        most: list[int] = []
        for firm in run["firms"]:
            sales = firm["traits"]["sales_12m"]
            barred = (
                firm["tier"] == "risk_warning"
                or firm["rating"] == "D"
                or firm["defaulted"]
            )
            lots = min(int(sales * 0.2 // 1_000_000), 100) if sales and sales > 0 else 0
            if barred or lots < 10:
                continue
            kept = curves[firm["rating"]].kept(rates)
            profit = max(
                k * (r * (1 - firm["pd"]) - lgd * firm["pd"] - funding)
                for k, r in zip(kept, rates, strict=True)
            )
            profits.append(int(profit * 1_000_000 + 0.5))
            most.append(lots)

        exact = best_of_milp(profits, most=most, budget_lots=10_000)

        assert book["gap"] == 0
        assert exact == book["expected_profit_fen"]

    def test_beat_the_fixed_rate_recipe_under_the_same_pds(
        self, run: dict[str, Any]
    ) -> None:
        book = run["portfolio"]

        assert book["recipe"]["offered_fen"] <= book["budget_fen"]
        assert book["expected_profit_fen"] > book["recipe"]["expected_profit_fen"]
        assert (
            book["recipe"]["claimed_profit_fen"] > book["recipe"]["expected_profit_fen"]
        )

    def test_cannot_earn_more_than_the_churn_table_allows(
        self, run: dict[str, Any]
    ) -> None:
        # With no default and no cost, 100 million yuan offered earn at most 4.15%.
        assert run["portfolio"]["expected_profit_fen"] < 415_000_000


class TestValidation:
    def test_holds_and_states_its_intervals(self, run: dict[str, Any]) -> None:
        worth = run["validation"]

        assert worth["auc"] >= 0.87
        assert worth["auc_low"] < worth["auc"] < worth["auc_high"]
        assert (worth["firms"], worth["bads"]) == (123, 27)
        assert worth["rating_qwk"] >= 0.69
        # A grader's accuracy on these 123 firms moves by as much from repeat to repeat
        # as the published range of 0.553 to 0.675.
        assert worth["rating_accuracy"] >= 0.553
        assert worth["rating_accuracy_low"] < worth["rating_accuracy"]

    def test_is_no_better_than_honest(self, run: dict[str, Any]) -> None:
        worth = run["validation"]

        assert worth["auc"] < 0.93
        assert worth["auc_difference_low"] < 0 < worth["auc_difference_high"]
        assert any("no gain" in warning["en"] for warning in run["warnings"])

    def test_refuses_the_rating_and_nothing_else(self, run: dict[str, Any]) -> None:
        (leak,) = run["validation"]["leaks"]

        assert leak["candidate"] == "rating"
        assert "24 of 24" in leak["evidence"]


class TestTiming:
    def test_stays_within_what_was_promised(self, run: dict[str, Any]) -> None:
        timing = run["timing"]

        assert timing["total"]["peak_mib"] <= 3072
        # Seconds are promised for two free cores; a busy machine gets three times as
        # many here, and the bench states them.
        assert timing["facts"]["seconds"] + timing["portraits"]["seconds"] <= 45
        assert timing["total"]["seconds"] <= 270


class TestAgain:
    def test_gives_the_same_bytes(
        self, run: dict[str, Any], home: Path, xiaowei: Xiaowei
    ) -> None:
        done = xiaowei(
            home / "other", "run", "--public", f"cumcm2020c={CUMCM}",
            "--budget", BUDGET, "--json", str(home / "again.json"),
        )  # fmt: skip
        again = json.loads((home / "again.json").read_text("utf-8"))

        assert done.returncode == 0, done.stderr
        assert {**again, "timing": {}} == {**run, "timing": {}}
        for name in ("report.html", "report.xlsx"):
            assert (home / "other" / name).read_bytes() == (
                home / "home" / name
            ).read_bytes()

    def test_shows_a_firm_of_the_last_run(
        self, run: dict[str, Any], home: Path, xiaowei: Xiaowei
    ) -> None:
        done = xiaowei(home / "home", "show", "E7", "--json")

        shown = json.loads(done.stdout)
        assert shown == next(f for f in run["firms"] if f["enterprise_id"] == "E7")

    def test_keeps_a_journal_that_verifies(
        self, run: dict[str, Any], home: Path, xiaowei: Xiaowei
    ) -> None:
        assert run["schema"] == "xiaowei.run/1"
        assert "each follows" in xiaowei(home / "home", "audit").stdout

    def test_refuses_a_budget_below_one_loan(
        self, run: dict[str, Any], home: Path, xiaowei: Xiaowei
    ) -> None:
        assert run["firms"]
        done = xiaowei(
            home / "home", "run", "--public", f"cumcm2020c={CUMCM}", "--budget", "50000"
        )

        assert done.returncode == 5
        assert "cannot make one loan" in done.stderr
        assert "100,000.00 yuan, the smallest loan" in done.stderr
