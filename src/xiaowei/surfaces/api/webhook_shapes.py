"""What requests and answers about webhooks look like."""

from typing import Annotated, Literal

from pydantic import (
    BaseModel,
    BeforeValidator,
    Field,
    StringConstraints,
)

from xiaowei.desk.webhooks.administering import (
    MOST_OVERLAP_HOURS,
    NAMES,
    OVERLAP_HOURS,
)
from xiaowei.desk.webhooks.places import LONGEST
from xiaowei.surfaces.api.shapes import Number
from xiaowei.surfaces.inputs import Asked, whole

DeliveryState = Literal["waiting", "running", "done", "dead", "dropped"]
EventName = Annotated[str, Field(json_schema_extra={"enum": list(NAMES)})]


class RegisterWebhook(Asked):
    """A receiver of events, which is told by POST."""

    url: Annotated[
        str, StringConstraints(min_length=1, max_length=LONGEST, pattern=r"^[!-~]+$")
    ] = Field(description="https, of a machine in the world, on port 443 or 8443.")
    events: Annotated[list[EventName], Field(min_length=1, max_length=len(NAMES))]


class Rotate(Asked):
    """For how long the secret before signs, too."""

    overlap_hours: Annotated[
        int, Field(ge=0, le=MOST_OVERLAP_HOURS), BeforeValidator(whole)
    ] = OVERLAP_HOURS


class Resend(Asked):
    """What is sent again."""

    entry: Number | None = Field(
        default=None, description="That is told of; null for all that are dead."
    )


class Webhook(BaseModel):
    """A receiver; its secret is never shown again."""

    number: int
    url: str
    events: list[str]
    state: Literal["active", "paused", "removed"]
    by: str
    made_at: str
    rotated_at: str | None
    overlap_until: str | None = Field(description="The secret before signs until then.")


class IssuedWebhook(Webhook):
    """A receiver, and its new secret."""

    secret: str = Field(description="Shown this once; keep it where it is checked.")


class Delivery(BaseModel):
    """What a receiver was told, or is to be."""

    entry: int = Field(description="Of the journal, that is told of.")
    event: str
    event_id: str = Field(description="As 'webhook-id' says it, at each try.")
    made_at: str
    state: DeliveryState
    tries: int
    reason: str
    ended_at: str | None


class Resent(BaseModel):
    """How much is sent again."""

    resent: int
