"""Who sees the pages: as soon as anybody has an account, whoever signs in."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote

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
from xiaowei.desk.access.vouching import SingleSignOn
from xiaowei.errors import XiaoweiError
from xiaowei.policy.access.permissions import Permit, whole_bank
from xiaowei.surfaces.report.figures import text
from xiaowei.surfaces.report.pages import FIRM_SHOWS, Page
from xiaowei.surfaces.web.answers import SEE_OTHER, sign_in_answer
from xiaowei.surfaces.web.cookies import SESSION, inside
from xiaowei.surfaces.web.forms import check_own, read_form
from xiaowei.surfaces.web.places import places
from xiaowei.surfaces.web.problems import NoAccountsError
from xiaowei.surfaces.web.vouched import vouched_routes

SIGN_IN: Final = "/sign-in"
_MOST_BYTES: Final = 4096
"""A form of a name and a password."""


@dataclass(frozen=True, slots=True)
class Gate:
    """Lets those in who may see what they ask for.

    Args:
        house: what access is decided from.
        reaches: whether a permit reaches an enterprise.
        way: to the bank's provider of identities; null where it has none.
    """

    house: House
    reaches: Callable[[str, Permit], bool]
    way: SingleSignOn | None = None

    @property
    def sso(self) -> str | None:
        """Return what leads to the provider of identities; null for none."""
        return None if self.way is None else self.way.provider.label

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
            whole_bank(permit)

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
        return [session.permit(one) for one in operations]

    def session(self, request: Request) -> Session:
        """Return who is signed in, having noted on the request who it is.

        Raises:
            NotSignedInError: nobody is.
        """
        known: Session | None = getattr(request.state, "session", None)
        if known is not None:
            return known
        token = SESSION.told(request)
        session = session_of(self.house, token, at=clock.moment())
        request.state.session = session
        request.state.who = session.actor.login
        request.state.places = places(session)
        return session

    def worker(self, request: Request) -> Session:
        """Return who is signed in to work, which nobody does without an account.

        Raises:
            NoAccountsError: nobody has an account yet.
            NotSignedInError: nobody is signed in.
        """
        if not anybody(self.house):
            raise NoAccountsError
        return self.session(request)

    def know(self, request: Request) -> None:
        """Note on a request who is signed in, if anybody is, to say that it failed."""
        with suppress(XiaoweiError):
            self.session(request)


def add_gate(app: FastAPI, gate: Gate) -> None:
    """Give an application the page to sign in on, to which strangers are sent.

    Args:
        app: the application.
        gate: that lets in.
    """
    app.include_router(_routes(gate))
    if gate.way is not None:
        app.include_router(vouched_routes(gate.house, gate.way))

    @app.exception_handler(NotSignedInError)
    async def _stranger(request: Request, _error: NotSignedInError) -> Response:
        asked = request.url.path
        if request.url.query:
            asked += f"?{request.url.query}"
        return RedirectResponse(f"{SIGN_IN}?next={quote(asked)}", SEE_OTHER)


def _routes(gate: Gate) -> APIRouter:
    router = APIRouter(default_response_class=HTMLResponse)

    @router.get(SIGN_IN)
    def form(request: Request) -> HTMLResponse:
        back = inside(request.query_params.get("next"))
        return sign_in_answer(request, back=back, sso=gate.sso)

    @router.post(SIGN_IN)
    async def enter(request: Request) -> Response:
        check_own(request)
        told = await read_form(request, most=_MOST_BYTES) or {}
        return await run_in_threadpool(_entered, gate, request, told)

    @router.post("/sign-out")
    def leave(request: Request) -> Response:
        check_own(request)
        sign_out(gate.house, SESSION.told(request), at=clock.moment())
        answer = RedirectResponse(SIGN_IN, SEE_OTHER)
        SESSION.forget(request, answer)
        return answer

    return router


def _entered(gate: Gate, request: Request, told: dict[str, str]) -> Response:
    back = inside(told.get("next"))
    try:
        token = sign_in(
            gate.house,
            told.get("login", ""),
            told.get("password", ""),
            at=clock.moment(),
            address=request.client.host if request.client else "unknown",
            old=SESSION.told(request),
        )
    except (TooManyTriesError, WrongPasswordError) as error:
        wrong = text("sign_in_wrong")
        if isinstance(error, TooManyTriesError):
            wrong = text("sign_in_wait", seconds=error.wait)
        return sign_in_answer(
            request, back=back, wrong=wrong, status=error.status, sso=gate.sso
        )
    answer = RedirectResponse(back, SEE_OTHER)
    SESSION.keep(request, answer, token)
    return answer
