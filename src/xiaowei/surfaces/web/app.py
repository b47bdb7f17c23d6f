"""The server of pages: the latest run, and work on applications by whoever may."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from fastapi import APIRouter, FastAPI, Request
from fastapi.responses import (
    HTMLResponse,
    JSONResponse,
    Response,
)
from starlette.staticfiles import StaticFiles

from xiaowei.desk.deciding.filing import Office
from xiaowei.errors import NotFoundError
from xiaowei.policy.access.permissions import NotAllowedError, WholeBankError
from xiaowei.surfaces.report.document import Document, UnknownFirmError, checked
from xiaowei.surfaces.report.pages import BOOK, Page
from xiaowei.surfaces.report.render import STATIC
from xiaowei.surfaces.web.answers import firm_answer, go_on, page_answer
from xiaowei.surfaces.web.gate import Gate, add_gate
from xiaowei.surfaces.web.headers import GuardedHeaders
from xiaowei.surfaces.web.places import start
from xiaowei.surfaces.web.problems import (
    NoRunError,
    explain_failures,
)
from xiaowei.surfaces.web.renewal import Renewed
from xiaowei.surfaces.web.staff.routes import staff_routes
from xiaowei.surfaces.web.work.customers import of_firm
from xiaowei.surfaces.web.work.routes import work_routes
from xiaowei.surfaces.web.work.working import Work

_METHODS: Final = ["GET", "HEAD"]
_FIRST: Final = "/"


def create_app(
    load: Callable[[], Document],
    *,
    beside: Mapping[str, FastAPI] | None = None,
    gate: Gate | None = None,
    office: Office | None = None,
) -> FastAPI:
    """Return the server of pages.

    Args:
        load: returns the latest run document of schema `xiaowei.run/1`; called for
            each page, so a new run is shown as soon as it is there. It raises
            NotFoundError while there is none.
        beside: path to another service that is served there, if any.
        gate: lets in those who may see; null for everybody.
        office: where they work on applications; null for pages of the run alone.
    """
    app = FastAPI(title="xiaowei", docs_url=None, redoc_url=None, openapi_url=None)
    app.add_middleware(Renewed)
    app.add_middleware(GuardedHeaders)
    app.mount("/static", StaticFiles(directory=STATIC), name="static")
    for path, other in (beside or {}).items():
        app.mount(path, other)
    work = None
    if gate is not None:
        add_gate(app, gate)
        if office is not None:
            work = Work(gate, office, lambda: _loaded(load))
            app.include_router(work_routes(work))
            app.include_router(staff_routes(work))
    app.include_router(_routes(lambda: _loaded(load), gate, work))
    explain_failures(app, know=_stranger if gate is None else gate.know)
    return app


def _stranger(_request: Request) -> None:
    """Know nobody, as where no gate stands."""


def _loaded(load: Callable[[], Document]) -> Document:
    try:
        return checked(load())
    except NotFoundError as reason:
        raise NoRunError(reason) from reason


def _routes(
    load: Callable[[], Document], gate: Gate | None, work: Work | None
) -> APIRouter:
    router = APIRouter(default_response_class=HTMLResponse)

    @router.api_route("/health", methods=_METHODS, response_class=JSONResponse)
    def health() -> dict[str, Any]:
        """Say that the server answers, and which run it shows."""
        try:
            run = load()["run_id"]
        except NoRunError:
            run = None
        return {"status": "ok", "run": run}

    @router.api_route("/firms/{enterprise_id:path}", methods=_METHODS)
    def firm(request: Request, enterprise_id: str) -> HTMLResponse:
        """Show one enterprise."""
        if gate is not None and not gate.firm(request, enterprise_id):
            # What is out of reach is not there, in the same words.
            run = load()
            raise UnknownFirmError(
                enterprise_id, run_id=run["run_id"], firms=len(run["firms"])
            )
        beside = None if work is None else of_firm(work, request, enterprise_id)
        return firm_answer(request, load(), enterprise_id, beside)

    for page in BOOK:
        router.add_api_route(page.path, _shows(load, page, gate), methods=_METHODS)
    return router


def _shows(
    load: Callable[[], Document], page: Page, gate: Gate | None
) -> Callable[[Request], Response]:
    def show(request: Request) -> Response:
        try:
            if gate is not None:
                gate.book(request, page)
        except (NotAllowedError, WholeBankError):
            first = start(request.state.session)
            if page.path != _FIRST or first is None:
                raise
            return go_on(request, first.path)
        return page_answer(request, load(), page)

    return show
