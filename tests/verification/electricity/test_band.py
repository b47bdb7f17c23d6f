"""Sales of one enterprise and the band that its electricity allows."""

from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from tests.verification.cases import case
from tests.verification.electricity.plants import AS_OF, Floats, facts, plants

from xiaowei.verification.electricity.band import COVERS, band_of, power_bands
from xiaowei.verification.finding import Case

FIRMS = 60
NAMES = [f"F{n:02}" for n in range(FIRMS)]


def told(sales: Floats, kwh: Floats) -> Case:
    return case(
        as_of=AS_OF,
        industries=dict.fromkeys(NAMES, "C13"),
        **facts(sales, kwh, names=NAMES),
    )


class TestBand:
    def test_holds_nine_in_ten_months_of_honest_firms(self) -> None:
        sales, kwh = plants(np.random.default_rng(1), FIRMS)
        looked_at = told(sales, kwh)

        outside = [m.outside for name in NAMES for m in band_of(looked_at, name)]

        assert len(outside) == FIRMS * 36
        assert np.mean(outside) == pytest.approx(1 - COVERS, abs=0.02)

    def test_shows_invented_sales_above_it(self) -> None:
        sales, kwh = plants(np.random.default_rng(2), FIRMS, sales_sd=0.3)
        sales[0, -12:] *= 6

        months = band_of(told(sales, kwh), NAMES[0])

        assert [month.judged for month in months] == [False] * 24 + [True] * 12
        assert sum(month.outside for month in months if month.judged) >= 10
        assert sum(month.outside for month in months if not month.judged) <= 6
        assert months[-1].first == date(2020, 2, 1)
        assert months[-1].sales_fen == pytest.approx(sales[0, -1], rel=1e-6)

    def test_is_drawn_of_whom_is_asked_for_over_two_years(self) -> None:
        sales, kwh = plants(np.random.default_rng(2), FIRMS)
        kwh[1] = np.nan
        looked_at = told(sales, kwh)
        asked = replace(looked_at, whom=frozenset(NAMES[:2]))

        drawn = power_bands(asked)

        assert drawn == {NAMES[0]: band_of(looked_at, NAMES[0])[-24:]}
        assert set(power_bands(looked_at)) == {NAMES[0], *NAMES[2:]}

    def test_follows_electricity(self) -> None:
        sales, kwh = plants(np.random.default_rng(3), FIRMS, elasticity=1.0)
        sales[0], kwh[0] = np.median(sales[0]), np.median(kwh[0])
        kwh[0, -6:] *= 3

        months = band_of(told(sales, kwh), NAMES[0])

        expected = [month.expected_fen or 0 for month in months]
        assert np.mean(expected[-4:]) > 1.8 * np.mean(expected[-10:-6])

    def test_has_none_for_a_month_not_read(self) -> None:
        sales, kwh = plants(np.random.default_rng(4), FIRMS)
        kwh[0, 20] = np.nan

        month = band_of(told(sales, kwh), NAMES[0])[20]

        assert (month.kwh, month.expected_fen, month.low_fen) == (None, None, None)
        assert not month.outside

    def test_is_none_where_nothing_is_judged(self) -> None:
        sales, kwh = plants(np.random.default_rng(5), FIRMS)
        looked_at = told(sales, kwh)

        assert band_of(looked_at, "nobody") == ()
        assert band_of(case(as_of=AS_OF), "F00") == ()
