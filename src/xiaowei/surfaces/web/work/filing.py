"""The form to apply for a loan, and what comes of it."""

from collections.abc import Mapping
from typing import Any, Final

from fastapi import Request
from fastapi.responses import HTMLResponse, Response

from xiaowei.desk.deciding import seeing
from xiaowei.desk.deciding.filing import Asked, Filed, file_application
from xiaowei.errors import XiaoweiError
from xiaowei.policy.access.permissions import Permit
from xiaowei.policy.products.product import PURPOSES
from xiaowei.policy.products.reading import load_products
from xiaowei.surfaces.inputs import Apply
from xiaowei.surfaces.web.answers import go_on, work_answer
from xiaowei.surfaces.web.work.fields import (
    fen_in,
    filled,
    whole_in,
)
from xiaowei.surfaces.web.work.keys import key_in, new_key, with_good_key
from xiaowei.surfaces.web.work.notices import notices_of
from xiaowei.surfaces.web.work.papers import may_see
from xiaowei.surfaces.web.work.working import Work, firms_of

_FIRST: Final = {"months": "12", "purpose": "new_loan"}


def empty_form(work: Work, request: Request) -> HTMLResponse:
    """Answer with the form, for the enterprise that the address names, if any.

    Raises:
        NotAllowedError: none of the account's roles may submit applications.
    """
    work.gate.worker(request).permit("applications.submit")
    named = request.query_params.get("enterprise", "").strip()
    stated = {**_FIRST, "enterprise_id": named, "key": new_key()}
    return _form(work, request, stated)


def apply(work: Work, request: Request, sent: Mapping[str, str]) -> Response:
    """File what a form asks for, and go on to the application.

    The key was made with the form: sent twice it counts once.

    Args:
        work: what pages of work share.
        request: of whoever sent it.
        sent: its fields.

    Raises:
        NotAllowedError: none of the account's roles may submit applications.
    """
    permit = work.gate.worker(request).permit("applications.submit")
    try:
        filed = _filed(work, permit, sent)
    except XiaoweiError as error:
        stated = with_good_key(sent, error)
        return _form(work, request, stated, error=error)
    why = None if filed.undecided is None else filed.undecided.kind
    path = f"/applications/{filed.number}"
    return go_on(request, path, did="apply", undecided=why)


def _filed(work: Work, permit: Permit, sent: Mapping[str, str]) -> Filed:
    asked = filled(
        Apply,
        {
            "enterprise_id": sent.get("enterprise_id", ""),
            "amount_fen": fen_in(sent.get("amount", "")),
            "months": whole_in(sent.get("months", "")) or "",
            "purpose": sent.get("purpose", ""),
            "product": sent.get("product") or None,
            "hold": "hold" in sent,
        },
    )
    key = key_in(sent)
    wish = Asked(**asked.model_dump(exclude={"hold"}))
    return file_application(work.office, permit, wish, key=key, hold=asked.hold)


def _form(
    work: Work,
    request: Request,
    stated: Mapping[str, str],
    *,
    error: XiaoweiError | None = None,
) -> HTMLResponse:
    session, run = work.gate.worker(request), work.run()
    permit = session.permit("applications.submit")
    named = stated.get("enterprise_id", "")
    firm = firms_of(run).get(named)
    if firm and not seeing.in_reach(work.home, named, permit):
        firm = None
    content: dict[str, Any] = {
        "stated": stated,
        "firm": firm,
        "papers": may_see(session),
        **notices_of(error),
        "purposes": PURPOSES,
        "products": load_products().on(work.office.day()),
    }
    status = 200 if error is None else error.status
    return work_answer(request, run, "apply", content, status=status)
