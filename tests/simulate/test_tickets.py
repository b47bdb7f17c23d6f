"""Deals cut under a cap add up."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from xiaowei.simulate.tickets import cut

deals = st.lists(
    st.tuples(
        st.integers(1, 10**10),
        st.sampled_from([10**6, 10**7, 10**8]),
        st.floats(0.9, 1.0),
    ),
    min_size=1,
    max_size=20,
)


class TestCut:
    @given(deals)
    def test_adds_up_to_each_deal_and_stays_under_the_cap(
        self, drawn: list[tuple[int, int, float]]
    ) -> None:
        net = np.array([deal[0] for deal in drawn])
        cap = np.array([deal[1] for deal in drawn])

        place, amount = cut(net, cap=cap, fill=np.array([deal[2] for deal in drawn]))

        summed = np.zeros(len(drawn), dtype=np.int64)
        np.add.at(summed, place, amount)
        assert (summed == net).all()
        assert (amount >= 1).all()
        assert (amount <= cap[place]).all()

    def test_leaves_a_deal_under_the_cap_whole(self) -> None:
        place, amount = cut(np.array([5]), cap=np.array([10]), fill=np.array([0.95]))
        assert (place.tolist(), amount.tolist()) == ([0], [5])

    def test_makes_nothing_of_no_deals(self) -> None:
        none = np.zeros(0, dtype=np.int64)
        place, amount = cut(none, cap=none, fill=np.zeros(0))
        assert (len(place), len(amount)) == (0, 0)
