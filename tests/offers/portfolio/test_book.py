"""A book under many limits is the best there is, and keeps every one."""

from dataclasses import replace
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.offers.portfolio.asking import (
    best_of_all,
    keeps,
    limit,
    option,
    options,
    profit,
)
from tests.offers.portfolio.drawn import LIMITS, drawn_rows

from xiaowei.offers.portfolio.book import Book, make_book, worth_without
from xiaowei.offers.portfolio.contradiction import ContradictionError
from xiaowei.offers.portfolio.limits import Limit
from xiaowei.offers.portfolio.options import Options
from xiaowei.offers.portfolio.relaxed import relax
from xiaowei.offers.portfolio.rows import rows_of
from xiaowei.offers.portfolio.views import View, problem_of

SHARES = st.sampled_from(["1/5", "1/3", "1/2", "0.7", "1"])


@st.composite
def tiny(draw: st.DrawFn) -> Options:
    rows = []
    for firm in range(draw(st.integers(1, 4))):
        labels = {
            "industry": draw(st.sampled_from(["I1", "I2", None])),
            "tier": draw(st.sampled_from(["steady", "risk_warning", None])),
            "newcomer": draw(st.sampled_from(["yes", "no", None])),
            "group": draw(st.sampled_from(["G1", "-", None])),
        }
        for name in range(draw(st.integers(1, 2))):
            least = draw(st.integers(1, 2))
            rows.append(
                option(
                    enterprise_id=f"E{firm}",
                    option=f"o{name}",
                    least_lots=least,
                    most_lots=least + draw(st.integers(0, 2)),
                    offered_fen=(offered := draw(st.integers(2, 9))),
                    drawn_fen=draw(st.integers(1, offered)),
                    capital_fen=draw(st.integers(0, 3)),
                    paid_fen=draw(st.integers(-3, 30)),
                    lost_fen=draw(st.integers(0, 20)),
                    pd=draw(st.sampled_from([0.0, 0.1, 0.5])),
                    **labels,
                )
            )
    return options(*rows)


@st.composite
def some_limits(draw: st.DrawFn) -> list[Limit]:
    of_tier = ("tier", ("risk_warning",))
    of_new = ("newcomer", ("yes",))
    possible = [
        limit("budget", "offered", most=draw(st.integers(5, 60))),
        limit("drawn", "drawn", most=draw(st.integers(5, 40))),
        limit("capital", "capital", most=draw(st.integers(0, 15))),
        limit("loss", "expected_loss", most=draw(st.integers(0, 20))),
        limit("trade", "offered", each="industry", most_share=draw(SHARES)),
        limit("trade_fen", "drawn", each="industry", most=draw(st.integers(5, 30))),
        limit("group", "offered", each="group", most=draw(st.integers(5, 30))),
        limit("tier", "drawn", of=of_tier, most_share=draw(SHARES)),
        limit("new", "firms", of=of_new, least=draw(st.integers(0, 2))),
        limit("new_share", "offered", of=of_new, least_share=draw(SHARES)),
        limit("firms", "firms", most=draw(st.integers(1, 4))),
    ]
    return draw(st.lists(st.sampled_from(possible), max_size=5, unique_by=id))


def book_of(one: Options, limits: list[Limit]) -> Book:
    return make_book(one, limits, view=View())


class TestMakeBook:
    @given(tiny(), some_limits())
    @settings(max_examples=150, deadline=None)
    def test_earns_to_the_fen_what_trying_all_finds(
        self, one: Options, limits: list[Limit]
    ) -> None:
        best = best_of_all(one, limits)

        if best is None:
            with pytest.raises(ContradictionError):
                book_of(one, limits)
            return
        book = book_of(one, limits)
        assert keeps(one, book.lots, limits)
        assert profit(one, book.lots) == book.profit_fen == best
        assert book.gap_fen == 0
        assert book.proof == "solved"

    @pytest.mark.parametrize("firms", [40, 400])
    def test_keeps_every_limit_and_at_most_one_option(self, firms: int) -> None:
        one, limits = options(*drawn_rows(firms)), LIMITS(firms)

        book = book_of(one, limits)

        assert keeps(one, book.lots, limits)
        assert np.bincount(one.firm[book.lots > 0]).max() == 1
        assert book.worth_fen <= book.bound_fen
        assert book.gap_fen <= 1e-4 * book.worth_fen

    @given(st.randoms(use_true_random=False))
    @settings(max_examples=5, deadline=None)
    def test_does_not_depend_on_the_order_of_firms(self, shuffled: Any) -> None:  # noqa: ANN401
        rows = drawn_rows(60)
        mixed = list(rows)
        shuffled.shuffle(mixed)

        first, second = (book_of(options(*some), LIMITS(60)) for some in (rows, mixed))

        assert first.lots.tolist() == second.lots.tolist()
        assert first.uses == second.uses

    def test_lends_nothing_where_nothing_earns(self) -> None:
        book = book_of(options(option(paid_fen=-1)), [limit(most=100)])

        assert (book.firms, book.profit_fen, book.gap_fen) == (0, 0, 0)

    def test_takes_the_worse_option_where_the_better_breaks_a_limit(self) -> None:
        one = options(
            option(option="a", paid_fen=9, capital_fen=5),
            option(option="b", paid_fen=7, capital_fen=1),
        )

        book = book_of(one, [limit("capital", "capital", most=4)])

        assert book.lots.tolist() == [0, 3]


