"""Failures as RFC 9457 problems: what happened, what was expected, what to do."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException

from xiaowei.desk.access.signing import TooManyTriesError
from xiaowei.errors import XiaoweiError

MEDIA: Final = "application/problem+json"
_UNAUTHORISED, _BUSY = 401, 503
_RETRY_SECONDS: Final = 1
_TITLES: Final[Mapping[int, str]] = {
    400: "The request cannot be read",
    401: "Nobody is signed in",
    403: "Not allowed",
    404: "Not found",
    405: "No such act here",
    409: "It contradicts what holds",
    412: "It changed meanwhile",
    413: "Too large",
    415: "No JSON",
    422: "It cannot be taken as it is",
    429: "Too many",
    500: "A fault of ours",
    503: "Busy",
}


class Fault(BaseModel):
    """One part of a request that cannot be taken."""

    where: str = Field(description="Which part, e.g. body.amount_fen.")
    what: str = Field(description="What is wrong with it.")


class Problem(BaseModel):
    """A failure, after RFC 9457."""

    type: str = Field(description="urn:xiaowei:problem: and which.")
    title: str
    status: int
    detail: str = Field(description="What happened, and to which thing.")
    expected: str = Field(description="What would have been right.")
    remedy: str = Field(description="What can be done now.")
    faults: list[Fault] = []


def explain_failures(app: FastAPI) -> None:
    """Make a service answer every failure with a problem.

    Args:
        app: the service; its handlers are set.
    """

    @app.exception_handler(XiaoweiError)
    async def _known(_request: Request, error: XiaoweiError) -> JSONResponse:
        return problem_answer(
            error.status,
            error.kind,
            error.what,
            error.expected,
            error.remedy,
            [_named(one) for one in error.faults],
        ).with_(_headers(error))

    @app.exception_handler(RequestValidationError)
    async def _unread(_request: Request, error: RequestValidationError) -> JSONResponse:
        return problem_answer(
            422,
            "request",
            "the request is not as the service takes it",
            "what openapi.json describes",
            "Correct what 'faults' names; nothing was put on record",
            [_fault(one) for one in error.errors()],
        )

    @app.exception_handler(HTTPException)
    async def _http(request: Request, error: HTTPException) -> JSONResponse:
        return problem_answer(
            error.status_code,
            "http",
            f"{request.method} {request.url.path}: {error.detail}",
            "a path and an act that openapi.json describes",
            "See openapi.json",
        ).with_(error.headers or {})

    @app.exception_handler(Exception)
    async def _broken(_request: Request, _error: Exception) -> JSONResponse:
        return problem_answer(
            500,
            "fault",
            "the service failed",
            "an answer",
            "Try again with the same Idempotency-Key; tell whoever runs the service",
        )


class Answer(JSONResponse):
    """A problem as an answer."""

    media_type = MEDIA

    def with_(self, headers: Mapping[str, str]) -> "Answer":
        """Return it with further headers."""
        self.headers.update(headers)
        return self


def problem_answer(
    status: int,
    name: str,
    detail: str,
    expected: str,
    remedy: str,
    faults: Sequence[Fault] = (),
) -> Answer:
    """Return a problem as an answer.

    Args:
        status: of HTTP.
        name: of the kind of problem.
        detail: what happened.
        expected: what would have been right.
        remedy: what can be done.
        faults: parts of the request that cannot be taken.
    """
    problem = Problem(
        type=f"urn:xiaowei:problem:{name}",
        title=_TITLES.get(status, "It failed"),
        status=status,
        detail=detail,
        expected=expected,
        remedy=remedy,
        faults=list(faults),
    )
    return Answer(problem.model_dump(), status_code=status)


def _headers(error: XiaoweiError) -> dict[str, str]:
    if isinstance(error, TooManyTriesError):
        return {"Retry-After": str(error.wait)}
    if error.status == _BUSY:
        return {"Retry-After": str(_RETRY_SECONDS)}
    if error.status == _UNAUTHORISED:
        return {"WWW-Authenticate": "Bearer"}
    return {}


def _named(fault: str) -> Fault:
    """Return a fault that says where it is, as `XiaoweiError.faults` does."""
    where, colon, what = fault.partition(": ")
    return Fault(where=where, what=what) if colon else Fault(where="", what=fault)


def _fault(one: Mapping[str, Any]) -> Fault:
    where = ".".join(str(part) for part in one["loc"])
    return Fault(where=where, what=str(one["msg"]))
