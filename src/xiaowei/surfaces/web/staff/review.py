"""The access review 权限审阅: who can see and do what, and what to look at twice."""

from typing import Any, Final

from fastapi import Request
from fastapi.responses import HTMLResponse

from xiaowei.desk import clock
from xiaowei.desk.access.review import matrix
from xiaowei.desk.access.review import review as review_of
from xiaowei.policy.access.actor import REACHES
from xiaowei.surfaces.report.listing import PAGE_ROWS, paged
from xiaowei.surfaces.web.answers import work_answer
from xiaowei.surfaces.web.places import ACCESS
from xiaowei.surfaces.web.staff.accounts import tells
from xiaowei.surfaces.web.work.times import moment
from xiaowei.surfaces.web.work.working import Work, asked

REVIEW: Final = "access.review"


def review(work: Work, request: Request) -> HTMLResponse:
    """Answer with who may do what: all of it, or one operation that is asked about.

    Raises:
        NotAllowedError: none of the account's roles may review access.
        FilterError: the address asks for what does not exist.
    """
    session = work.gate.worker(request)
    session.permit(REVIEW)
    permissions = session.permissions
    query = asked(request.query_params, "operation", list(permissions.operations))
    told = review_of(work.gate.house, on=clock.today())
    named = query.chosen["operation"]
    able = {one["login"] for one in told["operations"].get(named, ())}
    kept = [
        one
        for one in told["accounts"]
        if (not named or one["login"] in able) and tells(one, query.text)
    ]
    content: dict[str, Any] = {
        "query": query,
        "selection": paged(kept, len(told["accounts"]), query.page, PAGE_ROWS),
        "noted": [one for one in told["accounts"] if one["notes"]],
        "delegations": told["delegations"],
        "on": told["on"],
        "operations": permissions.operations,
        "roles": permissions.roles,
        "reaches": REACHES,
        "matrix": matrix(permissions),
        "moment": moment,
    }
    return work_answer(request, work.run(), ACCESS.name, content)
