"""The card: points add up, signs hold, unknown is never better, JSON keeps it all."""

import json
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.risk.conftest import Planted

from xiaowei.risk.card import ANCHOR, Card, Line, card_json, card_of
from xiaowei.risk.fit import fit_card
from xiaowei.risk.pd import PD_TRAITS
from xiaowei.risk.sample import Ints, Sample


def card_for(sample: Sample, defaulted: Ints) -> Card:
    return fit_card(
        sample, defaulted, expected=PD_TRAITS, generator=np.random.default_rng(0)
    )


LINE = Line(
    "sales_24m", logged=True, low=0.0, high=20.0, centre=10.0, scale=2.0, weight=-0.7
)


class TestLine:
    def test_gives_an_unknown_value_the_worst_points(self) -> None:
        values = np.array([np.nan, 0.0, 1e3, 1e12])

        unknown, *known = LINE.points(values)

        assert unknown == min(known)

    @given(st.lists(st.floats(-1e12, 1e12), min_size=2, max_size=30))
    def test_never_gives_more_points_for_more_risk(self, values: list[float]) -> None:
        points = LINE.points(np.sort(np.array(values)))

        assert (np.diff(points) >= 0).all()

    def test_counts_what_lies_outside_as_its_edge(self) -> None:
        far, edge = np.expm1(30.0), np.expm1(20.0)

        assert LINE.points(np.array([far]))[0] == LINE.points(np.array([edge]))[0]
        assert LINE.outside(np.array([far, np.expm1(10.0)])).tolist() == [True, False]


class TestCard:
    def test_adds_up_to_the_score_exactly(self, planted: Planted) -> None:
        sample, defaulted = planted()
        card = card_for(sample, defaulted)

        total = np.full(len(sample), card.base)
        for points in card.points(sample).values():
            total += points

        assert card.score(sample).tolist() == total.tolist()

    def test_turns_a_higher_score_into_a_lower_pd(self, planted: Planted) -> None:
        card = card_for(*planted())
        scores = np.arange(ANCHOR - 300, ANCHOR + 300)

        assert (np.diff(card.pd(scores)) <= 0).all()

    def test_is_the_same_after_json(self, planted: Planted) -> None:
        sample, defaulted = planted()
        card = card_for(sample, defaulted)

        again = card_of(json.loads(json.dumps(card_json(card))))

        assert again == card
        assert (
            again.pd(again.score(sample)).tobytes()
            == card.pd(card.score(sample)).tobytes()
        )

    def test_scores_one_firm_as_it_scores_all(self, planted: Planted) -> None:
        sample, defaulted = planted(firms=120)
        card = card_for(sample, defaulted)

        one_by_one = [card.score(sample.take(np.array([n])))[0] for n in range(120)]

        assert one_by_one == card.score(sample).tolist()

    @pytest.mark.parametrize("name", [one.trait for one in PD_TRAITS])
    def test_is_never_more_generous_with_less_knowledge(
        self, planted: Planted, name: str
    ) -> None:
        sample, defaulted = planted()
        card = card_for(sample, defaulted)
        less = replace(
            sample, traits={**sample.traits, name: np.full(len(sample), np.nan)}
        )

        assert (card.score(less) <= card.score(sample)).all()
        assert (card.pd(card.score(less)) >= card.pd(card.score(sample))).all()
