"""What experts say and rights are worth is on a firm's page, and does no harm."""

import asyncio
import copy
from html import escape
from typing import Any, TypeAlias

import httpx
import pytest

from xiaowei.surfaces.report.html import report_html
from xiaowei.surfaces.report.workbook import workbook_bytes
from xiaowei.surfaces.web.app import create_app

Document: TypeAlias = dict[str, Any]

HOSTILE = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(2)>',
    "{{ 7 * 7 }}",
    "{% raw %}",
    "</table></section>",
    "=cmd|' /C calc'!A0",
)


def said(reasoning: str, **stated: object) -> Document:
    """An opinion of one expert as a run holds it."""
    line = {"zh": f"专家意见：{reasoning}", "en": f"experts' opinion: {reasoning}"}
    expert = {
        "expert": reasoning,
        "day": "2020-02-01",
        "shift": -0.25,
        "confidence": 0.8,
        "weight": 1.0,
        "saw_model": True,
        "reasoning": reasoning,
    }
    return {"line": line, "text": line, "experts": [expert]} | stated


def page(run: Document, path: str, lang: str = "zh") -> str:
    async def ask() -> httpx.Response:
        transport = httpx.ASGITransport(create_app(lambda: run))
        address = "http://127.0.0.1"
        async with httpx.AsyncClient(transport=transport, base_url=address) as client:
            return await client.get(path, params={"lang": lang})

    answer = asyncio.run(ask())
    assert answer.status_code == 200, path
    return answer.text


@pytest.fixture
def run(document: Document) -> Document:
    """A run in which E1 has a profile."""
    made = copy.deepcopy(document)
    made["firms"][0]["profile"] = {"lines": [{"zh": "画像", "en": "profile"}]}
    return made


class TestOpinion:
    def test_stands_within_the_trade_profile(self, run: Document) -> None:
        run["firms"][0]["opinion"] = said("大单流失")
        html = page(run, "/firms/E1")

        section = html[html.index("行业画像") :]
        section = section[: section.index("</section>")]
        assert "专家意见：大单流失" in section
        assert "已见模型结果" in section
        assert "未因意见改变" in section
        assert "-0.25" in section

    def test_is_not_there_where_nobody_spoke(self, run: Document) -> None:
        run["firms"][0]["opinion"] = None

        assert "专家意见" not in page(run, "/firms/E1")

    @pytest.mark.parametrize("reasoning", HOSTILE)
    def test_is_text_whatever_it_says(self, run: Document, reasoning: str) -> None:
        bare = page(run, "/firms/E1")
        run["firms"][0]["opinion"] = said(reasoning)
        html = page(run, "/firms/E1")

        assert (
            escape(reasoning).replace("&#x27;", "&#39;").replace("&quot;", "&#34;")
            in html
        )
        assert html.count("<script") == bare.count("<script")
        assert html.count("<img") == bare.count("<img")
        assert html.count("</section>") == bare.count("</section>")

    def test_breaks_no_report_and_no_workbook(self, run: Document) -> None:
        run["firms"][0]["opinion"] = said("".join(HOSTILE))

        assert "alert(1)</script>" not in report_html(run)
        assert workbook_bytes(run)


class TestRights:
    @pytest.mark.parametrize(
        "text", ["知识产权估值1.00—2.00万元", "销售额未知，不估值"]
    )
    def test_are_a_range_or_a_reason(self, run: Document, text: str) -> None:
        said = {"zh": text, "en": "in English"}
        run["firms"][0]["profile"]["rights"] = {"text": said}

        assert text in page(run, "/firms/E1")
        assert "in English" in page(run, "/firms/E1", "en")
