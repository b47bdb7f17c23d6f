"""Cases in court against a second reckoning, and by hand."""

from datetime import date, timedelta
from typing import Any

import pytest
from tests.factories import DAY, MONTH_END, Row
from tests.portraits.oracles import courts as oracle
from tests.portraits.oracles.harness import Draw, check, single

from xiaowei.portraits.traits.courts import PART


def court_cases(draw: Draw) -> Row:
    day = draw.day()
    return {
        "case_no": f"K{draw.rng.integers(5)}",
        "stage": draw.one_of(
            "filed", "judgment", "enforcement", "dishonest", "restricted"
        ),
        "role": draw.one_of("defendant", "defendant", "plaintiff", "third_party"),
        "amount_fen": draw.one_of(None, 1000, 5000),
        "happened_on": day,
        "closed_on": draw.end(day),
    }


def case(**stated: Any) -> Row:  # noqa: ANN401
    return {
        "enterprise_id": "E1",
        "case_no": "K1",
        "stage": "filed",
        "role": "defendant",
        "happened_on": DAY,
        "closed_on": None,
    } | stated


class TestCourts:
    @pytest.mark.parametrize("seed", [1, 2])
    def test_agree_with_a_second_reckoning(self, seed: int) -> None:
        rows = Draw(seed, MONTH_END).rows(court_cases, most=8)

        check([PART], {"court_cases": rows}, oracle.portray)

    @pytest.mark.parametrize(("as_of", "expected"), [(27, 1), (28, 0), (29, 0)])
    def test_counts_a_case_as_open_until_it_is_closed(
        self, as_of: int, expected: int
    ) -> None:
        rows = [
            case(),
            case(closed_on=date(2020, 2, 28), known_on=DAY + timedelta(days=1)),
        ]

        found = single([PART], {"court_cases": rows}, date(2020, 2, as_of))["E1"]

        assert found["court_open_now"] == expected

    def test_does_not_take_the_end_of_a_listing_for_the_end_of_the_case(self) -> None:
        rows = [case(), case(stage="dishonest", closed_on=DAY)]

        found = single([PART], {"court_cases": rows}, MONTH_END)["E1"]

        assert found["court_open_now"] == 1
        assert found["court_dishonest_now"] == 0

    def test_does_not_take_an_amount_that_nobody_stated_for_0(self) -> None:
        found = single([PART], {"court_cases": [case()]}, MONTH_END)["E1"]

        assert found["court_sued_12m"] == 1
        assert found["court_sued_amount_12m"] is None
