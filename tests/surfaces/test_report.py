"""The single file: self-contained, escaped, the same every time, and small."""

import base64
import copy
import hashlib
import re
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from xiaowei.surfaces.report import html, packing, whole
from xiaowei.surfaces.report.document import RunDocumentError
from xiaowei.surfaces.report.html import report_html, write_report

LOADING = {"src", "srcset", "poster", "data", "action", "formaction", "background"}
MEGABYTE = 1_000_000


class Tags(HTMLParser):
    """Gathers tags with their attributes, and what stands in scripts and styles."""

    def __init__(self) -> None:
        """Start with nothing."""
        super().__init__()
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.inline: list[tuple[str, dict[str, str], str]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, {key: value or "" for key, value in attrs}))

    def handle_data(self, data: str) -> None:
        if self.cdata_elem:
            self.inline.append((*self.tags[-1], data))


def parsed(text: str) -> Tags:
    tags = Tags()
    tags.feed(text)
    tags.close()
    return tags


@pytest.fixture(scope="module")
def text(document: dict[str, Any]) -> str:
    return report_html(document)


@pytest.fixture(scope="module")
def firm_pages(text: str) -> list[str]:
    packed = re.findall(r'<script type="text/plain" data-pack="\d+">([^<]+)<', text)
    order = [f"E{at + 1}" for at in range(12)]
    return list(packing.unpack(packing.Packs(order, packed)).values())


class TestReport:
    def test_loads_nothing_from_anywhere(
        self, text: str, firm_pages: list[str]
    ) -> None:
        for part in (text, *firm_pages):
            for tag, stated in parsed(part).tags:
                assert tag not in {"link", "img", "iframe", "object", "embed", "base"}
                for key in LOADING & stated.keys():
                    assert tag == "form", (tag, key)
                assert stated.get("href", "#").startswith("#"), stated

    def test_allows_exactly_the_scripts_and_the_style_it_holds(self, text: str) -> None:
        tags = parsed(text)
        policy = next(
            stated["content"]
            for tag, stated in tags.tags
            if stated.get("http-equiv") == "Content-Security-Policy"
        )
        run = [
            data
            for tag, stated, data in tags.inline
            if tag == "style" or (tag == "script" and "type" not in stated)
        ]

        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert policy.count("sha256-") == len(run)
        for data in run:
            digest = hashlib.sha256(data.encode()).digest()
            assert f"'sha256-{base64.b64encode(digest).decode()}'" in policy

    def test_carries_no_style_or_handler_in_an_attribute(
        self, text: str, firm_pages: list[str]
    ) -> None:
        for part in (text, *firm_pages):
            for tag, stated in parsed(part).tags:
                assert "style" not in stated, tag
                assert not [key for key in stated if key.startswith("on")], tag

    def test_escapes_hostile_names_and_evidence(
        self, text: str, firm_pages: list[str]
    ) -> None:
        for part in (text, *firm_pages):
            assert "<script>alert" not in part
            assert not [tag for tag, _ in parsed(part).tags if tag == "img"]
        assert "&lt;script&gt;alert(1)&lt;/script&gt;" in firm_pages[0] + text
        assert "{{ 7 * 7 }}" in text

    def test_gives_the_same_bytes_for_the_same_document(
        self, make: Callable[..., dict[str, Any]], text: str
    ) -> None:
        assert report_html(make()) == text

    def test_holds_a_page_of_every_firm(
        self, document: dict[str, Any], firm_pages: list[str]
    ) -> None:
        pages = "".join(firm_pages)

        assert len(firm_pages) == len(document["firms"])
        for firm in document["firms"]:
            assert f'data-score="{firm["score"]}"' in pages

    def test_says_both_languages_equally_often(self, firm_pages: list[str]) -> None:
        for page in firm_pages:
            assert page.count('lang="zh"') == page.count('lang="en"')

    def test_shows_missing_as_missing(self, firm_pages: list[str]) -> None:
        lacking = next(page for page in firm_pages if "E12" in page)

        assert '<span class="unknown">' in lacking
        assert "None" not in lacking
        assert "nan" not in lacking

    def test_leaves_an_unknown_axis_out_of_the_radar(
        self, firm_pages: list[str]
    ) -> None:
        lacking = next(page for page in firm_pages if "E12" in page)
        chart = re.search(r'{"kind":"radar".*?</script>', lacking)

        assert chart
        assert '"zh":["规模","成长","合规","上下游"]' in chart[0]

    def test_opens_without_outcomes(self, make: Callable[..., dict[str, Any]]) -> None:
        text = report_html(make(validated=False))

        assert "没有验证" in text
        assert '"kind":"roc"' not in text

    def test_opens_for_a_book_without_firms_or_charts(
        self, make: Callable[..., dict[str, Any]]
    ) -> None:
        empty = make(firms=0, validated=False)
        empty["portfolio"] |= {"frontier": [], "recipe": None, "realised": None}
        empty["demand"] = {"curves": {}, "points": [], "peers": [], "source": ""}
        empty["timing"] = {}

        assert "没有授信建议" in report_html(empty)

    def test_says_how_many_firm_pages_it_leaves_out(
        self,
        document: dict[str, Any],
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        monkeypatch.setattr(html, "FIRM_PAGES_AT_MOST", 5)

        text = report_html(document)

        assert "其余 7 户请用 xiaowei serve" in text

    def test_holds_425_firms_in_six_megabytes(
        self, make: Callable[..., dict[str, Any]]
    ) -> None:
        assert len(report_html(make(firms=425)).encode()) < 6 * MEGABYTE


class TestWriteReport:
    def test_writes_what_it_says(
        self, document: dict[str, Any], text: str, tmp_path: Path
    ) -> None:
        write_report(document, path=tmp_path / "new" / "report.html")

        assert (tmp_path / "new" / "report.html").read_text(encoding="utf-8") == text

    def test_leaves_the_old_file_when_the_document_is_broken(
        self, document: dict[str, Any], tmp_path: Path
    ) -> None:
        path = tmp_path / "report.html"
        path.write_text("old", encoding="utf-8")
        broken = copy.deepcopy(document)
        del broken["checks"]

        with pytest.raises(RunDocumentError, match="'checks' is missing"):
            write_report(broken, path=path)

        assert path.read_text(encoding="utf-8") == "old"
        assert list(tmp_path.iterdir()) == [path]

    def test_leaves_nothing_half_written(self, tmp_path: Path) -> None:
        path = tmp_path / "taken"
        path.mkdir()

        with pytest.raises(OSError, match="directory"):
            whole.write_whole(path, b"new")

        assert list(tmp_path.iterdir()) == [path]
