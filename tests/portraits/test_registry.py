"""The registry against a second reckoning, and by hand."""

from datetime import date

import pytest
from tests.factories import DAY, MONTH_END, Row, registered
from tests.portraits.oracles import registry as oracle
from tests.portraits.oracles.harness import Draw, check, single

from xiaowei.portraits.traits.registry import PARTS


def enterprises(draw: Draw) -> Row:
    return {
        "name": "一号",
        "happened_on": draw.day(),
        "staff": draw.one_of(None, 3, 12),
        "capital_fen": draw.one_of(None, 10**7, 10**8),
        "address": draw.one_of(None, "东街1号", "东街2号", "西街1号"),
        "phone": draw.one_of(None, "13800000001", "13800000002"),
        "status": draw.one_of(None, *oracle.GRADES),
    }


def owners(draw: Draw) -> Row:
    day = draw.day()
    return {
        "person_id": f"H{draw.rng.integers(9)}",
        "role": draw.one_of("legal_person", "shareholder", "shareholder", "manager"),
        "share": draw.one_of(None, 0.3, 0.7, 1.0),
        "happened_on": day,
        "until_on": draw.end(day),
    }


def registry_changes(draw: Draw) -> Row:
    return {
        "item": draw.one_of(*oracle.ITEMS, "legal_person", "status"),
        "happened_on": draw.day(),
    }


def memberships(draw: Draw) -> Row:
    day = draw.day()
    return {
        "kind": draw.one_of("park", "association", "chain"),
        "body": draw.one_of("甲", "乙"),
        "happened_on": day,
        "until_on": draw.end(day),
    }


class TestRegistry:
    @pytest.mark.parametrize("seed", [1, 2])
    def test_agrees_with_a_second_reckoning(self, seed: int) -> None:
        draw = Draw(seed, MONTH_END)
        facts = {
            "enterprises": draw.rows(enterprises, most=2),
            "owners": draw.rows(owners, most=5),
            "registry_changes": draw.rows(registry_changes, most=9),
            "memberships": draw.rows(memberships, most=3),
        }

        check(PARTS, facts, oracle.portray)

    def test_tells_how_an_enterprise_last_stood(self) -> None:
        rows = [
            registered(staff=9, status="open"),
            registered(staff=None, status="revoked", known_on=MONTH_END),
        ]

        before = single(PARTS[:1], {"enterprises": rows}, DAY)["E1"]
        after = single(PARTS[:1], {"enterprises": rows}, MONTH_END)["E1"]

        assert (before["staff_now"], before["status_now"]) == (9, 1)
        assert (after["staff_now"], after["status_now"]) == (None, 4)
        assert after["founded_days_since"] == (MONTH_END - date(2015, 1, 1)).days
