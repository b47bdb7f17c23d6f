"""Our curve of churn beside its peers."""

from collections.abc import Mapping

import pytest

from xiaowei.offers.demand import Churn, Point
from xiaowei.offers.peers import compare_churn

RATES = [0.04 + 0.005 * step for step in range(23)]


def wavy(curves: Mapping[str, Churn]) -> list[Point]:
    return [
        (grade, rate, float(curve.lost(rate)) + 0.01 * (-1) ** at * (at > 0))
        for grade, curve in curves.items()
        for at, rate in enumerate(RATES)
    ]


class TestCompareChurn:
    def test_gives_a_line_per_model_and_grade(
        self, curves: Mapping[str, Churn]
    ) -> None:
        rows = compare_churn(wavy(curves))

        assert [(row.model, row.parameters) for row in rows[::3]] == [
            ("weibull", 2),
            ("quartic", 5),
            ("quadratic", 3),
            ("log", 2),
        ]
        assert [row.grade for row in rows[:3]] == ["A", "B", "C"]

    def test_only_ours_is_sensible(self, curves: Mapping[str, Churn]) -> None:
        sensible = {row.model for row in compare_churn(wavy(curves)) if row.sensible}

        assert sensible == {"weibull"}

    @pytest.mark.parametrize("peer", ["quartic", "quadratic", "log"])
    def test_ours_predicts_better_beyond_the_data(
        self, curves: Mapping[str, Churn], peer: str
    ) -> None:
        beyond = {
            (row.model, row.grade): row.quality.extrapolation_rmse or 0.0
            for row in compare_churn(wavy(curves))
        }

        for grade in "ABC":
            assert beyond["weibull", grade] < beyond[peer, grade] / 2
