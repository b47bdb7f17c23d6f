"""A new user's first minute: the demonstration on a simulated county."""

import csv
import json
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser
from tests.journeys.conftest import Xiaowei
from typer.testing import CliRunner

from xiaowei.facts.sources import EVERY_SOURCE
from xiaowei.surfaces.cli import app


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("demo")


@pytest.fixture(scope="module")
def run(place: Path, xiaowei: Xiaowei) -> dict[str, Any]:
    done = xiaowei(
        place / "home",
        "demo",
        str(place),
        "--seed",
        "7",
        "--json",
        str(place / "out.json"),
    )
    assert done.returncode == 0, done.stderr
    document: dict[str, Any] = json.loads((place / "out.json").read_text("utf-8"))
    return document


@pytest.fixture(scope="module")
def truth(run: dict[str, Any], place: Path) -> dict[str, dict[str, str]]:
    assert run["firms"]
    path = place / "county-7" / "truth" / "firms.csv"
    with path.open(encoding="utf-8-sig", newline="") as file:
        return {row["enterprise_id"]: row for row in csv.DictReader(file)}


def offered(place: Path, firm: str) -> dict[str, Any]:
    """Ask within this process which products a firm may have."""
    words = ["--home", str(place / "home"), "offer", firm, "--json"]
    done = CliRunner().invoke(app, words)
    assert done.exit_code == 0, done.output
    told: dict[str, Any] = json.loads(done.stdout)
    return told


@pytest.fixture(scope="module")
def lent(run: dict[str, Any]) -> list[dict[str, Any]]:
    """Return every third of the firms that the run lends to."""
    return [firm for firm in run["firms"] if firm["limit_fen"]][::3]


@pytest.fixture(scope="module")
def told(lent: list[dict[str, Any]], place: Path) -> list[dict[str, Any]]:
    """Return what they are offered when one asks."""
    return [offered(place, firm["enterprise_id"]) for firm in lent]


def cap(offer: dict[str, Any], name: str) -> dict[str, Any]:
    """Return one cap of an offer's limit."""
    found: dict[str, Any] = next(
        one for one in offer["limit"]["caps"] if one["cap"] == name
    )
    return found


@pytest.fixture
def served(run: dict[str, Any], place: Path) -> Iterator[str]:
    """Serve the demonstration's home with the command that a user gives."""
    assert run["firms"]
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [
        sys.executable, "-m", "xiaowei", "--home", str(place / "home"),
        "serve", "--port", str(port),
    ]  # fmt: skip
    address = f"http://127.0.0.1:{port}"
    with subprocess.Popen(command) as server:  # noqa: S603 - our own command
        until = time.monotonic() + 180
        while time.monotonic() < until:
            try:
                if httpx.get(f"{address}/health").status_code == httpx.codes.OK:
                    break
            except httpx.TransportError:
                time.sleep(0.2)
        yield address
        server.send_signal(signal.SIGINT)


