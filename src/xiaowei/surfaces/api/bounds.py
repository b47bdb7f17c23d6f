"""How much the service takes at once: of requests, and of each."""

from typing import Final

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from xiaowei.surfaces.api.problems import problem_answer

MOST_BYTES: Final = 64 * 1024
"""Of a request; an application is a few hundred."""
MOST_AT_ONCE: Final = 128


class Bounded:
    """Answers 413 to what is too large, and 503 where too much is asked at once.

    What a request holds is counted as it comes, whatever it says of its length. Only
    files are put (PUT), and they are counted as they are kept.
    """

    def __init__(self, app: ASGIApp) -> None:
        """Wrap an application."""
        self.app = app
        self._now = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, or refuse to."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        if self._now >= MOST_AT_ONCE:
            await _BUSY(scope, receive, send)
            return
        self._now += 1
        try:
            if scope["method"] == "PUT":
                # A file is counted where it is kept, and never held in memory.
                await self.app(scope, receive, send)
            else:
                await self._bounded(scope, receive, send)
        finally:
            self._now -= 1

    async def _bounded(self, scope: Scope, receive: Receive, send: Send) -> None:
        body, more = b"", True
        while more:
            message = await receive()
            if message["type"] == "http.disconnect":
                return
            body += message.get("body", b"")
            more = message.get("more_body", False)
            if len(body) > MOST_BYTES:
                await _TOO_LARGE(scope, receive, send)
                return
        came: list[Message] = [{"type": "http.request", "body": body}]

        async def again() -> Message:
            return came.pop() if came else await receive()

        await self.app(scope, again, send)


_BUSY: Final = problem_answer(
    503,
    "busy",
    f"{MOST_AT_ONCE} requests are being answered",
    "fewer at once",
    "Send it again, with the same key; nothing was put on record",
).with_({"Retry-After": "1"})
_TOO_LARGE: Final = problem_answer(
    413,
    "too-large",
    f"the request holds more than {MOST_BYTES} bytes",
    f"at most {MOST_BYTES}",
    "Send less; nothing was put on record",
)
