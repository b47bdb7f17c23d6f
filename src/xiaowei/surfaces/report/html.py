"""The whole run in one HTML file that asks nobody for anything."""

import base64
import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from markupsafe import Markup

from xiaowei.surfaces.report import pages
from xiaowei.surfaces.report.content import page_content
from xiaowei.surfaces.report.document import Document, Firm, checked
from xiaowei.surfaces.report.links import file_links
from xiaowei.surfaces.report.listing import Query, firms
from xiaowei.surfaces.report.packing import Packs, pack
from xiaowei.surfaces.report.render import CHART_SCRIPTS, STATIC, STYLES, render
from xiaowei.surfaces.report.whole import write_whole

FIRM_PAGES_AT_MOST: Final = 2000
"""Beyond this the file would no longer open fast; it says how many it leaves out."""

_SCRIPTS: Final = (*CHART_SCRIPTS, "lists.js", "report.js")


def write_report(document: Document, *, path: Path) -> None:
    """Write a run as one self-contained HTML file, in Chinese and in English.

    The same document gives the same bytes.

    Args:
        document: a run of schema `xiaowei.run/1`.
        path: the file; it appears whole or not at all.

    Raises:
        RunDocumentError: the document lacks what the pages show.
    """
    write_whole(path, report_html(document).encode("utf-8"))


def report_html(document: Document) -> str:
    """Return the text of the single file.

    Raises:
        RunDocumentError: the document lacks what the pages show.
    """
    run = checked(document)
    shown = _shown(run)
    style = "\n".join(_static(name) for name in STYLES)
    scripts = [_inline(_static(name)) for name in _SCRIPTS]
    return render(
        "report.html",
        run=run,
        lang="zh",
        link=file_links,
        language_links=("#/?lang=zh", "#/?lang=en"),
        policy=policy_of(style, scripts),
        style=Markup(style),  # noqa: S704 (our own file)
        scripts=[Markup(script) for script in scripts],  # noqa: S704 (our own files)
        sections=_sections(run, left_out=len(run["firms"]) - len(shown)),
        packs=_packs(run, shown),
    )


def _shown(run: Document) -> Sequence[Firm]:
    chosen: Sequence[Firm] = firms(run, Query(), size=None).rows[:FIRM_PAGES_AT_MOST]
    return chosen


def _sections(run: Document, *, left_out: int) -> list[tuple[pages.Page, Markup]]:
    return [
        (
            page,
            _section(run, page.name, page.content(run, Query(), None), left_out),
        )
        for page in pages.BOOK
    ]


def _packs(run: Document, shown: Sequence[Firm]) -> Packs:
    return pack(
        [
            (
                firm["enterprise_id"],
                _section(run, "firm", pages.firm(run, firm), 0),
            )
            for firm in shown
        ]
    )


def _section(run: Document, name: str, content: pages.Content, left_out: int) -> Markup:
    return render(
        f"{name}.html",
        **page_content(run, name, lang="zh", link=file_links),
        **content,
        whole_list=True,
        left_out=left_out,
    )


def _static(name: str) -> str:
    return (STATIC / name).read_text(encoding="utf-8").strip()


def _inline(script: str) -> str:
    return script.replace("</script", "<\\/script")


def policy_of(style: str, scripts: Sequence[str]) -> str:
    """Return a policy that allows exactly the style and the scripts of a file."""
    return (
        "default-src 'none'; img-src data:; base-uri 'none'; form-action 'none'; "
        f"style-src {_hash(style)}; script-src {' '.join(map(_hash, scripts))}"
    )


def _hash(content: str) -> str:
    digest: Any = hashlib.sha256(content.encode("utf-8")).digest()
    return f"'sha256-{base64.b64encode(digest).decode('ascii')}'"
