"""What administrators do about accounts, by forms; each is refused about one's own."""

from collections.abc import Callable, Mapping
from typing import Annotated, Any, Final, TypeAlias

from fastapi import Request
from fastapi.responses import HTMLResponse, Response
from pydantic import StringConstraints

from xiaowei.desk import clock
from xiaowei.desk.access.house import House
from xiaowei.desk.access.letting_in import Newcomer
from xiaowei.desk.access.review import account_at
from xiaowei.desk.access.staff import (
    CHANGE,
    add_user,
    change_user,
    disable_user,
    give_role,
    renew_token,
    take_role,
)
from xiaowei.errors import XiaoweiError
from xiaowei.policy.access.actor import REACHES, Reach, RoleName
from xiaowei.policy.access.permissions import Permit
from xiaowei.surfaces.inputs import Asked, Code, Why
from xiaowei.surfaces.web.answers import go_on, work_answer
from xiaowei.surfaces.web.places import ACCOUNTS
from xiaowei.surfaces.web.proof import leave_shown, prove_again
from xiaowei.surfaces.web.refusals import Refusal, refusal_of
from xiaowei.surfaces.web.staff.accounts import account, said
from xiaowei.surfaces.web.work.fields import filled
from xiaowei.surfaces.web.work.working import UnknownActError, Work

ADD: Final = "/add-account"
_MINUTES: Final = 60
_Short = Annotated[
    str, StringConstraints(max_length=100, pattern=r"^[^\x00-\x1f\x7f]*$")
]
Form: TypeAlias = Mapping[str, str]
_Does: TypeAlias = Callable[[House, Permit, str, Form], str | None]


class _Person(Asked):
    name: Code
    branch: _Short = ""
    region: _Short = ""


class _New(_Person):
    login: Code
    person: Code


class _Given(Asked):
    role: RoleName
    reach: Reach | None = None


class _Taken(Asked):
    role: RoleName


def newcomer(
    work: Work,
    request: Request,
    *,
    stated: Form | None = None,
    error: XiaoweiError | None = None,
) -> HTMLResponse:
    """Answer with the form that adds an account.

    Args:
        work: what pages of work share.
        request: of whoever opens it.
        stated: the form that was not taken.
        error: why.

    Raises:
        NotAllowedError: none of the account's roles may change users.
    """
    session = work.gate.worker(request)
    leave_shown(session, CHANGE)
    content = {
        "current": ACCOUNTS.name,
        "roles": session.permissions.roles,
        "reaches": REACHES,
        **said(work, request, stated or {}, error),
    }
    status = 200 if error is None else error.status
    return work_answer(request, work.run(), "add_account", content, status=status)


def add(work: Work, request: Request, sent: Form) -> Response:
    """Add an account, and show once the token with which its person sets a password.

    Args:
        work: what pages of work share.
        request: of whoever sent the form.
        sent: its fields.

    Raises:
        NotAllowedError: none of the account's roles may change users.
    """
    leave_shown(work.gate.worker(request), CHANGE)
    house = work.gate.house
    try:
        asked = filled(_New, _of(sent, "login", "person", "name", "branch", "region"))
        given = filled(_Given, _role_in(sent)) if sent.get("role") else None
        prove_again(work.gate, request, sent)
        leave = work.gate.worker(request).permit(CHANGE)
        person = Newcomer(**asked.model_dump())
        token = add_user(house, leave, person, at=clock.moment())
    except XiaoweiError as error:
        return newcomer(work, request, stated=sent, error=error)
    login = person.as_plain()["login"]
    barred = None if given is None else _barred(house, leave, login, given)
    return _token(work, request, login, token, barred=barred)


def act(work: Work, request: Request, login: str, sent: Form) -> Response:
    """Do what a form about an account asks for, and show the account as it then is.

    Args:
        work: what pages of work share.
        request: of whoever sent it.
        login: the account.
        sent: its fields, of which `act` says what is done.

    Raises:
        NotAllowedError: none of the account's roles may change users.
        NoAccountError: there is none of that name.
    """
    leave_shown(work.gate.worker(request), CHANGE)
    account_at(work.gate.house, login, at=clock.moment())
    named = sent.get("act", "")
    try:
        if named not in _ACTS:
            raise UnknownActError(named, _ACTS)
        prove_again(work.gate, request, sent)
        leave = work.gate.worker(request).permit(CHANGE)
        token = _ACTS[named](work.gate.house, leave, login, sent)
    except XiaoweiError as error:
        return account(work, request, login, stated=sent, error=error)
    if token is None:
        return go_on(request, f"{ACCOUNTS.path}/{login}", did=named)
    return _token(work, request, login, token)


def _token(
    work: Work,
    request: Request,
    login: str,
    token: str,
    *,
    barred: Refusal | None = None,
) -> HTMLResponse:
    """Answer with a token: on this page alone, which no cache keeps."""
    today = clock.moment().date()
    content = {
        "current": ACCOUNTS.name,
        "login": login,
        "token": token,
        "hours": work.gate.house.count("token_minutes", on=today) // _MINUTES,
        "barred": barred,
    }
    return work_answer(request, work.run(), "token", content)


def _barred(house: House, leave: Permit, login: str, given: _Given) -> Refusal | None:
    """Give a new account its role; say why not where it is refused.

    The account is there all the same, and so is its token.
    """
    try:
        give_role(house, leave, login, given.role, reach=given.reach, at=clock.moment())
    except XiaoweiError as error:
        return refusal_of(error)
    return None


def _change(house: House, leave: Permit, login: str, sent: Form) -> None:
    asked = filled(_Person, _of(sent, "name", "branch", "region"))
    at = clock.moment()
    person = account_at(house, login, at=at)["person"]
    one = Newcomer(login=login, person=person, **asked.model_dump())
    change_user(house, leave, one, at=at)


def _give(house: House, leave: Permit, login: str, sent: Form) -> None:
    one = filled(_Given, _role_in(sent))
    give_role(house, leave, login, one.role, reach=one.reach, at=clock.moment())


def _take(house: House, leave: Permit, login: str, sent: Form) -> None:
    role = filled(_Taken, {"role": sent.get("role", "")}).role
    take_role(house, leave, login, role, at=clock.moment())


def _disable(house: House, leave: Permit, login: str, sent: Form) -> None:
    why = filled(Why, {"why": sent.get("why", "")}).why
    disable_user(house, leave, login, why=why, at=clock.moment())


def _renew(house: House, leave: Permit, login: str, _sent: Form) -> str:
    return renew_token(house, leave, login, at=clock.moment())


def _prove(_house: House, _leave: Permit, _login: str, _sent: Form) -> None:
    """Do nothing: the password was given, and leave stands."""


def _of(sent: Form, *names: str) -> dict[str, Any]:
    return {name: sent.get(name, "") for name in names}


def _role_in(sent: Form) -> dict[str, Any]:
    return {"role": sent.get("role", ""), "reach": sent.get("reach") or None}


_ACTS: Final[dict[str, _Does]] = {
    "change": _change,
    "give": _give,
    "take": _take,
    "disable": _disable,
    "renew": _renew,
    "prove": _prove,
}
