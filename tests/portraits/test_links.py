"""Links among enterprises against a second reckoning, and by hand."""

from typing import Any

import pytest
from tests.factories import DAY, MONTH_END, Row
from tests.portraits.oracles import links as oracle
from tests.portraits.oracles.harness import FIRMS, Draw, check, single
from tests.portraits.test_courts import court_cases
from tests.portraits.test_registry import enterprises, owners

from xiaowei.portraits.traits.links import PARTS

GUARANTEES = PARTS[-2:]


def bureau_guarantees(draw: Draw) -> Row:
    day = draw.day()
    return {
        "contract_no": draw.one_of("G1", "G2"),
        "guaranteed_id": draw.one_of(*FIRMS[:8]),
        "amount_fen": 100,
        "happened_on": day,
        "until_on": draw.end(day),
    }


def bond(giver: str, taker: str, **stated: Any) -> Row:  # noqa: ANN401
    return {
        "enterprise_id": giver,
        "guaranteed_id": taker,
        "contract_no": f"{giver}{taker}",
        "amount_fen": 1,
        "happened_on": DAY,
        "until_on": None,
    } | stated


def consent(firm: str, state: str) -> Row:
    return {
        "enterprise_id": firm,
        "covers": "all",
        "state": state,
        "happened_on": DAY,
        "until_on": None,
    }


class TestLinks:
    @pytest.mark.parametrize("seed", [1, 2])
    def test_agree_with_a_second_reckoning(self, seed: int) -> None:
        draw = Draw(seed, MONTH_END)
        facts = {
            "enterprises": draw.rows(enterprises, most=2),
            "owners": draw.rows(owners, most=2),
            "court_cases": draw.rows(court_cases, most=4),
            "bureau_guarantees": draw.rows(bureau_guarantees, most=2),
        }

        check(PARTS, facts, oracle.portray)

    @pytest.mark.parametrize(
        ("bonds", "expected"),
        [
            (["AB"], {"A": 0}),
            (["AB", "BA"], {"A": 1, "B": 1}),
            (["AB", "BC", "CA"], {"A": 1, "B": 1, "C": 1}),
            (["AB", "BC", "CD", "DA"], {"A": 0, "B": 0, "C": 0, "D": 0}),
            (["AB", "BC", "CB"], {"A": 0, "B": 1, "C": 1}),
            (["AA"], {"A": 0}),
        ],
    )
    def test_find_circles_of_two_and_three_that_guarantee_for_each_other(
        self, bonds: list[str], expected: dict[str, int]
    ) -> None:
        facts = {"bureau_guarantees": [bond(*pair) for pair in bonds]}

        found = single(GUARANTEES, facts, MONTH_END)

        circles = {
            firm: traits["guarantee_circle_now"]
            for firm, traits in found.items()
            if "guarantee_circle_now" in traits
        }
        assert circles == expected

    @pytest.mark.parametrize(("state", "expected"), [("granted", 1), ("withdrawn", 0)])
    def test_see_a_circle_only_where_the_others_let_it_be_seen(
        self, state: str, expected: int
    ) -> None:
        facts = {
            "bureau_guarantees": [bond("A", "B"), bond("B", "A")],
            "consents": [consent("A", "granted"), consent("B", state)],
        }

        found = single(GUARANTEES, facts, MONTH_END)["A"]

        assert found["guarantee_circle_now"] == expected
