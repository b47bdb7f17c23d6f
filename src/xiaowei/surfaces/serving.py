"""The web face of one home."""

from collections.abc import Callable, Sequence
from datetime import date
from typing import Final

from fastapi import FastAPI
from starlette.middleware.trustedhost import TrustedHostMiddleware

from xiaowei.desk import clock
from xiaowei.desk.access.house import house_of
from xiaowei.desk.access.provider import load_provider
from xiaowei.desk.access.vouching import SingleSignOn
from xiaowei.desk.deciding.deciders import Deciders
from xiaowei.desk.deciding.seeing import in_reach
from xiaowei.desk.home import Home
from xiaowei.desk.running import LatestRun
from xiaowei.desk.settings import settings_of
from xiaowei.surfaces.api.app import PATH, create_api
from xiaowei.surfaces.api.served import Service
from xiaowei.surfaces.web.app import create_app
from xiaowei.surfaces.web.gate import Gate

_HERE: Final = ("127.0.0.1", "localhost", "[::1]")


def app_of(
    home: Home,
    *,
    deciders: Deciders,
    day: Callable[[], date] = clock.today,
    names: Sequence[str] = (),
) -> FastAPI:
    """Return the pages of a home's last run, and the service for programs.

    A new run shows without a restart.

    Args:
        home: the workspace.
        deciders: of that home.
        day: the day of business.
        names: with those of this machine the only ones that are answered to, so that
            no other site can reach the pages by renaming itself.
    """
    latest = LatestRun(home)
    house = house_of(home)
    service = Service(home=home, house=house, deciders=deciders, latest=latest, day=day)
    gate = Gate(house, lambda firm, permit: in_reach(home, firm, permit), _way(home))
    app = create_app(
        latest,
        beside={PATH: create_api(service)},
        gate=gate,
        office=service.office,
    )
    app.add_middleware(TrustedHostMiddleware, allowed_hosts=[*_HERE, *names])
    return app


def _way(home: Home) -> SingleSignOn | None:
    """Return the way to the bank's provider of identities; null where it has none.

    Raises:
        ProviderError: what the file of the home states cannot be used.
    """
    file = settings_of(home.root).oidc
    return None if file is None else SingleSignOn(load_provider(file))
