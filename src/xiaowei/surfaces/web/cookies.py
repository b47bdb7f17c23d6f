"""What a browser keeps of whoever signed in, and where it may be led on to."""

from dataclasses import dataclass
from typing import Final, Literal

from fastapi import Request
from fastapi.responses import Response


@dataclass(frozen=True, slots=True)
class Cookie:
    """Something that a browser keeps, and no script of a page reads.

    Args:
        name: under https with `__Host-` before it, so that no other host of the domain
            can set it.
        samesite: `strict` for what comes with requests of our own pages alone, `lax`
            for what also comes back by a link of another site.
    """

    name: str
    samesite: Literal["lax", "strict"]

    def told(self, request: Request) -> str:
        """Return what came along, or nothing."""
        return request.cookies.get(self._named(request), "")

    def keep(
        self,
        request: Request,
        answer: Response,
        value: str,
        *,
        seconds: int | None = None,
    ) -> None:
        """Let the browser keep a value.

        Args:
            request: what is answered.
            answer: that tells it.
            value: of the cookie.
            seconds: for so long; null for as long as the browser is open.
        """
        answer.set_cookie(
            self._named(request),
            value,
            max_age=seconds,
            path="/",
            httponly=True,
            samesite=self.samesite,
            secure=_safe(request),
        )

    def forget(self, request: Request, answer: Response) -> None:
        """Let the browser forget it."""
        answer.delete_cookie(
            self._named(request),
            path="/",
            httponly=True,
            samesite=self.samesite,
            secure=_safe(request),
        )

    def _named(self, request: Request) -> str:
        return f"__Host-{self.name}" if _safe(request) else self.name


SESSION: Final = Cookie("xiaowei", "strict")
ERRAND: Final = Cookie("xiaowei-errand", "lax")
"""What is needed on the way to the provider of identities and back from there."""


def inside(path: str | None) -> str:
    r"""Return a path of these pages to go on to; the first page for any other.

    >>> inside("/firms?tier=steady"), inside("//evil.example"), inside("/\\evil")
    ('/firms?tier=steady', '/', '/')

    Browsers leave tabs and line breaks out of an address before they read it:

    >>> inside("/\t/evil.example")
    '/'
    """
    plain = path is not None and all(sign > " " for sign in path)
    if path and plain and path[0] == "/" and not path.startswith(("//", "/\\")):
        return path
    return "/"


def _safe(request: Request) -> bool:
    return request.url.scheme == "https"
