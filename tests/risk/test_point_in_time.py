"""PDs through the cycle and of the year ahead."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import expit, ndtr, ndtri
from tests.risk.test_cycle import AHEAD, PD, RHO, rates, seen, states

from xiaowei.risk import measures
from xiaowei.risk.cycle import Cycle, Told, learn_cycle
from xiaowei.risk.point_in_time import (
    PointInTime,
    StatesError,
    in_states,
    point_in_time_of,
    tie,
)
from xiaowei.risk.sample import Floats, Ints

PDS = np.array([1e-9, 0.0004, 0.01, 0.04, 0.2, 0.7, 1.0])
SURE = Told(0.0, 0.0, 0.0)


def cycle(*nodes: float, rho: float = RHO, ahead: int = AHEAD) -> Cycle:
    return Cycle(
        periods=(),
        rho=rho,
        pd=Told(PD, PD, PD),
        tells=None,
        states=(),
        ahead=ahead,
        nodes=nodes,
    )


class TestInStates:
    def test_come_to_the_pd_through_the_cycle_over_all_states(self) -> None:
        """E[Phi((Phi^-1(p) + sqrt(rho) z) / sqrt(1 - rho))] is p for a normal z."""
        points, weights = np.polynomial.hermite_e.hermegauss(60)
        weights = weights / weights.sum()

        for rho in (0.01, 0.15, 0.4):
            one = [in_states(PDS[1:-1], np.full((1, 1), z), rho=rho) for z in points]
            assert np.allclose(weights @ np.array(one), PDS[1:-1], rtol=1e-6)

    def test_are_what_the_formula_says_by_hand(self) -> None:
        found = in_states(np.array([0.02]), np.array([[2.0]]), rho=0.1)

        by_hand = ndtr((ndtri(0.02) + np.sqrt(0.1) * 2) / np.sqrt(0.9))
        assert found[0] == pytest.approx(by_hand, rel=1e-9)

    @settings(max_examples=50, deadline=None)
    @given(
        st.floats(0.0001, 0.9),
        st.lists(st.floats(-3, 3), min_size=1, max_size=6),
        st.floats(0.001, 0.5),
        st.integers(0, 5),
    )
    def test_rise_with_the_pd_and_with_each_state(
        self, pd: float, path: list[float], rho: float, place: int
    ) -> None:
        worse = list(path)
        worse[place % len(path)] += 0.5
        found = [
            float(in_states(np.array([p]), np.array([z]), rho=rho)[0])
            for p, z in ((pd, path), (pd, worse), (pd * 1.1, path))
        ]

        assert 0 <= found[0] <= found[1] <= 1
        assert found[0] <= found[2]

    def test_leave_the_pd_where_firms_have_nothing_in_common(self) -> None:
        found = in_states(PDS[1:-1], np.full((1, 4), 2.0), rho=0.0)

        assert np.allclose(found, PDS[1:-1])


class TestPointInTime:
    def test_keeps_the_order_of_firms(self) -> None:
        told = PointInTime(cycle(-1.0, 0.0, 1.5), 0.3, 0.7)

        for pds in (told.through(PDS), told.ahead(PDS), *told.interval(PDS)):
            assert (np.diff(pds) >= 0).all()
            assert ((pds >= 0) & (pds <= 1)).all()

    def test_says_the_model_pd_in_a_calm_and_certain_world(self) -> None:
        told = PointInTime(cycle(0.0, rho=1e-12), 0.0, 1.0)

        assert np.allclose(told.ahead(PDS[1:-1]), PDS[1:-1], rtol=1e-5)

    def test_charges_for_what_is_not_known_of_the_year(self) -> None:
        pd = np.array([0.03])
        sure, unsure = cycle(0.0), cycle(-2.0, 0.0, 2.0)

        assert PointInTime(unsure, 0, 1).ahead(pd) > PointInTime(sure, 0, 1).ahead(pd)

    def test_widens_with_the_level_asked_for(self) -> None:
        told = PointInTime(cycle(*np.linspace(-2, 2, 41)), 0.0, 1.0)
        pd = np.array([0.03])

        (low, high), (lower, higher) = (
            told.interval(pd, level=level) for level in (0.5, 0.95)
        )

        assert lower[0] < low[0] < told.ahead(pd)[0] < high[0] < higher[0]

    def test_says_the_same_to_the_bit_when_read_back(self) -> None:
        rng = np.random.default_rng(1)
        learnt = learn_cycle(
            seen(states(8, last=0.5, rng=rng), rng, series=rng.normal(size=8)),
            ahead=AHEAD,
            series=0.3,
        )
        told = PointInTime(learnt, 0.1234567890123, 0.9876543210987)

        back = point_in_time_of(told.to_json())

        pds = rng.random(10_000)
        assert back == told
        assert back.ahead(pds).tobytes() == told.ahead(pds).tobytes()
        assert back.through(pds).tobytes() == told.through(pds).tobytes()

    @pytest.mark.parametrize("text", ["{", "[]", '{"schema": "other/1"}', "{}"])
    def test_refuses_what_it_did_not_write(self, text: str) -> None:
        with pytest.raises(StatesError):
            point_in_time_of(text)


class TestTie:
    def test_tells_the_firms_from_their_years(self) -> None:
        """A model learnt in good years says too little for bad ones."""
        rng = np.random.default_rng(8)
        score = rng.normal(-4.0, 1.0, 400_000)
        through = expit(score)
        good, bad_year = np.full(4, -1.2), np.full(4, 1.6)
        path = np.tile(good, (len(score), 1))
        bads = drawn(in_states(through, path, rho=RHO), rng)
        model = expit(np.log(bads.mean() / through.mean()) + score)

        told = tie(model, bads, path, cycle=cycle(1.6))

        worse = drawn(in_states(through, bad_year[None, :], rho=RHO), rng)
        assert told.through(model).mean() == pytest.approx(through.mean(), rel=0.05)
        assert measures.ece(told.ahead(model), worse) < 0.003
        assert measures.ece(model, worse) > 0.02

    @pytest.mark.parametrize(
        ("bad", "shape", "why"),
        [
            (np.array([0, 0]), (2, 4), "all outcomes are the same"),
            (np.array([0, 1]), (2, 3), "shape"),
        ],
    )
    def test_is_refused_where_nothing_can_be_learnt(
        self, bad: Ints, shape: tuple[int, int], why: str
    ) -> None:
        with pytest.raises(StatesError, match=why):
            tie(np.array([0.1, 0.2]), bad, np.zeros(shape), cycle=cycle(0.0))


def drawn(pds: Floats, rng: np.random.Generator) -> Ints:
    return (rng.random(len(pds)) < pds).astype(np.int64)


def test_rates_rise_in_bad_times() -> None:
    assert rates(np.array([2.0]))[0] > PD > rates(np.array([-2.0]))[0]
