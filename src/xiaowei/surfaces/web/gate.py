"""Who sees the pages: as soon as anybody has an account, whoever signs in."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import parse_qs, quote, urlsplit

from fastapi import APIRouter, FastAPI, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from starlette.concurrency import run_in_threadpool

from xiaowei.desk import clock
from xiaowei.desk.access.house import House
from xiaowei.desk.access.letting_in import anybody
from xiaowei.desk.access.looking import record_read
from xiaowei.desk.access.signing import (
    NotSignedInError,
    Session,
    TooManyTriesError,
    WrongPasswordError,
    session_of,
    sign_in,
    sign_out,
)
from xiaowei.errors import ConflictError
from xiaowei.policy.access.permissions import Permit
from xiaowei.surfaces.report.figures import text
from xiaowei.surfaces.report.pages import FIRM_SHOWS, Page
from xiaowei.surfaces.web.answers import sign_in_answer
from xiaowei.surfaces.web.problems import WholeBankError

_COOKIE: Final = "xiaowei"
SIGN_IN: Final = "/sign-in"
_MOST_BYTES: Final = 4096
"""A form of a name and a password."""
_SEE_OTHER: Final = 303
_OWN: Final = frozenset({"same-origin", "none"})


class OtherSiteError(ConflictError):
    """Another site sent a form in somebody's name."""

    status = 403

    def __init__(self) -> None:
        """Say so."""
        super().__init__(
            "the form was sent by another site 请求来自其他网站",
            expected="a form of these pages",
            remedy="Open the page and send it from there",
        )


@dataclass(frozen=True, slots=True)
class Gate:
    """Lets those in who may see what they ask for.

    Args:
        house: what access is decided from.
        reaches: whether a permit reaches an enterprise.
    """

    house: House
    reaches: Callable[[str, Permit], bool]

    def book(self, request: Request, page: Page) -> None:
        """Let somebody see a page that shows every customer.

        Args:
            request: what is asked for.
            page: of the book.

        Raises:
            NotSignedInError: nobody is signed in.
            NotAllowedError: none of the account's roles sees what the page shows.
            WholeBankError: they reach some customers only.
        """
        for permit in self._permits(request, page.shows):
            if permit.reach != "all":
                raise WholeBankError(permit)

    def firm(self, request: Request, enterprise_id: str) -> bool:
        """Tell whether somebody may see one enterprise.

        Raises:
            NotSignedInError: nobody is signed in.
            NotAllowedError: none of the account's roles sees what the page shows.
        """
        permits = self._permits(request, FIRM_SHOWS)
        if not all(self.reaches(enterprise_id, one) for one in permits):
            return False
        if permits:
            record_read(
                self.house,
                permits[0],
                about=enterprise_id,
                what="page of the enterprise",
                why="opened on the pages",
                at=clock.moment(),
            )
        return True

    def _permits(self, request: Request, operations: Sequence[str]) -> list[Permit]:
        """Return leave for each operation; none while nobody has an account."""
        if not anybody(self.house):
            return []
        session = self.session(request)
        request.state.who = session.actor.login
        return [session.permit(one) for one in operations]

    def session(self, request: Request) -> Session:
        """Return who is signed in.

        Raises:
            NotSignedInError: nobody is.
        """
        token = request.cookies.get(_cookie(request), "")
        return session_of(self.house, token, at=clock.moment())


def add_gate(app: FastAPI, gate: Gate) -> None:
    """Give an application the page to sign in on, to which strangers are sent.

    Args:
        app: the application.
        gate: that lets in.
    """
    app.include_router(_routes(gate))

    @app.exception_handler(NotSignedInError)
    async def _stranger(request: Request, _error: NotSignedInError) -> Response:
        asked = request.url.path
        if request.url.query:
            asked += f"?{request.url.query}"
        return RedirectResponse(f"{SIGN_IN}?next={quote(asked)}", _SEE_OTHER)


def _routes(gate: Gate) -> APIRouter:
    router = APIRouter(default_response_class=HTMLResponse)

    @router.get(SIGN_IN)
    def form(request: Request) -> HTMLResponse:
        return sign_in_answer(request, back=_inside(request.query_params.get("next")))

    @router.post(SIGN_IN)
    async def enter(request: Request) -> Response:
        _check_own(request)
        told = await _form(request)
        return await run_in_threadpool(_entered, gate, request, told)

    @router.post("/sign-out")
    def leave(request: Request) -> Response:
        _check_own(request)
        sign_out(
            gate.house, request.cookies.get(_cookie(request), ""), at=clock.moment()
        )
        answer = RedirectResponse(SIGN_IN, _SEE_OTHER)
        answer.delete_cookie(
            _cookie(request),
            path="/",
            httponly=True,
            samesite="strict",
            secure=_safe(request),
        )
        return answer

    return router


def _entered(gate: Gate, request: Request, told: dict[str, str]) -> Response:
    back = _inside(told.get("next"))
    try:
        token = sign_in(
            gate.house,
            told.get("login", ""),
            told.get("password", ""),
            at=clock.moment(),
            address=request.client.host if request.client else "unknown",
            old=request.cookies.get(_cookie(request), ""),
        )
    except WrongPasswordError as error:
        wrong = text("sign_in_wrong")
        return sign_in_answer(request, back=back, wrong=wrong, status=error.status)
    except TooManyTriesError as error:
        wrong = text("sign_in_wait", seconds=error.wait)
        return sign_in_answer(request, back=back, wrong=wrong, status=error.status)
    answer = RedirectResponse(back, _SEE_OTHER)
    answer.set_cookie(
        _cookie(request),
        token,
        path="/",
        httponly=True,
        samesite="strict",
        secure=_safe(request),
    )
    return answer


async def _form(request: Request) -> dict[str, str]:
    """Return the fields of a form, of which no more is read than it may hold."""
    sent = b""
    async for chunk in request.stream():
        sent += chunk
        if len(sent) > _MOST_BYTES:
            return {}
    fields = parse_qs(sent.decode(errors="replace"), keep_blank_values=True)
    return {name: values[0] for name, values in fields.items()}


def _safe(request: Request) -> bool:
    return request.url.scheme == "https"


def _cookie(request: Request) -> str:
    """Return the cookie's name: under https no other host of the domain can set it."""
    return f"__Host-{_COOKIE}" if _safe(request) else _COOKIE


def _check_own(request: Request) -> None:
    """Refuse what a browser says that another site sent.

    Where it says so by `Sec-Fetch-Site` that counts: our own pages send no referrer,
    and so their forms come with an `Origin` of null.
    """
    site = request.headers.get("Sec-Fetch-Site")
    origin = request.headers.get("Origin")
    if site is not None:
        own = site in _OWN
    else:
        own = origin is None or urlsplit(origin).netloc == request.url.netloc
    if not own:
        raise OtherSiteError


def _inside(path: str | None) -> str:
    r"""Return a path of these pages to go on to; the first page for any other.

    >>> _inside("/firms?tier=steady"), _inside("//evil.example"), _inside("/\\evil")
    ('/firms?tier=steady', '/', '/')
    """
    if path and path.startswith("/") and not path.startswith(("//", "/\\")):
        return path
    return "/"
