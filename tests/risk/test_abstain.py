"""What is not referred is told wrongly no more often than stated."""

import numpy as np
import pytest
from numpy.typing import NDArray

from xiaowei.risk.abstain import Abstention, AbstentionError, abstention


def world(seed: int, firms: int = 600) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    rng = np.random.default_rng(seed)
    odds = rng.normal(-1, 2, firms)
    pd = 1 / (1 + np.exp(-odds))
    return pd, (rng.random(firms) < pd).astype(np.int64)


class TestAbstention:
    @pytest.mark.parametrize("error", [0.05, 0.2])
    def test_errs_as_often_as_stated_in_the_mean_of_worlds(self, error: float) -> None:
        wrong = []
        for seed in range(200):
            told = abstention(*world(seed), error=error).told(world(seed + 1_000)[0])
            bad = world(seed + 1_000)[1] == 1
            wrong.append([(told == "bad")[~bad].mean(), (told == "good")[bad].mean()])
        mean = np.mean(wrong, axis=0)

        assert (mean <= error + 0.01).all()
        assert (mean >= error / 2).any()

    def test_refers_fewer_as_more_error_is_allowed(self) -> None:
        pd, bad = world(0)
        shares = [
            (abstention(pd, bad, error=error).told(pd) == "refer").mean()
            for error in (0.02, 0.05, 0.1)
        ]

        assert shares == sorted(shares, reverse=True)

    def test_refers_whom_neither_outcome_fits(self) -> None:
        told = Abstention(0.3, good_up_to=0.2, bad_from=0.6).told(
            np.array([0.1, 0.4, 0.7])
        )

        assert told.tolist() == ["good", "refer", "bad"]

    @pytest.mark.parametrize("error", [0.0, 1.0, 0.001])
    def test_is_refused_where_it_cannot_be_kept(self, error: float) -> None:
        with pytest.raises(AbstentionError):
            abstention(*world(0), error=error)
