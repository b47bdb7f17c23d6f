"""Knowing a PD less is never more generous, and a tail is worse than the mean."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.offers.portfolio.asking import limit, option, options
from tests.offers.portfolio.drawn import LIMITS, drawn_rows

from xiaowei.offers.portfolio.book import make_book
from xiaowei.offers.portfolio.curse import curse
from xiaowei.offers.portfolio.options import Options
from xiaowei.offers.portfolio.rows import rows_of
from xiaowei.offers.portfolio.tail import Spread, SpreadError, tail_of
from xiaowei.offers.portfolio.views import View, ViewError, problem_of, upper_pds


def wide(width: float, *, firms: int = 40) -> Options:
    one = options(*drawn_rows(firms))
    return replace(one, width=np.full(one.count, width))


class TestUpperPds:
    @given(st.floats(0.001, 0.999), st.floats(0, 3), st.floats(0, 3))
    @settings(max_examples=100, deadline=None)
    def test_rise_with_the_width(self, pd: float, one: float, other: float) -> None:
        both = options(
            option(enterprise_id="E1", pd=pd, width=min(one, other)),
            option(enterprise_id="E2", pd=pd, width=max(one, other)),
        )

        low, high = upper_pds(both, View(rule="upper"))

        assert pd <= low <= high <= 1

    def test_take_the_widest_where_no_width_is_known(self) -> None:
        some = options(
            option(enterprise_id="E1", pd=0.1, width=1.0),
            option(enterprise_id="E2", pd=0.1),
        )

        known, unknown = upper_pds(some, View(rule="upper", width=0.2))

        assert unknown == known

    def test_are_those_stated_where_there_are_any(self) -> None:
        some = options(option(pd=0.1, pd_high=0.15, width=3.0))

        assert upper_pds(some, View(rule="upper")).tolist() == [0.15]

    def test_refuse_a_quantile_below_the_median(self) -> None:
        with pytest.raises(ViewError):
            View(rule="upper", quantile=0.4)


class TestUpperRule:
    @given(st.floats(0, 2), st.floats(0, 2), st.floats(0.001, 0.2))
    @settings(max_examples=30, deadline=None)
    def test_gives_a_firm_that_is_known_less_no_more(
        self, one: float, other: float, pd: float
    ) -> None:
        given_lots = []
        for width in sorted((one, other)):
            alone = options(
                option(pd=pd, width=width, paid_fen=300_000, lost_fen=4_000_000)
            )
            book = make_book(alone, [limit(most=20)], view=View(rule="upper"))
            given_lots.append(int(book.lots.sum()))

        assert given_lots[1] <= given_lots[0]

    def test_lends_to_the_firm_known_better_of_two_alike(self) -> None:
        both = options(
            option(enterprise_id="E1", pd=0.05, width=1.0, paid_fen=900, lost_fen=900),
            option(enterprise_id="E2", pd=0.05, width=0.1, paid_fen=900, lost_fen=900),
        )

        book = make_book(both, [limit(most=30)], view=View(rule="upper"))

        assert book.lots.tolist() == [0, 3]


class TestTail:
    def test_is_worse_than_the_mean_of_the_same_scenarios(self) -> None:
        one = wide(0.5)
        tail = tail_of(one, Spread(), width=0.5, rng=np.random.default_rng(1))
        earned = tail.of_book(one.most_lots)

        assert tail.cvar(earned) < earned.mean()
        worst = np.sort(earned)[:5]
        assert tail.cvar(earned) == pytest.approx(worst.mean())

    def test_at_level_0_is_the_mean(self) -> None:
        one = wide(0.5)
        spread = Spread(level=0.0)
        tail = tail_of(one, spread, width=0.5, rng=np.random.default_rng(1))
        earned = tail.of_book(one.most_lots)

        assert tail.cvar(earned) == pytest.approx(earned.mean())

    def test_of_a_book_gets_worse_with_more_noise(self) -> None:
        worth = []
        for width in (0.0, 0.3, 0.8):
            book = make_book(wide(width), LIMITS(40), view=View(rule="cvar"))
            worth.append(book.worth_fen)

        assert worth[0] > worth[1] > worth[2]

    def test_makes_a_book_more_cautious_with_more_noise(self) -> None:
        lent = []
        for width in (0.0, 1.0, 2.0):
            free = [each for each in LIMITS(40) if each.code != "new"]
            view = View(rule="cvar", spread=Spread(common=0.5))
            lent.append(make_book(wide(width), free, view=view).profit_fen)

        assert lent[0] > lent[1] > lent[2]

    def test_of_the_chosen_book_is_better_than_that_of_the_book_for_the_mean(
        self,
    ) -> None:
        one, view = wide(0.8), View(rule="cvar")
        problem = problem_of(one, rows_of(one, LIMITS(40)), view)

        cautious = make_book(one, LIMITS(40), view=view)
        plain = make_book(one, LIMITS(40), view=View())

        assert problem.worth(cautious.lots) >= problem.worth(plain.lots)
        assert cautious.profit_fen <= plain.profit_fen
        assert cautious.worth_fen <= cautious.bound_fen

    def test_without_noise_is_the_expected_profit(self) -> None:
        one = wide(0.0)

        book = make_book(one, LIMITS(40), view=View(rule="cvar"))

        plain = make_book(one, LIMITS(40), view=View())
        assert book.bound_fen == pytest.approx(plain.bound_fen, rel=1e-4)

    def test_is_the_same_for_the_same_seed(self) -> None:
        one, view = wide(0.5), View(rule="cvar", seed=5)

        first, again = (make_book(one, LIMITS(40), view=view) for _ in range(2))

        assert first.lots.tolist() == again.lots.tolist()
        assert first.tail == again.tail

    def test_refuses_a_level_of_1(self) -> None:
        with pytest.raises(SpreadError, match="level 1"):
            Spread(level=1.0)


class TestCurse:
    def test_is_what_choosing_by_noise_feigns(self) -> None:
        rng = np.random.default_rng(0)
        one = options(*drawn_rows(80))
        noise = rng.normal(0, 1, (2, len(one.firms)))[:, one.firm]
        odds = one.pd / (1 - one.pd) * np.exp(noise)
        halves = replace(
            one, pd_a=odds[0] / (1 + odds[0]), pd_b=odds[1] / (1 + odds[1])
        )

        found = curse(halves, LIMITS(80), view=View())

        assert found is not None
        assert found.believed_fen > found.honest_fen

    def test_is_none_where_both_halves_say_the_same(self) -> None:
        one = options(*drawn_rows(40))
        same = replace(one, pd_a=one.pd, pd_b=one.pd)

        found = curse(same, LIMITS(40), view=View())

        assert found is not None
        assert found.believed_fen == found.honest_fen

    def test_is_not_known_without_the_pds_of_both_halves(self) -> None:
        assert curse(options(option(pd_a=0.1)), [limit(most=10)], view=View()) is None
