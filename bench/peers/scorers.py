"""Models of default that learn the same table, each by settings it may choose from.

Every model has as many settings to choose from and chooses by the log loss of the same
folds, in which cases of one group lie together; what a peer tries within itself is
dealt in the same way. Peers that are not installed are left out and named as such.
"""

import importlib.util
import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

import numpy as np
import pandas as pd
from sklearn.linear_model import LogisticRegression

from xiaowei.risk.challenger import Challenger
from xiaowei.risk.glassbox import GlassBox
from xiaowei.risk.sample import Floats, Ints, folds
from xiaowei.risk.scorecard import Scorecard

Settings = Mapping[str, Any]
Judge = Callable[[pd.DataFrame], Floats]
Pair = tuple[Ints, Ints]


@dataclass(frozen=True, slots=True)
class Cases:
    """What is learnt from.

    Args:
        table: Shape: (cases, traits).
        bad: Shape: 1 for a default, 0 else.
        groups: Shape: the number of each case's group; null where each is alone.
    """

    table: pd.DataFrame
    bad: Ints
    groups: Ints | None = None

    def at(self, places: Ints) -> "Cases":
        """Return some of the cases."""
        groups = None if self.groups is None else self.groups[places]
        return Cases(self.table.iloc[places], self.bad[places], groups)

    def dealt(self, parts: int, generator: np.random.Generator) -> list[Pair]:
        """Return places to learn from and to judge, a group on one side only."""
        return folds(self.bad, count=parts, generator=generator, groups=self.groups)


Learn = Callable[[Cases, Settings, int], Judge]
"""Takes cases, settings and a seed; returns what says PDs of a table."""


@dataclass(frozen=True, slots=True)
class Scorer:
    """A model that can be asked for PDs.

    Args:
        name: of the model.
        needs: the package of a peer; empty of what is part of xiaowei.
        learn: see `Learn`.
        choices: the settings it may choose from.
    """

    name: str
    needs: str
    learn: Learn
    choices: Sequence[Settings]

    @property
    def ours(self) -> bool:
        """Whether it is part of xiaowei."""
        return not self.needs

    @property
    def there(self) -> bool:
        """Whether its package is installed."""
        return not self.needs or importlib.util.find_spec(self.needs) is not None

    def tuned(self, cases: Cases, *, seed: int, most: int, parts: int = 3) -> Judge:
        """Return the model that was best by cross-validation, learnt from all.

        Args:
            cases: what to learn from.
            seed: of folds and of the model.
            most: how many settings it may try.
            parts: in how many folds.
        """
        choices = self.choices[:most]
        if len(choices) == 1:
            return self.learn(cases, choices[0], seed)
        dealt = cases.dealt(parts, np.random.default_rng([seed, 3]))
        losses = [
            np.mean(
                [
                    _loss(
                        self.learn(cases.at(a), one, seed)(cases.table.iloc[b]),
                        cases.bad[b],
                    )
                    for a, b in dealt
                ]
            )
            for one in choices
        ]
        return self.learn(cases, choices[int(np.argmin(losses))], seed)


def _loss(pd_: Floats, bad: Ints) -> float:
    bounded = np.clip(pd_, 1e-6, 1 - 1e-6)
    return float(-np.where(bad == 1, np.log(bounded), np.log(1 - bounded)).mean())


def _own(kind: type[Any]) -> Learn:
    def learn(cases: Cases, settings: Settings, seed: int) -> Judge:
        model = kind(**settings, random_state=seed)
        return cast("Judge", model.fit(cases.table, cases.bad, groups=cases.groups).pd)

    return learn


def _texts(table: pd.DataFrame) -> list[str]:
    return [c for c in table.columns if not pd.api.types.is_numeric_dtype(table[c])]