class TestDemo:
    def test_goes_from_files_to_offers(self, run: dict[str, Any]) -> None:
        assert len(run["firms"]) == 300
        assert run["portfolio"]["firms"] > 0
        assert run["portfolio"]["gap"] == 0

    def test_sets_dirty_rows_aside_with_their_lines(
        self, run: dict[str, Any], place: Path
    ) -> None:
        dirty = [account for account in run["facts"] if account["quarantined"]]

        assert sum(account["quarantined"] for account in dirty) == 12
        for account in dirty:
            assert (place / "home" / "lake" / "rejects" / account["rejects"]).exists()

    def test_uses_every_source(self, run: dict[str, Any]) -> None:
        silent = {check["check"]: check["silent"] for check in run["checks"]}

        told = {account["source"]: account["source_zh"] for account in run["facts"]}
        assert told == {source.name: source.zh for source in EVERY_SOURCE}
        assert silent["tax_against_invoices"] < 150
        assert silent["electricity_against_invoices"] < 250

    def test_ranks_defaults_of_firms_that_the_bank_does_not_know(
        self, run: dict[str, Any], truth: dict[str, dict[str, str]]
    ) -> None:
        strangers = [
            f for f in run["firms"] if truth[f["enterprise_id"]]["customer"] == "no"
        ]
        bad = [f["pd"] for f in strangers if truth[f["enterprise_id"]]["default_on"]]
        good = [
            f["pd"] for f in strangers if not truth[f["enterprise_id"]]["default_on"]
        ]
        pairs = [(b > g) + 0.5 * (b == g) for b in bad for g in good]

        assert len(bad) >= 5
        assert sum(pairs) / len(pairs) > 0.75

    def test_reads_no_truth(self, run: dict[str, Any]) -> None:
        assert not any("truth" in account["file"] for account in run["facts"])

    def test_verifies_one_firm_as_the_run_did(
        self, run: dict[str, Any], place: Path, xiaowei: Xiaowei
    ) -> None:
        firm = max(run["firms"], key=lambda one: one["deceit"]["probability"])

        done = xiaowei(place / "home", "verify", firm["enterprise_id"], "--json")
        told = json.loads(done.stdout)
        plain = xiaowei(place / "home", "verify", firm["enterprise_id"]).stdout

        assert told["as_of"] == run["as_of"]
        assert [one["enterprise_id"] for one in told["enterprises"]] == [
            firm["enterprise_id"]
        ]
        assert told["enterprises"][0]["deceit"] == firm["deceit"]
        assert told["enterprises"][0]["findings"] == firm["findings"]
        assert all(reason["zh"] in plain for reason in firm["deceit"]["reasons"])

    def test_lists_whom_to_look_at_first(
        self, run: dict[str, Any], place: Path, xiaowei: Xiaowei
    ) -> None:
        done = xiaowei(place / "home", "verify", "--limit", "5", "--json")
        told = [one["deceit"]["probability"] for one in _enterprises(done.stdout)]

        every = sorted((f["deceit"]["probability"] for f in run["firms"]), reverse=True)
        assert told == every[:5]

    def test_says_who_is_not_known(self, place: Path, xiaowei: Xiaowei) -> None:
        done = xiaowei(place / "home", "verify", "NOBODY")

        assert done.returncode != 0
        assert "nothing is known of enterprise 'NOBODY'" in done.stderr

    def test_lists_trades_with_their_credibility(
        self, run: dict[str, Any], place: Path, xiaowei: Xiaowei
    ) -> None:
        told = json.loads(xiaowei(place / "home", "industry", "--json").stdout)
        plain = xiaowei(place / "home", "industry", "H62").stdout

        assert told == run["industries"]
        rows = {row["code"]: row for row in told["rows"]}
        assert "".join(rows["H62"]["text"]["zh"].split()) in "".join(plain.split())
        for row in told["rows"]:
            assert row["low"] <= row["coefficient"] <= row["high"]
            assert 0 <= row["credibility"] <= 1
            assert "Z" in row["text"]["en"]
        assert told["valid_from"] < told["expires_on"]

    def test_says_which_products_a_firm_may_have_and_what_it_would_repay(
        self, run: dict[str, Any], told: list[dict[str, Any]], place: Path
    ) -> None:
        loans = [one["proposal"] for one in told if one["proposal"]]

        assert loans
        for one, loan in zip(
            (one for one in told if one["proposal"]), loans, strict=True
        ):
            eligible = {p["product"] for p in one["products"] if p["eligible"]}
            assert loan["product"] in eligible
            assert (
                sum(x["principal_fen"] for x in loan["schedule"])
                == (loan["amount_fen"])
            )
            assert loan["schedule"][-1]["outstanding_fen"] == 0
            assert loan["amount_fen"] <= one["limit_fen"]
        nobody = next(f for f in run["firms"] if not f["limit_fen"])
        assert offered(place, nobody["enterprise_id"])["proposal"] is None

    def test_binds_each_limit_by_its_least_cap(
        self, told: list[dict[str, Any]]
    ) -> None:
        caps = ["cash", "need", "buyer", "group", "turnover", "policy"]
        for one in told:
            limit = one["limit"]
            assert [each["cap"] for each in limit["caps"]] == caps
            least = min(each["amount_fen"] or 0 for each in limit["caps"])
            assert (cap(one, limit["binds"])["amount_fen"] or 0) == least
            assert limit["amount_fen"] <= least
            assert limit["amount_fen"] % 1_000_000 == 0

    def test_lends_no_more_than_cash_bears_and_tells_what_is_left(
        self, told: list[dict[str, Any]], place: Path
    ) -> None:
        loans = [one for one in told if one["proposal"]]

        assert loans
        for one in loans:
            loan, limit = one["proposal"], one["limit"]
            assert all(each["known"] for each in limit["caps"])
            assert loan["amount_fen"] <= cap(one, "cash")["amount_fen"]
            assert loan["amount_fen"] <= limit["amount_fen"]
            assert loan["shortfall"]["high"] <= limit["shortfall_most"]
            assert all(
                each["p10_fen"] <= each["p50_fen"] <= each["p90_fen"]
                for each in loan["cash"]
            )
        assert offered(place, loans[0]["enterprise_id"]) == loans[0]

    def test_lends_nothing_on_what_cannot_be_known(
        self, run: dict[str, Any], place: Path
    ) -> None:
        unknown = [
            one
            for one in run["firms"]
            if not all(each["known"] for each in one["caps"])
        ]
        told = offered(place, unknown[0]["enterprise_id"])

        assert all(one["limit_fen"] == one["most_fen"] == 0 for one in unknown)
        assert (told["limit"]["amount_fen"], told["proposal"]) == (0, None)

    def test_offers_in_a_run_what_it_proposes_to_the_one_who_asks(
        self,
        run: dict[str, Any],
        lent: list[dict[str, Any]],
        told: list[dict[str, Any]],
    ) -> None:
        assert len(lent) > 5
        assert set(run["portfolio"]["judged"]["caps"]) >= {"cash", "need", "group"}
        for firm, one in zip(lent, told, strict=True):
            loan, limit = one["proposal"], one["limit"]
            assert loan["product"] == firm["product"]
            assert loan["amount_fen"] == firm["limit_fen"]
            assert loan["rate"] == firm["rate"]
            assert firm["limit_fen"] <= firm["most_fen"] <= limit["amount_fen"]
            assert one["strategy"] == firm["strategy"]

    def test_lends_by_the_strategy_of_the_tier(self, run: dict[str, Any]) -> None:
        for firm in run["firms"]:
            segments = firm["strategy"]["segments"]
            assert segments[0] == firm["tier"]
            assert segments[1:] in ([], ["newcomer"])
            if firm["limit_fen"]:
                assert firm["product"] in firm["strategy"]["products"]
                assert firm["tier"] != "risk_warning" or firm["staged"]

    def test_explains_why_a_product_is_not_for_a_firm(
        self, run: dict[str, Any], place: Path, xiaowei: Xiaowei
    ) -> None:
        firm = run["firms"][0]["enterprise_id"]
        plain = CliRunner().invoke(app, ["--home", str(place / "home"), "offer", firm])
        refused = xiaowei(place / "home", "offer", firm, "--product", "renewal")
        unknown = xiaowei(place / "home", "offer", firm, "--product", "yacht")

        assert plain.exit_code == 0
        assert "信用优享贷" in plain.stdout
        assert "is due: " in plain.stdout
        assert refused.returncode == 5
        assert "'renewal' is not lent so" in refused.stderr
        assert unknown.returncode == 3
        assert "working_capital" in unknown.stderr

    def test_judges_each_trade_on_what_counts_there(self, run: dict[str, Any]) -> None:
        keys = {f["profile"]["key"] for f in run["firms"]}
        catering = [f for f in run["firms"] if (f["industry"] or "").startswith("H62")]

        assert len(keys) > 3
        assert catering
        assert {f["profile"]["key"] for f in catering} == {"catering"}
        assert all(
            0 <= f["profile"]["index"] <= f["profile"]["at_most"] <= 100
            for f in run["firms"]
        )

    def test_adds_nothing_the_second_time(
        self, run: dict[str, Any], place: Path, xiaowei: Xiaowei
    ) -> None:
        done = xiaowei(
            place / "home",
            "demo",
            str(place),
            "--seed",
            "7",
            "--json",
            str(place / "two.json"),
        )
        again = json.loads((place / "two.json").read_text("utf-8"))

        assert done.returncode == 0, done.stderr
        assert {**again, "timing": {}} == {**run, "timing": {}}


