"""Firth's regression says what is published, and stays finite where others do not."""

from collections.abc import Callable

import numpy as np
import pytest
from scipy.optimize import minimize
from scipy.stats import chi2

from xiaowei.risk.firth import INTERCEPT, FirthError, FirthFit, firth
from xiaowei.risk.sample import Floats, Ints

ENDOMETRIAL = (
    "0,13,164,0;0,16,226,0;0,8,314,0;0,34,268,0;0,20,128,0;0,5,231,0;0,17,180,0;"
    "0,10,168,0;0,26,156,0;0,17,231,0;0,8,201,0;0,7,189,0;0,20,315,0;0,10,123,0;"
    "0,18,127,0;0,16,176,0;0,18,200,0;0,8,264,1;0,29,88,1;0,12,127,1;0,20,137,1;"
    "1,38,97,1;1,22,114,1;1,7,88,1;1,25,91,1;1,15,58,1;0,7,97,1;0,28,150,0;"
    "0,11,133,0;0,19,237,0;0,10,182,0;0,10,313,0;0,18,131,0;0,14,192,0;0,21,164,0;"
    "0,11,201,0;0,17,188,0;0,25,193,0;0,16,211,0;0,19,129,0;0,15,172,0;0,33,75,0;"
    "0,24,192,0;0,48,184,1;0,12,111,1;0,19,161,1;0,2,118,1;1,22,144,1;1,40,118,1;"
    "1,5,93,1;1,0,117,1;0,21,119,1;0,15,106,1;0,29,202,0;0,15,229,0;0,12,233,0;"
    "0,3,290,0;0,20,170,0;0,23,141,0;0,12,225,0;0,22,154,0;0,42,197,0;0,15,175,0;"
    "0,13,216,0;0,14,257,0;0,19,137,0;0,12,361,0;0,13,204,0;0,10,217,0;0,12,169,1;"
    "1,49,27,1;0,6,184,1;0,5,130,1;0,17,96,1;1,11,101,1;1,21,98,1;0,5,35,1;"
    "1,19,102,1;0,33,85,1"
)
"""Neovasculization, pulsatility index, endometrium height in hundredths, and grade of
79 cases: Heinze and Schemper 2002. All with neovasculization are of high grade."""


def endometrial() -> tuple[Floats, Ints]:
    rows = np.array([row.split(",") for row in ENDOMETRIAL.split(";")], dtype=float)
    return rows[:, :3] / [1, 1, 100], rows[:, 3].astype(np.int64)


def weight(fit: FirthFit, name: str) -> float:
    return next(term.weight for term in fit.terms if term.name == name)


class TestFirth:
    @pytest.mark.parametrize(
        ("name", "published"),
        [
            (INTERCEPT, (3.77455951, 1.0825371, 7.20928050)),
            ("NV", (2.92927330, 0.6097244, 7.85463171)),
            ("PI", (-0.03475175, -0.1244587, 0.04045547)),
            ("EH", (-2.60416387, -4.3651832, -1.23272106)),
        ],
    )
    def test_says_what_is_published(
        self, name: str, published: tuple[float, float, float]
    ) -> None:
        columns, bad = endometrial()
        fit = firth(columns, bad, names=["NV", "PI", "EH"])
        term = next(term for term in fit.terms if term.name == name)

        assert (term.weight, term.low, term.high) == pytest.approx(published, rel=1e-5)
        assert (term.p_value < 0.05) == (name != "PI")

    def test_adds_a_half_to_each_cell_of_a_table(self) -> None:
        # A saturated table has a closed form, also where a cell is empty.
        column = np.array([[1.0]] * 7 + [[0.0]] * 20)
        bad = np.array([1] * 7 + [1] * 4 + [0] * 16)
        fit = firth(column, bad, names=["x"])

        assert weight(fit, "x") == pytest.approx(np.log(7.5 / 0.5) - np.log(4.5 / 16.5))
        assert weight(fit, INTERCEPT) == pytest.approx(np.log(4.5 / 16.5))

    def test_is_the_same_of_yuan_and_of_fen(self) -> None:
        columns, bad = endometrial()
        names = ["NV", "PI", "EH"]
        one = firth(columns, bad, names=names)
        other = firth(columns * [1, 1, 1e9], bad, names=names)

        assert weight(other, "EH") * 1e9 == pytest.approx(weight(one, "EH"), rel=1e-6)
        assert other.terms[0].low == pytest.approx(one.terms[0].low, rel=1e-6)

    def test_finds_what_a_plain_search_finds(self) -> None:
        rng = np.random.default_rng(4)
        columns = rng.normal(size=(40, 2))
        bad = (rng.random(40) < 1 / (1 + np.exp(1 - columns[:, 0]))).astype(np.int64)
        design = np.column_stack([np.ones(40), columns])
        fit = firth(columns, bad, names=["a", "b"], level=0.9)
        plain = minimize(_loss(design, bad), np.zeros(3), options={"gtol": 1e-7})

        assert [t.weight for t in fit.terms] == pytest.approx(plain.x, abs=1e-4)
        for end in (fit.terms[1].low, fit.terms[1].high):
            held = minimize(_held(_loss(design, bad), end), np.zeros(2))
            assert 2 * (held.fun - plain.fun) == pytest.approx(
                chi2.ppf(0.9, 1), abs=1e-3
            )

    def test_holds_true_weights_as_often_as_it_says(self) -> None:
        held, runs = 0, 120
        for seed in range(runs):
            rng = np.random.default_rng(seed)
            columns = rng.normal(size=(60, 2))
            odds = -1.5 + columns[:, 0]
            bad = (rng.random(60) < 1 / (1 + np.exp(-odds))).astype(np.int64)
            term = firth(columns, bad, names=["a", "b"]).terms[1]
            held += term.low <= 1 <= term.high

        # 114 expected; fewer than 105 in one of two hundred tables of tests.
        assert held >= 105

    def test_states_the_share_of_defaults_on_average(self) -> None:
        columns, bad = endometrial()

        fit = firth(columns, bad, names=["NV", "PI", "EH"])
        assert fit.pd(columns).mean() == pytest.approx(bad.mean())

    @pytest.mark.parametrize(
        ("columns", "bad", "fault"),
        [
            ([[1.0], [np.nan], [0.0]], [0, 1, 1], "row 1, column 0 is no number"),
            ([[1.0], [2.0], [0.0]], [1, 1, 1], "3 of 3 cases are defaults"),
            ([[1.0], [1.0], [1.0]], [0, 1, 1], "constant"),
            ([[1.0, 2], [2.0, 4], [5.0, 10], [1, 2]], [0, 1, 1, 0], "add up"),
        ],
    )
    def test_names_what_cannot_be_learnt_from(
        self, columns: list[list[float]], bad: list[int], fault: str
    ) -> None:
        with pytest.raises(FirthError, match=fault):
            firth(np.array(columns), np.array(bad), names=["a"] * len(columns[0]))


def _loss(design: Floats, bad: Ints) -> Callable[..., float]:
    def loss(weights: Floats) -> float:
        odds = design @ np.asarray(weights)
        pd_ = 1 / (1 + np.exp(-odds))
        whole = design.T @ (design * (pd_ * (1 - pd_))[:, None])
        size = np.linalg.slogdet(whole)[1]
        return float(np.logaddexp(0, odds).sum() - bad @ odds - size / 2)

    return loss


def _held(loss: Callable[..., float], value: float) -> Callable[..., float]:
    """Return a loss of the other weights, the second held at a value."""
    return lambda weights: loss([weights[0], value, weights[1]])
