"""How sales follow electricity."""

import math

import numpy as np
import pytest
from tests.verification.electricity.plants import Floats, plants, wander

from xiaowei.verification.electricity.elasticity import (
    elasticities,
    lagged,
    logs,
    own_movement,
)


def moved(sales: Floats, power: Floats) -> tuple[Floats, Floats]:
    groups = ["C"] * len(sales)
    return own_movement(logs(sales), groups), own_movement(logs(power), groups)


class TestElasticities:
    @pytest.mark.parametrize("planted", [0.4, 0.8, 1.2])
    def test_recovers_what_was_planted(self, planted: float) -> None:
        sales, power = moved(*plants(np.random.default_rng(1), 300, elasticity=planted))

        told = elasticities(sales, power, sections=["C"] * 300, divisions=["C13"] * 300)

        assert told.trade[0] == pytest.approx(planted, abs=3 * told.trade_sd[0])
        assert told.trade_sd[0] < 0.05
        assert told.residual_sd.mean() == pytest.approx(0.5, rel=0.07)
        assert told.remembered == pytest.approx(0.3, abs=0.05)
        assert told.tells.all()

    def test_draws_each_firm_to_its_trade_and_is_nearer_the_truth(self) -> None:
        rng = np.random.default_rng(2)
        trades = np.repeat(["C13", "C17", "C29"], 60)
        usual = np.repeat([0.3, 0.8, 1.3], 60)
        true = usual + rng.normal(0, 0.15, 180)
        sales, power = moved(*plants(rng, 180, elasticity=true, sales_sd=0.8))

        told = elasticities(
            sales, power, sections=["C"] * 180, divisions=trades.tolist()
        )
        alone = np.array(
            [np.polyfit(x, y, 1)[0] for x, y in zip(power, sales, strict=True)]
        )

        assert ((told.slope - true) ** 2).mean() < 0.5 * ((alone - true) ** 2).mean()
        for trade, middle in (("C13", 0.3), ("C17", 0.8), ("C29", 1.3)):
            found = told.trade[trades == trade][0]
            assert found == pytest.approx(middle, abs=0.12)

    def test_draws_a_firm_of_few_months_further(self) -> None:
        rng = np.random.default_rng(3)
        true = rng.normal(0.8, 0.3, 200)
        sales, power = moved(*plants(rng, 200, elasticity=true, sales_sd=0.8))
        sales[100:, :-8] = np.nan

        told = elasticities(sales, power, sections=["C"] * 200, divisions=["C13"] * 200)

        far = np.abs(told.slope - told.trade)
        assert far[100:].mean() < 0.7 * far[:100].mean()

    def test_gives_a_firm_without_months_the_slope_of_its_trade(self) -> None:
        sales, power = moved(*plants(np.random.default_rng(4), 60))
        sales[0] = np.nan

        told = elasticities(sales, power, sections=["C"] * 60, divisions=["C13"] * 60)

        assert told.slope[0] == pytest.approx(told.trade[0])

    def test_tells_nothing_where_sales_do_not_follow(self) -> None:
        tells = []
        for seed in range(20):
            sales, power = moved(*plants(np.random.default_rng(seed), 60, elasticity=0))
            told = elasticities(
                sales, power, sections=["C"] * 60, divisions=["C13"] * 60
            )
            tells.append(told.tells[0])

        assert np.mean(tells) <= 0.2


class TestLagged:
    def test_finds_the_month_that_sales_follow(self) -> None:
        rng = np.random.default_rng(5)
        power = wander(rng, 200, sd=0.4)
        sales = np.full_like(power, np.nan)
        sales[:, 2:] = power[:, :-2] + rng.normal(0, 0.3, (200, 34))

        mixed = lagged(power, sales, ["C"] * 200)

        assert np.corrcoef(mixed[:, 2:].ravel(), power[:, :-2].ravel())[0, 1] > 0.98

    def test_keeps_a_month_not_read_missing(self) -> None:
        power = wander(np.random.default_rng(6), 50, sd=0.4)
        power[3, 10] = np.nan

        mixed = lagged(power, power.copy(), ["C"] * 50)

        assert np.isnan(mixed[3, 10])
        assert np.isnan(mixed).sum() == 1


class TestOwnMovement:
    def test_takes_off_what_the_whole_trade_does(self) -> None:
        rng = np.random.default_rng(7)
        own = wander(rng, 120, sd=0.3)
        festival = np.zeros(36)
        festival[[7, 19, 31]] = -2.0

        left = own_movement(own + festival, ["C"] * 120)

        assert np.abs(np.median(left[:, 7])) < 0.05
        assert left.std() == pytest.approx(own.std(), rel=0.1)

    def test_lets_trades_have_their_own_season(self) -> None:
        rng = np.random.default_rng(8)
        season = np.sin(np.arange(36) * np.pi / 6)
        values = np.concatenate(
            [
                season + wander(rng, 200, sd=0.1),
                -season + wander(rng, 200, sd=0.1),
            ]
        )

        left = own_movement(values, ["A"] * 200 + ["C"] * 200)

        assert np.nanstd(left) < 0.2


class TestLogs:
    def test_hold_a_month_without_any_for_a_twentieth_of_a_usual_one(self) -> None:
        told = logs(np.array([[100.0, 100.0, 200.0, 0.0, np.nan]]))

        assert told[0, :4] == pytest.approx([0.0, 0.0, math.log(2), math.log(0.05)])
        assert np.isnan(told[0, 4])
