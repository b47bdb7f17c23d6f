"""How far sales ran away from electricity."""

import numpy as np
import pytest
from tests.verification.electricity.plants import Floats, plants

from xiaowei.verification.chances import peer_tails
from xiaowei.verification.electricity.gaps import Gaps, gaps


def told_of(sales: Floats, power: Floats, trade: str = "C13") -> Gaps:
    return gaps(
        sales,
        power,
        sections=[trade[:1]] * len(sales),
        divisions=[trade] * len(sales),
    )


class TestGaps:
    def test_is_widest_for_sales_invented_and_names_their_months(self) -> None:
        sales, power = plants(np.random.default_rng(1), 200)
        sales[0, -12:] *= 4

        told = told_of(sales, power)

        assert np.argmax(told.oddness) == 0
        assert told.months[0] == 12
        assert told.grew[0] - told.due[0] == pytest.approx(np.log(4), abs=0.5)

    def test_minds_no_growth_that_electricity_shares(self) -> None:
        sales, power = plants(np.random.default_rng(2), 200, elasticity=1.0)
        sales[0, -12:] *= 3
        power[0, -12:] *= 3

        told = told_of(sales, power)

        assert told.oddness[0] < np.quantile(told.oddness, 0.95)

    def test_minds_no_electricity_that_outruns_sales(self) -> None:
        sales, power = plants(np.random.default_rng(3), 200)
        power[0, -12:] *= 4

        assert told_of(sales, power).oddness[0] < 0

    def test_is_less_sure_where_electricity_moved_far(self) -> None:
        """Sales at the level of before; electricity fell to a fifth of it."""
        sales, power = plants(np.random.default_rng(4), 200)
        sales[0, -12:] *= 4
        calm = told_of(sales, power).oddness[0]
        power[0, -12:] *= 5

        assert told_of(sales, power).oddness[0] < calm

    def test_says_nothing_of_a_firm_of_few_months(self) -> None:
        sales, power = plants(np.random.default_rng(5), 100)
        sales[0, :-10] = np.nan
        power[1, -12:] = np.nan

        told = told_of(sales, power)

        assert np.isnan(told.oddness[0])
        assert np.isnan(told.oddness[1])

    def test_says_nothing_where_nothing_is_known(self) -> None:
        nothing = np.full((3, 36), np.nan)

        assert np.isnan(told_of(nothing, nothing).oddness).all()

    def test_finds_honest_firms_odd_at_the_rate_stated_in_each_section(self) -> None:
        sections = [section for section in "ABCD" for _ in range(250)]
        spreads = {"A": 0.3, "B": 0.5, "C": 0.7, "D": 0.9}
        hits: dict[str, list[float]] = {section: [] for section in spreads}
        for seed in range(6):
            rng = np.random.default_rng(seed)
            parts = [plants(rng, 250, sales_sd=sd) for sd in spreads.values()]
            sales, power = (np.concatenate(part) for part in zip(*parts, strict=True))
            told = gaps(sales, power, sections=sections, divisions=sections)
            tails = peer_tails(told.oddness, sections)
            for section, rates in hits.items():
                ours = np.array(sections) == section
                rates.append(float((tails[ours] <= 0.05).mean()))

        rates = [float(np.mean(found)) for found in hits.values()]
        assert max(rates) <= 0.065
        assert max(rates) <= 2 * min(rates)
