"""Decisions on record, and the same decisions made again."""

from typing import Annotated

from fastapi import APIRouter, Path

from xiaowei.desk.deciding import replaying, seeing
from xiaowei.desk.deciding.deciders import PATIENCE
from xiaowei.surfaces.api import shapes
from xiaowei.surfaces.api.served import Served, SignedIn

router = APIRouter(prefix="/decisions", tags=["decisions 决策"])
Number = Annotated[shapes.Number, Path(description="Of the decision.")]


@router.get("/{number}")
def decision(served: Served, signed: SignedIn, number: Number) -> shapes.Decision:
    """Return a decision with its snapshot."""
    permit = signed.permit("decisions.read")
    return shapes.Decision(**seeing.decision(served.home, number, permit))


@router.post("/{number}/replay")
def replay(
    served: Served, signed: SignedIn, number: Number, asked: shapes.How
) -> shapes.Replayed:
    """Make a decision again, and say whether it is the same to the byte.

    From facts it takes seconds: all that was known is gathered anew.
    """
    seeing.decision(served.home, number, signed.permit("decisions.replay"))
    with served.deciders.one(patience=PATIENCE) as decider:
        found = replaying.replay(decider.home, number, how=asked.how)
    return shapes.Replayed(**found.as_plain())
