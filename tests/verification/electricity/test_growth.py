"""Growth of sales beyond what electricity gives reason for."""

from dataclasses import replace

import numpy as np
import pytest
from tests.verification.electricity.plants import Floats, plants

from xiaowei.verification.electricity.elasticity import (
    Elasticities,
    elasticities,
    lagged,
    logs,
    own_movement,
)
from xiaowei.verification.electricity.growth import growth

WINDOW = 6


def moved(sales: Floats, power: Floats) -> tuple[Floats, Floats]:
    groups = ["C"] * len(sales)
    sold, used = (own_movement(logs(one), groups) for one in (sales, power))
    return sold, lagged(used, sold, groups)


def told_of(sold: Floats, used: Floats) -> Elasticities:
    same = ["C"] * len(sold)
    before = slice(None, -WINDOW)
    return elasticities(sold[:, before], used[:, before], sections=same, divisions=same)


def by_whole_covariance(
    sold: Floats, used: Floats, told: Elasticities, firm: int
) -> tuple[float, float]:
    """The same of one firm by the inverse of what all its months share, whole.

    Returns:
        growth, and how far it may be off where the spread is as before the window.
    """
    known = np.flatnonzero(~np.isnan(sold[firm]) & ~np.isnan(used[firm]))
    y, x = sold[firm, known], used[firm, known]
    apart = np.abs(known[:, None] - known[None, :])
    shared = told.residual_sd[firm] ** 2 * told.remembered**apart
    shared = shared + told.firm_sd[firm] ** 2 * np.outer(x, x)
    late = (known >= sold.shape[1] - WINDOW).astype(np.float64)
    parts = np.stack([np.ones_like(y), late], axis=1)
    square = parts.T @ np.linalg.solve(shared, parts)
    cross = parts.T @ np.linalg.solve(shared, y - told.trade[firm] * x)
    return float(np.linalg.solve(square, cross)[1]), float(
        np.sqrt(np.linalg.inv(square)[1, 1])
    )


class TestGrowth:
    def test_is_that_of_all_months_weighed_by_what_they_share(self) -> None:
        rng = np.random.default_rng(1)
        elasticity = rng.normal(0.8, 0.2, 200)
        sold, used = moved(*plants(rng, 200, elasticity=elasticity))
        sold[:, 7][::3] = np.nan
        used[:, -2][::5] = np.nan
        told = told_of(sold, used)
        assert told.firm_sd.min() > 0

        found = growth(sold, used, WINDOW, told=told)

        each = [by_whole_covariance(sold, used, told, firm) for firm in range(200)]
        beyond, sd = (np.array(one) for one in zip(*each, strict=True))
        assert found.beyond == pytest.approx(beyond, rel=1e-6, abs=1e-9)
        # The spread is told anew, of all months; on the whole it is as it was.
        assert np.median(found.sd / sd) == pytest.approx(1.0, abs=0.05)

    def test_is_seen_in_months_of_usual_power_where_others_stood_still(self) -> None:
        """Of six months the firm stood still in two, and none can say how much."""
        rng = np.random.default_rng(2)
        sales, power = plants(rng, 300)
        sales[0, -WINDOW:] *= 3
        calm = growth(*(both := moved(sales, power)), WINDOW, told=told_of(*both))
        sales[0, -2:] *= 0.02**0.8
        power[0, -2:] *= 0.02
        sold, used = moved(sales, power)

        found = growth(sold, used, WINDOW, told=told_of(sold, used))

        assert found.beyond[0] == pytest.approx(np.log(3), abs=0.6)
        assert found.beyond[0] / found.sd[0] > 0.75 * calm.beyond[0] / calm.sd[0]

    def test_is_less_sure_where_firms_of_a_trade_differ(self) -> None:
        sales, power = plants(np.random.default_rng(3), 100)
        power[0, -WINDOW:] *= 5
        sold, used = moved(sales, power)
        told = told_of(sold, used)
        alike = replace(told, firm_sd=np.zeros(100))
        apart = replace(told, firm_sd=np.full(100, 0.5))

        sure, unsure = (
            growth(sold, used, WINDOW, told=one).sd[0] for one in (alike, apart)
        )

        # Not without bound: its own months tell of its elasticity, too.
        assert unsure > 1.3 * sure

    def test_is_not_known_without_months_on_both_sides(self) -> None:
        sold, used = moved(*plants(np.random.default_rng(4), 50))
        sold[0, :-WINDOW] = np.nan
        used[1, -WINDOW:] = np.nan

        found = growth(sold, used, WINDOW, told=told_of(sold, used))

        assert np.isnan(found.beyond[:2]).all()
        assert np.isnan(found.sd[:2]).all()
        assert not np.isnan(found.beyond[2:]).any()
