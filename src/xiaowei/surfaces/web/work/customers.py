"""The customers in somebody's reach, each with its last application."""

from typing import Any, Final

from fastapi import Request
from fastapi.responses import HTMLResponse

from xiaowei.desk.access.signing import Session
from xiaowei.desk.deciding import lists, seeing
from xiaowei.policy.access.actor import REACHES
from xiaowei.surfaces.report.listing import PAGE_ROWS, paged
from xiaowei.surfaces.web.answers import work_answer
from xiaowei.surfaces.web.places import CUSTOMERS, place_of
from xiaowei.surfaces.web.work import papers, people
from xiaowei.surfaces.web.work.working import Row, Work, asked, firms_of, says

STATES: Final = (
    "received", "approved", "declined", "referred", "claimed", "returned",
)  # fmt: skip
_FIRMS: Final = "/firms"


def customers(work: Work, request: Request) -> HTMLResponse:
    """Answer with the customers in reach, the last changed first.

    Raises:
        NotAllowedError: none of the account's roles may see enterprises.
        FilterError: the address asks for what does not exist.
    """
    session = work.gate.worker(request)
    sees = session.permit("enterprises.read")
    permit = session.permit("applications.read")
    query = asked(request.query_params, "state", STATES)
    run = work.run()
    firms, mine = firms_of(run), seeing.enterprises_in_reach(work.home, sees)
    every: list[Row] = [
        {
            "application": one,
            "firm": firms.get(one["enterprise_id"])
            if mine is None or one["enterprise_id"] in mine
            else None,
        }
        for one in lists.last_of_each(work.home, permit)
    ]
    kept = [
        row
        for row in every
        if query.chosen["state"] in {"", row["application"]["state"]}
        and says(row, query.text)
    ]
    place = place_of(session, CUSTOMERS.path) or CUSTOMERS
    content = {
        "place": place,
        "current": place.name,
        "query": query,
        "selection": paged(kept, len(every), query.page, PAGE_ROWS),
        "states": STATES,
        "reach": REACHES[permit.reach],
        "may_apply": session.may("applications.submit"),
        "papers": papers.may_see(session),
    }
    return work_answer(request, run, "customers", content, title=f"nav_{place.name}")


def of_firm(work: Work, request: Request, enterprise_id: str) -> dict[str, Any]:
    """Return what a firm's page shows of work on it: its applications, and a way back.

    Args:
        work: what pages of work share.
        request: of somebody who may see the firm.
        enterprise_id: which.
    """
    session = getattr(request.state, "session", None)
    return {} if session is None else _told(work, session, enterprise_id)


def _told(work: Work, session: Session, enterprise_id: str) -> dict[str, Any]:
    told: dict[str, Any] = {}
    place = place_of(session, CUSTOMERS.path)
    if place is not None:
        permit = session.permit("applications.read")
        told["filed"] = lists.of_firm(work.home, permit, enterprise_id)
        told["may_apply"] = session.may("applications.submit")
        told["papers"] = papers.may_see(session)
        told["people"] = people.may_see(session)
        if place_of(session, _FIRMS) is None:
            told["back_to"] = place
    return told
