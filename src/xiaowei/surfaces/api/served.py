"""What the routes of one service share."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Final

from fastapi import Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from xiaowei.desk import clock
from xiaowei.desk.access.house import House
from xiaowei.desk.access.signing import Session, session_of
from xiaowei.desk.deciding.deciders import Deciders
from xiaowei.desk.deciding.filing import Office
from xiaowei.desk.home import Home
from xiaowei.errors import ConflictError
from xiaowei.policy.access.permissions import Permit
from xiaowei.surfaces.report.document import Document

BEARER: Final = HTTPBearer(
    auto_error=False, description="The token that POST /session returns."
)


@dataclass(frozen=True, slots=True)
class Service:
    """What the routes of one service share.

    Args:
        home: the workspace that is read.
        house: what access to it is decided from.
        deciders: those who decide, each with a home of its own.
        latest: returns the document of the last run; see `desk.running.LatestRun`.
        day: the day of business 营业日.
    """

    home: Home
    house: House
    deciders: Deciders
    latest: Callable[[], Document]
    day: Callable[[], date] = clock.today

    @property
    def office(self) -> Office:
        """Where applications are taken, decided and concluded."""
        return Office(self.home, self.deciders, self.day)


class WholeBankError(ConflictError):
    """What is asked for counts every customer, and somebody sees only some."""

    status = 403

    def __init__(self, permit: Permit) -> None:
        """Say how far one sees."""
        super().__init__(
            f"'{permit.operation}' counts the whole bank here; "
            f"'{permit.actor.login}' sees '{permit.reach}' 无权查看全行数据",
            expected="a role that reaches the whole bank",
            remedy="Ask somebody who sees it whole",
        )


def whole_bank(permit: Permit) -> Permit:
    """Return leave that reaches every customer, as it is.

    Raises:
        WholeBankError: it reaches some of them only.
    """
    if permit.reach != "all":
        raise WholeBankError(permit)
    return permit


def _served(request: Request) -> Service:
    found: Service = request.app.state.service
    return found


Served = Annotated[Service, Depends(_served)]


def token_of(
    given: Annotated[HTTPAuthorizationCredentials | None, Depends(BEARER)],
) -> str:
    """Return the token that came with a request; empty where none did."""
    return given.credentials if given else ""


Token = Annotated[str, Depends(token_of)]


def _session(served: Served, token: Token) -> Session:
    return session_of(served.house, token, at=clock.moment())


SignedIn = Annotated[Session, Depends(_session)]
