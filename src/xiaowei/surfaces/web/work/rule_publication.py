"""A draft is looked at as a whole, and then published by a second person."""

from collections.abc import Mapping

from fastapi import Request
from fastapi.responses import HTMLResponse, Response

from xiaowei.desk.access.signing import Session
from xiaowei.desk.ruling import publishing, telling, versions
from xiaowei.errors import XiaoweiError
from xiaowei.surfaces.inputs import Why
from xiaowei.surfaces.web.answers import go_on, work_answer
from xiaowei.surfaces.web.places import RULES
from xiaowei.surfaces.web.work.fields import FaultyFormError, filled
from xiaowei.surfaces.web.work.notices import Untaken
from xiaowei.surfaces.web.work.rule_showing import notices, refused
from xiaowei.surfaces.web.work.rule_versions import about
from xiaowei.surfaces.web.work.working import Work, number_asked

_PUBLISH = "rules.publish"


def look(work: Work, request: Request, number: int) -> HTMLResponse:
    """Answer with what is published, before it is: changes, proof, tests, back-test.

    Raises:
        NotAllowedError: none of the account's roles may publish rules.
        UnknownRulesError: there is no such version.
    """
    session = work.gate.worker(request)
    session.permit(_PUBLISH)
    return _page(work, request, session, number, Untaken())


def publish(
    work: Work, request: Request, number: int, sent: Mapping[str, str]
) -> Response:
    """Publish the draft that was looked at, and show it.

    Args:
        work: what pages of work share.
        request: of whoever sent it.
        number: of the draft.
        sent: `why`, the `mark` of what was looked at, and `beside` which version.

    Raises:
        NotAllowedError: none of the account's roles may publish rules.
        UnknownRulesError: there is no such version.
    """
    session = work.gate.worker(request)
    hand = session.permit(_PUBLISH).actor.hand
    try:
        why = filled(Why, {"why": sent.get("why", "")}).why
        beside = number_asked(sent, "beside")
        if beside is None:
            # Nothing is published that was compared with nothing.
            raise FaultyFormError(["beside"])
        check = telling.as_read(
            work.home, number, mark=sent.get("mark", ""), beside=beside
        )
        publishing.publish(work.home, number, by=hand, why=why, check=check)
    except XiaoweiError as error:
        return _page(work, request, session, number, Untaken(sent, error))
    return go_on(request, f"{RULES.path}/{number}", did="publish")


def _page(
    work: Work, request: Request, session: Session, number: int, sent: Untaken
) -> HTMLResponse:
    home, error = work.home, sent.error
    since = versions.rules_of(home, number).since
    against = versions.in_force(home, on=since)
    content = {
        **about(work, session, number, against=against),
        "stated": sent.stated,
        "barred": refused(publishing.barred(home, number, by=session.actor.hand)),
        **notices(error),
    }
    status = 200 if error is None else error.status
    return work_answer(request, work.run(), "rules_publication", content, status=status)
