"""Every model of risk follows scikit-learn's rules and takes any table."""

from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from sklearn.base import clone
from sklearn.utils.estimator_checks import parametrize_with_checks

from xiaowei.risk.challenger import Challenger
from xiaowei.risk.estimator import RiskModel
from xiaowei.risk.glassbox import GlassBox
from xiaowei.risk.measures import auc
from xiaowei.risk.scorecard import Scorecard
from xiaowei.risk.small.firth_model import Firth

FIRMS = 2_000
MODELS: list[RiskModel] = [
    Scorecard(),
    Challenger(most_trees=150),
    GlassBox(bags=2, pairs=1, rounds=500),
    Firth(level=None),
]
every_model = pytest.mark.parametrize(
    "model", MODELS, ids=lambda model: type(model).__name__
)


@parametrize_with_checks(  # type: ignore[untyped-decorator] # sklearn ships no types
    [Scorecard(), Challenger(), GlassBox(bags=1, pairs=0, rounds=50), Firth()],
)
@pytest.mark.filterwarnings("ignore:.*SCIPY_ARRAY_API:UserWarning")
def test_sklearn(estimator: Any, check: Any) -> None:  # noqa: ANN401 - scikit-learn's
    check(estimator)


def firms(seed: int = 0, *, count: int = FIRMS) -> tuple[pd.DataFrame, np.ndarray]:
    """Firms with a number, a category, a day, a truth and gaps; a third are bad."""
    rng = np.random.default_rng(seed)
    lateness = rng.exponential(10, count)
    trade = rng.choice(["H62", "C13", "F51"], count)
    founded = rng.integers(10_000, 19_000, count)
    odds = -2 + 0.08 * lateness + 0.8 * (trade == "H62") + (founded - 15_000) / 4_000
    defaulted = (rng.random(count) < 1 / (1 + np.exp(-odds))).astype(int)
    lateness[rng.random(count) < 0.1] = np.nan
    frame = pd.DataFrame(
        {
            "days_late": lateness,
            "trade": pd.Series(trade).where(rng.random(count) > 0.05),
            "founded": pd.to_datetime(founded, unit="D", origin="unix"),
            "online": rng.random(count) > 0.5,
            "empty": np.full(count, np.nan),
            "same": np.ones(count),
        }
    )
    return frame, defaulted


class TestRiskModel:
    @every_model
    def test_ranks_and_states_the_level_of_firms_it_has_not_seen(
        self, model: RiskModel
    ) -> None:
        frame, defaulted = firms()
        others, fates = firms(1)
        pd_ = clone(model).fit(frame, defaulted).predict_proba(others)[:, 1]

        assert auc(pd_, fates) > 0.68
        assert pd_.mean() == pytest.approx(fates.mean(), abs=0.03)

    @every_model
    def test_says_the_same_of_every_kind_of_table(self, model: RiskModel) -> None:
        frame, defaulted = firms()
        learnt = clone(model).fit(frame, defaulted)
        arrow = clone(model).fit(pa.Table.from_pandas(frame), defaulted)
        said = learnt.predict_proba(frame)

        np.testing.assert_array_equal(said, learnt.predict_proba(pa.table(frame)))
        np.testing.assert_array_equal(said, arrow.predict_proba(frame))

    @every_model
    def test_takes_a_category_that_is_new_and_one_that_is_missing(
        self, model: RiskModel
    ) -> None:
        frame, defaulted = firms()
        strange = frame.head(2).assign(trade=["Z99", None])

        assert np.isfinite(clone(model).fit(frame, defaulted).pd(strange)).all()

    @every_model
    def test_names_a_number_that_is_infinite(self, model: RiskModel) -> None:
        frame, defaulted = firms()
        frame.loc[3, "days_late"] = np.inf

        with pytest.raises(ValueError, match="infinity in column 'days_late'"):
            clone(model).fit(frame, defaulted)

    @every_model
    def test_refuses_columns_in_another_order(self, model: RiskModel) -> None:
        frame, defaulted = firms()
        learnt = clone(model).fit(frame, defaulted)

        with pytest.raises(ValueError, match="feature names"):
            learnt.predict(frame[frame.columns[::-1]])

    @every_model
    def test_learns_the_same_again(self, model: RiskModel) -> None:
        frame, defaulted = firms()

        np.testing.assert_array_equal(
            clone(model).fit(frame, defaulted).pd(frame),
            clone(model).fit(frame, defaulted).pd(frame),
        )

    @pytest.mark.parametrize(
        "model", [Challenger(most_trees=150), GlassBox(bags=2, rounds=500)]
    )
    def test_keeps_to_the_trend_it_is_told(self, model: RiskModel) -> None:
        frame, defaulted = firms()
        model = clone(model).set_params(trends={"days_late": "lower_is_riskier"})
        learnt = model.fit(frame, defaulted)
        later = frame.assign(days_late=frame["days_late"] + 5)

        known = frame["days_late"].notna().to_numpy()
        assert (learnt.pd(later) <= learnt.pd(frame) + 1e-12)[known].all()


class TestContributions:
    @pytest.mark.parametrize(
        "model", [Challenger(most_trees=150), GlassBox(bags=2, rounds=500)]
    )
    def test_add_up_to_the_log_odds(self, model: RiskModel) -> None:
        frame, defaulted = firms()
        learnt: Any = clone(model).fit(frame, defaulted)
        told = learnt.contributions(frame)

        np.testing.assert_allclose(
            told.sum(axis=1), learnt.decision_function(frame), rtol=0, atol=1e-6
        )
        assert "base" in told

    def test_are_none_for_the_mean_of_those_compared_with(self) -> None:
        frame, defaulted = firms()
        learnt = Challenger(most_trees=150).fit(frame, defaulted)
        approved = frame[defaulted == 0]
        told = learnt.contributions(approved, reference=approved)

        np.testing.assert_allclose(told.drop(columns="base").mean(), 0, atol=1e-9)
        np.testing.assert_allclose(
            learnt.contributions(frame, reference=approved).sum(axis=1),
            learnt.decision_function(frame),
            atol=1e-6,
        )


class TestGlassBox:
    def test_says_what_the_machine_itself_says(self) -> None:
        frame, defaulted = firms()
        numbers = frame[["days_late", "online"]].astype(float).fillna(7.0)
        model = GlassBox(bags=2, pairs=1, rounds=500)
        learnt = model.fit(numbers, defaulted)
        machine = model._machine(model._columns(numbers, reset=False))
        machine.fit(numbers.to_numpy(), defaulted)

        np.testing.assert_allclose(
            learnt.predict_proba(numbers),
            machine.predict_proba(numbers.to_numpy()),
            rtol=1e-12,
        )
        assert any(len(curve.traits) == 2 for curve in learnt.curves_)
