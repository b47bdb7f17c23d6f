"""Grades A to D for firms that the bank has not graded: three ordered questions.

Is the grade worse than A? Than B? Than C? Each is answered by boosted trees whose
direction in every trait is bound to what experts expect; the answers are then made
consistent. With some hundred graded firms the grade stays a rough one: its
cross-validated accuracy stands beside it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import lightgbm as lgb
import numpy as np

from xiaowei.portraits.portrait import TRAITS
from xiaowei.risk.sample import GRADES, Floats, Ints, Sample

RATING_TRAITS: Final = (
    "sales_all",
    "sales_variation_24m",
    "sales_void_share_24m",
    "supplier_kept_share_12m",
    "sales_active_months_24m",
    "sales_active_months_all",
    "sales_invoices_all",
    "sales_span_days",
    "purchases_span_days",
    "customer_hhi_all",
    "sales_void_share_all",
    "sales_red_share_24m",
    "purchases_cap_10w_share_24m",
    "sales_log_spread_24m",
)
"""Size, rhythm, length and care of the books."""

_ROUNDS: Final = 80
_SIGNS: Final = {"higher_is_riskier": 1, "lower_is_riskier": -1, "none": 0}
_SETTINGS: Final = {
    "objective": "binary",
    "learning_rate": 0.05,
    "num_leaves": 7,
    "min_data_in_leaf": 8,
    "feature_fraction": 0.7,
    "bagging_fraction": 0.8,
    "bagging_freq": 1,
    "seed": 0,
    "num_threads": 1,
    "deterministic": True,
    "force_row_wise": True,
    "verbosity": -1,
}


@dataclass(frozen=True, slots=True)
class Grader:
    """Three models in LightGBM's own text, one per question.

    Args:
        worse_than: models of "worse than A", "worse than B", "worse than C".
    """

    worse_than: tuple[str, ...]

    def odds(self, sample: Sample) -> Floats:
        """Return the probability of each grade.

        Returns:
            Shape: (firms, 4), rows add up to 1; rounded to nine decimals.
        """
        columns = sample.matrix(RATING_TRAITS)
        worse = np.column_stack(
            [
                np.asarray(lgb.Booster(model_str=text).predict(columns, num_threads=1))
                for text in self.worse_than
            ]
        )
        return _grades(worse)


def fit_grader(sample: Sample, grades: Ints) -> Grader:
    """Return a grader learnt from firms that have a grade.

    Args:
        sample: firms with the traits of RATING_TRAITS.
        grades: Shape: 0 for A to 3 for D.
    """
    signs = {trait.name: _SIGNS[trait.direction] for trait in TRAITS}
    settings = {
        **_SETTINGS,
        "monotone_constraints": [signs[name] for name in RATING_TRAITS],
    }
    columns = sample.matrix(RATING_TRAITS)
    return Grader(
        tuple(
            lgb.train(
                settings,
                lgb.Dataset(columns, label=(grades > cut).astype(np.float64)),
                num_boost_round=_ROUNDS,
            ).model_to_string()
            for cut in range(len(GRADES) - 1)
        )
    )


def likeliest(odds: Floats) -> Ints:
    """Return the most probable grade, 0 for A to 3 for D; of equals the worse one."""
    flipped = odds[:, ::-1].argmax(axis=1)
    return np.asarray(len(GRADES) - 1 - flipped, dtype=np.int64)


def letters(grades: Ints) -> Sequence[str]:
    """Return grades as letters."""
    return [GRADES[int(grade)] for grade in grades]


def _grades(worse: Floats) -> Floats:
    falling = np.minimum.accumulate(worse, axis=1)
    edges = np.column_stack([np.ones(len(worse)), falling, np.zeros(len(worse))])
    return np.asarray(np.round(edges[:, :-1] - edges[:, 1:], 9), dtype=np.float64)
