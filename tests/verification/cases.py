"""A case for a check, and what the check finds in it."""

from collections.abc import Iterable, Mapping
from datetime import date

import pyarrow as pa
from tests.factories import DAY, Row, held

from xiaowei.verification.finding import Case, Check, Finding


def case(
    *,
    as_of: date = DAY,
    industries: Mapping[str, str] | None = None,
    **families: Iterable[Row] | pa.Table,
) -> Case:
    """Return a case with these facts."""
    return Case(facts=held(**families), as_of=as_of, industries=industries or {})


def findings(check: Check, looked_at: Case) -> dict[str, Finding]:
    """Return what a check finds, by enterprise; at most once of each."""
    found = check.find(looked_at)
    by_firm = {one.enterprise_id: one for one in found}

    assert len(by_firm) == len(found)
    assert {one.check for one in found} <= {check.name}
    return by_firm
