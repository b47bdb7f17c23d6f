"""An application that is sent again counts once, whatever was filled in for it."""

from dataclasses import replace
from datetime import timedelta

import pytest
from tests.desk.deciding.conftest import DAY, ZHANG

from xiaowei.decisions.application import Application
from xiaowei.desk.deciding import applying, seeing
from xiaowei.desk.home import Home
from xiaowei.records.keys import KeyUsedError

ASKED = Application(
    enterprise_id="E1",
    amount_fen=20_000_000,
    months=12,
    purpose="new_loan",
    applied_on=DAY,
    manager="张三",
)


class TestApply:
    def test_holds_its_key_over_midnight_and_a_move_to_another_branch(
        self, home: Home
    ) -> None:
        number = applying.apply(home, ASKED, by=ZHANG, key="k")
        later = replace(ASKED, applied_on=DAY + timedelta(days=1), branch="B2")

        assert applying.apply(home, later, by=ZHANG, key="k") == number
        row = seeing.application(home, number)
        assert (row["applied_on"], row["branch"]) == (DAY.isoformat(), "")

    def test_refuses_another_amount_under_its_key(self, home: Home) -> None:
        applying.apply(home, ASKED, by=ZHANG, key="k")
        with pytest.raises(KeyUsedError):
            applying.apply(
                home, replace(ASKED, amount_fen=30_000_000), by=ZHANG, key="k"
            )
