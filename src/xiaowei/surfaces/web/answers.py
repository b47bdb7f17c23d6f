"""A run's pages as answers to requests."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import parse_qs, quote, urlencode, urlsplit

from fastapi import Request
from fastapi.responses import HTMLResponse, RedirectResponse
from markupsafe import Markup

from xiaowei.errors import InputError
from xiaowei.surfaces.report import pages
from xiaowei.surfaces.report.content import page_content
from xiaowei.surfaces.report.document import Document, firm_of
from xiaowei.surfaces.report.links import server_links
from xiaowei.surfaces.report.listing import PAGE_ROWS, asked
from xiaowei.surfaces.report.pages import BOOK
from xiaowei.surfaces.report.render import CHART_SCRIPTS, STYLES, render
from xiaowei.surfaces.report.texts import LANGUAGES, words

_IN_ADDRESS: Final = "/?&=%+~"
"""Signs of a path and its query that stay as they are in a header."""


class UnknownLanguageError(InputError):
    """An address asks for a language that the pages do not speak."""

    def __init__(self, lang: str) -> None:
        """Name the language."""
        super().__init__(
            f"language '{lang}' is not spoken here",
            expected=f"one of {', '.join(LANGUAGES)}",
            remedy="Choose the language at the top of the page",
        )


@dataclass(frozen=True, slots=True)
class Problem:
    """A page that says what, what was expected, and what to do."""

    status: int
    heading: str
    what: Markup
    expected: Markup | None
    remedy: Markup


SEE_OTHER: Final = 303
"""Whoever sent a form is led on to a page, which may be loaded again."""
_WORK_STYLE: Final = "work.css"
"""Of forms and lists of work, of which the single file has none."""
_CHARTED: Final = frozenset({"overview", "offers", "validation", "firm"})


def page_answer(request: Request, run: Document, page: pages.Page) -> HTMLResponse:
    """Answer with a page of the book.

    Raises:
        ListingError: the address asks for a list in a way that does not exist.
        UnknownLanguageError: the language is neither zh nor en.
    """
    query = asked(request.query_params)
    content = page.content(run, query, PAGE_ROWS)
    return _answer(request, run, page.name, content)


def firm_answer(
    request: Request,
    run: Document,
    enterprise_id: str,
    beside: Mapping[str, Any] | None = None,
) -> HTMLResponse:
    """Answer with an enterprise's page.

    Args:
        request: what is answered.
        run: the document.
        enterprise_id: whose page.
        beside: what is shown of work on the enterprise, if anything.

    Raises:
        UnknownFirmError: the run does not hold it.
        UnknownLanguageError: the language is neither zh nor en.
    """
    firm = firm_of(run, enterprise_id)
    content = pages.firm(run, firm)
    title = str(firm["name"] or enterprise_id)
    return _answer(request, run, "firm", {**content, "title": title, **(beside or {})})


def work_answer(
    request: Request,
    run: Document | None,
    name: str,
    content: Mapping[str, Any],
    *,
    title: str = "",
    status: int = 200,
) -> HTMLResponse:
    """Answer with a page of work.

    Args:
        request: what is answered.
        run: the last one; null before any.
        name: of the page; its template is `work/NAME.html`.
        content: what its template needs; its `title` where no text has it.
        title: key of its text in the catalogue; `nav_NAME` where none is named.
        status: of the answer.

    Raises:
        UnknownLanguageError: the language is neither zh nor en.
    """
    lang = language(request)
    common = {"run": run, "lang": lang, "link": server_links(lang), "caption_of": name}
    if "title" not in content:
        common["title"] = _in(lang, title or f"nav_{name}")
    shown = _server(request, lang, f"work/{name}", {**common, **content})
    return HTMLResponse(shown, status_code=status)


def language(request: Request) -> str:
    """Return the language that an address asks for.

    Raises:
        UnknownLanguageError: it is neither zh nor en.
    """
    lang = request.query_params.get("lang") or "zh"
    if lang not in LANGUAGES:
        raise UnknownLanguageError(lang)
    return lang


def go_on(request: Request, path: str, **stated: str | None) -> RedirectResponse:
    """Answer by leading on to another page, in the language of this one.

    Args:
        request: what is answered.
        path: of the page.
        stated: what else its address states; null for nothing.

    Raises:
        UnknownLanguageError: the language is neither zh nor en.
    """
    return RedirectResponse(server_links(language(request))(path, **stated), SEE_OTHER)


def sign_in_answer(
    request: Request,
    *,
    back: str,
    wrong: Markup | None = None,
    status: int = 200,
    sso: str | None = None,
) -> HTMLResponse:
    """Answer with the page to sign in on.

    Args:
        request: what is answered.
        back: the path to go on to.
        wrong: why the last try failed; null before any.
        status: of the answer.
        sso: what leads to the bank's provider of identities; null for none.
    """
    lang = request.query_params.get("lang", "zh")
    lang = lang if lang in LANGUAGES else "zh"
    content = {
        "title": _in(lang, "sign_in"),
        "run": None,
        "link": server_links(lang),
        "back": back,
        "wrong": wrong,
        "sso": sso,
        "did": request.query_params.get("did") == "password",
    }
    shown = _server(request, lang, "sign_in", content)
    return HTMLResponse(shown, status_code=status)


def signed_in_answer(request: Request, *, back: str) -> HTMLResponse:
    """Answer that somebody is signed in, with a page that leads on by itself.

    Args:
        request: what is answered.
        back: the path to go on to.
    """
    lang = parse_qs(urlsplit(back).query).get("lang", ["zh"])[0]
    lang = lang if lang in LANGUAGES else "zh"
    content = {
        "title": _in(lang, "signed_in"),
        "run": None,
        "link": server_links(lang),
        "back": back,
    }
    shown = _server(request, lang, "signed_in", content)
    return HTMLResponse(
        shown, headers={"Refresh": f"0; url={quote(back, safe=_IN_ADDRESS)}"}
    )


def problem_answer(request: Request, problem: Problem) -> HTMLResponse:
    """Answer that something is not there; no run is needed to say so."""
    lang = request.query_params.get("lang", "zh")
    lang = lang if lang in LANGUAGES else "zh"
    content = {
        "heading": problem.heading,
        "what": problem.what,
        "expected": problem.expected,
        "remedy": problem.remedy,
        "title": _in(lang, problem.heading),
    }
    shown = _server(
        request, lang, "problem", {"run": None, "link": server_links(lang), **content}
    )
    return HTMLResponse(shown, status_code=problem.status)


def _answer(
    request: Request, run: Document, name: str, content: Mapping[str, Any]
) -> HTMLResponse:
    lang = language(request)
    common = page_content(run, name, lang=lang, link=server_links(lang))
    title = _in(lang, f"nav_{name}")
    return HTMLResponse(
        _server(request, lang, name, {"title": title, **common, **content})
    )


def _server(
    request: Request, lang: str, name: str, content: Mapping[str, Any]
) -> Markup:
    return render(
        "server.html",
        **{"lang": lang, "current": _current(name), **content},
        body=f"{name}.html",
        language_links=_language_links(request),
        who=getattr(request.state, "who", None),
        places=getattr(request.state, "places", BOOK),
        STYLES=(*STYLES, _WORK_STYLE),
        SCRIPTS=CHART_SCRIPTS if name in _CHARTED else (),
        whole_list=False,
        left_out=0,
    )


def _current(name: str) -> str:
    """Return which page of the navigation a template is, or belongs to."""
    return "firms" if name == "firm" else name.removeprefix("work/")


def _language_links(request: Request) -> tuple[str, ...]:
    """Return the same address in each language."""
    stated = [
        (key, value)
        for key, value in request.query_params.multi_items()
        if key != "lang"
    ]
    path = request.url.path
    return tuple(f"{path}?{urlencode([*stated, ('lang', lang)])}" for lang in LANGUAGES)


def _in(lang: str, key: str) -> str:
    return words(key)[LANGUAGES.index(lang)]
