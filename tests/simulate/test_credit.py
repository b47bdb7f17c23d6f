"""The bank's records beside what truly happened."""

import numpy as np

from xiaowei.simulate.history import County


class TestCreditRecords:
    def test_cover_part_of_the_firms(self, county: County) -> None:
        assert 120 <= len(set(county.credit.firm.tolist())) <= 150

    def test_hold_defaults_within_bounds(self, county: County) -> None:
        credit = county.credit
        bad = credit.defaulted.sum() / len(set(credit.firm.tolist()))
        assert 0.10 <= bad <= 0.25

    def test_are_written_after_the_default_and_before_the_last_day(
        self, county: County
    ) -> None:
        credit, world = county.credit, county.world
        defaulted_on = county.life.treasury.defaulted_on[credit.firm]
        bad = credit.defaulted
        assert (credit.recorded_on[bad] > defaulted_on[bad]).all()
        assert (credit.recorded_on[~bad] < defaulted_on[~bad]).all()
        assert (credit.recorded_on >= world.first_day).all()
        assert (credit.recorded_on < world.days.count).all()

    def test_grade_follows_quality_but_is_not_the_default(self, county: County) -> None:
        credit, quality = county.credit, county.world.firms.quality
        before = county.world.loans.grade[credit.firm]
        related = np.corrcoef(before, quality[credit.firm])[0, 1]
        assert -0.95 < related < -0.5
        assert credit.defaulted[credit.grade < 3].any()
        assert not credit.defaulted[credit.grade == 3].all()

    def test_regrade_many_but_not_all_of_the_defaulted(self, county: County) -> None:
        credit = county.credit
        share = (credit.grade[credit.defaulted] == 3).mean()
        assert 0.4 < share < 0.95

    def test_weak_firms_default_more(self, county: County) -> None:
        quality = county.world.firms.quality[county.credit.firm]
        bad = county.credit.defaulted
        assert quality[bad].mean() < quality[~bad].mean() - 0.5
