"""Versions of rules 规则: which one decides, what each says, and what holds of it."""

from typing import Any, Final

from fastapi import Request
from fastapi.responses import HTMLResponse

from xiaowei.desk.access.signing import Session
from xiaowei.desk.jobs import asking
from xiaowei.desk.ruling import publishing, telling, testing, versions, writing
from xiaowei.desk.ruling.proving import proof_of
from xiaowei.surfaces.web.answers import work_answer
from xiaowei.surfaces.web.places import RULES
from xiaowei.surfaces.web.work.keys import new_key
from xiaowei.surfaces.web.work.notices import Untaken
from xiaowei.surfaces.web.work.rule_showing import (
    back_test_shown,
    cases_shown,
    changes_shown,
    notices,
    outcome_shown,
    proof_shown,
    refused,
)
from xiaowei.surfaces.web.work.times import moment
from xiaowei.surfaces.web.work.working import Work, number_asked

_DID: Final = frozenset(
    {"draft", "test", "back_test", "publish", "withdraw", "roll_back"}
)


def versions_page(work: Work, request: Request) -> HTMLResponse:
    """Answer with all versions, the newest first, and which one decides today.

    Raises:
        NotAllowedError: none of the account's roles may see rules.
    """
    session = work.gate.worker(request)
    session.permit("rules.read")
    day = work.office.day()
    told = telling.versions_told(work.home, on=day)
    content = {
        "day": day,
        "in_force": told["in_force"],
        "rows": told["versions"][::-1],
        "moment": moment,
        "may_draft": session.may("rules.draft"),
        "may_publish": session.may("rules.publish"),
    }
    return work_answer(request, work.run(), RULES.name, content)


def version_page(
    work: Work, request: Request, number: int, sent: Untaken | None = None
) -> HTMLResponse:
    """Answer with one version whole.

    Args:
        work: what pages of work share.
        request: of whoever opens it; `against` names the version that it is compared
            with, `job` a back-test of it.
        number: of the version.
        sent: the form that was not taken, to be said and shown again.

    Raises:
        NotAllowedError: none of the account's roles may see rules.
        UnknownRulesError: there is no such version.
        FilterError: the address names no number.
    """
    session = work.gate.worker(request)
    session.permit("rules.read")
    untaken = sent or Untaken()
    error, did = untaken.error, request.query_params.get("did", "")
    against = number_asked(request.query_params, "against")
    if against is None:
        against = versions.before(work.home, number, on=work.office.day())
    content = {
        **about(
            work,
            session,
            number,
            against=against,
            job=number_asked(request.query_params, "job"),
        ),
        **_acts(work, session, number),
        "stated": untaken.stated,
        **notices(error),
        "did": did if error is None and did in _DID else "",
    }
    status = 200 if error is None else error.status
    return work_answer(request, work.run(), "rules_version", content, status=status)


def about(
    work: Work, session: Session, number: int, *, against: int, job: int | None = None
) -> dict[str, Any]:
    """Return all that a page shows of one version.

    Args:
        work: what pages of work share.
        session: of whoever looks.
        number: of the version.
        against: the version that it is compared with.
        job: a back-test of it; null for the newest.

    Raises:
        UnknownRulesError: there is no such version.
        UnknownJobError: the job is no back-test of it.
    """
    home, day = work.home, work.office.day()
    told = telling.version_told(home, number)
    found = versions.rules_of(home, number)
    changes = telling.changes_told(home, against, number)["changes"]
    sees = session.may("jobs.read")
    tried = asking.back_test_of(home, number, job=job) if sees else None
    return {
        "title": f"{told['name']} {told['version']}",
        "current": RULES.name,
        "told": told,
        "default": outcome_shown(told["set"]["default"]),
        "mark": telling.mark_of(told),
        "day": day,
        "in_force": versions.in_force(home, on=day),
        "moment": moment,
        "proof": proof_shown(proof_of(home, found)),
        "accepted": telling.accepted_of(home, number),
        "cases": cases_shown(testing.tried_again(home, number)),
        "against": against,
        "others": [
            one
            for one in telling.versions_told(home, on=day)["versions"]
            if one["number"] != number
        ],
        "changes": changes_shown(changes),
        "tried": back_test_shown(tried),
    }


def _acts(work: Work, session: Session, number: int) -> dict[str, Any]:
    """Return what somebody may do about a version as it stands."""
    home = work.home
    state = versions.version(home, number)["state"]
    drafts, publishes = session.may("rules.draft"), session.may("rules.publish")
    is_draft = state == "draft"
    barred = None
    if is_draft and publishes:
        barred = publishing.barred(home, number, by=session.actor.hand)
    return {
        "may_test": drafts and is_draft,
        "may_withdraw": drafts and is_draft,
        "may_draft": drafts,
        "may_roll_back": drafts and state in {"published", "shipped"},
        "may_publish": publishes and is_draft,
        "may_try": session.may("lab.run", everywhere=True),
        "barred": refused(barred),
        "key": new_key(),
        "cases_text": writing.cases_written(home, number),
    }
