"""Grades A to D for firms that the bank has not graded: three ordered questions.

Is the grade worse than A? Than B? Than C? Each is answered by boosted trees whose
direction in every trait is bound to what experts expect; the answers are then made
consistent, and averaged over a hundred graders that each left a fifth of the firms out.
With some hundred graded firms the grade stays a rough one: its accuracy on firms not
seen stands beside it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import lightgbm as lgb
import numpy as np

from xiaowei.portraits.portrait import TRAITS
from xiaowei.risk.sample import GRADES, Floats, Ints, Sample, folds

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

REPEATS: Final = 20
FOLDS: Final = 5
_SEED: Final = 20200221
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
    """Many small graders, each learnt from four fifths of the firms; they are averaged.

    Args:
        members: per grader three models in LightGBM's own text, one per question:
            worse than A, worse than B, worse than C.
    """

    members: tuple[tuple[str, ...], ...]

    def odds(self, sample: Sample) -> Floats:
        """Return the probability of each grade.

        Returns:
            Shape: (firms, 4), rows add up to 1; rounded to nine decimals.
        """
        columns = sample.matrix(RATING_TRAITS)
        total = np.zeros((len(sample), len(GRADES)))
        for models in self.members:
            total += _odds(models, columns)
        return np.asarray(np.round(total / len(self.members), 9), dtype=np.float64)


def fit_grader(sample: Sample, grades: Ints) -> tuple[Grader, Floats]:
    """Return a grader, and what its members say of the firms they have not seen.

    Each repeat deals the firms into FOLDS parts; each part is left out once and judged
    by the member learnt from the others. The grader averages all members; the average
    of the members that did not see a firm is its honest out-of-bag grade.

    Args:
        sample: firms with the traits of RATING_TRAITS.
        grades: Shape: 0 for A to 3 for D.

    Returns:
        the grader, and Shape: (REPEATS, firms, 4) odds by members that had not seen
        the firm.
    """
    members: list[tuple[str, ...]] = []
    unseen = np.zeros((REPEATS, len(sample), len(GRADES)))
    columns = sample.matrix(RATING_TRAITS)
    for repeat in range(REPEATS):
        generator = np.random.default_rng([_SEED, repeat])
        for learn, judge in folds(grades, count=FOLDS, generator=generator):
            models = _member(columns[learn], grades[learn])
            unseen[repeat, judge] = _odds(models, columns[judge])
            members.append(models)
    return Grader(tuple(members)), unseen


def _member(columns: Floats, grades: Ints) -> tuple[str, ...]:
    signs = {trait.name: _SIGNS[trait.direction] for trait in TRAITS}
    settings = {
        **_SETTINGS,
        "monotone_constraints": [signs[name] for name in RATING_TRAITS],
    }
    return tuple(
        lgb.train(
            settings,
            lgb.Dataset(columns, label=(grades > cut).astype(np.float64)),
            num_boost_round=_ROUNDS,
        ).model_to_string()
        for cut in range(len(GRADES) - 1)
    )


def _odds(models: tuple[str, ...], columns: Floats) -> Floats:
    worse = np.column_stack(
        [
            np.asarray(lgb.Booster(model_str=text).predict(columns, num_threads=1))
            for text in models
        ]
    )
    falling = np.minimum.accumulate(worse, axis=1)
    edges = np.column_stack([np.ones(len(worse)), falling, np.zeros(len(worse))])
    return np.asarray(edges[:, :-1] - edges[:, 1:], dtype=np.float64)


def likeliest(odds: Floats) -> Ints:
    """Return the most probable grade, 0 for A to 3 for D; of equals the worse one."""
    flipped = odds[:, ::-1].argmax(axis=1)
    return np.asarray(len(GRADES) - 1 - flipped, dtype=np.int64)


def letters(grades: Ints) -> Sequence[str]:
    """Return grades as letters."""
    return [GRADES[int(grade)] for grade in grades]
