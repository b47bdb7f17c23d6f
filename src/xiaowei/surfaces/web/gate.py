"""Who sees the pages: as soon as anybody has an account, whoever signs in."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final
from urllib.parse import parse_qs, quote, urlsplit

from fastapi import APIRouter, FastAPI, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from starlette.concurrency import run_in_threadpool

from xiaowei.desk import clock
from xiaowei.desk.access.house import House
from xiaowei.desk.access.letting_in import anybody
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
from xiaowei.surfaces.web.answers import sign_in_answer

COOKIE: Final = "xiaowei"
SIGN_IN: Final = "/sign-in"
_SEEN: Final = "enterprises.read"
_MOST_BYTES: Final = 4096
"""A form of a name and a password."""
_SEE_OTHER: Final = 303
_OWN: Final = frozenset({"same-origin", "none"})


class WholeBankError(ConflictError):
    """The book shows every customer, and somebody may see only some."""

    status = 403

    def __init__(self, permit: Permit) -> None:
        """Say how far one sees."""
        super().__init__(
            f"the pages of the book show the whole bank; '{permit.actor.login}' sees "
            f"'{permit.reach}' 无权查看全行数据",
            expected="a role that reaches the whole bank",
            remedy="Open one of your customers by /firms/ and its code",
        )


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

    def book(self, request: Request) -> None:
        """Let somebody see the pages that show every customer.

        Raises:
            NotSignedInError: nobody is signed in.
            NotAllowedError: none of the account's roles sees enterprises.
            WholeBankError: they reach some customers only.
        """
        permit = self._permit(request)
        if permit is not None and permit.reach != "all":
            raise WholeBankError(permit)

    def firm(self, request: Request, enterprise_id: str) -> bool:
        """Tell whether somebody may see one enterprise.

        Raises:
            NotSignedInError: nobody is signed in.
            NotAllowedError: none of the account's roles sees enterprises.
        """
        permit = self._permit(request)
        return permit is None or self.reaches(enterprise_id, permit)

    def _permit(self, request: Request) -> Permit | None:
        """Return leave to see enterprises; null while nobody has an account."""
        if not anybody(self.house):
            return None
        session = self.session(request)
        request.state.who = session.actor.login
        return session.permit(_SEEN)

    def session(self, request: Request) -> Session:
        """Return who is signed in.

        Raises:
            NotSignedInError: nobody is.
        """
        token = request.cookies.get(COOKIE, "")
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
        sign_out(gate.house, request.cookies.get(COOKIE, ""), at=clock.moment())
        answer = RedirectResponse(SIGN_IN, _SEE_OTHER)
        answer.delete_cookie(COOKIE, path="/", httponly=True, samesite="strict")
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
            old=request.cookies.get(COOKIE, ""),
        )
    except (WrongPasswordError, TooManyTriesError) as error:
        return sign_in_answer(request, back=back, error=error)
    answer = RedirectResponse(back, _SEE_OTHER)
    answer.set_cookie(
        COOKIE,
        token,
        path="/",
        httponly=True,
        samesite="strict",
        secure=request.url.scheme == "https",
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
