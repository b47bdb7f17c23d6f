"""Orders, production and stocks: nothing is shipped that was not made."""

import numpy as np

from xiaowei.simulate.history import County


class TestMarket:
    def test_ships_no_more_than_was_made_and_in_stock(self, county: County) -> None:
        life, firms = county.life, county.world.firms
        stock = firms.of_trade("stock_days") * firms.scale
        left = stock + np.cumsum(life.produced - life.shipped, axis=0)
        assert (left > -1).all()
        assert (life.market.stock > -1).all()

    def test_makes_no_more_than_its_capacity(self, county: County) -> None:
        life = county.life
        assert (life.produced <= life.market.capacity * life.market.work + 1).all()
        assert (life.produced >= 0).all()

    def test_lets_orders_drive_production(self, county: County) -> None:
        life, first = county.life, county.world.first_day
        alive = life.active[first:].all(axis=0)
        ordered, made = (
            table[first:, alive].sum(axis=0) for table in (life.ordered, life.produced)
        )
        assert np.corrcoef(np.log(ordered), np.log(made))[0, 1] > 0.95
        assert 0.9 < np.median(made / ordered) < 1.02

    def test_comes_near_the_planned_sales(self, county: County) -> None:
        first = county.world.first_day
        alive = county.life.active[first:].all(axis=0)
        shipped = county.life.shipped[first:].mean(axis=0)
        assert 0.85 < np.median((shipped / county.world.firms.scale)[alive]) < 1.1
