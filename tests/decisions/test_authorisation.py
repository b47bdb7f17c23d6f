"""How an authorisation stands on a day, and what its withdrawal leaves open."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from xiaowei.decisions.authorisation import Authorisation, Standing, left_open

DAY = date(2025, 7, 1)
NEXT = DAY + timedelta(days=1)
PAPER = Authorisation(
    enterprise_id="E1",
    families=("invoices", "payroll"),
    purpose="approval",
    from_on=DAY,
    until_on=DAY,
    evidence="0" * 64,
    by="P1",
    number=1,
)


class TestAuthorisation:
    @pytest.mark.parametrize(
        ("on", "withdrawn_on", "standing"),
        [
            (DAY - timedelta(days=1), None, "not_yet"),
            (DAY, None, "live"),
            (NEXT, None, "run_out"),
            (DAY, NEXT, "live"),
            (DAY, DAY, "withdrawn"),
            (NEXT, DAY, "withdrawn"),
        ],
    )
    def test_stands_as_its_days_say(
        self, on: date, withdrawn_on: date | None, standing: Standing
    ) -> None:
        paper = replace(PAPER, withdrawn_on=withdrawn_on)
        assert paper.standing(on) == standing
        assert paper.live(on) is (standing == "live")


class TestLeftOpen:
    def test_is_what_another_live_one_of_the_purpose_names(self) -> None:
        other = replace(PAPER, number=2, families=("payroll", "electricity"))
        for held, left in (
            ([PAPER], ()),
            ([PAPER, other], ("payroll",)),
            ([PAPER, replace(other, purpose="post_loan")], ()),
            ([PAPER, replace(other, withdrawn_on=DAY)], ()),
            ([PAPER, replace(other, from_on=NEXT, until_on=NEXT)], ()),
        ):
            assert left_open(held, PAPER, on=DAY) == left
