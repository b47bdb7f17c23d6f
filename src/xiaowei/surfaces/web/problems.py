"""Failures as pages that say what, what was expected, and what to do."""

from collections.abc import Callable
from typing import Final

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, Response
from markupsafe import Markup
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException

from xiaowei.errors import ConflictError, NotFoundError, XiaoweiError
from xiaowei.policy.access.permissions import WholeBankError
from xiaowei.surfaces.report.document import UnknownFirmError
from xiaowei.surfaces.report.figures import text
from xiaowei.surfaces.web.answers import Problem, problem_answer
from xiaowei.surfaces.web.headers import HEADERS, UNKEPT
from xiaowei.surfaces.web.refusals import refusal_of
from xiaowei.surfaces.web.renewal import with_renewed

_BUSY: Final = 503
_RETRY_SECONDS: Final = "5"


class NoRunError(NotFoundError):
    """There is no run to show."""

    def __init__(self, reason: NotFoundError) -> None:
        """Keep the words of whoever looked for it."""
        super().__init__(reason.what, expected=reason.expected, remedy=reason.remedy)


class NoAccountsError(ConflictError):
    """Somebody would work where nobody has an account yet."""

    def __init__(self) -> None:
        """Say so."""
        super().__init__(
            "nobody has an account yet 尚无账户",
            expected="an account for everybody who works here",
            remedy="Begin with 'xiaowei users setup'",
        )


def explain_failures(app: FastAPI, *, know: Callable[[Request], None]) -> None:
    """Make an application answer every failure with a page.

    Args:
        app: the application; its handlers are set.
        know: notes on a request who is signed in, so that the page leads him on.
    """

    @app.exception_handler(XiaoweiError)
    async def _known(request: Request, error: XiaoweiError) -> HTMLResponse:
        await run_in_threadpool(know, request)
        answer = problem_answer(request, _problem(error))
        if error.status == _BUSY:
            answer.headers["Retry-After"] = _RETRY_SECONDS
        return answer

    @app.exception_handler(HTTPException)
    async def _no_page(request: Request, error: HTTPException) -> HTMLResponse:
        await run_in_threadpool(know, request)
        return problem_answer(
            request, _named("page", "no_such_page", error.status_code, request.url.path)
        )

    @app.exception_handler(RequestValidationError)
    async def _no_address(
        request: Request, _error: RequestValidationError
    ) -> HTMLResponse:
        await run_in_threadpool(know, request)
        return problem_answer(
            request, _named("page", "no_such_page", 404, request.url.path)
        )

    @app.exception_handler(Exception)
    async def _broken(request: Request, _error: Exception) -> Response:
        answer = problem_answer(request, _named("broken", "broken", 500))
        # Starlette answers this one outside of all middleware.
        answer.headers.update({**HEADERS, **UNKEPT})
        return with_renewed(request, answer)


def _problem(error: XiaoweiError) -> Problem:
    if isinstance(error, UnknownFirmError):
        return Problem(
            404,
            "no_such_firm",
            _with(text("absent_what"), error.enterprise_id),
            Markup.escape(error.expected),
            text("absent_remedy"),
        )
    if isinstance(error, WholeBankError):
        return _named("whole_bank", "whole_bank", error.status, error.login)
    if isinstance(error, NoRunError):
        return _named("no_run", "no_run", 404)
    refused = refusal_of(error)
    return Problem(
        error.status, "cannot_show", refused.what, refused.expected, refused.remedy
    )


def _named(key: str, heading: str, status: int, about: str = "") -> Problem:
    return Problem(
        status,
        heading,
        _with(text(f"{key}_what"), about),
        text(f"{key}_expected"),
        text(f"{key}_remedy"),
    )


def _with(said: Markup, about: str) -> Markup:
    if not about:
        return said
    return Markup('{} <span class="id">{}</span>').format(said, about)
