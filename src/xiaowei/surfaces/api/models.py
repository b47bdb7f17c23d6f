"""Models on record; none is ever taken in, or run, over HTTP."""

from typing import Annotated, Final

from fastapi import APIRouter, Path

from xiaowei.desk.modelling.telling import model_told, models_told
from xiaowei.surfaces.api import shapes
from xiaowei.surfaces.api.paging import Cursor, Limit, next_of, number_in
from xiaowei.surfaces.api.served import Served, SignedIn
from xiaowei.surfaces.inputs import Code

router = APIRouter(prefix="/models", tags=["models 模型"])
_READ: Final = "models.read"
Asked = Annotated[
    Code, Path(description="Its name, or six or more characters of its fingerprint.")
]


@router.get("")
def models(
    served: Served, signed: SignedIn, limit: Limit = 50, cursor: Cursor = ""
) -> shapes.Page[shapes.ModelListed]:
    """List the models on record, the first one first."""
    signed.permit(_READ)
    after = number_in(cursor)
    found = [
        one
        for one in models_told(served.home, latest=served.latest)
        if one["entry"] > after
    ]
    return shapes.Page(
        items=[shapes.ModelListed(**one) for one in found[:limit]],
        next=next_of(found, limit, lambda one: one["entry"]),
    )


@router.get("/{model}")
def model(served: Served, signed: SignedIn, model: Asked) -> shapes.Model:
    """Return a model: what it is worth, who stands for it, and its whole card."""
    signed.permit(_READ)
    return shapes.Model(**model_told(served.home, model, latest=served.latest))
