"""What is not there is said, and the rest of the pages goes on."""

import asyncio
import copy
import io
import re
from collections.abc import Callable
from typing import Any, TypeAlias

import httpx
import pytest
from python_calamine import CalamineWorkbook

from xiaowei.surfaces.report import packing
from xiaowei.surfaces.report.html import report_html
from xiaowei.surfaces.report.pages import BOOK
from xiaowei.surfaces.report.workbook import workbook_bytes
from xiaowei.surfaces.web.app import create_app

Document: TypeAlias = dict[str, Any]

NO_GRADES = {
    "zh": "未学习评级：各级不足10户",
    "en": "no grades learnt: fewer than 10 firms per grade",
}
RATED = re.compile(r"rating_|confusion")


@pytest.fixture(scope="module")
def bare(make: Callable[..., Document]) -> Document:
    """Return a run of firms without grades, months, offers or outcomes of offers."""
    run = copy.deepcopy(make(firms=4))
    for key in list(run["validation"]):
        if RATED.match(key):
            run["validation"][key] = None
    run["validation"] |= {"model": [], "leaks": [], "roc": [], "calibration": []}
    run["demand"] |= {"peers": [], "points": []}
    run["portfolio"] |= {"realised": None, "mean_rate": None, "mean_pd": None}
    run["portfolio"] |= {"profit_at_pd_low_fen": None, "breakeven_pd": None}
    for tier in run["portfolio"]["tiers"]:
        tier["mean_pd"] = None
    for firm in run["firms"]:
        firm |= {"rating": None, "rating_given": None, "rating_odds": {}}
        firm["series"] = {"months": []}
    return run


def page(run: Document, path: str, lang: str = "zh") -> str:
    async def ask() -> httpx.Response:
        transport = httpx.ASGITransport(create_app(lambda: run))
        address = "http://127.0.0.1"
        async with httpx.AsyncClient(transport=transport, base_url=address) as client:
            return await client.get(path, params={"lang": lang})

    answer = asyncio.run(ask())
    assert answer.status_code == 200, path
    return answer.text


def words_of(html: str) -> str:
    return re.sub(r"<[^>]*>", "", re.sub(r"<script.*?</script>", "", html, flags=re.S))


def firm_pages(run: Document) -> list[str]:
    packed = re.findall(r'data-pack="\d+">([^<]+)<', report_html(run))
    order = [firm["enterprise_id"] for firm in run["firms"]]
    return list(packing.unpack(packing.Packs(order, packed)).values())


def sheet(run: Document, name: str) -> list[list[Any]]:
    book = CalamineWorkbook.from_filelike(io.BytesIO(workbook_bytes(run)))
    return book.get_sheet_by_name(name).to_python()


def one_firm(document: Document, **change: object) -> Document:
    run = copy.deepcopy(document)
    run["firms"] = run["firms"][-1:]
    run["firms"][0] |= change
    return run


class TestBareRun:
    @pytest.mark.parametrize("lang", ["zh", "en"])
    @pytest.mark.parametrize("path", [*(one.path for one in BOOK), "/firms/E1"])
    def test_is_served(self, bare: Document, path: str, lang: str) -> None:
        said = words_of(page(bare, path, lang)).replace("None was found.", "")

        assert "None" not in said

    @pytest.mark.parametrize("lang", ["zh", "en"])
    def test_says_why_no_grades_were_learnt(self, bare: Document, lang: str) -> None:
        for path in ("/validation", "/firms/E1"):
            assert NO_GRADES[lang] in page(bare, path, lang)

    @pytest.mark.parametrize("lang", ["zh", "en"])
    def test_opens_as_one_file(self, bare: Document, lang: str) -> None:
        pages = firm_pages(bare)

        assert NO_GRADES[lang] in report_html(bare)
        assert all(NO_GRADES[lang] in one for one in pages)
        assert 'data-rating="None"' not in report_html(bare)

    @pytest.mark.parametrize("lang", ["zh", "en"])
    def test_fills_a_workbook(self, bare: Document, lang: str) -> None:
        stated = " ".join(map(str, sheet(bare, "验证 Validation")))

        assert NO_GRADES[lang] in stated
        assert [row[5] for row in sheet(bare, "企业 Enterprises")[1:]] == [""] * 4

    def test_counts_the_firms_without_a_grade(self, bare: Document) -> None:
        assert "未评级" in page(bare, "/")
        assert "no grade" in page(bare, "/firms", "en")

    def test_draws_the_months_that_are_known_of_one_source(
        self, document: Document
    ) -> None:
        run = one_firm(document, series={"months": ["2020-01"], "kwh": [3]})

        shown = page(run, "/firms/E12")

        assert '"sales":null' in shown
        assert "sales_fen" not in shown


