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
