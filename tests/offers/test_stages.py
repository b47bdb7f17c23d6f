"""Phased credit: stages open by what is known, and add up to the limit."""

from dataclasses import replace
from decimal import Decimal
from itertools import pairwise
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xiaowei.offers.asked import UnknownFactsError
from xiaowei.offers.stages import LimitError, release, stage_amounts
from xiaowei.policy.products.product import Condition, Stage
from xiaowei.policy.products.reading import load_products

PHASED: Final = load_products().entries["phased"]
PLAIN: Final = load_products().entries["working_capital"]
LIMIT: Final = 20_000_000
Facts = dict[str, float | None]


def behaviour(**stated: float | None) -> Facts:
    """A year of clean repayment with steady sales."""
    return {
        "months_since_drawdown": 12,
        "worst_dpd": 0,
        "sales_ratio": 1.0,
        "worst_finding": 0,
    } | stated


@st.composite
def behaviours(draw: st.DrawFn) -> Facts:
    return {
        "months_since_drawdown": draw(st.none() | st.integers(0, 15)),
        "worst_dpd": draw(st.none() | st.integers(0, 2)),
        "sales_ratio": draw(st.none() | st.floats(0.7, 1.1)),
        "worst_finding": draw(st.none() | st.integers(0, 3)),
    }


@st.composite
def shares(draw: st.DrawFn) -> tuple[Stage, ...]:
    cuts = draw(st.sets(st.integers(1, 9_999), max_size=6))
    ends = [0, *sorted(cuts), 10_000]
    return tuple(Stage(Decimal(b - a) / 10_000, None) for a, b in pairwise(ends))


class TestStageAmounts:
    @given(stages=shares(), limit=st.integers(0, 10**15))
    def test_add_up_to_the_limit_to_the_fen(
        self, stages: tuple[Stage, ...], limit: int
    ) -> None:
        amounts = stage_amounts(stages, limit_fen=limit)

        assert sum(amounts) == limit
        assert min(amounts) >= 0

    @given(stages=shares(), limit=st.integers(0, 10**15))
    def test_release_no_more_than_the_shares_so_far(
        self, stages: tuple[Stage, ...], limit: int
    ) -> None:
        amounts = stage_amounts(stages, limit_fen=limit)

        for upto in range(1, len(stages) + 1):
            share = sum(stage.share for stage in stages[:upto])
            assert 0 <= limit * share - sum(amounts[:upto]) < 1


class TestRelease:
    def test_begins_with_the_first_share(self) -> None:
        found = release(PHASED, limit_fen=LIMIT, behaviour={})

        assert (found.stage, found.stages) == (1, 3)
        assert found.released_fen == 6_000_000
        assert found.next_fen == 6_000_000
        assert {line.state for line in found.missing} == {"unknown"}
        assert found.text == (
            "分期授信：第 1/3 阶段，已开放 6.00 万元，总额度 20.00 万元",
            "phased credit: stage 1 of 3, CNY 60,000 of CNY 200,000 released",
        )

    @pytest.mark.parametrize(
        ("facts", "stage", "released"),
        [
            (behaviour(months_since_drawdown=5), 1, 6_000_000),
            (behaviour(months_since_drawdown=6), 2, 12_000_000),
            (behaviour(months_since_drawdown=11), 2, 12_000_000),
            (behaviour(), 3, 20_000_000),
            (behaviour(worst_dpd=1), 1, 6_000_000),
            (behaviour(sales_ratio=0.79), 1, 6_000_000),
            (behaviour(sales_ratio=0.85), 2, 12_000_000),
            (behaviour(worst_finding=2), 1, 6_000_000),
            (behaviour(worst_finding=None), 1, 6_000_000),
            (behaviour(sales_ratio=float("nan")), 1, 6_000_000),
        ],
    )
    def test_opens_stages_as_they_are_earned(
        self, facts: Facts, stage: int, released: int
    ) -> None:
        found = release(PHASED, limit_fen=LIMIT, behaviour=facts)

        assert (found.stage, found.released_fen) == (stage, released)

    def test_says_what_is_missing_for_the_next(self) -> None:
        facts = behaviour(months_since_drawdown=4, sales_ratio=0.75)

        found = release(PHASED, limit_fen=LIMIT, behaviour=facts)

        assert [line.code for line in found.missing] == [
            "phased.stage2.2",
            "phased.stage2.4",
        ]
        assert [line.text.en for line in found.missing] == [
            "sales since drawdown over those a year before is 0.75, at least 0.8 is "
            "due: not met",
            "months since the first drawdown is 4 months, at least 6 months is due: "
            "not met",
        ]
        assert found.missing[0].text.zh == (
            "放款以来销售与上年同期之比为 0.75，要求不低于 0.8：不符合"
        )

    def test_leaves_nothing_to_ask_once_all_is_released(self) -> None:
        found = release(PHASED, limit_fen=LIMIT, behaviour=behaviour())

        assert found.next_fen == 0
        assert found.lines == found.missing == ()

    def test_passes_over_no_stage(self) -> None:
        later = replace(PHASED.stages[2], opens_when=None)
        asked = replace(PHASED, stages=(*PHASED.stages[:2], later))

        found = release(asked, limit_fen=LIMIT, behaviour={})

        assert found.stage == 1

    def test_is_of_all_at_once_without_stages(self) -> None:
        found = release(PLAIN, limit_fen=LIMIT, behaviour={})

        assert (found.stage, found.stages) == (1, 1)
        assert found.released_fen == LIMIT
        assert found.next_fen == 0

    @given(facts=behaviours(), limit=st.integers(0, 10**12))
    def test_is_of_the_open_stages_together(self, facts: Facts, limit: int) -> None:
        found = release(PHASED, limit_fen=limit, behaviour=facts)

        amounts = stage_amounts(PHASED.stages, limit_fen=limit)
        assert found.released_fen == sum(amounts[: found.stage])
        assert bool(found.missing) == (found.stage < found.stages)

    @given(
        facts=behaviours(),
        lost=st.sets(st.sampled_from(sorted(behaviour()))),
        limit=st.integers(0, 10**12),
    )
    def test_is_of_no_more_for_knowing_less(
        self, facts: Facts, lost: set[str], limit: int
    ) -> None:
        less = {name: one for name, one in facts.items() if name not in lost}

        whole = release(PHASED, limit_fen=limit, behaviour=facts)
        part = release(PHASED, limit_fen=limit, behaviour=less)

        assert part.released_fen <= whole.released_fen

    def test_refuses_a_limit_below_nothing(self) -> None:
        with pytest.raises(LimitError, match=r"a limit of -0.01 yuan .* 'phased'"):
            release(PHASED, limit_fen=-1, behaviour={})

    def test_refuses_a_stage_that_asks_for_what_does_not_exist(self) -> None:
        asked = Condition("months_since_drawdawn", ">=", Decimal(6), "months")
        stages = (PHASED.stages[0], replace(PHASED.stages[1], opens_when=asked))

        with pytest.raises(UnknownFactsError, match="near months_since_drawdown"):
            release(replace(PHASED, stages=stages), limit_fen=1, behaviour={})