class TestRating:
    def test_is_marked_where_it_is_predicted(self, document: Document) -> None:
        run = one_firm(document, rating="A", rating_given=None, limit_fen=1_000_000)

        for path in ("/", "/firms", "/firms/E12"):
            text = words_of(page(run, path))
            assert re.search(r"A\s+预测predicted", text), path
        assert sheet(run, "企业 Enterprises")[1][5] == "A 预测 predicted"

    def test_bears_no_mark_where_it_is_on_record(self, document: Document) -> None:
        run = one_firm(document, rating="A", rating_given="A", limit_fen=1_000_000)

        for path in ("/", "/firms", "/firms/E12"):
            assert not re.search(r"A\s+预测predicted", words_of(page(run, path))), path
        assert sheet(run, "企业 Enterprises")[1][5] == "A"

    @pytest.mark.parametrize(
        ("rating", "pd", "warned"),
        [
            ("A", 0.15, True),
            ("B", 0.1499, False),
            ("C", 0.0299, True),
            ("D", 0.03, False),
            (None, 0.5, False),
            ("A", None, False),
        ],
    )
    def test_asks_for_a_person_where_the_pd_disagrees(
        self, document: Document, rating: str | None, pd: float | None, warned: bool
    ) -> None:
        run = one_firm(document, rating=rating, pd=pd)

        shown = page(run, "/firms/E12")

        assert ("评级与违约概率不一致，请人工复核" in shown) is warned
        assert ("Take care: grade and PD disagree" in shown) is warned

    def test_is_never_called_by_the_name_of_the_tier(self, document: Document) -> None:
        for path in ("/", "/firms", "/offers", "/firms/E1"):
            shown = page(document, path)
            assert "等级" not in shown
            assert "客户分层" in shown
        assert "客户分层\nTier" in sheet(document, "企业 Enterprises")[0]


class TestMonths:
    @pytest.mark.parametrize(
        ("as_of", "partial"),
        [("2020-02-21", True), ("2020-02-29", False), ("2020-03-15", False)],
    )
    def test_mark_the_last_one_where_the_data_end_within_it(
        self, document: Document, as_of: str, partial: bool
    ) -> None:
        stated = document["firms"][-1]["series"] | {"declared_fen": None, "kwh": None}
        months = {"months": ["2020-01", "2020-02"]}
        two = {key: value and value[:2] for key, value in stated.items()}
        run = one_firm(document, as_of=as_of, series=two | months)

        shown = page(run, "/firms/E12", "en")

        assert ("2020-02 <small>" in shown) is partial
        assert f'"partial":{"true" if partial else "false"}' in shown
        assert f"data to {as_of}" in shown
        assert "0 = no valid invoice" in shown


class TestTexts:
    def test_of_evidence_may_be_one_or_a_pair(self, document: Document) -> None:
        rows = [finding for one in document["firms"][1:] for finding in one["findings"]]
        amount = next(row["evidence"][0]["text"] for row in rows if row["evidence"])
        both = f"{amount['zh']} / {amount['en']}"

        assert any(amount["en"] in one for one in firm_pages(document))
        assert both in str(sheet(document, "核验 Findings"))

    def test_say_that_signs_were_set_by_experts(self, document: Document) -> None:
        shown = page(document, "/validation")

        assert "正负方向由专家事先设定，并非数据所得" in shown
        assert "its sign was set by experts, not found" in shown

    def test_title_a_trait_in_english_or_by_its_key(self, document: Document) -> None:
        run = copy.deepcopy(document)
        del run["traits"][0]["en"]
        run["validation"]["model"][1] |= {"zh": "增速", "en": "growth of sales"}
        del run["firms"][0]["reasons"][2]["en"]

        assert '<span lang="en">title of void share 12m</span>' in page(run, "/traits")
        assert '<span lang="en">sales_12m</span>' in page(run, "/traits")
        assert '<span lang="en">growth of sales</span>' in page(run, "/validation")
        assert '<span lang="en">void_share_12m</span>' in page(run, "/firms/E1")
        titles = [row[2] for row in sheet(run, "指标字典 Traits")]
        assert titles[1:3] == ["sales_12m", "title of sales growth 12m"]
        assert "growth of sales" in str(sheet(run, "验证 Validation"))


class TestProfit:
    def test_is_shown_at_both_ends_of_the_pds(self, document: Document) -> None:
        shown = page(document, "/offers")

        assert "若每户违约概率都取区间上端" in shown
        assert "if every PD stood at the lower end of its interval" in shown
        assert "4.12%" in shown
        assert "at the upper end" in str(sheet(document, "总览 Overview"))

    def test_stands_alone_in_a_run_that_states_no_ends(
        self, document: Document
    ) -> None:
        run = copy.deepcopy(document)
        for key in ("profit_at_pd_low_fen", "profit_at_pd_high_fen", "breakeven_pd"):
            del run["portfolio"][key]

        assert "取区间上端" not in page(run, "/offers")
        assert "取区间上端" not in str(sheet(run, "总览 Overview"))
