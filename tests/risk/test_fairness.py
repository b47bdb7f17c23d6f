"""Groups are told apart where they differ, and left in peace where chance differs."""

import numpy as np
import pandas as pd
import pytest

from xiaowei.risk.fairness import (
    UNKNOWN,
    Fairness,
    FairnessError,
    Judged,
    fairness_of,
    groups_of,
)
from xiaowei.risk.frames import columns_of
from xiaowei.risk.measures import auc
from xiaowei.risk.mending import frontier


def drawn(
    seed: int, *, firms: int = 3_000, harder: float = 0.0, told_too_safe: float = 0.0
) -> Judged:
    """Firms of three regions; the north may be riskier, or called too safe."""
    rng = np.random.default_rng(seed)
    names = rng.choice(["north", "south", "east"], firms, p=[0.3, 0.5, 0.2])
    north = names == "north"
    odds = -1.5 + rng.normal(size=firms) + harder * north
    bad = (rng.random(firms) < 1 / (1 + np.exp(-odds))).astype(np.int64)
    pd_ = 1 / (1 + np.exp(-(odds - told_too_safe * north)))
    return Judged(pd_, bad, names.astype(str))


def told(judged: Judged, *, seed: int = 1, draws: int = 200) -> Fairness:
    return fairness_of(
        judged,
        column="region",
        cut_off=0.25,
        generator=np.random.default_rng(seed),
        draws=draws,
    )


def differing(found: Fairness) -> set[tuple[str, str]]:
    return {
        (group.name, gap.measure)
        for group in found.groups
        for gap in group.gaps
        if gap.differs
    }


class TestFairnessOf:
    def test_leaves_groups_in_peace_that_are_alike(self) -> None:
        false = [bool(differing(told(drawn(seed)))) for seed in range(20)]

        # 20 tables at 5% each: 1, and more than 4 are had once in 400.
        assert sum(false) <= 4

    def test_finds_a_group_whose_risk_is_called_too_low(self) -> None:
        found = told(drawn(0, told_too_safe=0.8))
        north = next(one for one in found.groups if one.name == "north")

        assert ("north", "calibration") in differing(found)
        assert not north.level_holds
        assert north.mean_pd < north.bad_rate.low

    def test_finds_a_group_that_is_approved_less_though_rightly_priced(self) -> None:
        found = told(drawn(0, harder=1.0))
        north = next(one for one in found.groups if one.name == "north")

        assert ("north", "approval") in differing(found)
        assert ("north", "calibration") not in differing(found)
        assert north.level_holds

    def test_agrees_with_what_is_measured_directly(self) -> None:
        judged = drawn(2)
        found = told(judged)
        south = next(one for one in found.groups if one.name == "south")
        mine = judged.names == "south"
        gap = next(one for one in south.gaps if one.measure == "auc")

        assert gap.value == pytest.approx(
            auc(judged.pd[mine], judged.bad[mine])
            - auc(judged.pd[~mine], judged.bad[~mine])
        )
        assert gap.value is not None
        assert gap.low is not None
        assert gap.high is not None
        assert gap.low < gap.value < gap.high
        assert south.approval.value == pytest.approx((judged.pd[mine] <= 0.25).mean())
        assert south.miss is not None
        bads = mine & (judged.bad == 1)
        assert south.miss.value == pytest.approx((judged.pd[bads] <= 0.25).mean())

    def test_names_small_groups_and_does_not_judge_them(self) -> None:
        judged = drawn(0)
        judged.names[:40] = "west"
        found = told(judged)
        west = next(one for one in found.groups if one.name == "west")

        assert (west.firms, west.judged, west.gaps) == (40, False, ())

    def test_corrects_for_how_many_are_looked_at(self) -> None:
        gaps = [gap for group in told(drawn(3)).groups for gap in group.gaps]

        assert all(
            one.corrected >= one.p_value
            for one in gaps
            if one.corrected is not None and one.p_value is not None
        )
        assert all(one.corrected is not None for one in gaps)

    def test_draws_the_same_again_and_is_plain(self) -> None:
        one, other = (told(drawn(0), draws=50).as_plain() for _ in range(2))

        assert one == other
        assert one["groups"][0]["gaps"][0]["differs"] in {True, False}

    @pytest.mark.parametrize(
        ("cut_off", "least", "fault"),
        [(0.0, 100, "a cut-off of 0"), (0.2, 5_000, r"has 0 group\(s\) of 5000")],
    )
    def test_names_what_cannot_be_compared(
        self, cut_off: float, least: int, fault: str
    ) -> None:
        with pytest.raises(FairnessError, match=fault):
            fairness_of(
                drawn(0),
                column="region",
                cut_off=cut_off,
                generator=np.random.default_rng(0),
                least=least,
            )


class TestGroupsOf:
    def test_hold_those_whose_group_is_not_stated(self) -> None:
        table = pd.DataFrame({"region": ["a", None, "b"], "age": [1.0, np.nan, 2.5]})
        region, age = columns_of(table)

        assert groups_of(region).tolist() == ["a", UNKNOWN, "b"]
        assert groups_of(age).tolist() == ["1", UNKNOWN, "2.5"]

    def test_are_quarters_of_numbers(self) -> None:
        (size,) = columns_of(pd.DataFrame({"size": [*range(100), np.nan]}))
        names, count = np.unique(groups_of(size), return_counts=True)

        assert len(names) == 5
        assert sorted(count.tolist()) == [1, 25, 25, 25, 25]


class TestFrontier:
    def test_closes_the_gap_at_a_cost_with_as_many_approved(self) -> None:
        judged = drawn(0, harder=1.5)
        steps = frontier(
            judged,
            cut_off=0.25,
            groups=["north", "south", "east"],
            generator=np.random.default_rng(0),
            draws=200,
        )
        gaps = [one.gap for one in steps]

        assert gaps == sorted(gaps, reverse=True)
        assert gaps[0] > 0.2
        assert gaps[-1] == pytest.approx(0, abs=1e-9)
        assert steps[0].cost.value == steps[0].cost.high == 0
        assert steps[-1].cost.low > 0
        assert {round(one.approval, 9) for one in steps} == {
            round(steps[0].approval, 9)
        }
        approved = judged.pd <= 0.25
        assert steps[0].bad_rate.value == pytest.approx(judged.bad[approved].mean())

    def test_shares_what_room_there_is_among_firms_of_one_pd(self) -> None:
        names = np.array(["a"] * 4 + ["b"] * 4)
        judged = Judged(
            np.array([0.1] * 4 + [0.1, 0.1, 0.5, 0.5]),
            np.array([0, 0, 1, 1, 0, 0, 0, 1]),
            names,
        )
        last = frontier(
            judged,
            cut_off=0.2,
            groups=["a", "b"],
            generator=np.random.default_rng(0),
            draws=20,
        )[-1]

        # Three of four in each: three quarters of each a, half of the b at 0.5.
        assert last.bad_rate.value == pytest.approx((0.75 * 2 + 0.5) / 6)
        assert last.cut_offs == {"a": 0.1, "b": 0.5}
