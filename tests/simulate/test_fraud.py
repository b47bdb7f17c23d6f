"""Each kind of fraud leaves its trace, and honest firms none."""

from datetime import date
from itertools import pairwise

import numpy as np

from xiaowei.simulate.county import simulate_county
from xiaowei.simulate.fraud import KINDS, RING
from xiaowei.simulate.history import County

NULL_SEEDS = (1, 2)


class TestFrauds:
    def test_are_as_many_as_asked_and_of_every_kind(self, county: County) -> None:
        frauds = county.world.frauds
        assert (frauds.kind >= 0).sum() == 18
        assert all(frauds.of_kind(kind) for kind in KINDS)

    def test_leave_honest_firms_without_a_trace(self, county: County) -> None:
        frauds, tickets = county.world.frauds, county.tickets
        honest = frauds.kind < 0
        staged = tickets.where(tickets.staged)
        assert staged.count > 1000
        assert (frauds.intensity[honest] == 0).all()
        for end in (staged.seller, staged.buyer):
            assert (frauds.kind[end[end >= 0]] >= 0).all()

    def test_begin_after_a_baseline_of_honest_months(self, county: County) -> None:
        tickets, frauds = county.tickets, county.world.frauds
        staged = tickets.where(tickets.staged)
        firm = np.where(staged.seller >= 0, staged.seller, staged.buyer)
        month = county.world.days.month[staged.day]
        assert (month >= frauds.since[firm]).all()
        assert frauds.since[frauds.kind >= 0].min() >= county.first_month + 14

    def test_are_absent_from_a_null_county(self) -> None:
        for seed in NULL_SEEDS:
            county = simulate_county(
                seed=seed, firms=60, months=12, until=date(2025, 6, 30), fraud_share=0
            )
            assert (county.world.frauds.kind < 0).all()
            assert not county.tickets.staged.any()
            assert (county.world.frauds.declared(16) == 1).all()

    def test_are_invented_sales_where_there_are_too_few_for_a_ring(self) -> None:
        county = simulate_county(
            seed=1, firms=60, months=12, until=date(2025, 6, 30), fraud_share=0.1
        )
        assert county.world.frauds.rings == ()
        assert county.world.frauds.of_kind("circular") == []
        assert county.world.frauds.of_kind("fake_sales")


class TestInventedSales:
    def test_are_covered_by_invented_purchases(self, county: County) -> None:
        staged = county.tickets.where(county.tickets.staged)
        for firm in county.world.frauds.of_kind("fake_sales"):
            sold = staged.net[staged.seller == firm].sum()
            bought = staged.net[staged.buyer == firm].sum()
            assert 0.9 < bought / sold < 1


class TestRing:
    def test_has_at_least_three_firms_that_close_a_circle(self, county: County) -> None:
        staged = county.tickets.where(county.tickets.staged)
        legs = set(zip(staged.seller.tolist(), staged.buyer.tolist(), strict=True))
        assert county.world.frauds.rings
        for ring in county.world.frauds.rings:
            assert len(ring) >= RING
            assert set(zip(ring, (*ring[1:], ring[0]), strict=True)) <= legs

    def test_keeps_its_value_but_for_the_fees(self, county: County) -> None:
        tickets, frauds = county.tickets, county.world.frauds
        month = county.world.days.month[tickets.day]
        for ring in frauds.rings:
            of_month = tickets.staged & (month == frauds.since[ring[0]])
            values = [
                tickets.net[of_month & (tickets.seller == firm)].sum() for firm in ring
            ]
            shares = np.array(values[1:]) / np.array(values[:-1])
            assert (shares > 0.9).all()
            assert (shares < 0.98).all()

    def test_passes_it_on_in_the_order_of_time(self, county: County) -> None:
        tickets, frauds = county.tickets, county.world.frauds
        month = county.world.days.month[tickets.day]
        for ring in frauds.rings:
            of_month = tickets.staged & (month == frauds.since[ring[0]])
            days = [tickets.day[of_month & (tickets.seller == firm)] for firm in ring]
            assert all(earlier.max() < later.min() for earlier, later in pairwise(days))


class TestVoidAfterIssue:
    def test_lifts_the_share_of_voids_at_the_end_of_months(
        self, county: County
    ) -> None:
        tickets, days = county.tickets, county.world.days
        late = days.left_in_month[tickets.day] < 6
        for firm in county.world.frauds.of_kind("void_after_issue"):
            since = days.month[tickets.day] >= county.world.frauds.since[firm]
            sold = (tickets.seller == firm) & late & (tickets.net > 0)
            after = tickets.voided[sold & since].mean()
            before = tickets.voided[sold & ~since].mean()
            assert after > before + 0.15

    def test_takes_the_rest_back_in_the_next_month(self, county: County) -> None:
        tickets, frauds = county.tickets, county.world.frauds
        month = county.world.days.month[tickets.day]
        for firm in frauds.of_kind("void_after_issue"):
            own = tickets.staged & ~tickets.voided & (tickets.seller == firm)
            last = month[own].max() if own.any() else 0
            issued = tickets.net[own & (tickets.net > 0) & (month < last)].sum()
            taken = -tickets.net[own & (tickets.net < 0)].sum()
            assert taken >= issued
