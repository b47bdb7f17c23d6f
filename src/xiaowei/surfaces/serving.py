"""The web face of one home."""

from typing import Final

from fastapi import FastAPI
from starlette.middleware.trustedhost import TrustedHostMiddleware

from xiaowei.desk.home import Home
from xiaowei.desk.running import LatestRun
from xiaowei.surfaces.web.app import create_app

_HERE: Final = ("127.0.0.1", "localhost", "[::1]")


def app_of(home: Home, *, host: str = _HERE[0]) -> FastAPI:
    """Return the pages of a home's last run; a new run shows without a restart.

    Args:
        home: the workspace.
        host: the address served; with those of this machine the only names that are
            answered to, so that no other site can reach the pages by renaming itself.
    """
    app = create_app(LatestRun(home))
    app.add_middleware(TrustedHostMiddleware, allowed_hosts=[*_HERE, host])
    return app
