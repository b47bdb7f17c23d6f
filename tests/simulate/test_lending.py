"""The bank's old rule: it selects, errs, and approves a few at random to learn."""

from datetime import date

import numpy as np
import pytest

from xiaowei.simulate.arrays import Ints, whole
from xiaowei.simulate.cash import Treasury
from xiaowei.simulate.county import Knobs, simulate_county
from xiaowei.simulate.debts import OURS
from xiaowei.simulate.history import County
from xiaowei.simulate.lending import (
    OUTCOMES,
    Applications,
    Terms,
    stays,
)

UNTIL = date(2025, 6, 30)


def _applied(county: County) -> Applications:
    parts = county.life.bank.applied
    return Applications(
        *(
            np.concatenate([getattr(part, name) for part in parts])
            for name in Applications.__dataclass_fields__
        )
    )


def _small(knobs: Knobs) -> County:
    return simulate_county(
        seed=4, firms=250, months=24, until=UNTIL, fraud_share=0.0, knobs=knobs
    )


@pytest.fixture(scope="module")
def crowd() -> County:
    return simulate_county(seed=8, firms=1000, months=36, until=UNTIL, fraud_share=0.0)


class TestApplications:
    def test_end_in_every_way(self, crowd: County) -> None:
        outcome = np.bincount(_applied(crowd).outcome, minlength=len(OUTCOMES))
        assert outcome.sum() > 800
        assert (outcome[:2] > 150).all()
        assert outcome[2] > 10

    def test_come_from_those_short_of_cash(self, crowd: County) -> None:
        made, treasury = _applied(crowd), crowd.life.treasury
        days, firms = crowd.world.days, crowd.world.firms
        late = made.day > crowd.world.first_day + 120
        month = days.month[made.day[late]] - 1
        asked = treasury.closing[month, made.firm[late]] / firms.scale[made.firm[late]]
        usual = treasury.closing[crowd.first_month + 4 :] / firms.scale
        assert np.median(asked) < np.median(usual)

    def test_are_approved_by_quality_with_errors(self, crowd: County) -> None:
        made, quality = _applied(crowd), crowd.world.firms.quality
        declined = made.outcome == OUTCOMES.index("declined")
        gap = quality[made.firm[~declined]].mean() - quality[made.firm[declined]].mean()
        assert 0.3 < gap < 2
        assert (quality[made.firm[declined]] > 0).any()

    def test_are_approved_at_random_in_two_of_a_hundred(self, crowd: County) -> None:
        made = _applied(crowd)
        share = made.at_random.mean()
        assert 0.008 < share < 0.035
        assert (made.outcome[made.at_random] != OUTCOMES.index("declined")).all()

    def test_have_a_rate_unless_declined(self, crowd: County) -> None:
        made = _applied(crowd)
        declined = made.outcome == OUTCOMES.index("declined")
        assert (np.isnan(made.rate) == declined).all()
        assert (made.rate[~declined] >= crowd.world.climate.base_rate.min()).all()


class TestStays:
    def test_lose_more_borrowers_at_higher_rates(self) -> None:
        share = stays(np.linspace(0.04, 0.15, 12))
        assert share[0] == 1
        assert (np.diff(share) < 0).all()

    def test_agree_with_the_churn_that_was_measured(self) -> None:
        """At 8.25% 54 to 57% of the three grades leave in the public table."""
        assert 0.5 < 1 - float(stays(np.array([0.0825]))[0]) < 0.62


class TestKnobs:
    def test_of_moral_hazard_takes_money_out(self) -> None:
        drawn = [
            _small(Knobs(Terms(moral_hazard=hazard)))
            .life.treasury.ledger("drawn")
            .sum()
            for hazard in (0.0, 0.9)
        ]
        assert drawn[1] > drawn[0]

    def test_of_rates_charges_each_loan_for_its_own_rate_above_the_base(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        knob = 5.0
        charged: list[Ints] = []
        borrow = Treasury.borrow

        def watched(
            self: Treasury, amount: Ints, *, taken_out: float, cost: Ints
        ) -> None:
            charged.append(cost.copy())
            borrow(self, amount, taken_out=taken_out, cost=cost)

        monkeypatch.setattr(Treasury, "borrow", watched)
        county = _small(Knobs(Terms(rate_feedback=knob)))
        days, base = county.world.days, county.world.climate.base_rate
        expected = np.zeros((days.count, county.world.firms.count))
        parts = [part for part in county.life.treasury.debts.drawn if len(part.firm)]
        shares = set()
        for part in parts:
            ours = (part.lender == OURS) & (part.drawn >= county.world.first_day)
            firm, day = part.firm[ours], part.drawn[ours]
            above = part.rate[ours] - base[day]
            expected[day, firm] = knob * above * part.principal[ours]
            shares |= set(above.round(4).tolist())
        # Each day loans of the counter are borrowed first, then those of plots.
        total = np.array(charged[0::2])
        assert (total == whole(expected[county.world.first_day :])).all()
        assert (expected > 0).sum() > 50
        assert max(shares) > 3 * min(shares) > 0


class TestCourses:
    def test_invite_by_lot_and_are_joined_by_the_good(self, crowd: County) -> None:
        courses, quality = crowd.world.courses, crowd.world.firms.quality
        _, invited = np.nonzero(courses.invited)
        _, came = np.nonzero(courses.came)
        assert abs(quality[invited].mean() - quality.mean()) < 0.05
        assert quality[came].mean() > quality.mean() + 0.3

    def test_do_nothing_unless_asked_to(self) -> None:
        none, some = (_small(Knobs(training_effect=effect)) for effect in (0.0, 0.5))
        came = none.world.courses.came.any(axis=0)
        assert (came == some.world.courses.came.any(axis=0)).all()
        half = none.life.ordered.shape[0] // 2
        growth = [
            county.life.ordered[half:, came].sum() / county.life.ordered[half:].sum()
            for county in (none, some)
        ]
        assert growth[1] > 1.03 * growth[0]


class TestClimate:
    def test_brings_an_epidemic_in_its_months(self) -> None:
        county = simulate_county(
            seed=1, firms=60, months=30, until=date(2020, 12, 31), fraud_share=0
        )
        climate, days = county.world.climate, county.world.days
        march = [days.date_of(day) == date(2020, 3, 15) for day in range(days.count)]
        january = [days.date_of(day) == date(2020, 1, 15) for day in range(days.count)]
        assert climate.common[march] < climate.common[january] - 0.1
        assert climate.base_rate[january] == 0.0425

    def test_is_the_same_in_every_part_of_a_county(self) -> None:
        first, second = (
            simulate_county(
                seed=6, firms=firms, months=12, until=UNTIL, fraud_share=0
            ).world.climate
            for firms in (20, 30)
        )
        assert (first.common == second.common).all()
        assert (first.trades == second.trades).all()
