"""A password given again, with the form of what asks for a fresh one."""

from collections.abc import Mapping
from typing import Any, Final

from fastapi import Request

from xiaowei.desk import clock
from xiaowei.desk.access.signing import Session, prove, session_of
from xiaowei.desk.access.vouching import START
from xiaowei.surfaces.web.cookies import SESSION
from xiaowei.surfaces.web.gate import Gate
from xiaowei.surfaces.web.renewal import renew

SECRETS: Final = frozenset({"password", "new", "again", "token"})
"""Fields that no page shows again."""


def prove_again(gate: Gate, request: Request, sent: Mapping[str, str]) -> None:
    """Take the password that a form brings, where the session is not fresh.

    Args:
        gate: says who works.
        request: of whoever is signed in; `Renewed` tells the browser the new token.
        sent: the fields; without `password` nothing is done.

    Raises:
        WrongPasswordError: it is not the password.
        TooManyTriesError: of this account or this address.
    """
    session, house = gate.worker(request), gate.house
    given = sent.get("password", "")
    if session.fresh or not given:
        return
    at, address = clock.moment(), address_of(request)
    token = prove(house, SESSION.told(request), given, at=at, address=address)
    renew(request, token)
    request.state.session = session_of(house, token, at=at)


def asked_again(gate: Gate, session: Session, *, back: str) -> dict[str, Any]:
    """Return what a page needs to ask for a password again.

    Args:
        gate: by which somebody signed in.
        session: his.
        back: the page to come back to from the bank's provider of identities.
    """
    return {
        "fresh": session.fresh,
        "minutes": session.fresh_minutes,
        "sso": gate.sso,
        "sso_start": START,
        "sso_back": back,
    }


def open_secrets(sent: Mapping[str, str]) -> dict[str, str]:
    """Return the fields of a form that may be shown again."""
    return {name: value for name, value in sent.items() if name not in SECRETS}


def leave_shown(session: Session, operation: str) -> None:
    """Refuse whoever may not do something at all, whenever his password was given.

    Raises:
        NotAllowedError: none of his roles may do it.
    """
    session.permissions.permit(session.actor, operation)


def address_of(request: Request) -> str:
    """Return from where somebody asks."""
    return request.client.host if request.client else "unknown"
