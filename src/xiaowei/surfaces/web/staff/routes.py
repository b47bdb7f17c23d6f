"""Addresses of the pages about who may do what."""

from typing import Annotated, Final

from fastapi import APIRouter, Path, Request
from fastapi.responses import HTMLResponse, Response

from xiaowei.surfaces.web.forms import OwnForm
from xiaowei.surfaces.web.places import ACCESS, ACCOUNTS
from xiaowei.surfaces.web.staff import accounts, letting_in, passwords, review
from xiaowei.surfaces.web.work.working import Work

_METHODS: Final = ["GET", "HEAD"]
Login = Annotated[str, Path(max_length=32, pattern=r"^[a-z][a-z0-9._-]+$")]


def staff_routes(work: Work) -> APIRouter:
    """Return the routes of the pages about who may do what.

    Args:
        work: what pages of work share.
    """
    router = APIRouter(default_response_class=HTMLResponse)

    @router.api_route(ACCOUNTS.path, methods=_METHODS)
    def list_accounts(request: Request) -> HTMLResponse:
        return accounts.accounts(work, request)

    @router.api_route(f"{ACCOUNTS.path}/{{login}}", methods=_METHODS)
    def account(request: Request, login: Login) -> HTMLResponse:
        return accounts.account(work, request, login)

    @router.post(f"{ACCOUNTS.path}/{{login}}")
    def act(request: Request, login: Login, sent: OwnForm) -> Response:
        return letting_in.act(work, request, login, sent)

    @router.api_route(letting_in.ADD, methods=_METHODS)
    def newcomer(request: Request) -> HTMLResponse:
        return letting_in.newcomer(work, request)

    @router.post(letting_in.ADD)
    def add(request: Request, sent: OwnForm) -> Response:
        return letting_in.add(work, request, sent)

    @router.api_route(ACCESS.path, methods=_METHODS)
    def review_access(request: Request) -> HTMLResponse:
        return review.review(work, request)

    _add_passwords(router, work)
    return router


def _add_passwords(router: APIRouter, work: Work) -> None:
    @router.api_route(passwords.ACTIVATE, methods=_METHODS)
    def activation(request: Request) -> HTMLResponse:
        return passwords.activation(work, request)

    @router.post(passwords.ACTIVATE)
    def activate(request: Request, sent: OwnForm) -> Response:
        return passwords.activate(work, request, sent)

    @router.api_route(passwords.PASSWORD, methods=_METHODS)
    def own(request: Request) -> HTMLResponse:
        return passwords.own(work, request)

    @router.post(passwords.PASSWORD)
    def change(request: Request, sent: OwnForm) -> Response:
        return passwords.change(work, request, sent)
