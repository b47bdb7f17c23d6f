"""What is counted in chunks is what is measured at once, and intervals hold."""

import numpy as np
import pandas as pd
import pytest
from scipy.stats import norm
from tests.risk.test_estimators import firms

from xiaowei.risk.drift import expected_auc, psi_interval, psi_of
from xiaowei.risk.frames import columns_of
from xiaowei.risk.measures import auc
from xiaowei.risk.monitoring import moved_of
from xiaowei.risk.pd_grid import PdGrid
from xiaowei.risk.profile import Profile, plain_profile, profile_of, profile_plain


def profiles(table: pd.DataFrame) -> dict[str, Profile]:
    return {column.name: profile_of(column) for column in columns_of(table)}


class TestProfile:
    def test_counts_the_same_whatever_the_chunks(self) -> None:
        then, now = profiles(firms(0)[0]), firms(1)[0]
        whole = {c.name: then[c.name].counted(c) for c in columns_of(now)}
        pieces = {name: np.zeros_like(count) for name, count in whole.items()}
        for start in range(0, len(now), 300):
            for column in columns_of(now.iloc[start : start + 300]):
                pieces[column.name] += then[column.name].counted(column)

        for name, count in whole.items():
            assert count.tolist() == pieces[name].tolist()
            assert count.sum() == len(now)
            assert len(count) == len(then[name].parts)

    def test_is_the_same_as_plain_values(self) -> None:
        for one in profiles(firms(0)[0]).values():
            assert plain_profile(profile_plain(one)) == one

    def test_gives_rare_categories_one_part_and_new_ones_another(self) -> None:
        labels = [f"T{at:03d}" for at in range(40) for _ in range(50 - at)]
        (column,) = columns_of(pd.DataFrame({"trade": labels}))
        one = profile_of(column)
        (now,) = columns_of(pd.DataFrame({"trade": ["T000", "T039", "Z", None, "Z"]}))

        assert len(one.parts) == 33
        assert one.counted(now)[-3:].tolist() == [1, 1, 2]
        assert one.new_of(now) == {"Z": 2}

    def test_takes_numbers_where_a_category_is_due(self) -> None:
        one = profile_of(columns_of(pd.DataFrame({"grade": ["1", "2"]}))[0])
        (empty,) = columns_of(pd.DataFrame({"grade": [np.nan, np.nan]}))

        assert one.counted(empty).tolist() == [0, 0, 0, 2, 0]


class TestPdGrid:
    def test_measures_what_is_measured_at_once(self) -> None:
        rng = np.random.default_rng(0)
        pds = rng.beta(1, 8, 20_000)
        bad = (rng.random(20_000) < pds).astype(np.int64)
        grid = PdGrid()
        for start in range(0, 20_000, 3_000):
            grid.add(pds[start : start + 3_000], bad[start : start + 3_000])
        found = grid.ripe()

        assert found is not None
        assert found.auc is not None
        assert found.auc.value == pytest.approx(auc(pds, bad), abs=2e-5)
        assert grid.expected_auc() == pytest.approx(expected_auc(pds), abs=2e-5)
        assert found.mean_pd == pytest.approx(pds.mean())
        assert found.bad_rate.value == pytest.approx(bad.mean())
        assert found.auc.low < found.auc.value < found.auc.high
        assert sum(one.firms for one in found.tenths) == 20_000
        assert len(found.tenths) == 10

    def test_is_about_right_as_often_as_it_says(self) -> None:
        held, sure = 0, 0
        for seed in range(200):
            rng = np.random.default_rng(seed)
            pds = rng.beta(1, 8, 2_000)
            grid = PdGrid()
            grid.add(pds, (rng.random(2_000) < pds).astype(np.int64))
            found = grid.ripe()
            assert found is not None
            held += found.level_holds
            sure += found.p_value < 0.05

        # 200 at 5%: 10, and 3 to 20 in all but one of a thousand tables of tests.
        assert held >= 180
        assert 1 <= sure <= 22

    def test_finds_pds_that_are_too_low(self) -> None:
        rng = np.random.default_rng(0)
        pds = rng.beta(1, 8, 5_000)
        grid = PdGrid()
        grid.add(pds, (rng.random(5_000) < 1.4 * pds).astype(np.int64))
        found = grid.ripe()

        assert found is not None
        assert not found.level_holds
        assert found.ratio.low > 1.2
        assert found.p_value < 0.001

    def test_is_nothing_of_no_firm(self) -> None:
        assert PdGrid().ripe() is None
        assert np.isnan(PdGrid().mean_pd)


class TestPsiInterval:
    @pytest.mark.parametrize("shift", [0.0, 0.15, 0.6])
    def test_holds_the_true_psi_about_as_often_as_it_says(self, shift: float) -> None:
        rng = np.random.default_rng(7)
        cuts = norm.ppf(np.linspace(0.1, 0.9, 9))
        one, two = (
            np.diff([0.0, *norm.cdf(cuts - mean), 1.0]) for mean in (0.0, shift)
        )
        truth = float(((two - one) * np.log(two / one)).sum())
        held = 0
        for _ in range(300):
            first, second = rng.multinomial(1_500, one), rng.multinomial(800, two)
            psi, _, _ = psi_of(first, second)
            low, high = psi_interval(psi, free=9, scale=1 / 1_500 + 1 / 800)
            held += low <= truth <= high

        # 95%, less four standard deviations of 300 draws; far off the law is rougher.
        assert held / 300 > 0.90

    def test_goes_on_where_its_normal_limit_begins(self) -> None:
        near = psi_interval(0.999, free=9, scale=0.001)
        far = psi_interval(1.001, free=9, scale=0.001)

        assert far == pytest.approx(near, rel=0.01)


class TestMovedOf:
    def test_names_what_moved_and_what_is_new(self) -> None:
        then, now = firms(0)[0], firms(1)[0]
        now.loc[:799, "days_late"] = np.nan
        now.loc[:199, "trade"] = "Z99"
        found = {}
        for column in columns_of(now):
            one = profiles(then)[column.name]
            seen = one.with_counts(one.counted(column))
            found[column.name] = moved_of(one, seen, new=one.new_of(column))

        late, trade = found["days_late"], found["trade"]
        assert late.missing_now > 0.4
        assert late.missing_more.low > 0.25
        assert late.moved
        assert trade.new == (("Z99", 200),)
        assert trade.new_share == pytest.approx(0.1)
        assert not found["same"].stirred
        assert sum(then for _, then, _ in trade.parts) == pytest.approx(1)
