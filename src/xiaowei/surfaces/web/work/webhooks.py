"""Receivers of events 回调通知: what each was told, and what could not be told."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, get_args

from fastapi import Request
from fastapi.responses import HTMLResponse

from xiaowei.desk.webhooks import administering
from xiaowei.errors import XiaoweiError
from xiaowei.surfaces.report.listing import PAGE_ROWS
from xiaowei.surfaces.web.answers import work_answer
from xiaowei.surfaces.web.places import WEBHOOKS
from xiaowei.surfaces.web.proof import asked_again
from xiaowei.surfaces.web.work.notices import notices_of
from xiaowei.surfaces.web.work.times import moment
from xiaowei.surfaces.web.work.working import FilterError, Work, number_asked

READ: Final = "webhooks.read"
STATES: Final[tuple[administering.DeliveryState, ...]] = get_args(
    administering.DeliveryState
)
_ABOUT: Final = "webhooks"
_DID: Final = frozenset({"pause", "resume", "resend", "remove"})


@dataclass(frozen=True, slots=True)
class Came:
    """What came of a form about receivers.

    Args:
        stated: its fields, where it was not taken.
        error: why it was not; null where it was.
        issued: a new secret, to be shown this once; null for none.
        sure: whether somebody is asked if he is sure.
    """

    stated: Mapping[str, str] = field(default_factory=dict)
    error: XiaoweiError | None = None
    issued: administering.Issued | None = None
    sure: bool = False

    @property
    def status(self) -> int:
        """Of the answer."""
        if self.error is not None:
            return self.error.status
        return 200 if self.issued is None else 201


def receivers_page(
    work: Work, request: Request, came: Came | None = None
) -> HTMLResponse:
    """Answer with all receivers, and the form to register one.

    Args:
        work: what pages of work share.
        request: of whoever looks.
        came: what came of a form; null before any.

    Raises:
        NotAllowedError: none of the account's roles may see webhooks.
    """
    work.gate.worker(request).permit(READ)
    came = came or Came()
    rows = [
        {"receiver": one, "last": _newest(work, one.number)}
        for one in administering.receivers(work.home)
    ]
    content = {
        **_common(work, request, came),
        "rows": rows,
        "asked": {n for n in administering.NAMES if f"event.{n}" in came.stated},
    }
    run = work.run()
    return work_answer(request, run, WEBHOOKS.name, content, status=came.status)


def receiver_page(
    work: Work, request: Request, number: int, came: Came | None = None
) -> HTMLResponse:
    """Answer with one receiver and what it was told, the newest first.

    Args:
        work: what pages of work share.
        request: of whoever looks; `state` and `before` say which deliveries.
        number: of the receiver.
        came: what came of a form; null before any.

    Raises:
        NotAllowedError: none of the account's roles may see webhooks.
        UnknownReceiverError: there is none of that number.
        FilterError: the address asks for what does not exist.
    """
    work.gate.worker(request).permit(READ)
    came = came or Came()
    one = administering.receiver(work.home, number)
    state, before = _asked(request)
    found = administering.deliveries(
        work.home, number, state=state, before=before, most=PAGE_ROWS + 1
    )
    shown = found[:PAGE_ROWS]
    content = {
        **_common(work, request, came),
        "title": f"{number} {one.url}",
        "current": WEBHOOKS.name,
        "receiver": one,
        "most_hours": administering.MOST_OVERLAP_HOURS,
        "usual_hours": administering.OVERLAP_HOURS,
        "states": STATES,
        "state": state or "",
        "rows": shown,
        "dead": _newest(work, number, "dead") is not None,
        "waits": _newest(work, number, "waiting") is not None,
        "older": shown[-1].entry if len(found) > PAGE_ROWS else None,
        "newest": before is None,
    }
    run = work.run()
    return work_answer(request, run, "webhook", content, status=came.status)


def _common(work: Work, request: Request, came: Came) -> dict[str, Any]:
    error, did = came.error, request.query_params.get("did", "")
    session = work.gate.worker(request)
    quiet = error is None and came.issued is None and not came.sure
    return {
        "events": {
            name: {"zh": said.zh, "en": said.en}
            for name, said in administering.SAID.items()
        },
        "may_change": session.may(administering.CHANGE),
        **asked_again(work.gate, session, back=request.url.path),
        "moment": moment,
        "stated": came.stated,
        "issued": came.issued,
        "sure": came.sure,
        **notices_of(error, about=_ABOUT),
        "did": did if quiet and did in _DID else "",
    }


def _newest(
    work: Work, number: int, state: administering.DeliveryState | None = None
) -> administering.Delivery | None:
    found = administering.deliveries(work.home, number, state=state, most=1)
    return found[0] if found else None


def _asked(request: Request) -> tuple[administering.DeliveryState | None, int | None]:
    stated = request.query_params.get("state", "")
    state = next((one for one in STATES if one == stated), None)
    if stated and state is None:
        raise FilterError("state", stated)
    return state, number_asked(request.query_params, "before")
