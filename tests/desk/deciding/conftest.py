"""A home on each database, with applications that were referred."""

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from tests.records.conftest import postgres, url

from xiaowei.decisions.application import Application
from xiaowei.desk.deciding import applying
from xiaowei.desk.home import Home, open_home
from xiaowei.policy.access.actor import Hand
from xiaowei.records.applications import DECISION

__all__ = ["home", "postgres", "url"]

AT = "2025-07-01T08:00:00+00:00"
DAY = date(2025, 7, 1)
ZHANG = Hand("张三", "张三")
Refer = Callable[..., int]


@pytest.fixture
def home(url: str, tmp_path: Path) -> Iterator[Home]:
    root = tmp_path / "home"
    root.mkdir()
    (root / "settings.yaml").write_text(f"records: '{url}'\n", encoding="utf-8")
    with open_home(root) as opened:
        yield opened


@pytest.fixture
def refer(home: Home) -> Refer:
    """Return what takes an application and has it referred, and returns its number."""

    def call(
        by: Hand = ZHANG,
        *,
        firm: str = "E1",
        amount_fen: int = 20_000_000,
        group: dict[str, Any] | None = None,
    ) -> int:
        application = Application(
            enterprise_id=firm,
            amount_fen=amount_fen,
            months=12,
            purpose="new_loan",
            applied_on=DAY,
            manager=by.person,
        )
        number = applying.apply(home, application, by=by)
        decided = {
            "application": number,
            "enterprise_id": firm,
            "outcome": "refer",
            "limit_fen": None,
            "rate": None,
            "months": None,
            "decided_on": DAY.isoformat(),
            "rules": "none",
            "due_at": AT,
            **({} if group is None else {"group": group}),
        }
        home.journal.add(DECISION, decided, made_at=AT, document="{}")
        return number

    return call
