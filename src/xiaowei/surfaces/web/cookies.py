"""What a browser keeps of whoever signed in, and where it may be led on to."""

from typing import Final

from fastapi import Request
from fastapi.responses import Response

_SESSION: Final = "xiaowei"


def session_token(request: Request) -> str:
    """Return the token of a session that came along, or nothing."""
    return request.cookies.get(_named(request, _SESSION), "")


def keep_session(request: Request, answer: Response, token: str) -> None:
    """Let the browser keep a session, for this site's own pages only."""
    answer.set_cookie(
        _named(request, _SESSION),
        token,
        path="/",
        httponly=True,
        samesite="strict",
        secure=_safe(request),
    )


def forget_session(request: Request, answer: Response) -> None:
    """Let the browser forget its session."""
    answer.delete_cookie(
        _named(request, _SESSION),
        path="/",
        httponly=True,
        samesite="strict",
        secure=_safe(request),
    )


def keep_errand(request: Request, answer: Response, told: str, *, seconds: int) -> None:
    """Let the browser keep what it needs on its way to another site and back.

    It comes back from there, so a cookie of this site's own pages only would not.
    """
    answer.set_cookie(
        _named(request, f"{_SESSION}-errand"),
        told,
        max_age=seconds,
        path="/",
        httponly=True,
        samesite="lax",
        secure=_safe(request),
    )


def errand_told(request: Request) -> str:
    """Return what the browser kept on its way, or nothing."""
    return request.cookies.get(_named(request, f"{_SESSION}-errand"), "")


def forget_errand(request: Request, answer: Response) -> None:
    """Let the browser forget what it kept on its way: it counts once."""
    answer.delete_cookie(
        _named(request, f"{_SESSION}-errand"),
        path="/",
        httponly=True,
        samesite="lax",
        secure=_safe(request),
    )


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


def _named(request: Request, name: str) -> str:
    """Return a cookie's name: under https no other host of the domain can set it."""
    return f"__Host-{name}" if _safe(request) else name
