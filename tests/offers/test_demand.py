"""The curve of churn and its fit."""

import csv
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from xiaowei.offers.demand import (
    Churn,
    ChurnCurveError,
    ChurnPointsError,
    Point,
    fewest_kept,
    fit_churn,
)

TABLE = (
    Path(__file__).resolve().parents[3] / "shared/data/cumcm2020c" / "rate_churn.csv"
)
needs_table = pytest.mark.skipif(
    not TABLE.is_file(), reason="../shared/data/cumcm2020c/rate_churn.csv is missing"
)
RATES = [0.04, 0.05, 0.06, 0.08, 0.10, 0.12, 0.15]


def points_of(curves: Mapping[str, Churn]) -> list[Point]:
    return [
        (grade, rate, float(curve.lost(rate)))
        for grade, curve in curves.items()
        for rate in RATES
    ]


def published() -> list[Point]:
    with TABLE.open(encoding="utf-8-sig", newline="") as file:
        return [
            (grade, float(row["贷款年利率"]), float(row[f"信誉评级{grade}"]))
            for row in csv.DictReader(file)
            for grade in "ABC"
        ]


class TestChurn:
    @given(
        k=st.floats(0.01, 100),
        b=st.floats(0.1, 5),
        rate=st.floats(0, 1),
        more=st.floats(0, 1),
    )
    def test_never_falls_as_the_rate_rises(
        self, k: float, b: float, rate: float, more: float
    ) -> None:
        curve = Churn(k, b)

        assert 0 <= curve.lost(rate) <= curve.lost(rate + more) <= 1

    @pytest.mark.parametrize("rate", [0.0, 0.03, 0.04])
    def test_loses_nobody_up_to_four_percent(self, rate: float) -> None:
        assert Churn(19.05, 0.951).lost(rate) == 0

    @pytest.mark.parametrize(("k", "b"), [(0, 1), (-1, 1), (1, 0), (float("nan"), 1)])
    def test_refuses_parameters_that_make_no_curve(self, k: float, b: float) -> None:
        with pytest.raises(ChurnCurveError, match="both above 0"):
            Churn(k, b)


class TestFitChurn:
    def test_finds_the_curve_that_made_the_points(
        self, curves: Mapping[str, Churn]
    ) -> None:
        for grade, fit in fit_churn(points_of(curves)).items():
            assert fit.churn.k == pytest.approx(curves[grade].k, rel=1e-6)
            assert fit.churn.b == pytest.approx(curves[grade].b, rel=1e-6)
            assert fit.quality.r2 == pytest.approx(1)
            assert fit.quality.loo_rmse == pytest.approx(0, abs=1e-6)

    def test_does_not_mind_the_order_of_points(
        self, curves: Mapping[str, Churn]
    ) -> None:
        points = points_of(curves)

        assert fit_churn(points) == fit_churn(points[::-1])

    def test_knows_no_extrapolation_where_the_table_ends_before(
        self, curves: Mapping[str, Churn]
    ) -> None:
        points = [point for point in points_of(curves) if point[1] <= 0.11]

        assert fit_churn(points)["A"].quality.extrapolation_rmse is None

    def test_names_every_fault_of_a_table(self, curves: Mapping[str, Churn]) -> None:
        points = [p for p in points_of(curves) if p[0] != "B"]
        points += [("A", 0.03, 0.1), ("C", 0.05, 1.2)]

        with pytest.raises(ChurnPointsError) as caught:
            fit_churn(points)

        said = str(caught.value)
        assert "3 fault(s)" in said
        assert "grade 'A', rate 0.03" in said
        assert "grade 'C', rate 0.05, share 1.2" in said
        assert "grade 'B' has 0 point(s)" in said

    @pytest.mark.data
    @needs_table
    @pytest.mark.parametrize(
        ("grade", "k", "b", "r2", "loo", "beyond"),
        [
            ("A", 19.05, 0.951, 0.9978, 0.0135, 0.0130),
            ("B", 16.41, 0.943, 0.9985, 0.0110, 0.0154),
            ("C", 17.67, 0.979, 0.9979, 0.0130, 0.0162),
        ],
    )
    def test_gives_the_measured_figures_on_the_published_table(
        self, grade: str, k: float, b: float, r2: float, loo: float, beyond: float
    ) -> None:
        fit = fit_churn(published())[grade]

        assert fit.points == 29
        assert fit.churn.k == pytest.approx(k, abs=0.005)
        assert fit.churn.b == pytest.approx(b, abs=0.0005)
        assert fit.quality.r2 == pytest.approx(r2, abs=5e-5)
        assert fit.quality.loo_rmse == pytest.approx(loo, abs=5e-5)
        assert fit.quality.extrapolation_rmse == pytest.approx(beyond, abs=5e-5)


class TestFewestKept:
    def test_is_below_every_grade(self, curves: Mapping[str, Churn]) -> None:
        rates = np.linspace(0.04, 0.15, 50)

        kept = fewest_kept(curves, rates)

        assert all(np.all(kept <= curve.kept(rates)) for curve in curves.values())
