"""Nothing is learnt from what was not known by then; a group is on one side only."""

from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from xiaowei.risk.cases import (
    Days,
    SplitError,
    last_part,
    split_by_chance,
    split_by_time,
)
from xiaowei.risk.sample import Ints

MONTHS = 60
PER_MONTH = 10
FIRST = np.datetime64("2020-01-31", "D")


def days() -> Days:
    months = np.datetime64("2020-01", "M") + np.arange(MONTHS)
    ends = (months + 1).astype("datetime64[D]") - 1
    decided: Days = np.repeat(ends, PER_MONTH)
    return decided


def bads() -> Ints:
    return np.asarray(np.arange(MONTHS * PER_MONTH) % 3 == 0, dtype=np.int64)


class TestSplitByTime:
    def test_learns_what_was_ripe_and_judges_what_came_after(self) -> None:
        split = split_by_time(
            bads(),
            days(),
            judged_from=date(2023, 1, 31),
            window_months=12,
            as_of=date(2024, 12, 31),
        )
        decided = days()

        # The window of January 2022 is over on the last of January 2023.
        assert decided[split.learn].max() == np.datetime64("2022-01-31")
        assert decided[split.judge].min() == np.datetime64("2023-01-31")
        assert decided[split.judge].max() == np.datetime64("2023-12-31")
        assert split.unripe == 600 - len(split.learn) - len(split.judge) == 230
        assert split.out_of_time

    def test_takes_no_young_case_for_having_defaulted_early(self) -> None:
        young = split_by_time(
            np.ones(600, dtype=np.int64) - bads(),
            days(),
            judged_from=date(2023, 1, 31),
            window_months=12,
        )

        assert days()[young.learn].max() == np.datetime64("2022-01-31")

    @given(groups=st.integers(20, 300), seed=st.integers(0, 20))
    def test_puts_a_group_on_one_side(self, groups: int, seed: int) -> None:
        names = np.random.default_rng(seed).integers(0, groups, 600)
        try:
            split = split_by_time(
                bads(),
                days(),
                judged_from=date(2024, 6, 30),
                window_months=0,
                groups=names.tolist(),
            )
        except SplitError:
            return
        assert not set(names[split.learn]) & set(names[split.judge])
        assert len(split.learn) + split.shared + len(split.judge) == 600

    def test_deals_groups_of_a_panel_where_all_are_on_both_sides(self) -> None:
        names = np.arange(600) % 50
        split = split_by_time(
            bads(),
            days(),
            judged_from=date(2023, 1, 31),
            window_months=0,
            groups=names.tolist(),
            deal=np.random.default_rng(0),
        )
        learnt, judged = set(names[split.learn]), set(names[split.judge])

        assert not learnt & judged
        assert (len(learnt), len(judged)) == (33, 17)
        assert split.dealt > 0
        counted = len(split.learn) + len(split.judge) + split.shared + split.dealt
        assert counted + split.unripe == 600

    def test_deals_nobody_where_few_are_on_both_sides(self) -> None:
        names = np.arange(600)
        names[-1] = names[0]
        split = split_by_time(
            bads(),
            days(),
            judged_from=date(2023, 1, 31),
            window_months=0,
            groups=names.tolist(),
            deal=np.random.default_rng(0),
        )

        assert (split.shared, split.dealt) == (1, 0)

    def test_leaves_out_a_case_without_a_day(self) -> None:
        decided = days()
        decided[::7] = np.datetime64("NaT")
        split = split_by_time(
            bads(), decided, judged_from=date(2023, 1, 31), window_months=0
        )

        assert split.unripe == np.isnat(decided).sum()

    def test_says_why_it_cannot(self) -> None:
        with pytest.raises(SplitError, match="to learn from hold 0 defaults"):
            split_by_time(
                bads(), days(), judged_from=date(2020, 1, 31), window_months=12
            )


class TestSplitByChance:
    def test_is_no_proof_of_what_comes_later(self) -> None:
        split = split_by_chance(bads(), generator=np.random.default_rng(0))

        assert not split.out_of_time
        assert len(split.judge) == 150

    def test_puts_a_group_on_one_side(self) -> None:
        names = np.arange(600) // 6
        split = split_by_chance(
            bads(), generator=np.random.default_rng(0), groups=names.tolist()
        )

        assert not set(names[split.learn]) & set(names[split.judge])


class TestLastPart:
    def test_is_the_day_from_which_on_the_last_quarter_was_decided(self) -> None:
        assert last_part(days()) == date(2023, 10, 31)

    def test_needs_a_day(self) -> None:
        with pytest.raises(SplitError, match="no case states its day"):
            last_part(np.array(["NaT"], dtype="datetime64[D]"))
