"""The formula of 电E贷."""

import numpy as np
import pytest

from xiaowei.verification.electricity.diandai import diandai, outrun


class TestDiandai:
    @pytest.mark.parametrize(
        ("kwh", "capacity"), [(999, 10), (1_000, 20), (25_400, 260)]
    )
    def test_steps_its_capacity_by_a_thousand_kwh(
        self, kwh: float, capacity: float
    ) -> None:
        assert diandai(np.full((1, 24), float(kwh))).capacity[0] == capacity

    def test_says_nothing_of_months_not_read(self) -> None:
        kwh = np.full((1, 24), 500.0)
        kwh[0, 15] = np.nan

        told = diandai(kwh)

        assert np.isnan([told.capacity[0], told.utilisation[0], told.growth[0]]).all()

    def test_knows_no_growth_in_less_than_two_years(self) -> None:
        assert np.isnan(diandai(np.full((1, 23), 500.0)).growth[0])
        assert np.isnan(diandai(np.full((1, 11), 500.0)).capacity[0])


class TestOutrun:
    def test_is_how_much_more_sales_grew(self) -> None:
        sales = np.array([[100.0] * 12 + [300.0] * 12])
        kwh = np.array([[10.0] * 12 + [15.0] * 12])

        assert outrun(sales, kwh)[0] == pytest.approx(np.log(2))
