"""What an administrator does about receivers by the forms of their pages."""

from collections.abc import Callable, Mapping
from typing import Final, TypeAlias

from fastapi import Request
from fastapi.responses import Response

from xiaowei.desk.webhooks import administering
from xiaowei.errors import XiaoweiError
from xiaowei.policy.access.permissions import Permit
from xiaowei.surfaces.web.answers import go_on
from xiaowei.surfaces.web.places import WEBHOOKS
from xiaowei.surfaces.web.proof import open_secrets, prove_again
from xiaowei.surfaces.web.work.fields import FaultyFormError, whole_in
from xiaowei.surfaces.web.work.webhooks import (
    READ,
    Came,
    receiver_page,
    receivers_page,
)
from xiaowei.surfaces.web.work.working import UnknownActError, Work, number_asked

Form: TypeAlias = Mapping[str, str]
_Does: TypeAlias = Callable[[Work, Permit, int, Form], Came | None]
"""Does it; returns what its page says at once, null to go on to the page."""
_EVENT: Final = "event."
"""Before the name of an event: the field that asks for it."""
_REMOVE: Final = "remove"
_PROVE: Final = "prove"
"""Gives the password again, and does nothing else."""


def register(work: Work, request: Request, sent: Form) -> Response:
    """Register a receiver, and show its secret this once, on no address of its own.

    Args:
        work: what pages of work share.
        request: of whoever sent it.
        sent: `url`, and a field for each event; `password`, see `prove_again`.

    Raises:
        NotAllowedError: none of the account's roles may see webhooks.
    """
    work.gate.worker(request).permit(READ)
    events = [one for one in administering.NAMES if _EVENT + one in sent]
    try:
        prove_again(work.gate, request, sent)
        leave = work.gate.worker(request).permit(administering.CHANGE)
        if sent.get("act") == _PROVE:
            return go_on(request, WEBHOOKS.path)
        issued = administering.register(work.home, leave, sent.get("url", ""), events)
    except XiaoweiError as error:
        return receivers_page(work, request, Came(open_secrets(sent), error))
    return receiver_page(work, request, issued.receiver.number, Came(issued=issued))


def act(work: Work, request: Request, number: int, sent: Form) -> Response:
    """Do what a form asks for, and show the receiver as it then stands.

    Args:
        work: what pages of work share.
        request: of whoever sent it.
        number: of the receiver.
        sent: its fields, of which `act` says what is done.

    Raises:
        NotAllowedError: none of the account's roles may see webhooks.
        UnknownReceiverError: there is none of that number.
    """
    named = sent.get("act", "")
    work.gate.worker(request).permit(READ)
    administering.receiver(work.home, number)
    try:
        if named not in _ACTS:
            raise UnknownActError(named, _ACTS)
        prove_again(work.gate, request, sent)
        leave = work.gate.worker(request).permit(administering.CHANGE)
        came = _ACTS[named](work, leave, number, sent)
    except XiaoweiError as error:
        came = Came(open_secrets(sent), error)
    if came is not None:
        return receiver_page(work, request, number, came)
    gone = named == _REMOVE
    path = WEBHOOKS.path if gone else f"{WEBHOOKS.path}/{number}"
    return go_on(request, path, did=named)


def _prove(_work: Work, _leave: Permit, _number: int, _sent: Form) -> None:
    """Do nothing: the password came with the form, and was taken."""


def _pause(work: Work, leave: Permit, number: int, _sent: Form) -> None:
    administering.pause(work.home, leave, number)


def _resume(work: Work, leave: Permit, number: int, _sent: Form) -> None:
    administering.resume(work.home, leave, number)


def _rotate(work: Work, leave: Permit, number: int, sent: Form) -> Came:
    hours = whole_in(sent.get("hours", ""))
    if not isinstance(hours, int):
        raise FaultyFormError(["hours"])
    issued = administering.rotate(
        work.home,
        leave,
        number,
        overlap_hours=hours,
        check=administering.with_secret(number, sent.get("rotated_at") or None),
    )
    return Came(issued=issued)


def _resend(work: Work, leave: Permit, number: int, sent: Form) -> None:
    administering.resend(work.home, leave, number, number_asked(sent, "entry"))


def _remove(work: Work, leave: Permit, number: int, sent: Form) -> Came | None:
    if sent.get("sure") != "yes":
        return Came(sure=True)
    administering.remove(work.home, leave, number)
    return None


_ACTS: Final[dict[str, _Does]] = {
    _PROVE: _prove,
    "pause": _pause,
    "resume": _resume,
    "rotate": _rotate,
    "resend": _resend,
    _REMOVE: _remove,
}
