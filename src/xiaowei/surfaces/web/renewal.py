"""A session that goes on under another token, which every answer tells the browser."""

from typing import Final

from fastapi import Request
from fastapi.responses import Response
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from xiaowei.surfaces.web.cookies import SESSION

_STATE: Final = "renewed"


def renew(request: Request, token: str) -> None:
    """Note on a request that the session goes on under another token.

    Args:
        request: whatever answers it, a page or a problem, brings the token along.
        token: the one that holds from now on.
    """
    request.state.renewed = token


def with_renewed(request: Request, answer: Response) -> Response:
    """Return an answer that lets the browser keep the session that was renewed."""
    token = getattr(request.state, _STATE, None)
    if token:
        SESSION.keep(request, answer, token)
        # Else the same cookie would be told twice.
        request.state.renewed = None
    return answer


class Renewed:
    """Tells the browser the token of a session that was renewed, whatever came of it.

    Only here is every way out: what fails after the password was taken is answered by
    the page of a problem, and would sign the person out.
    """

    def __init__(self, app: ASGIApp) -> None:
        """Wrap an application."""
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, with the cookie added as the answer starts."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        # Requests of one scope share what is noted, also where a route copies it.
        scope.setdefault("state", {})

        async def kept(message: Message) -> None:
            if message["type"] == "http.response.start":
                told = with_renewed(Request(scope), Response())
                headers = MutableHeaders(scope=message)
                for cookie in told.headers.getlist("set-cookie"):
                    headers.append("set-cookie", cookie)
            await send(message)

        await self.app(scope, receive, kept)