def _enterprises(out: str) -> list[dict[str, Any]]:
    told: list[dict[str, Any]] = json.loads(out)["enterprises"]
    return told


@pytest.mark.browser
class TestPages:
    def test_draw_what_speaks_against_a_firm(
        self, run: dict[str, Any], served: str, browser: Browser
    ) -> None:
        drawings = {
            "power": ("power", "电量与销售"),
            "band": ("band", "开票与旁证"),
            "circles": ("ring", "环形交易"),
        }
        page = browser.new_page()
        faults: list[str] = []
        page.on("pageerror", lambda error: faults.append(str(error)))

        for drawn, (kind, title) in drawings.items():
            firms = [one for one in run["firms"] if one["deceit"][drawn]]
            firm = max(firms, key=lambda one: one["deceit"]["probability"])
            page.goto(f"{served}/firms/{firm['enterprise_id']}")
            section = page.locator("#deceit:visible")
            # A drawing is made when it comes into sight.
            plot = section.locator(f'.plot[data-kind="{kind}"]')
            plot.scroll_into_view_if_needed()
            plot.locator("canvas, svg").first.wait_for()
            reason = firm["deceit"]["reasons"][0]["zh"]

            assert title in section.inner_text()
            assert reason in section.inner_text()
            believed = page.locator("th", has_text="可信程度").count()
            assert believed == bool(firm["deceit"]["trust"])
        assert not faults
        page.close()

    def test_show_the_demonstration_in_a_real_browser(
        self, run: dict[str, Any], place: Path, served: str, browser: Browser
    ) -> None:
        offered = next(firm for firm in run["firms"] if firm["limit_fen"])
        asked: list[str] = []
        context = browser.new_context()
        page = context.new_page()
        page.on("request", lambda request: asked.append(request.url))

        page.goto(served)
        page.locator("nav").get_by_text("企业", exact=True).first.click()
        page.locator("form:visible [name=tier]").select_option(offered["tier"])
        page.locator("form:visible button").click()
        page.goto(f"{served}/firms/{offered['enterprise_id']}")
        table = page.locator("table.points")
        parts = [
            int(cell.get_attribute("data-points") or "")
            for cell in table.locator("[data-points]").all()
        ]

        assert sum(parts) == offered["score"]
        assert offered["name"] in page.locator("h1:visible").inner_text()
        assert f"{offered['rate'] * 100:.2f}%" in page.locator("main").inner_text()
        assert asked
        assert all(url.startswith(served) for url in asked)
        context.close()
        assert (place / "home" / "report.html").stat().st_size < 6 * 2**20
