"""Signing in and out, and who one is."""

from fastapi import APIRouter, Request

from xiaowei.desk import clock
from xiaowei.desk.access.signing import prove, sign_in, sign_out
from xiaowei.surfaces.api import shapes
from xiaowei.surfaces.api.served import Served, SignedIn, Token

router = APIRouter(prefix="/session", tags=["session 会话"])


@router.post("", status_code=201)
def begin(request: Request, served: Served, asked: shapes.SignIn) -> shapes.Began:
    """Sign in; after several wrong passwords there is a wait."""
    token = sign_in(
        served.house,
        asked.login,
        asked.password,
        at=clock.moment(),
        address=_address(request),
    )
    return shapes.Began(token=token)


@router.get("")
def who(signed: SignedIn) -> shapes.Who:
    """Say who is signed in, and what that account may do."""
    actor, permissions = signed.actor, signed.permissions
    may = [
        name
        for name in permissions.operations
        if permissions.reach(actor, name) is not None
    ]
    return shapes.Who(
        login=actor.login,
        person=actor.person,
        branch=actor.branch,
        region=actor.region,
        roles={str(role): str(reach) for role, reach in actor.roles.items()},
        fresh=signed.fresh,
        may=may,
    )


@router.post("/proof", status_code=201)
def prove_again(
    request: Request, served: Served, token: Token, asked: shapes.Proof
) -> shapes.Began:
    """Give the password again, as sensitive acts ask; the token is replaced."""
    fresh = prove(
        served.house,
        token,
        asked.password,
        at=clock.moment(),
        address=_address(request),
    )
    return shapes.Began(token=fresh)


@router.delete("", status_code=204)
def end(served: Served, token: Token, _signed: SignedIn) -> None:
    """Sign out."""
    sign_out(served.house, token, at=clock.moment())


def _address(request: Request) -> str:
    return request.client.host if request.client else "unknown"