def _plain(table: pd.DataFrame) -> pd.DataFrame:
    """Return texts as objects, missing ones as a text of their own."""
    texts = {
        c: table[c].astype(object).where(table[c].notna(), "?") for c in _texts(table)
    }
    numbers = {c: table[c].astype(float) for c in table.columns if c not in texts}
    return pd.DataFrame({**numbers, **texts})


def _optbinning(cases: Cases, settings: Settings, seed: int) -> Judge:
    from optbinning import BinningProcess  # noqa: PLC0415 - a peer may be absent

    table, bad = cases.table, cases.bad

    plain = _plain(table)
    process = BinningProcess(
        list(plain.columns),
        categorical_variables=_texts(table),
        max_n_bins=settings["bins"],
    ).fit(plain, bad)
    model = _logistic(
        process.transform(plain, metric_missing="empirical"), bad, settings, seed
    )

    def judge(other: pd.DataFrame) -> Floats:
        woe = process.transform(_plain(other), metric_missing="empirical")
        return np.asarray(model.predict_proba(np.asarray(woe))[:, 1])

    return judge


def _scorecardpy(cases: Cases, settings: Settings, seed: int) -> Judge:
    import scorecardpy as sc  # noqa: PLC0415 - a peer may be absent

    table, bad = cases.table, cases.bad

    plain = _plain(table)
    bins = sc.woebin(
        plain.assign(y=bad),
        y="y",
        bin_num_limit=settings["bins"],
        no_cores=1,
        print_info=False,
    )
    columns = [f"{c}_woe" for c in bins]

    def woe(frame: pd.DataFrame) -> Floats:
        found = sc.woebin_ply(_plain(frame), bins, no_cores=1, print_info=False)
        return np.nan_to_num(np.asarray(found[columns], dtype=np.float64))

    model = _logistic(woe(table), bad, settings, seed)
    return lambda other: np.asarray(model.predict_proba(woe(other))[:, 1])


def _toad(cases: Cases, settings: Settings, seed: int) -> Judge:
    import toad  # noqa: PLC0415 - a peer may be absent

    table, bad = cases.table, cases.bad

    plain = _plain(table).assign(y=bad)
    combiner = toad.transform.Combiner()
    combiner.fit(
        plain,
        y="y",
        method="chi",
        min_samples=0.05,
        n_bins=settings["bins"],
        empty_separate=True,
    )
    weigher = toad.transform.WOETransformer()
    learnt = weigher.fit_transform(combiner.transform(plain), plain["y"], exclude=["y"])
    names = [c for c in learnt.columns if c != "y"]
    model = _logistic(learnt[names], bad, settings, seed)

    def judge(other: pd.DataFrame) -> Floats:
        woe = weigher.transform(combiner.transform(_plain(other)))[names]
        return np.asarray(
            model.predict_proba(np.nan_to_num(woe.to_numpy(np.float64)))[:, 1]
        )

    return judge


def _logistic(woe: Any, bad: Ints, settings: Settings, seed: int) -> LogisticRegression:  # noqa: ANN401
    model = LogisticRegression(C=settings["C"], max_iter=1_000, random_state=seed)
    model.fit(np.asarray(woe, dtype=np.float64), bad)
    return model


def _coded(table: pd.DataFrame, levels: Mapping[str, pd.Index]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            c: pd.Categorical(table[c].astype(object), categories=levels[c])
            if c in levels
            else table[c].astype(float)
            for c in table.columns
        }
    )


def _levels(table: pd.DataFrame) -> dict[str, pd.Index]:
    return {
        c: pd.Index(sorted(table[c].dropna().astype(str).unique()), dtype=object)
        for c in _texts(table)
    }


