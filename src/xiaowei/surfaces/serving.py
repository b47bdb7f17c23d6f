"""The web face of one home."""

from fastapi import FastAPI

from xiaowei.desk.home import Home
from xiaowei.desk.running import latest_run
from xiaowei.surfaces.web.app import create_app


def app_of(home: Home) -> FastAPI:
    """Return the pages of a home's last run; a new run shows without a restart."""
    return create_app(lambda: latest_run(home))
