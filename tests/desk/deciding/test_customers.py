"""A new customer is one manager's, however many file for him, and however often."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from tests.desk.deciding.conftest import DAY

from xiaowei.desk.deciding.customers import AnothersCustomerError
from xiaowei.desk.deciding.filing import Asked, Office, file_application
from xiaowei.desk.home import Home
from xiaowei.policy.access.actor import Actor
from xiaowei.policy.access.permissions import Permit

AT_ONCE, CUSTOMERS = 8, 12


def leave(person: str, branch: str) -> Permit:
    who = Actor(person.lower(), person, branch, "R1")
    return Permit(who, "applications.submit", "own")


@pytest.fixture
def office(home: Home) -> Office:
    nobody: Any = None  # Nothing is decided: it is held.
    return Office(home, nobody, lambda: DAY)


def send(office: Office, permit: Permit, firm: str, key: str) -> int | None:
    """File for a customer; return the number, or null where he is another's."""
    asked = Asked(
        enterprise_id=firm, amount_fen=100, months=12, purpose="new_loan", product=None
    )
    try:
        return file_application(office, permit, asked, key=key, hold=True).number
    except AnothersCustomerError:
        return None


class TestCustomer:
    def test_is_filed_for_again_while_he_is_being_filed_for(
        self, office: Office
    ) -> None:
        permit = leave("E1", "B1")
        for customer in range(CUSTOMERS):
            with ThreadPoolExecutor(AT_ONCE) as pool:
                sent = [
                    pool.submit(send, office, permit, f"F{customer}", f"k{customer}")
                    for _ in range(AT_ONCE)
                ]
            (number,) = {one.result() for one in sent}
            assert number is not None

    def test_is_of_one_where_many_file_at_once(self, office: Office) -> None:
        permits = [leave(f"E{n}", f"B{n}") for n in range(AT_ONCE)]
        for customer in range(CUSTOMERS):
            with ThreadPoolExecutor(AT_ONCE) as pool:
                sent = [
                    pool.submit(send, office, permit, f"F{customer}", f"k{customer}")
                    for permit in permits
                ]
            taken = [one.result() for one in sent if one.result() is not None]
            assert len(taken) == 1
