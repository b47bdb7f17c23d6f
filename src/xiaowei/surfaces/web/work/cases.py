"""One application: what was decided and why, what is known, and what comes next."""

from collections.abc import Mapping
from typing import Any, Final

from fastapi import Request
from fastapi.responses import HTMLResponse

from xiaowei.decisions.letter import letter_of
from xiaowei.desk import clock
from xiaowei.desk.access.looking import record_read
from xiaowei.desk.access.signing import Session
from xiaowei.desk.deciding import seeing
from xiaowei.desk.deciding.acting import OPERATIONS, open_to
from xiaowei.policy.access.permissions import Permit
from xiaowei.policy.products.product import PURPOSES
from xiaowei.policy.products.reading import load_products
from xiaowei.surfaces.report import pages
from xiaowei.surfaces.report.document import Document, Firm
from xiaowei.surfaces.web.answers import work_answer
from xiaowei.surfaces.web.places import CUSTOMERS, REFERRALS, place_of
from xiaowei.surfaces.web.refusals import refusal, refusal_of
from xiaowei.surfaces.web.work import reasons
from xiaowei.surfaces.web.work.families import NAMES
from xiaowei.surfaces.web.work.notices import Untaken, notices_of
from xiaowei.surfaces.web.work.papers import may_see
from xiaowei.surfaces.web.work.times import elapsed, left, moment
from xiaowei.surfaces.web.work.working import Work, firms_of

_DONE: Final = frozenset({"apply", *OPERATIONS})
_UNDECIDED: Final = frozenset({"crowded", "unknown-enterprise"})
"""Kinds of failure for which an application is taken and waits."""


def case(work: Work, request: Request, number: int, sent: Untaken) -> HTMLResponse:
    """Answer with an application.

    Args:
        work: what pages of work share.
        request: of whoever opens it.
        number: of the application.
        sent: the form that was not taken, to be said and shown again.

    Raises:
        NotAllowedError: none of the account's roles may see applications.
        UnknownApplicationError: there is none of that number in reach.
    """
    session = work.gate.worker(request)
    permit = session.permit("applications.read")
    told = seeing.application(work.home, number, permit)
    record_read(
        work.gate.house,
        permit,
        about=told["enterprise_id"],
        what=f"application {number}",
        why="opened on the pages",
        at=clock.moment(),
    )
    run, now = work.run(), clock.moment()
    told = seeing.whole_for(work.home, number, session)
    firm = _firm(work, run, told["enterprise_id"], session)
    stands = open_to(work.office, told, session)
    content = {
        "title": f"{number} {firm['name'] if firm else told['enterprise_id']}",
        "told": told,
        "firm": firm,
        "purpose": PURPOSES[told["purpose"]],
        "product": _product(work, told["product"]),
        "age": elapsed(told["received_at"], now),
        "left": left(told["due_at"], now),
        "open": stands,
        "barred": None if stands.barred is None else refusal_of(stands.barred),
        "course": seeing.course(work.home, number),
        "moment": moment,
        "papers": may_see(session),
        **_notices(request, sent),
        **_decision(work, told, session),
        **_findings(run, firm),
        "back_to": place_of(session, REFERRALS.path)
        or place_of(session, CUSTOMERS.path),
        "waits_page": place_of(session, REFERRALS.path),
    }
    status = 200 if sent.error is None else sent.error.status
    return work_answer(request, run, "application", content, status=status)


def _notices(request: Request, sent: Untaken) -> dict[str, Any]:
    """Return what is said of the act that was just done, or was refused."""
    error, params = sent.error, request.query_params
    undecided, did = params.get("undecided", ""), params.get("did", "")
    return {
        "stated": sent.stated,
        **notices_of(error),
        "did": did if error is None and did in _DONE else "",
        "undecided": refusal(undecided) if undecided in _UNDECIDED else None,
    }


def _decision(work: Work, told: Mapping[str, Any], session: Session) -> dict[str, Any]:
    """Return what was decided, and on what, as far as somebody sees decisions."""
    nothing = {"decided": None, "evidence": None, "letter": ()}
    if "decided" not in told:
        return nothing | {"letter": _letter(told, session)}
    permit = session.permit("decisions.read")
    made = seeing.decision(work.home, told["decision"], permit)["snapshot"]
    decided, evidence = made["decision"], made["evidence"]
    return {
        "decided": decided,
        "evidence": evidence,
        "why": reasons.why_referred(told, decided),
        "trace": reasons.trace(decided),
        "missing": reasons.missing(decided),
        "closed": [NAMES[one]._asdict() for one in reasons.closed(evidence)],
        "letter": _letter(told, session),
    }


def _letter(told: Mapping[str, Any], session: Session) -> tuple[Any, ...]:
    if not session.may("decisions.read"):
        return ()
    return letter_of(told)


def _firm(
    work: Work, run: Document | None, enterprise_id: str, session: Session
) -> Firm | None:
    """Return the firm as the last run has it, where somebody sees all of its page."""
    firm = firms_of(run).get(enterprise_id)
    if firm is None:
        return None
    for operation in pages.FIRM_SHOWS:
        reach = session.permissions.reach(session.actor, operation)
        if reach is None:
            return None
        permit = Permit(session.actor, operation, reach)
        if not seeing.in_reach(work.home, enterprise_id, permit):
            return None
    return firm


def _findings(run: Document | None, firm: Firm | None) -> dict[str, Any]:
    if run is None or firm is None:
        return {}
    return pages.findings_of(run, firm)


def _product(work: Work, code: str | None) -> Any:  # noqa: ANN401 - a title
    """Return what a product is called; its code where the bank has it no more."""
    titles = {one.code: one.title for one in load_products().on(work.office.day())}
    return titles.get(code or "", code)