def _xgboost(cases: Cases, settings: Settings, seed: int) -> Judge:
    import xgboost as xgb  # noqa: PLC0415 - a peer may be absent

    table, bad = cases.table, cases.bad

    levels = _levels(table)
    data = xgb.DMatrix(_coded(table, levels), label=bad, enable_categorical=True)
    params = {
        "objective": "binary:logistic",
        "subsample": 0.8,
        "colsample_bytree": 0.8,
        "nthread": 2,
        "seed": seed,
        **settings,
    }
    dealt = cases.dealt(5, np.random.default_rng(seed))
    rounds = xgb.cv(
        params, data, num_boost_round=1_000, folds=dealt, metrics="logloss",
        early_stopping_rounds=50,
    )  # fmt: skip
    model = xgb.train(params, data, num_boost_round=len(rounds))
    return lambda other: np.asarray(
        model.predict(xgb.DMatrix(_coded(other, levels), enable_categorical=True)),
        dtype=np.float64,
    )


def _catboost(cases: Cases, settings: Settings, seed: int) -> Judge:
    from catboost import CatBoostClassifier, Pool  # noqa: PLC0415 - a peer may be absent

    table, bad = cases.table, cases.bad

    texts = _texts(table)
    plain = _plain(table)
    learn, stop = cases.dealt(5, np.random.default_rng(seed))[0]
    usual = {
        "iterations": 1_000,
        "learning_rate": 0.06,
        "random_seed": seed,
        "thread_count": 2,
        "verbose": False,
        "allow_writing_files": False,
        **settings,
    }
    trial = CatBoostClassifier(**usual, early_stopping_rounds=50).fit(
        Pool(plain.iloc[learn], bad[learn], texts),
        eval_set=Pool(plain.iloc[stop], bad[stop], texts),
    )
    best = max(int(trial.get_best_iteration() or 1), 1)
    model = CatBoostClassifier(**usual | {"iterations": best}).fit(
        Pool(plain, bad, texts)
    )
    return lambda other: np.asarray(
        model.predict_proba(Pool(_plain(other), cat_features=texts))[:, 1]
    )


def _ebm(cases: Cases, settings: Settings, seed: int) -> Judge:
    from interpret.glassbox import (  # noqa: PLC0415 - beside the other peers
        ExplainableBoostingClassifier,
    )

    table, bad = cases.table, cases.bad

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        model = ExplainableBoostingClassifier(**settings, random_state=seed, n_jobs=2)
        model.fit(_plain(table), bad)

    def judge(other: pd.DataFrame) -> Floats:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)
            return np.asarray(model.predict_proba(_plain(other))[:, 1])

    return judge


_CARDS = [{"bins": b, "C": c} for b, c in ((8, 1.0), (5, 0.1), (12, 0.1))]
SCORERS = (
    Scorer(
        "Scorecard", "", _own(Scorecard),
        [{}, {"max_bins": 12, "min_share": 0.02}, {"max_bins": 5, "shrinkage": 16.0}],
    ),
    Scorer(
        "Challenger", "", _own(Challenger),
        [{}, {"leaves": 6}, {"leaves": 31, "rate": 0.03}],
    ),
    Scorer(
        "GlassBox", "", _own(GlassBox),
        [{}, {"pairs": 0}, {"pairs": 15}],
    ),
    Scorer("optbinning + logistic", "optbinning", _optbinning, _CARDS),
    Scorer("scorecardpy", "scorecardpy", _scorecardpy, _CARDS),
    Scorer("toad", "toad", _toad, _CARDS),
    Scorer(
        "XGBoost", "xgboost", _xgboost,
        [{"max_depth": 4, "eta": 0.05}, {"max_depth": 2, "eta": 0.05},
         {"max_depth": 6, "eta": 0.03, "min_child_weight": 10}],
    ),
    Scorer(
        "CatBoost", "catboost", _catboost,
        [{"depth": 6}, {"depth": 4}, {"depth": 8, "l2_leaf_reg": 10}],
    ),
    Scorer(
        "EBM", "interpret", _ebm,
        [{"outer_bags": 8}, {"outer_bags": 8, "interactions": 0},
         {"outer_bags": 8, "interactions": 15}],
    ),
)  # fmt: skip
"""All that are measured, ours first."""
