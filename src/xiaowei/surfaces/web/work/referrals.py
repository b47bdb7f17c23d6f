"""The queue of referrals 审批队列: what waits for a person, the most pressing first."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from fastapi import Request
from fastapi.responses import HTMLResponse

from xiaowei.desk import clock
from xiaowei.desk.access.signing import Session
from xiaowei.desk.deciding import lists, seeing
from xiaowei.policy.access.permissions import Permit
from xiaowei.surfaces.report.listing import PAGE_ROWS, paged
from xiaowei.surfaces.web.answers import work_answer
from xiaowei.surfaces.web.places import REFERRALS
from xiaowei.surfaces.web.work.reasons import why_referred
from xiaowei.surfaces.web.work.times import elapsed, left
from xiaowei.surfaces.web.work.working import Row, Work, asked, firms_of, says

HANDS: Final = ("free", "mine", "others")


def referrals(work: Work, request: Request) -> HTMLResponse:
    """Answer with the referrals in reach that wait for a person.

    Raises:
        NotAllowedError: none of the account's roles may claim one.
        FilterError: the address asks for what does not exist.
    """
    session = work.gate.worker(request)
    permit = session.permit("referrals.claim")
    sees = session.permit("decisions.read")
    session.permit("applications.read")
    query = asked(request.query_params, "hands", HANDS)
    run, now = work.run(), clock.moment()
    firms = firms_of(run)
    every: list[Row] = [
        {
            "application": one,
            "firm": firms.get(one["enterprise_id"]),
            "hands": _hands(one, session),
        }
        for one in lists.waiting(work.home, permit)
    ]
    kept = [
        row
        for row in every
        if query.chosen["hands"] in {"", row["hands"]} and says(row, query.text)
    ]
    selection = paged(kept, len(every), query.page, PAGE_ROWS)
    content = {
        "query": query,
        "selection": selection,
        "rows": [_row(work, row, sees, now) for row in selection.rows],
        "all_hands": HANDS,
        "late": sum(1 for row in every if _late(row["application"], now)),
    }
    return work_answer(request, run, REFERRALS.name, content)


def _row(work: Work, row: Row, sees: Permit, now: datetime) -> dict[str, Any]:
    told = row["application"]
    made = seeing.decision(work.home, told["decision"], sees)
    return {
        **row,
        "why": why_referred(told, made["snapshot"]["decision"]),
        "age": elapsed(told["received_at"], now),
        "left": left(told["due_at"], now),
    }


def _late(told: Mapping[str, Any], now: datetime) -> bool:
    clock_ = left(told["due_at"], now)
    return clock_ is not None and clock_.late


def _hands(told: Mapping[str, Any], session: Session) -> str:
    if told["claimed_by"] is None:
        return "free"
    return "mine" if told["claimed_by"] == session.actor.person else "others"
