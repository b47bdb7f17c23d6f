"""The service for programs, under /api/v1 of the web face."""

from typing import Any, Final

from fastapi import APIRouter, FastAPI

from xiaowei.surfaces.api import (
    applications,
    authorisations,
    decisions,
    enterprises,
    jobs,
    models,
    people,
    rejects,
    rules,
    sessions,
    shapes,
    webhooks,
)
from xiaowei.surfaces.api.bounds import Bounded
from xiaowei.surfaces.api.etags import Tagged, describe_tags
from xiaowei.surfaces.api.problems import MEDIA, Problem, explain_failures
from xiaowei.surfaces.api.served import Served, Service

PATH: Final = "/api/v1"
_ABOUT: Final = """\
Money is whole fen. Every failure is an RFC 9457 problem that says what was expected and
what to do. Whatever is out of one's reach is not there (404). 金额以分计。
"""
_OPEN: Final = APIRouter(tags=["health 运行状况"])


@_OPEN.get("/health")
def health(served: Served) -> shapes.Health:
    """Say that the service answers."""
    return shapes.Health(status="ok", day=served.day())


def create_api(service: Service) -> FastAPI:
    """Return the service for programs.

    Args:
        service: what its routes share.
    """
    app = FastAPI(
        title="xiaowei 小微",
        version="1",
        description=_ABOUT,
        docs_url=None,
        redoc_url=None,
        openapi_url="/openapi.json",
        servers=[{"url": PATH}],
        root_path_in_servers=False,
    )
    app.state.service = service
    for router in (
        _OPEN,
        sessions.router,
        enterprises.router,
        people.router,
        applications.router,
        decisions.router,
        authorisations.router,
        jobs.router,
        models.router,
        rules.router,
        rejects.router,
        webhooks.router,
    ):
        app.include_router(router)
    explain_failures(app)
    app.add_middleware(Tagged)
    app.add_middleware(Bounded)
    described = app.openapi

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            app.openapi_schema = _with_problems(described())
        return app.openapi_schema

    app.openapi = openapi  # type: ignore[method-assign] # FastAPI's own way
    return app


def _with_problems(stated: dict[str, Any]) -> dict[str, Any]:
    """Describe every failure as the problem that it is."""
    shown = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
    schemas = stated["components"]["schemas"]
    schemas |= shown.pop("$defs") | {"Problem": shown}
    for name in ("HTTPValidationError", "ValidationError"):
        schemas.pop(name, None)
    failed = {
        "description": "A failure.",
        "content": {MEDIA: {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }
    for path in stated["paths"].values():
        for operation in path.values():
            operation["responses"].pop("422", None)
            operation["responses"]["default"] = failed
    describe_tags(stated["paths"])
    return stated
