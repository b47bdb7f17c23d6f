"""Accounts 用户: who has one, with which roles, and how it stands."""

from collections.abc import Mapping
from typing import Any, Final, get_args

from fastapi import Request
from fastapi.responses import HTMLResponse

from xiaowei.desk import clock
from xiaowei.desk.access.review import AccountState, account_at, accounts_at
from xiaowei.desk.access.staff import CHANGE, is_own
from xiaowei.errors import XiaoweiError
from xiaowei.policy.access.actor import REACHES
from xiaowei.surfaces.report.listing import PAGE_ROWS, paged
from xiaowei.surfaces.web.answers import work_answer
from xiaowei.surfaces.web.places import ACCOUNTS
from xiaowei.surfaces.web.proof import asked_again, open_secrets
from xiaowei.surfaces.web.work.notices import notices_of
from xiaowei.surfaces.web.work.times import moment
from xiaowei.surfaces.web.work.working import Work, asked

SEE: Final = "users.read"
STATES: Final[tuple[AccountState, ...]] = get_args(AccountState)
_OPEN: Final = ("give", "change", "renew", "disable")
"""What is done by a form of its own; roles are taken back where they are listed."""
_DONE: Final = frozenset({"change", "give", "take", "disable", "prove"})


def accounts(work: Work, request: Request) -> HTMLResponse:
    """Answer with the accounts, by name.

    Raises:
        NotAllowedError: none of the account's roles may see users.
        FilterError: the address asks for what does not exist.
    """
    session = work.gate.worker(request)
    session.permit(SEE)
    query = asked(request.query_params, "state", STATES)
    every = accounts_at(work.gate.house, at=clock.moment())
    kept = [
        one
        for one in every
        if query.chosen["state"] in {"", one["state"]} and tells(one, query.text)
    ]
    content = {
        "query": query,
        "selection": paged(kept, len(every), query.page, PAGE_ROWS),
        "states": STATES,
        "changes": session.may(CHANGE),
        "roles": session.permissions.roles,
        "reaches": REACHES,
        "moment": moment,
    }
    return work_answer(request, work.run(), ACCOUNTS.name, content)


def account(
    work: Work,
    request: Request,
    login: str,
    *,
    stated: Mapping[str, str] | None = None,
    error: XiaoweiError | None = None,
) -> HTMLResponse:
    """Answer with one account, and forms for whoever may change it.

    Args:
        work: what pages of work share.
        request: of whoever looks.
        login: the account.
        stated: a form about it that was not taken.
        error: why.

    Raises:
        NotAllowedError: none of the account's roles may see users.
        NoAccountError: there is none of that name.
    """
    session = work.gate.worker(request)
    session.permit(SEE)
    told = account_at(work.gate.house, login, at=clock.moment())
    did = request.query_params.get("did", "")
    content: dict[str, Any] = {
        "title": told["login"],
        "current": ACCOUNTS.name,
        "told": told,
        "changes": session.may(CHANGE),
        "own": is_own(session.actor, told["person"]),
        "roles": session.permissions.roles,
        "reaches": REACHES,
        "operations": session.permissions.operations,
        "moment": moment,
        # Where the password is due, it is asked for alone or with what was sent.
        "due": _OPEN if session.fresh else ((stated or {}).get("act") or "prove",),
        "did": did if error is None and did in _DONE else "",
        **said(work, request, stated or {}, error),
    }
    status = 200 if error is None else error.status
    return work_answer(request, work.run(), "account", content, status=status)


def said(
    work: Work,
    request: Request,
    stated: Mapping[str, str],
    error: XiaoweiError | None,
) -> dict[str, Any]:
    """Return what a page with forms of sensitive acts shows of them.

    Args:
        work: what pages of work share.
        request: of whoever is signed in.
        stated: a form that was not taken.
        error: why.
    """
    session = work.gate.worker(request)
    return {
        "stated": open_secrets(stated),
        **notices_of(error),
        **asked_again(work.gate, session, back=request.url.path),
    }


def tells(one: Mapping[str, Any], text: str) -> bool:
    """Tell whether an account's name, person or place holds a text."""
    names = ("login", "name", "person", "branch", "region")
    return text.casefold() in " ".join(one[name] for name in names).casefold()
