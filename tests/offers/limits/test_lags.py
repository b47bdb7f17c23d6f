"""The lag of money behind invoices is found where it was put."""

import numpy as np
import pytest

from xiaowei.offers.limits.lags import lag_days


def invoices(count: int = 36) -> np.ndarray:
    return np.random.default_rng(7).lognormal(10, 0.6, count)


@pytest.mark.parametrize("months", [0, 1, 2, 3])
def test_finds_a_lag_of_whole_months(months: int) -> None:
    issued = invoices()
    moved = np.concatenate([np.zeros(months), issued])[: len(issued)]

    assert lag_days(issued, moved) == pytest.approx(months * 365.25 / 12, abs=0.5)


def test_finds_the_mean_of_money_that_comes_in_parts() -> None:
    issued = invoices()
    later = np.concatenate([np.zeros(2), issued])[: len(issued)]

    assert lag_days(issued, 0.5 * issued + 0.5 * later) == pytest.approx(30.4, abs=1)


def test_knows_none_where_too_little_is_seen() -> None:
    assert lag_days(invoices(17), invoices(17)) is None
    assert lag_days(invoices(), np.zeros(36)) is None
    assert lag_days(invoices(), invoices(30)) is None
