"""What each route of the service asks leave for, and what it takes and answers.

A route that is not here fails the tests: whoever adds one states here what it needs.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal, TypeAlias

from fastapi import FastAPI
from starlette.routing import Mount
from tests.surfaces.bank import WHY, Owner
from tests.surfaces.furnished import CASE, DAY, FAR, PASSWORD, RULES

About: TypeAlias = Literal[
    "nothing", "lists", "firm", "papers", "application", "decision", "paper",
    "customer", "job", "rules", "file", "webhook",
]  # fmt: skip
"""What of a customer a route is about: 404 where that is out of reach, but for `papers`
and `lists`, which hold no more than is in reach, and for acting for a `customer` whom
others look after, which is refused. Jobs and rules are of no customer; rows of a file
that were set aside may be of any, and are for whoever sees all."""
PATH: Final = "/api/v1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """One route.

    Args:
        operation: that it asks leave for; empty where a session is enough.
        about: what of a customer.
        state: of the application that it works on.
        body: what it takes.
        answer: its status where all is in order.
        second: whether whoever took the application, or drafted the rules, is refused.
        whole: whether it is refused to whoever sees less than the whole bank.
        session: whether it asks for one.
    """

    operation: str = ""
    about: About = "nothing"
    state: str = "referred"
    body: Mapping[str, Any] | None = None
    answer: int = 200
    second: bool = False
    whole: bool = False
    session: bool = True

    def sent(self, owner: Owner) -> dict[str, Any] | None:
        """Return what is sent about somebody's customer."""
        if self.body is None:
            return None
        if "enterprise_id" in self.body:
            return {**self.body, "enterprise_id": owner.firm}
        if "set" in self.body:
            # Of a name a version comes once.
            named = {**self.body["set"], "name": owner.firm.lower()}
            return {**self.body, "set": named}
        return dict(self.body)


