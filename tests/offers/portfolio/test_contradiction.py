"""Limits that no book keeps are named, and no others."""

import pytest
from tests.offers.portfolio.asking import limit, option, options
from tests.offers.portfolio.drawn import LIMITS, drawn_rows

from xiaowei.offers.portfolio.book import make_book
from xiaowei.offers.portfolio.contradiction import ContradictionError
from xiaowei.offers.portfolio.limits import Limit
from xiaowei.offers.portfolio.options import Options
from xiaowei.offers.portfolio.views import View

NEW = ("newcomer", ("yes",))


def named(one: Options, limits: list[Limit]) -> set[str]:
    with pytest.raises(ContradictionError) as caught:
        make_book(one, limits, view=View())
    for each in caught.value.limits:
        assert f"'{each.code}'" in str(caught.value)
    return {each.code for each in caught.value.limits}


class TestContradiction:
    def test_names_two_that_cannot_hold_together_and_leaves_out_the_rest(self) -> None:
        one = options(*drawn_rows(40))
        asked = limit("more", "offered", least=900_000_000_000)
        kept = [each for each in LIMITS(40) if each.code != "budget"]

        assert named(one, [*LIMITS(40), asked]) == {"more"}
        assert named(
            one,
            [
                *kept,
                limit("most", "offered", most=100_000_000),
                limit("some", "offered", of=NEW, least=200_000_000),
            ],
        ) == {"most", "some"}

    def test_names_one_that_no_book_keeps(self) -> None:
        one = options(option(newcomer="no"))

        assert named(one, [limit(most=30), limit("new", of=NEW, least=10)]) == {"new"}

    def test_names_three_of_which_any_two_hold(self) -> None:
        one = options(
            option(enterprise_id="E1", newcomer="yes", industry="I1"),
            option(enterprise_id="E2", newcomer="no", industry="I2"),
        )
        limits = [
            limit("whole", least=40),
            limit("trade", of=("industry", ("I2",)), most=10),
            limit("new", "offered", of=NEW, most=20),
            limit("capital", "capital", most=6),
        ]

        assert named(one, limits) == {"whole", "trade", "new"}

    def test_names_those_that_hold_in_parts_of_lots_only(self) -> None:
        one = options(option(least_lots=3))
        limits = [limit("low", least=5), limit("high", most=25)]

        with pytest.raises(ContradictionError, match="in whole lots") as caught:
            make_book(one, limits, view=View())
        assert {each.code for each in caught.value.limits} == {"low", "high"}

    def test_is_found_among_thousands_of_firms(self) -> None:
        one = options(*drawn_rows(2_500))
        best = ("tier", ("high_potential",))
        asked = limit("all_best", "offered", of=best, least_share="0.99")

        # Firms of that tier are too few for so large a book.
        least = limit("size", "offered", least=2_500 * 9_900_000)
        limits = [each for each in LIMITS(2_500) if each.code not in {"capital"}]
        assert named(one, [*limits, asked, least]) == {"all_best", "size"}
