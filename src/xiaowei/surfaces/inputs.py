"""What programs and people may send, field by field, each with what it may hold."""

from datetime import date
from typing import Annotated, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
)

from xiaowei.decisions.application import MOST_FEN, MOST_MONTHS
from xiaowei.decisions.authorisation import Purpose as ReadFor
from xiaowei.policy.products.product import Purpose
from xiaowei.portraits.consent import ASKING


def _written(text: str) -> str:
    """Refuse halves of characters, which no database keeps."""
    text.encode()
    return text


def whole(number: object) -> object:
    """Return 1.0 as 1, as JSON has one kind of number; refuse what only looks like one.

    >>> whole(2.0)
    2
    """
    if isinstance(number, float) and number.is_integer():
        return int(number)
    if isinstance(number, bool) or not isinstance(number, int):
        msg = "a whole number is expected"
        raise ValueError(msg)  # noqa: TRY004 - as pydantic asks of validators
    return number


Words = Annotated[
    str,
    StringConstraints(min_length=2, max_length=1000, pattern=r"^[^\x00]*$"),
    AfterValidator(_written),
]
Code = Annotated[
    str,
    StringConstraints(min_length=1, max_length=100, pattern=r"^[^\x00-\x1f\x7f]+$"),
    AfterValidator(_written),
]
Family = Annotated[Code, Field(json_schema_extra={"enum": list(ASKING)})]
Fen = Annotated[int, Field(gt=0, le=MOST_FEN), BeforeValidator(whole)]
Months = Annotated[int, Field(ge=1, le=MOST_MONTHS), BeforeValidator(whole)]
Key = Annotated[
    str,
    StringConstraints(min_length=1, max_length=100, pattern=r"^[\x21-\x7e]+$"),
]
"""The same each time that one application, or one paper, is sent."""


class Asked(BaseModel):
    """Of what is sent, nothing may be left over."""

    model_config = ConfigDict(extra="forbid")


class Apply(Asked):
    """An application 授信申请; its day is the day of business."""

    enterprise_id: Code
    amount_fen: Fen
    months: Months = 12
    purpose: Purpose = "new_loan"
    product: Code | None = None
    hold: Annotated[bool, Field(strict=True)] = Field(
        default=False, description="Take it, and do not decide it yet."
    )


class Authorise(Asked):
    """An authorisation 授权 that was signed."""

    enterprise_id: Code
    families: Annotated[list[Family], Field(min_length=1, max_length=50)]
    purpose: ReadFor = "approval"
    until_on: date
    evidence: Annotated[
        str,
        StringConstraints(pattern=r"^[0-9a-f]{64}$"),
        Field(description="SHA-256 of the signed paper."),
    ]


class Why(Asked):
    """A reason, as it will stand on record."""

    why: Words


class Conclude(Why):
    """A second person's conclusion."""

    outcome: Literal["approve", "decline"]
    amount_fen: Fen | None = Field(
        default=None, description="How much is approved; null for all that was asked."
    )
