"""Addresses of the pages on which people work."""

from typing import Annotated, Final

from fastapi import APIRouter, Path, Request
from fastapi.responses import HTMLResponse, Response
from starlette.concurrency import run_in_threadpool

from xiaowei.surfaces.web.file_forms import Table, form_with_files
from xiaowei.surfaces.web.forms import OwnForm
from xiaowei.surfaces.web.places import CUSTOMERS, JOBS, REFERRALS, WEBHOOKS
from xiaowei.surfaces.web.work import (
    acts,
    cases,
    customers,
    filing,
    jobs,
    papers,
    people,
    referrals,
    webhook_acts,
    webhooks,
)
from xiaowei.surfaces.web.work.notices import Untaken
from xiaowei.surfaces.web.work.rule_routes import add_rules
from xiaowei.surfaces.web.work.working import Work

_METHODS: Final = ["GET", "HEAD"]
Number = Annotated[int, Path(ge=1, le=2**53 - 1)]


def work_routes(work: Work) -> APIRouter:
    """Return the routes of the pages on which people work.

    Args:
        work: what they share.
    """
    router = APIRouter(default_response_class=HTMLResponse)

    @router.api_route(CUSTOMERS.path, methods=_METHODS)
    def list_customers(request: Request) -> HTMLResponse:
        return customers.customers(work, request)

    @router.api_route(REFERRALS.path, methods=_METHODS)
    def list_referrals(request: Request) -> HTMLResponse:
        return referrals.referrals(work, request)

    @router.api_route("/apply", methods=_METHODS)
    def form(request: Request) -> HTMLResponse:
        return filing.empty_form(work, request)

    @router.post("/apply")
    def apply(request: Request, sent: OwnForm) -> Response:
        return filing.apply(work, request, sent)

    @router.api_route("/applications/{number}", methods=_METHODS)
    def case(request: Request, number: Number) -> HTMLResponse:
        return cases.case(work, request, number, Untaken())

    @router.post("/applications/{number}")
    def act(request: Request, number: Number, sent: OwnForm) -> Response:
        return acts.act(work, request, number, sent)

    _add_papers(router, work)
    _add_people(router, work)
    _add_jobs(router, work)
    add_rules(router, work)
    _add_webhooks(router, work)
    return router


def _add_papers(router: APIRouter, work: Work) -> None:
    table = Table()

    @router.api_route(papers.PATH, methods=_METHODS)
    def list_papers(request: Request) -> HTMLResponse:
        return papers.papers(work, request)

    @router.post(papers.PATH)
    async def record(request: Request) -> Response:
        # Nothing large is read for whoever may not send it.
        await run_in_threadpool(papers.may_record, work, request)
        with table.place() as place:
            sent = await form_with_files(request, place=place)
            return await run_in_threadpool(papers.record, work, request, sent)

    @router.api_route(f"{papers.PATH}/{{number}}/withdrawal", methods=_METHODS)
    def confirm(request: Request, number: Number) -> HTMLResponse:
        return papers.confirm(work, request, number)

    @router.post(f"{papers.PATH}/{{number}}/withdrawal")
    def withdraw(request: Request, number: Number, sent: OwnForm) -> Response:
        return papers.withdraw(work, request, number, sent)


def _add_people(router: APIRouter, work: Work) -> None:
    path = f"{people.PATH}/{{enterprise_id:path}}"

    @router.api_route(path, methods=_METHODS)
    def list_people(request: Request, enterprise_id: str) -> HTMLResponse:
        return people.people(work, request, enterprise_id)

    @router.post(path)
    def show_value(request: Request, enterprise_id: str, sent: OwnForm) -> Response:
        return people.show_value(work, request, enterprise_id, sent)


def _add_jobs(router: APIRouter, work: Work) -> None:
    @router.api_route(JOBS.path, methods=_METHODS)
    def list_jobs(request: Request) -> HTMLResponse:
        return jobs.jobs(work, request)

    @router.post(f"{JOBS.path}/{{number}}")
    def steer(request: Request, number: Number, sent: OwnForm) -> Response:
        return jobs.steer(work, request, number, sent)


def _add_webhooks(router: APIRouter, work: Work) -> None:
    @router.api_route(WEBHOOKS.path, methods=_METHODS)
    def list_webhooks(request: Request) -> HTMLResponse:
        return webhooks.receivers_page(work, request)

    @router.post(WEBHOOKS.path)
    def register(request: Request, sent: OwnForm) -> Response:
        return webhook_acts.register(work, request, sent)

    @router.api_route(f"{WEBHOOKS.path}/{{number}}", methods=_METHODS)
    def webhook(request: Request, number: Number) -> HTMLResponse:
        return webhooks.receiver_page(work, request, number)

    @router.post(f"{WEBHOOKS.path}/{{number}}")
    def administer(request: Request, number: Number, sent: OwnForm) -> Response:
        return webhook_acts.act(work, request, number, sent)
