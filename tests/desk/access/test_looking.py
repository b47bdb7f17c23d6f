"""Whoever looks at what is sensitive leaves his name and a reason."""

import pytest
from tests.desk.access.conftest import START, Enter, Staff, later

from xiaowei.desk.access.house import House
from xiaowei.desk.access.looking import (
    NoReasonError,
    TooManyReadsError,
    record_read,
    unmask,
)
from xiaowei.desk.masking import Private
from xiaowei.policy.access.permissions import NotAllowedError, Permit
from xiaowei.records.access import reads

PHONE = Private("phone", "13812345678")


def show(house: House, leave: Permit, why: str = "call back", **by: float) -> str:
    return unmask(
        house, leave, PHONE, about="F1", what="phone", why=why, at=later(**by)
    )


class TestUnmask:
    def test_puts_on_record_who_saw_what_and_why(
        self, boss: House, staff: Staff, enter: Enter
    ) -> None:
        staff("li.na", "E1", "credit_officer")
        leave = enter("li.na").permit("pii.unmask")
        assert show(boss, leave, "回访 13900001111 的\n客户") == "13812345678"
        (entry,) = boss.journal.entries(reads.READ)
        assert entry.body == {
            "by": {"login": "li.na", "person": "E1", "acts_for": []},
            "operation": "pii.unmask",
            "about": "F1",
            "what": "phone",
            "why": "回访 139****1111 的 客户",
        }
        with boss.journal.store.reading() as connection:
            (row,) = connection.execute(reads.READS.select())
        assert (row.person, row.about, row.at) == ("E1", "F1", entry.made_at)
        assert boss.journal.verify() == entry.seq

    @pytest.mark.parametrize("why", ["", "   ", "x\n\n", "y" * 501])
    def test_needs_a_reason(
        self, boss: House, staff: Staff, enter: Enter, why: str
    ) -> None:
        staff("li.na", "E1", "credit_officer")
        with pytest.raises(NoReasonError):
            show(boss, enter("li.na").permit("pii.unmask"), why)
        assert not list(boss.journal.entries(reads.READ))

    def test_needs_leave_of_its_own(
        self, boss: House, staff: Staff, enter: Enter
    ) -> None:
        staff("li.na", "E1", "credit_officer")
        with pytest.raises(NotAllowedError):
            show(boss, enter("li.na").permit("applications.read"))
        with pytest.raises(NotAllowedError):
            enter("boss").permit("pii.unmask")

    def test_is_bounded_by_the_hour_and_the_person(
        self, boss: House, staff: Staff, enter: Enter
    ) -> None:
        staff("li.na", "E1", "credit_officer")
        staff("li.two", "E1", "post_loan_officer")
        staff("wang", "E2", "credit_officer")
        leave = enter("li.na").permit("pii.unmask")
        for minute in range(30):
            show(boss, leave, minutes=minute)
        second = enter("li.two").permit("pii.unmask")
        for mine in (leave, second):
            with pytest.raises(TooManyReadsError):
                show(boss, mine, minutes=59)
        assert show(boss, enter("wang").permit("pii.unmask"), minutes=59)
        assert show(boss, leave, minutes=61)
        assert len(list(boss.journal.entries(reads.READ))) == 32


class TestRecordRead:
    def test_is_for_any_operation(
        self, boss: House, staff: Staff, enter: Enter
    ) -> None:
        staff("audit", "E7", "auditor")
        leave = enter("audit").permit("audit.read")
        why = "yearly review"
        record_read(boss, leave, about="F1", what="decisions", why=why, at=START)
        (entry,) = boss.journal.entries(reads.READ)
        assert entry.body["operation"] == "audit.read"
        with pytest.raises(NoReasonError):
            record_read(boss, leave, about="F1", what="decisions", why="", at=START)