_WHY: Final = {"why": WHY}
_PAPER: Final = {
    "enterprise_id": "", "families": ["invoices"], "until_on": "2026-06-30",
    "evidence": "0" * 64,
}  # fmt: skip
ROUTES: Final[Mapping[str, Route]] = {
    "GET /health": Route(session=False),
    "POST /session": Route(
        session=False, body={"login": "", "password": PASSWORD}, answer=201
    ),
    "GET /session": Route(),
    "POST /session/proof": Route(body={"password": PASSWORD}, answer=201),
    "DELETE /session": Route(answer=204),
    "GET /enterprises": Route(operation="enterprises.read", about="lists"),
    "GET /enterprises/{enterprise_id}": Route(
        operation="enterprises.read", about="firm"
    ),
    "GET /enterprises/{enterprise_id}/findings": Route(
        operation="findings.read", about="firm"
    ),
    "GET /enterprises/{enterprise_id}/portrait": Route(
        operation="portraits.read", about="firm"
    ),
    "GET /enterprises/{enterprise_id}/assessment": Route(
        operation="assessments.read", about="firm"
    ),
    "GET /enterprises/{enterprise_id}/offers": Route(
        operation="offers.read", about="firm"
    ),
    "GET /enterprises/{enterprise_id}/people": Route(
        operation="people.read", about="firm"
    ),
    "POST /enterprises/{enterprise_id}/people/unmasked": Route(
        operation="pii.unmask",
        about="firm",
        body={
            **_WHY,
            "on": DAY.isoformat(),
            "field": "name",
            "number": 1,
            "seen": "110***********1234",
        },
    ),
    "GET /enterprises/{enterprise_id}/authorisations": Route(
        operation="consents.read", about="papers"
    ),
    "POST /applications": Route(
        operation="applications.submit",
        about="customer",
        body={"enterprise_id": "", "amount_fen": 100, "hold": True},
        answer=201,
    ),
    "GET /applications": Route(operation="applications.read", about="lists"),
    "GET /applications/{number}": Route(
        operation="applications.read", about="application"
    ),
    "POST /applications/{number}/decision": Route(
        operation="applications.submit",
        about="application",
        state="received",
        answer=201,
    ),
    "GET /applications/{number}/letter": Route(
        operation="decisions.read", about="application"
    ),
    "POST /applications/{number}/review": Route(
        operation="applications.submit",
        about="application",
        state="declined",
        body=_WHY,
        answer=201,
    ),
    "POST /applications/{number}/claim": Route(
        operation="referrals.claim", about="application", answer=201, second=True
    ),
    "POST /applications/{number}/release": Route(
        operation="referrals.claim",
        about="application",
        state="claimed",
        body=_WHY,
        answer=201,
    ),
    "POST /applications/{number}/return": Route(
        operation="referrals.return",
        about="application",
        state="claimed",
        body=_WHY,
        answer=201,
    ),
    "POST /applications/{number}/resubmission": Route(
        operation="applications.submit",
        about="application",
        state="returned",
        body=_WHY,
        answer=201,
    ),
    "POST /applications/{number}/conclusion": Route(
        operation="referrals.decide",
        about="application",
        state="claimed",
        body={**_WHY, "outcome": "decline"},
        answer=201,
        second=True,
    ),
    "GET /decisions/{number}": Route(operation="decisions.read", about="decision"),
    "POST /decisions/{number}/replay": Route(
        operation="decisions.replay", about="decision", body={}
    ),
    "POST /authorisations": Route(
        operation="consents.record", about="customer", body=_PAPER, answer=201
    ),
    "POST /authorisations/{number}/withdrawal": Route(
        operation="consents.withdraw", about="paper", body=_WHY, answer=201
    ),
    "PUT /uploads/{name}": Route(operation="uploads.add", answer=202),
    "POST /runs": Route(operation="runs.start", body={"budget_fen": 100}, answer=202),
    "GET /rejects": Route(operation="rejects.read", about="lists"),
    "GET /rejects/{rejects}": Route(operation="rejects.read", about="file"),
    "GET /rejects/{rejects}/file": Route(operation="exports.make", about="file"),
    "GET /models": Route(operation="models.read"),
    "GET /models/{model}": Route(operation="models.read"),
    "GET /rules": Route(operation="rules.read"),
    "GET /rules/{number}": Route(operation="rules.read", about="rules"),
    "GET /rules/{number}/proof": Route(operation="rules.read", about="rules"),
    "GET /rules/{number}/changes": Route(operation="rules.read", about="rules"),
    "GET /rules/{number}/tests": Route(operation="rules.read", about="rules"),
    "POST /rules/proof": Route(operation="rules.draft", body={"set": RULES}),
    "POST /rules": Route(operation="rules.draft", body={"set": RULES}, answer=201),
    "POST /rules/{number}/tests": Route(
        operation="rules.draft", about="rules", body={"cases": [CASE]}, answer=201
    ),
    "POST /rules/{number}/publication": Route(
        operation="rules.publish", about="rules", body=_WHY, answer=201, second=True
    ),
    "POST /rules/{number}/withdrawal": Route(
        operation="rules.draft", about="rules", body=_WHY, answer=201
    ),
    "POST /rules/{number}/rollback": Route(
        operation="rules.draft",
        about="rules",
        state="published",
        body={"since": FAR},
        answer=201,
    ),
    "POST /rules/{number}/backtest": Route(
        operation="lab.run", about="rules", body={}, answer=202, whole=True
    ),
    "GET /jobs": Route(operation="jobs.read"),
    "GET /jobs/{number}": Route(operation="jobs.read", about="job"),
    "POST /jobs/{number}/cancellation": Route(
        operation="jobs.steer", about="job", answer=201
    ),
    "POST /jobs/{number}/resumption": Route(
        operation="jobs.steer", about="job", state="cancelled", answer=201
    ),
    "POST /webhooks": Route(
        operation="webhooks.change",
        body={"url": "https://hooks.example/", "events": ["decision.made"]},
        answer=201,
    ),
    "GET /webhooks": Route(operation="webhooks.read"),
    "GET /webhooks/{number}": Route(operation="webhooks.read", about="webhook"),
    "POST /webhooks/{number}/pause": Route(
        operation="webhooks.change", about="webhook", answer=201
    ),
    "POST /webhooks/{number}/resumption": Route(
        operation="webhooks.change", about="webhook", state="paused", answer=201
    ),
    "POST /webhooks/{number}/removal": Route(
        operation="webhooks.change", about="webhook", answer=201
    ),
    "POST /webhooks/{number}/rotation": Route(
        operation="webhooks.change", about="webhook", body={}, answer=201
    ),
    "GET /webhooks/{number}/deliveries": Route(
        operation="webhooks.read", about="webhook"
    ),
    "POST /webhooks/{number}/resending": Route(
        operation="webhooks.change", about="webhook", body={}, answer=201
    ),
}


def labels(app: FastAPI) -> set[str]:
    """Return method and path of all that an application answers, mounts aside.

    They are read from its routers and not from its description of itself.
    """
    return {
        f"{method} {route.path}"
        for route in _routes(app.routes)
        for method in getattr(route, "methods", None) or ()
    }


def service_of(app: FastAPI) -> FastAPI:
    """Return the service that is mounted beside the pages."""
    for route in app.routes:
        if isinstance(route, Mount) and isinstance(route.app, FastAPI):
            return route.app
    message = "no service is mounted"
    raise AssertionError(message)


def path_of(label: str, **filled: object) -> str:
    """Return the address of a route."""
    path = label.partition(" ")[2]
    return PATH + path.format(**filled)


def _routes(found: Any) -> Iterator[Any]:  # noqa: ANN401 - FastAPI's own
    for one in found:
        inner = getattr(one, "original_router", None)
        if inner is not None:
            yield from _routes(inner.routes)
        elif not isinstance(one, Mount):
            yield one
