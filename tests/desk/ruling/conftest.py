"""A home whose records stand in each database, and rules that two people may write."""

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Final

import ibis
import numpy as np
import pytest
from tests.decisions.cases import drawn
from tests.records.conftest import postgres, url

from xiaowei.decisions.decision import decide
from xiaowei.decisions.rules.grammar import RuleSet
from xiaowei.decisions.rules.reading import rule_set_of, shipped_rules
from xiaowei.decisions.rules.settled import settle
from xiaowei.decisions.snapshot import snapshot_of
from xiaowei.desk import clock
from xiaowei.desk.home import VIEWS, Home
from xiaowei.facts.lake import Lake
from xiaowei.policy.access.actor import Hand
from xiaowei.policy.book import load_book
from xiaowei.records.applications import APPLICATION, DECISION
from xiaowei.records.journal import canonical
from xiaowei.records.opening import open_journal

__all__ = ["postgres", "url"]

WANG: Final = Hand("wang", "WANG")
LI: Final = Hand("li", "LI")
WHY: Final = "credit committee minute 7"
SAID: Final = {"zh": "题", "en": "title"}
SMALL: Final[dict[str, Any]] = {
    "code": "small",
    "title": SAID,
    "when": {"trait": "amount", "operator": "<=", "limit": "500000", "unit": "yuan"},
    "outcome": "approve",
    "reason": "assessment",
    "source": "a test",
}


@pytest.fixture
def home(url: str, tmp_path: Path) -> Iterator[Home]:
    lake = Lake(tmp_path / "lake", engine=ibis.duckdb.connect())
    with open_journal(url, views=VIEWS) as journal:
        yield Home(tmp_path, lake, load_book(), journal)


def rules(*more: dict[str, Any], **stated: object) -> RuleSet:
    """Return rules that hold from today on, those stated first, then `small`."""
    plain = {
        "name": "pilot",
        "version": "1",
        "since": clock.today().isoformat(),
        "title": SAID,
        "purpose": SAID,
        "default": "refer",
        "set_by": "a test",
        "rules": [*more, SMALL],
        **stated,
    }
    return rule_set_of(plain)


def ahead(days: int) -> date:
    return clock.today() + timedelta(days=days)


def decided(home: Home, count: int, *, seed: int = 5) -> None:
    """Put applications on record that the shipped rules decided."""
    chance = np.random.default_rng(seed)
    for _ in range(count):
        evidence = drawn(chance)
        asked = evidence.application
        shipped = shipped_rules(book=home.book)
        settled = settle(shipped, book=home.book, on=evidence.day)
        decision = decide(evidence, settled)
        application = home.journal.add(
            APPLICATION,
            {"application": asked.as_plain(), "key": None},
            made_at=clock.now(),
        )
        snapshot = snapshot_of(
            evidence, settled, decision, book=home.book, made_by={"run": None}
        )
        loan = decision.loan
        home.journal.add(
            DECISION,
            {
                "application": application.seq,
                "enterprise_id": asked.enterprise_id,
                "outcome": decision.outcome,
                "decided_on": evidence.day.isoformat(),
                "rules": settled.fingerprint,
                "due_at": None,
                "limit_fen": loan.amount_fen if loan else None,
                "rate": loan.rate if loan else None,
                "months": loan.months if loan else None,
            },
            made_at=clock.now(),
            document=canonical(snapshot),
        )