class TestUnknown:
    def test_industry_is_bounded_as_a_label_of_its_own(self) -> None:
        rows = [option(enterprise_id=f"E{n}", industry=None) for n in range(5)]

        book = book_of(options(*rows), [limit("trade", each="industry", most=40)])

        assert book.offered_fen == 40
        assert [use.label for use in book.uses] == ["unknown"]

    def test_tier_counts_towards_a_most_and_never_towards_a_least(self) -> None:
        rows = [option(enterprise_id="E1", tier=None)]
        named = ("tier", ("risk_warning",))

        most = book_of(options(*rows), [limit("tier", of=named, most=20)])
        assert most.offered_fen == 20
        with pytest.raises(ContradictionError):
            book_of(options(*rows), [limit("tier", of=named, least=10)])

    def test_of_whom_alone_is_said_each_is_a_group_of_its_own(self) -> None:
        rows = [option(enterprise_id=f"E{n}", group="-") for n in range(3)]

        book = book_of(options(*rows), [limit("group", each="group", most=20)])

        assert book.lots.tolist() == [2, 2, 2]


class TestShadowPrices:
    @pytest.mark.parametrize("firms", [30, 60])
    def test_equal_finite_differences_of_the_problem_in_parts_of_lots(
        self, firms: int
    ) -> None:
        one, limits = options(*drawn_rows(firms)), LIMITS(firms)
        book = book_of(one, limits)
        priced = {u.limit.code: u.price for u in book.uses if u.label is None}

        now = relaxed_worth(one, limits)
        for code, sign in (("budget", 1), ("capital", 1), ("new", -1)):
            up, down = (relaxed_worth(one, moved(limits, code, by)) for by in (1, -1))
            # The worth is concave in a bound: its price lies between both slopes.
            slopes = sorted((sign * (up - now), sign * (now - down)))
            assert slopes[0] - 1e-2 <= priced[code] <= slopes[1] + 1e-2
        assert priced["capital"] > 0.1
        assert priced["new"] > 1e4

    def test_are_of_the_same_sign_for_what_is_asked_at_least(self) -> None:
        rows = [
            option(enterprise_id="E1", newcomer="yes", paid_fen=1),
            option(enterprise_id="E2", newcomer="no", paid_fen=9),
        ]
        asked = limit("new", of=("newcomer", ("yes",)), least=20)

        book = book_of(options(*rows), [limit(most=30), asked])

        prices = {use.limit.code: use.price for use in book.uses}
        assert prices["budget"] == pytest.approx(0.9)
        assert prices["new"] == pytest.approx(0.8)

    def test_cost_in_all_what_the_book_would_earn_without_the_limit(self) -> None:
        one, limits = options(*drawn_rows(40)), LIMITS(40)
        book = book_of(one, limits)

        without = worth_without(one, limits, without=limits[1], view=View())

        rest = [each for each in limits if each.code != limits[1].code]
        assert without == book_of(one, rest).worth_fen
        assert without > book.worth_fen


class TestRows:
    def test_leave_out_what_nothing_can_break(self) -> None:
        rows = [option(enterprise_id=f"E{n}", group=f"G{n}") for n in range(9)]

        assert not rows_of(options(*rows), [limit(each="group", most=30)]).rows

    def test_hold_shares_to_the_fen(self) -> None:
        one = options(
            option(enterprise_id="E1", industry="I1", offered_fen=10**11),
            option(enterprise_id="E2", industry="I2", offered_fen=2 * 10**11 - 1),
        )
        rows = rows_of(one, [limit("trade", each="industry", most_share="1/3")])

        assert not rows.kept_by(np.array([1, 1]))
        assert rows_of(one, [limit("t", each="industry", most_share="2/3")]).kept_by(
            np.array([1, 1])
        )


def relaxed_worth(one: Options, limits: list[Limit]) -> float:
    problem = problem_of(one, rows_of(one, limits), View())
    return relax(problem, tell=lambda _: None).priced.bound


def moved(limits: list[Limit], code: str, by: int) -> list[Limit]:
    return [
        replace(
            one,
            most=None if one.most is None else one.most + by,
            least=None if one.least is None else one.least + by,
        )
        if one.code == code
        else one
        for one in limits
    ]


def test_fractions_are_exact() -> None:
    assert limit(most_share="0.1").most_share == Fraction(1, 10)
