"""Credibility along the tree: against hand-reckoned cases and drawn ones."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from xiaowei.industry.cells import Cell, Residuals, ResidualsError, added_up, cells_of
from xiaowei.industry.tree import NothingToBlendError, Prior, Stated, blend

STATED = Stated(0.04, {"section": 0.04, "division": 0.04, "group": 0.04}, 1.0)


def many(firms: int, bads: float, *, pd: float = 0.05) -> Cell:
    """Firms of one PD."""
    return Cell(firms, bads, firms * pd, firms * pd, firms * pd**2)


class TestDataAlone:
    def test_give_science_a5_its_credibility_of_0(self, labelled: Residuals) -> None:
        nodes = blend(cells_of(labelled), priors={}, stated=None)

        assert [nodes[code].credibility for code in "AECLMO"] == [0.0] * 6
        assert [nodes[code].coefficient for code in "AECLMO"] == pytest.approx([1] * 6)

    def test_are_blended_as_reckoned_by_hand(self) -> None:
        # One PD throughout, so this is the classical case on a scale of 1 / PD.
        nodes = blend(
            {"C": many(100, 30, pd=0.2), "F": many(300, 30, pd=0.2)},
            priors={},
            stated=None,
        )

        shares, firms = np.array([0.3, 0.1]), np.array([100.0, 300])
        within = (firms * shares * (1 - shares)).sum() / (400 - 2)
        between = ((firms * (shares - 0.15) ** 2).sum() - within) / (
            400 - (firms**2).sum() / 400
        )
        z = firms / (firms + within / between)
        centre = (z * shares).sum() / z.sum()
        expected = (z * shares + (1 - z) * centre) / 0.2
        assert nodes["C"].credibility == pytest.approx(z[0])
        assert nodes["F"].centre == pytest.approx(centre / 0.2)
        assert nodes[""].coefficient == pytest.approx(0.15 / 0.2)
        assert [nodes[c].coefficient for c in "CF"] == pytest.approx(expected)

    def test_refuse_to_learn_from_no_default_at_all(self) -> None:
        with pytest.raises(NothingToBlendError, match="50 firms"):
            blend({"C": many(50, 0)}, priors={}, stated=None)


class TestBlend:
    @given(
        st.integers(1, 5000),
        st.floats(0, 1),
        st.tuples(st.floats(0.3, 8), st.floats(0.01, 0.5)),
        st.floats(0.01, 0.9),
    )
    def test_lies_between_the_data_and_the_centre(
        self, firms: int, share: float, stated: tuple[float, float], pd: float
    ) -> None:
        prior, variance = stated
        cells = {"H62": many(firms, firms * share, pd=pd), "F51": many(200, 12)}
        node = blend(cells, priors={"H": Prior(prior, variance)}, stated=STATED)["H"]

        assert node.data is not None
        low, high = sorted([node.data, node.centre])
        assert 0 <= node.credibility <= 1
        assert low - 1e-9 <= node.coefficient <= high + 1e-9

    def test_believes_more_firms_more(self) -> None:
        def credibility(firms: int) -> float:
            cells = {"H62": many(firms, firms * 0.1)}
            return blend(cells, priors={}, stated=STATED)["H62"].credibility

        believed = [credibility(firms) for firms in (10, 100, 1_000, 10_000)]
        assert believed == sorted(believed)
        assert believed[0] < 0.1
        assert believed[-1] > 0.5

    def test_holds_to_experts_where_there_are_no_firms(self) -> None:
        nodes = blend({}, priors={"H62": Prior(1.4, 0.1)}, stated=STATED)

        assert nodes["H62"].coefficient == pytest.approx(1.4)
        assert nodes["H62"].data is None
        assert nodes["H"].coefficient == 1.0

    def test_moves_a_silent_trade_with_the_one_it_lies_in(self) -> None:
        cells = {"H61": many(4_000, 400)}
        nodes = blend(cells, priors={"H62": Prior(1.2, 0.04)}, stated=STATED)

        # H as a whole defaults more than experts thought, and so may H62.
        assert nodes["H62"].credibility == 0.0
        assert nodes["H62"].coefficient > 1.3

    def test_says_the_same_of_a_trade_and_of_the_only_one_in_it(self) -> None:
        nodes = blend({"H621": many(80, 9)}, priors={}, stated=STATED)

        assert nodes["H"].credibility > nodes["H62"].credibility
        assert nodes["H"].coefficient == pytest.approx(nodes["H621"].coefficient)
        assert nodes["H"].variance == pytest.approx(nodes["H621"].variance)
        assert nodes[""].coefficient == pytest.approx(nodes["H"].coefficient)

    def test_counts_firms_of_unknown_trade_for_the_market_alone(self) -> None:
        residuals = Residuals(
            ["H62", None, "餐饮"], np.full(3, 0.1), np.array([0.0, 1, 0])
        )
        nodes = blend(cells_of(residuals), priors={}, stated=STATED)

        assert nodes[""].cell.firms == 3
        assert nodes["H"].cell == nodes["H62"].cell == cells_of(residuals)["H62"]

    def test_finds_back_the_truth_with_many_firms(self) -> None:
        rng = np.random.default_rng(11)
        truth = {"C13": 0.8, "C33": 1.3, "F51": 1.0, "H62": 1.6}
        codes = rng.choice(list(truth), 200_000)
        pds = rng.uniform(0.01, 0.1, len(codes))
        bads = rng.random(len(codes)) < pds * np.array([truth[code] for code in codes])
        nodes = blend(
            cells_of(Residuals(codes.tolist(), pds, bads.astype(float))),
            priors={},
            stated=STATED,
        )

        for code, coefficient in truth.items():
            node = nodes[code]
            assert abs(node.coefficient - coefficient) < 3 * node.variance**0.5
            assert node.variance**0.5 < 0.06


class TestCells:
    def test_are_worth_less_where_few_firms_carry_the_weight(self) -> None:
        even = Residuals(["C"] * 4, np.full(4, 0.1), np.array([1.0, 0, 0, 0]))
        uneven = Residuals(
            even.codes, even.expected, even.defaulted, np.array([3.0, 1, 0, 0])
        )

        assert cells_of(even)["C"].exposure == pytest.approx(0.4)
        # (3 + 1)^2 / (9 + 1) = 1.6 firms.
        assert cells_of(uneven)["C"].exposure == pytest.approx(0.16)

    def test_add_up_to_the_market(self, labelled: Residuals) -> None:
        whole = added_up(cells_of(labelled))[""]

        assert (whole.firms, whole.bads) == (123, 27.0)
        assert whole.expected == pytest.approx(27.0)

    def test_refuse_everything_wrong_at_once(self) -> None:
        with pytest.raises(ResidualsError) as refused:
            Residuals(["C", "C"], np.array([0.0, 0.1]), np.array([2.0]))

        assert "'defaulted' has 1 values for 2 firms" in str(refused.value)
        assert "no PD" in str(refused.value)
        assert "neither 0 nor 1" in str(refused.value)
