"""Opinions on record count by their day, by record, and beside the model alone."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from math import log
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.factories import Row, credit, held

from xiaowei.desk.hearing import Heard, heard_on, settled_by
from xiaowei.desk.opining import Recorded
from xiaowei.industry.best_worst import Comparisons
from xiaowei.industry.opinions import Opinion
from xiaowei.industry.weighings import Judgement
from xiaowei.policy.book import load_book
from xiaowei.risk.assess import Assessment
from xiaowei.risk.card import Card

SAID = date(2024, 1, 15)
YEAR_ON = date(2025, 1, 15)
BOOK = load_book()
CARD = Card((), 600, -2.5, 0.8)


def recorded(expert: str = "李娜", about: str = "E1", **stated: Any) -> Recorded:  # noqa: ANN401
    """An opinion of SAID, recorded that day when the model said 10%."""
    opinion = Opinion(
        expert=expert,
        day=SAID,
        kind="case",
        about=about,
        shift=0.3,
        confidence=1.0,
        reasoning="大单流失",
        saw_model=False,
    )
    return replace(Recorded(1, opinion, SAID, {about: 0.1}), **stated)


def assessed(firm: str, *, score: int = 600) -> Assessment:
    (pd,) = CARD.pd(np.array([score])).tolist()
    return Assessment(
        enterprise_id=firm,
        score=score,
        base=600,
        points={},
        pd=pd,
        pd_low=pd / 2,
        pd_high=pd * 2,
        grade_odds={},
        outside=(),
        unknown=(),
    )


def heard(*opinions: Recorded, on: date = YEAR_ON, rows: Sequence[Row] = ()) -> Heard:
    told = held(credit_history=rows) if rows else {}
    return heard_on(opinions, told=told, book=BOOK, on=on)


class TestSettledBy:
    @pytest.mark.parametrize(
        ("rows", "outcome"),
        [
            ([("no", YEAR_ON)], 0.0),
            ([("yes", date(2024, 6, 1))], 1.0),
            ([("no", date(2024, 2, 1)), ("yes", date(2025, 1, 14))], 1.0),
            ([("yes", date(2025, 2, 1))], 0.0),
            # Known before it was said; nothing heard after the months; no record.
            ([("yes", SAID)], None),
            ([("no", date(2024, 12, 31))], None),
            ([], None),
        ],
    )
    def test_is_whether_a_default_came_within_the_months(
        self, rows: list[tuple[str, date]], outcome: float | None
    ) -> None:
        facts = [credit(defaulted=state, known_on=day) for state, day in rows]
        past = settled_by(
            [recorded()],
            told=held(credit_history=facts) if facts else {},
            on=date(2025, 3, 1),
            months=12,
        )

        assert [one.outcome for one in past] == ([] if outcome is None else [outcome])

    def test_waits_for_the_months_even_after_a_default(self) -> None:
        told = held(credit_history=[credit(defaulted="yes", known_on=date(2024, 6, 1))])

        for on, count in ((date(2025, 1, 14), 0), (YEAR_ON, 1)):
            assert len(settled_by([recorded()], told=told, on=on, months=12)) == count

    def test_believes_no_opinion_put_on_record_when_all_was_known(self) -> None:
        told = held(credit_history=[credit(defaulted="yes", known_on=date(2024, 6, 1))])
        late = recorded(recorded_on=date(2024, 7, 1))

        assert not settled_by([late], told=told, on=date(2026, 1, 1), months=12)

    def test_counts_what_was_said_again_of_a_case_once(self) -> None:
        told = held(credit_history=[credit(known_on=YEAR_ON)])
        again = [recorded(seq=seq) for seq in (1, 2, 3)]

        assert len(settled_by(again, told=told, on=YEAR_ON, months=12)) == 1

    def test_needs_what_the_model_said(self) -> None:
        told = held(credit_history=[credit(known_on=YEAR_ON)])

        assert not settled_by([recorded(model={})], told=told, on=YEAR_ON, months=12)

    def test_settles_an_opinion_on_a_trade_by_the_firms_it_was_of(self) -> None:
        trade = recorded(
            opinion=replace(recorded().opinion, kind="industry", about="H62"),
            model={"E1": 0.1, "E2": 0.2, "E3": 0.3},
        )
        told = held(
            credit_history=[
                credit(enterprise_id="E1", defaulted="yes", known_on=date(2024, 6, 1)),
                credit(enterprise_id="E2", known_on=YEAR_ON),
                credit(enterprise_id="E4", defaulted="yes", known_on=date(2024, 6, 1)),
            ]
        )
        past = settled_by([trade], told=told, on=YEAR_ON, months=12)

        assert [(one.model, one.outcome, one.share) for one in past] == [
            (0.1, 1.0, 0.5),
            (0.2, 0.0, 0.5),
        ]


class TestWeights:
    def test_are_as_judged_and_then_by_what_came_of_opinions(self) -> None:
        judged = Judgement(
            judge="赵行长",
            day=SAID,
            comparisons=Comparisons(
                best="甲",
                worst="乙",
                best_over={"甲": 1, "乙": 3},
                over_worst={"甲": 3, "乙": 1},
            ),
        )
        rows = held(credit_history=[credit(defaulted="yes", known_on=date(2024, 6, 1))])
        said = [recorded("甲"), recorded("丙", "E2")]

        def weights(on: date) -> dict[str, float]:
            return dict(
                heard_on(said, told=rows, book=BOOK, on=on, judgements=[judged]).weights
            )

        assert weights(SAID) == pytest.approx({"甲": 1.5, "乙": 0.5, "丙": 1.0})
        assert weights(date(2024, 1, 14)) == {}
        assert weights(YEAR_ON)["甲"] > 1.5

    def test_are_equal_before_anything_is_settled(self) -> None:
        both = heard(recorded("甲"), recorded("乙", "E2"))

        assert both.weights == {"甲": 1.0, "乙": 1.0}

    def test_are_by_what_came_of_past_opinions(self) -> None:
        right = recorded("甲")
        wrong = recorded("乙", opinion=replace(recorded("乙").opinion, shift=-0.3))
        rows = [credit(defaulted="yes", known_on=date(2024, 6, 1))]

        weights = heard(right, wrong, rows=rows).weights

        assert weights["甲"] > 1 > weights["乙"]

    def test_are_none_without_experts(self) -> None:
        assert heard().weights == {}
        assert heard().priors == {}
        assert heard().trades == {}


class TestPriors:
    def test_are_of_trades_alone(self) -> None:
        trade = replace(recorded().opinion, kind="industry", about="H62")
        found = heard(recorded(), recorded(opinion=trade), on=SAID)

        assert found.priors.keys() == found.trades.keys() == {"H62"}
        assert log(found.priors["H62"].coefficient) == pytest.approx(0.3)


class TestVoices:
    def test_stand_beside_the_model(self) -> None:
        one = assessed("E1")
        (voice,) = heard(recorded(), on=SAID).voices([one], card=CARD).values()

        assert voice.effect.model_pd == one.pd
        assert voice.effect.pd > one.pd
        assert "(model)" in voice.effect.line.en

    def test_move_as_many_points_as_the_card_would(self) -> None:
        one = assessed("E1")
        (voice,) = heard(recorded(), on=SAID).voices([one], card=CARD).values()

        moved = assessed("E1", score=one.score + voice.effect.points)
        assert moved.pd == pytest.approx(voice.effect.pd, rel=0.02)

    def test_are_silent_before_their_day_and_after_their_months(self) -> None:
        for on in (date(2024, 1, 14), YEAR_ON):
            assert not heard(recorded(), on=on).voices([assessed("E1")], card=CARD)

    @given(
        shift=st.floats(-2, 2),
        confidence=st.floats(0, 1),
        about=st.sampled_from(["E1", "E2"]),
    )
    def test_never_reach_another_enterprise(
        self, shift: float, confidence: float, about: str
    ) -> None:
        firms = [assessed(firm) for firm in ("E1", "E2", "E3")]
        standing = [recorded("甲", "E1"), recorded("乙", "E1"), recorded("乙", "E2")]
        said = recorded(
            "丙",
            opinion=replace(
                recorded().opinion,
                expert="丙",
                about=about,
                shift=shift,
                confidence=confidence,
            ),
        )
        before = heard(*standing, on=SAID).voices(firms, card=CARD)
        after = heard(*standing, said, on=SAID).voices(firms, card=CARD)

        for firm in {"E1", "E2", "E3"} - {about}:
            assert before.get(firm) == after.get(firm)

    @given(days=st.integers(1, 5_000), shift=st.floats(-2, 2))
    def test_are_deaf_to_what_is_said_later(self, days: int, shift: float) -> None:
        later = recorded("丙")
        opinion = replace(
            later.opinion,
            day=date.fromordinal(SAID.toordinal() + days),
            shift=shift,
        )
        firms = [assessed("E1")]

        assert heard(recorded(), replace(later, opinion=opinion), on=SAID).voices(
            firms, card=CARD
        ) == heard(recorded(), on=SAID).voices(firms, card=CARD)
