"""Pages between here and the bank's provider of identities 单点登录."""

from typing import Final
from urllib.parse import quote, unquote, urlsplit

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from xiaowei.desk import clock
from xiaowei.desk.access.house import House
from xiaowei.desk.access.signing import let_in
from xiaowei.desk.access.vouching import (
    BACK,
    START,
    Errand,
    NoAccountHereError,
    NoProviderError,
    NotVouchedError,
    SingleSignOn,
)
from xiaowei.surfaces.report.figures import text
from xiaowei.surfaces.web.answers import SEE_OTHER, sign_in_answer, signed_in_answer
from xiaowei.surfaces.web.cookies import ERRAND, SESSION, inside

_KEPT_SECONDS: Final = 600
"""For so long somebody may be at the provider's."""
_PARTS: Final = 4
_MOST_PATH: Final = 1024
_TOLD: Final = {
    NoProviderError: "sso_silent",
    NotVouchedError: "sso_not_vouched",
    NoAccountHereError: "sso_no_account",
}


def vouched_routes(house: House, way: SingleSignOn) -> APIRouter:
    """Return the pages by which somebody goes to the provider and comes back.

    Args:
        house: what access is decided from.
        way: to the provider.
    """
    router = APIRouter(default_response_class=HTMLResponse)
    provider = way.provider

    @router.get(START)
    def go(request: Request) -> Response:
        """Lead to the provider; `again` asks its owner to prove who he is anew."""
        back = inside(request.query_params.get("next"))[:_MOST_PATH]
        again = "again" in request.query_params
        if request.url.netloc != urlsplit(provider.service).netloc:
            # What a browser keeps under one name it does not bring under another.
            more = "&again" if again else ""
            there = f"{provider.service}{START}?next={quote(back)}{more}"
            return RedirectResponse(there, SEE_OTHER)
        try:
            url, errand = way.begin(at=clock.moment(), again=again)
        except NoProviderError as error:
            return _failed(request, way, back, error)
        answer = RedirectResponse(url, SEE_OTHER)
        told = (errand.state, errand.nonce, errand.verifier, quote(back, safe=""))
        ERRAND.keep(request, answer, ".".join(told), seconds=_KEPT_SECONDS)
        return answer

    @router.get(BACK)
    def come(request: Request) -> Response:
        """Let in whom the provider vouches for."""
        errand, back = _kept(ERRAND.told(request))
        try:
            vouched = way.finish(request.query_params, errand, at=clock.moment())
            token = let_in(
                house,
                vouched,
                at=clock.moment(),
                address=request.client.host if request.client else "unknown",
                old=SESSION.told(request),
            )
        except (NoAccountHereError, NoProviderError, NotVouchedError) as error:
            return _failed(request, way, back, error)
        # A redirect from another site would not bring the session along, which is for
        # this site's own pages only; what this page leads to does.
        answer = signed_in_answer(request, back=back)
        SESSION.keep(request, answer, token)
        ERRAND.forget(request, answer)
        return answer

    return router


def _failed(
    request: Request,
    way: SingleSignOn,
    back: str,
    error: NoAccountHereError | NoProviderError | NotVouchedError,
) -> Response:
    answer = sign_in_answer(
        request,
        back=back,
        wrong=text(_TOLD[type(error)]),
        status=error.status,
        sso=way.provider.label,
    )
    ERRAND.forget(request, answer)
    return answer


def _kept(told: str) -> tuple[Errand | None, str]:
    """Return the errand that a browser kept, null for none, and where it goes on."""
    parts = told.split(".")
    if len(parts) < _PARTS:
        return None, "/"
    state, nonce, verifier = parts[: _PARTS - 1]
    path = inside(unquote(".".join(parts[_PARTS - 1 :])))
    return (Errand(state, nonce, verifier) if state else None), path
