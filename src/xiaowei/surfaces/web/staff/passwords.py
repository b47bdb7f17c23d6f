"""A password that its owner sets: by a token, or by the present one."""

from collections.abc import Mapping
from typing import Any, Final

from fastapi import Request
from fastapi.responses import HTMLResponse, Response

from xiaowei.desk import clock
from xiaowei.desk.access.letting_in import activate as set_by_token
from xiaowei.desk.access.letting_in import change_password
from xiaowei.desk.access.passwords import LONGEST
from xiaowei.errors import XiaoweiError
from xiaowei.surfaces.web.answers import go_on, work_answer
from xiaowei.surfaces.web.cookies import SESSION
from xiaowei.surfaces.web.proof import address_of
from xiaowei.surfaces.web.refusals import refusal_of
from xiaowei.surfaces.web.work.fields import FaultyFormError
from xiaowei.surfaces.web.work.working import Work

ACTIVATE: Final = "/activate"
PASSWORD: Final = "/password"  # noqa: S105 - an address
_SIGN_IN: Final = "/sign-in"


def activation(
    work: Work, request: Request, *, error: XiaoweiError | None = None
) -> HTMLResponse:
    """Answer with the form by which whoever holds a token sets a password.

    Args:
        work: what pages of work share.
        request: of anybody.
        error: why the last try failed.
    """
    return _page(work, request, "activate", error)


def activate(work: Work, request: Request, sent: Mapping[str, str]) -> Response:
    """Set the password of the account that a token is for, and lead to sign in."""
    try:
        new = _new_in(sent, "token")
        set_by_token(work.gate.house, sent["token"], new, at=clock.moment())
    except XiaoweiError as error:
        return activation(work, request, error=error)
    return go_on(request, _SIGN_IN, did="password")


def own(
    work: Work, request: Request, *, error: XiaoweiError | None = None
) -> HTMLResponse:
    """Answer with the form by which somebody changes his own password.

    Args:
        work: what pages of work share.
        request: of whoever is signed in.
        error: why the last try failed.
    """
    work.gate.worker(request)
    return _page(work, request, "password", error)


def change(work: Work, request: Request, sent: Mapping[str, str]) -> Response:
    """Set another password of one's own; all sessions end, so one signs in anew."""
    login = work.gate.worker(request).actor.login
    at, address = clock.moment(), address_of(request)
    try:
        new = _new_in(sent, "password")
        old = sent["password"]
        change_password(work.gate.house, login, old, new, at=at, address=address)
    except XiaoweiError as error:
        return own(work, request, error=error)
    answer = go_on(request, _SIGN_IN, did="password")
    SESSION.forget(request, answer)
    return answer


def _page(
    work: Work, request: Request, name: str, error: XiaoweiError | None
) -> HTMLResponse:
    today = clock.moment().date()
    faults = error.faults if isinstance(error, FaultyFormError) else ()
    content: dict[str, Any] = {
        "faults": faults,
        "least": work.gate.house.count("password_least_length", on=today),
        "most": LONGEST,
        "refused": None if error is None or faults else refusal_of(error),
    }
    status = 200 if error is None else error.status
    run = work.run() if name == "password" else None
    return work_answer(request, run, name, content, status=status)


def _new_in(sent: Mapping[str, str], proof: str) -> str:
    """Return the new password of a form.

    Args:
        sent: its fields.
        proof: the field that says that one may set it.

    Raises:
        FaultyFormError: a field is empty, or the password was typed in two ways.
    """
    faults = [name for name in (proof, "new") if not sent.get(name)]
    if sent.get("new", "") != sent.get("again", ""):
        faults.append("again")
    if faults:
        raise FaultyFormError(faults)
    return sent["new"]
