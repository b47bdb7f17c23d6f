"""The verb that serves: pages of the last run, and the service for programs."""

from collections.abc import Callable
from contextlib import closing
from datetime import date, datetime
from typing import Annotated, Final

import typer
import uvicorn

from xiaowei.desk import clock
from xiaowei.desk.access.house import house_of
from xiaowei.desk.access.production import check_production
from xiaowei.desk.deciding.deciders import Deciders
from xiaowei.desk.home import open_home
from xiaowei.desk.jobs.beside import workers_beside
from xiaowei.desk.settings import settings_of
from xiaowei.errors import ConflictError
from xiaowei.surfaces.serving import app_of
from xiaowei.surfaces.terminal import ERR

_CONNECTIONS: Final = 1000
"""At once, idle ones too; of requests the service itself takes fewer."""


class FixedDayError(ConflictError):
    """A home in production would serve another day than today's."""

    def __init__(self) -> None:
        """Say so."""
        super().__init__(
            "a home in production decides on the day it is",
            expected="no --business-day",
            remedy="Leave it out, or train on a home that is not in production",
        )


def add_verbs(app: typer.Typer) -> None:
    """Add the verb of this file to a command line."""
    app.command()(serve)


def serve(
    context: typer.Context,
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port to listen on.")] = 8000,
    name: Annotated[
        list[str] | None,
        typer.Option(help="A name it is asked by, beside the address; repeat it."),
    ] = None,
    workers: Annotated[
        int, typer.Option(min=0, max=16, help="Processes beside it that do jobs.")
    ] = 1,
    business_day: Annotated[
        datetime | None,
        typer.Option(
            formats=["%Y-%m-%d"],
            help="Day of business, for training on old data; else today.",
        ),
    ] = None,
) -> None:
    """Show the last run as pages, and serve programs under /api/v1."""
    with (
        open_home(context.obj) as home,
        closing(Deciders(context.obj)) as deciders,
    ):
        settings = settings_of(home.root)
        check_production(house_of(home), settings)
        if business_day and settings.production:
            raise FixedDayError
        day = _always(business_day.date()) if business_day else clock.today
        ERR.print(f"serving http://{host}:{port}  (Ctrl-C stops)")
        deciders.begin(day())
        with workers_beside(context.obj, workers):
            uvicorn.run(
                app_of(home, deciders=deciders, day=day, names=[host, *(name or [])]),
                host=host,
                port=port,
                log_level="warning",
                limit_concurrency=_CONNECTIONS,
            )


def _always(day: date) -> Callable[[], date]:
    return lambda: day
