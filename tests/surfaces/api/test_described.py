"""Whatever the service's own description allows is answered as it describes."""

from typing import Any

import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis import Case as AnyCase
from schemathesis.core.result import Ok
from schemathesis.schemas import APIOperation as AnyOperation
from schemathesis.specs.openapi.checks import positive_data_acceptance
from tests.surfaces.api.conftest import Served, administrator_of

Case = AnyCase[Any]
Operation = AnyOperation[Any, Any, Any, Any]
NOT_BY_FORM_ALONE = {
    "cursor", "drawn_on", "Idempotency-Key", "If-Match", "If-None-Match", "cases",
    "limits", "name", "on", "seen", "set", "since", "until_on", "url",
}  # fmt: skip
"""Of a cursor its maker alone can tell whether it is one, a key may have come before
with another application, a file's name states a source, a day may be over, or long ago,
a mask is one that a list showed, a URL may be of a machine that nothing is sent to, and
rules, their limits and their cases are read by a grammar of their own."""
ENDS_THE_SESSION = {"DELETE /session", "POST /session/proof"}


class TestService:
    def test_answers_as_described(self, served: Served) -> None:
        app, signed_in = served
        boss = administrator_of(app)
        described = schemathesis.openapi.from_asgi("/api/v1/openapi.json", app)
        operations = [
            one.ok() for one in described.get_all_operations() if isinstance(one, Ok)
        ]
        assert len(operations) >= 20

        failed = []
        for one in operations:
            if one.label in ENDS_THE_SESSION:
                continue
            try:
                # Who changes webhooks looks after no customer.
                _ask(one, boss if "/webhooks" in one.label else signed_in)
            except BaseException as error:
                failed.append(error)
        if failed:
            raise BaseExceptionGroup("not as described", failed)


def _fields(case: Case) -> set[str]:
    return set(case.body) if isinstance(case.body, dict) else set()


def _ask(operation: Operation, headers: dict[str, str]) -> None:
    @given(case=operation.as_strategy())
    @settings(
        max_examples=40,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        derandomize=True,
        database=None,
    )
    def ask(case: Case) -> None:
        parts = (case.query, case.headers, case.path_parameters)
        told = {name for part in parts for name in part or {}} | _fields(case)
        drawn = not told.isdisjoint(NOT_BY_FORM_ALONE)
        left_out: list[Any] = [positive_data_acceptance] if drawn else []
        case.call_and_validate(headers=headers, excluded_checks=left_out)

    ask()
