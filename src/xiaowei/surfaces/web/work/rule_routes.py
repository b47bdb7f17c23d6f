"""Addresses of the pages of rules."""

from typing import Annotated, Final

from fastapi import APIRouter, Path, Request
from fastapi.responses import HTMLResponse, Response

from xiaowei.surfaces.web.forms import LongForm, OwnForm
from xiaowei.surfaces.web.places import RULES
from xiaowei.surfaces.web.work import (
    rule_acts,
    rule_drafts,
    rule_publication,
    rule_versions,
)
from xiaowei.surfaces.web.work.working import Work

_METHODS: Final = ["GET", "HEAD"]
Version = Annotated[int, Path(ge=0, le=2**53 - 1)]


def add_rules(router: APIRouter, work: Work) -> None:
    """Add the pages of rules to those on which people work.

    Args:
        router: of those pages.
        work: what they share.
    """

    @router.api_route(RULES.path, methods=_METHODS)
    def list_rules(request: Request) -> HTMLResponse:
        return rule_versions.versions_page(work, request)

    @router.api_route(f"{RULES.path}/draft", methods=_METHODS)
    def begin(request: Request) -> HTMLResponse:
        return rule_drafts.begin(work, request)

    @router.post(f"{RULES.path}/draft")
    def draft(request: Request, sent: LongForm) -> Response:
        return rule_drafts.draft(work, request, sent)

    @router.api_route(f"{RULES.path}/{{number}}", methods=_METHODS)
    def version(request: Request, number: Version) -> HTMLResponse:
        return rule_versions.version_page(work, request, number)

    @router.post(f"{RULES.path}/{{number}}")
    def act(request: Request, number: Version, sent: LongForm) -> Response:
        return rule_acts.act(work, request, number, sent)

    @router.api_route(f"{RULES.path}/{{number}}/publication", methods=_METHODS)
    def look(request: Request, number: Version) -> HTMLResponse:
        return rule_publication.look(work, request, number)

    @router.post(f"{RULES.path}/{{number}}/publication")
    def publish(request: Request, number: Version, sent: OwnForm) -> Response:
        return rule_publication.publish(work, request, number, sent)
