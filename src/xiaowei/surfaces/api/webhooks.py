"""Receivers of events: registered, paused and removed by an administrator.

Which networks within the bank they may stand in is no matter of this service: whoever
runs the server says so in a file of the home.
"""

from typing import Annotated

from fastapi import APIRouter, Path, Query

from xiaowei.desk.webhooks import administering
from xiaowei.surfaces.api import shapes, webhook_shapes
from xiaowei.surfaces.api.paging import Cursor, Limit, next_of, number_in
from xiaowei.surfaces.api.served import Served, SignedIn

router = APIRouter(prefix="/webhooks", tags=["webhooks 回调"])
Number = Annotated[shapes.Number, Path(description="Of the receiver.")]


@router.post("", status_code=201)
def register(
    served: Served, signed: SignedIn, asked: webhook_shapes.RegisterWebhook
) -> webhook_shapes.IssuedWebhook:
    """Register a receiver; its secret is shown this once."""
    leave = signed.permit(administering.CHANGE)
    made = administering.register(served.home, leave, asked.url, asked.events)
    return _issued(made)


@router.get("")
def webhooks(served: Served, signed: SignedIn) -> list[webhook_shapes.Webhook]:
    """List receivers, the first one first."""
    signed.permit("webhooks.read")
    return [_shown(one) for one in administering.receivers(served.home)]


@router.get("/{number}")
def webhook(served: Served, signed: SignedIn, number: Number) -> webhook_shapes.Webhook:
    """Return a receiver."""
    signed.permit("webhooks.read")
    return _shown(administering.receiver(served.home, number))


@router.post("/{number}/pause", status_code=201)
def pause(served: Served, signed: SignedIn, number: Number) -> webhook_shapes.Webhook:
    """Tell a receiver nothing for now; what it asked for waits."""
    leave = signed.permit(administering.CHANGE)
    return _shown(administering.pause(served.home, leave, number))


@router.post("/{number}/resumption", status_code=201)
def resume(served: Served, signed: SignedIn, number: Number) -> webhook_shapes.Webhook:
    """Tell a receiver again, and first of all what waited."""
    leave = signed.permit(administering.CHANGE)
    return _shown(administering.resume(served.home, leave, number))


@router.post("/{number}/removal", status_code=201)
def remove(served: Served, signed: SignedIn, number: Number) -> webhook_shapes.Webhook:
    """Tell a receiver nothing any more; it is returned as it was."""
    leave = signed.permit(administering.CHANGE)
    return _shown(administering.remove(served.home, leave, number))


@router.post("/{number}/rotation", status_code=201)
def rotate(
    served: Served, signed: SignedIn, number: Number, asked: webhook_shapes.Rotate
) -> webhook_shapes.IssuedWebhook:
    """Give a receiver a new secret, shown this once; the old one signs for a while."""
    leave = signed.permit(administering.CHANGE)
    hours = asked.overlap_hours
    return _issued(
        administering.rotate(served.home, leave, number, overlap_hours=hours)
    )


@router.get("/{number}/deliveries")
def deliveries(
    served: Served,
    signed: SignedIn,
    number: Number,
    state: Annotated[
        webhook_shapes.DeliveryState | None, Query(description="Only those in it.")
    ] = None,
    limit: Limit = 50,
    cursor: Cursor = "",
) -> shapes.Page[webhook_shapes.Delivery]:
    """List what a receiver was told or is to be, the newest first."""
    signed.permit("webhooks.read")
    found = administering.deliveries(
        served.home,
        number,
        state=state,
        before=number_in(cursor) or None,
        most=limit + 1,
    )
    return shapes.Page(
        items=[
            webhook_shapes.Delivery.model_validate(administering.plain(one))
            for one in found[:limit]
        ],
        next=next_of(found, limit, lambda one: one.entry),
    )


@router.post("/{number}/resending", status_code=201)
def resend(
    served: Served, signed: SignedIn, number: Number, asked: webhook_shapes.Resend
) -> webhook_shapes.Resent:
    """Send again what is dead, or one that a receiver asks for once more."""
    leave = signed.permit(administering.CHANGE)
    count = administering.resend(served.home, leave, number, asked.entry)
    return webhook_shapes.Resent(resent=count)


def _shown(one: administering.Receiver) -> webhook_shapes.Webhook:
    return webhook_shapes.Webhook.model_validate(administering.plain(one))


def _issued(made: administering.Issued) -> webhook_shapes.IssuedWebhook:
    told = administering.plain(made.receiver)
    return webhook_shapes.IssuedWebhook(**told, secret=made.secret)
