"""What experts hold counts while defaults are few, fades, is outvoted when wrong."""

from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy.stats import ttest_1samp

from xiaowei.risk.kept import model_of, model_text
from xiaowei.risk.sample import Floats, Ints
from xiaowei.risk.small.experts_model import Experts, told_of_experts
from xiaowei.risk.small.firth_model import Firth
from xiaowei.risk.small.prior import SILENT, UnusablePriorError
from xiaowei.risk.small.said import StatementsError, read_statements
from xiaowei.risk.why.parts import parts_of

TRUE = np.array([0.8, 0.6, 0.5, 0.4, -0.5, 0.3])
DOUBT = 0.4
"""Standard deviation of what experts hold of a log-odds ratio, as they say."""
NAMES = [f"t{at}" for at in range(len(TRUE))]


def world(seed: int, firms: int) -> tuple[pd.DataFrame, Ints]:
    rng = np.random.default_rng(seed)
    traits = rng.normal(size=(firms, len(TRUE)))
    bad = rng.random(firms) < 1 / (1 + np.exp(2.5 - traits @ TRUE))
    return pd.DataFrame(traits, columns=NAMES), bad.astype(np.int64)


def statement(trait: str, mean: float, **other: Any) -> dict[str, Any]:  # noqa: ANN401
    ends = {"low": np.exp(mean - 1.645 * DOUBT), "high": np.exp(mean + 1.645 * DOUBT)}
    return {
        "expert": "王", "day": "2025-01-01", "trait": trait, "start": 0.0, "end": 1.0,
        "odds_ratio": np.exp(mean), "reason": "seen often", **ends, **other,
    }  # fmt: skip


def held(seed: int, *, sign: float = 1.0) -> list[dict[str, Any]]:
    """Two experts who err as much as they say; with a sign of -1, about the wrong."""
    rng = np.random.default_rng([seed, 9])
    return [
        statement(name, sign * true + DOUBT * rng.normal(), expert=expert)
        for name, true in zip(NAMES, TRUE, strict=True)
        for expert in ("王", "李")
    ]


def flat(stated: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [one | {"odds_ratio": 1.0, "low": 1e-9, "high": 1e9} for one in stated]


def losses(seed: int, firms: int, *, sign: float = 1.0) -> Floats:
    """Log loss on 10,000 others: with experts, of the data alone, and by Firth."""
    table, bad = world(seed, firms)
    others, fate = world(10_000 + seed, 10_000)
    stated = held(seed, sign=sign)
    models = Experts(priors=stated), Experts(priors=flat(stated)), Firth(level=None)
    told = [np.clip(model.fit(table, bad).pd(others), 1e-9, 1) for model in models]
    return np.array([-np.log(np.where(fate, one, 1 - one)).mean() for one in told])


@pytest.fixture(scope="module")
def few() -> Floats:
    """Return what is lost with 150 firms, of whom some 18 default; seeds 0 to 29."""
    return np.array([losses(seed, 150) for seed in range(30)])


class TestExperts:
    @pytest.mark.parametrize("other", [1, 2])
    def test_beat_the_data_alone_while_defaults_are_few(
        self, few: Floats, other: int
    ) -> None:
        gain = few[:, other] - few[:, 0]

        assert gain.mean() > 0.005
        assert ttest_1samp(gain, 0, alternative="greater").pvalue < 1e-3

    def test_fade_when_defaults_are_many(self) -> None:
        # Seeds 0 to 4; 10,000 firms, of whom some 1,200 default.
        found = np.array([losses(seed, 10_000) for seed in range(5)])

        assert np.abs(found[:, 0] - found[:, 1]).max() < 1e-4

    def test_are_outvoted_when_they_are_wrong(self) -> None:
        # The same seeds; all experts hold the opposite of what is true.
        found = np.array([losses(seed, 10_000, sign=-1) for seed in range(5)])

        assert (found[:, 0] - found[:, 1]).max() < 5e-4
        table, bad = world(0, 10_000)
        model = Experts(priors=held(0, sign=-1)).fit(table, bad)
        weights = np.array([line.weight for line in model.lines_])
        assert (np.sign(weights) == np.sign(TRUE)).all()
        assert all(one.apart > 2 for one in model.believed_[:2])

    def test_put_the_truth_within_their_90_percent_as_often_as_they_say(self) -> None:
        inside = []
        for seed in range(60):
            table, bad = world(seed, 200)
            model = Experts(priors=held(seed)[::2]).fit(table, bad)
            inside += [
                abs(one.posterior[0] - true) < 1.645 * one.posterior[1]
                for one, true in zip(model.believed_, TRUE, strict=True)
            ]

        # 324 of 360 expected; fewer than 306 or more than 342 in a thousandth of draws.
        assert 306 <= sum(inside) <= 342

    def test_are_held_as_they_speak_where_the_data_say_nothing(self) -> None:
        # A value that all cases but one in a thousand have tells next to nothing.
        rng = np.random.default_rng(0)
        table = pd.DataFrame({"t": ["C13"] * 990 + ["H62"] * 10})
        bad = (rng.random(1_000) < 0.01).astype(np.int64)
        said = [statement("t", 1.0, start="C13", end="H62")]
        (one,) = Experts(priors=said).fit(table, bad).believed_

        assert one.prior == pytest.approx((1.0, DOUBT), rel=1e-3)
        assert one.posterior == pytest.approx((1.0, DOUBT), abs=0.1)

    def test_who_disagree_are_taken_for_less_sure_and_who_agree_for_no_surer(
        self,
    ) -> None:
        table, bad = world(1, 300)
        apart = [statement("t0", 0.0), statement("t0", 2.0, expert="李")]
        alike = [statement("t0", 1.0), statement("t0", 1.0, expert="李")]
        one, other = (
            Experts(priors=said).fit(table, bad).believed_[0].prior
            for said in (apart, alike)
        )

        assert one == pytest.approx((1.0, np.hypot(DOUBT, 1.0)), rel=1e-3)
        assert other == pytest.approx((1.0, DOUBT), rel=1e-3)

    def test_leave_a_weight_nobody_speaks_of_to_the_data_and_a_ridge(self) -> None:
        rng = np.random.default_rng(2)
        trade = rng.choice(["a", "b", "c"], 3_000)
        bad = rng.random(3_000) < np.where(trade == "c", 0.4, 0.1)
        said = [statement("t", 0.0, start="a", end="b")]
        model = Experts(priors=said).fit(pd.DataFrame({"t": trade}), bad)
        (line,) = model.lines_

        assert line.labels["c"] - line.labels["a"] == pytest.approx(1.7, abs=0.3)
        assert SILENT == 0.5

    def test_are_kept_to_the_bit_and_give_reasons(self) -> None:
        table, bad = world(3, 300)
        model = Experts(priors=held(3)).fit(table, bad)
        back = model_of(model_text(model))

        np.testing.assert_array_equal(back.pd(table), model.pd(table))
        assert model_text(back) == model_text(model)
        assert isinstance(back, Experts)
        assert told_of_experts(back) == told_of_experts(model)
        parts = parts_of(model, table)
        np.testing.assert_allclose(
            1 / (1 + np.exp(-parts.log_odds)), model.pd(table), atol=1e-9
        )

    def test_state_the_share_of_defaults_on_average(self) -> None:
        table, bad = world(4, 150)

        said = Experts(priors=held(4)).fit(table, bad).pd(table).mean()
        assert said == pytest.approx(bad.mean(), abs=1e-8)

    @pytest.mark.parametrize("times", [2.0, -0.5])
    def test_leave_out_a_trait_that_another_one_tells_and_say_so(
        self, times: float
    ) -> None:
        table, bad = world(6, 200)
        table["t0_again"] = times * table["t0"]
        said = [statement("t0", 0.8), statement("t0_again", 0.4), statement("t1", 0.6)]
        model = Experts(priors=said).fit(table, bad)
        alone = Experts(priors=[said[0], said[2]]).fit(table, bad)

        assert model.refused_ == {"t0_again": "others"}
        assert [line.trait for line in model.lines_] == ["t0", "t1"]
        np.testing.assert_array_equal(model.pd(table), alone.pd(table))
        assert [one["trait"] for one in told_of_experts(model)] == ["t0", "t1"]

    def test_leave_out_a_trait_that_is_missing_where_another_one_is(self) -> None:
        table, bad = world(7, 200)
        table.loc[:29, ["t0", "t1"]] = np.nan
        said = [statement("t0", 0.8), statement("t1", 0.6)]

        model = Experts(priors=said).fit(table, bad)

        assert model.refused_ == {"t1": "others"}

    @pytest.mark.parametrize(
        ("said", "fault"),
        [
            (statement("t9", 1.0), "no such trait"),
            (statement("t0", 1.0, start=90.0, end=99.0), "does not tell its two"),
            (statement("t0", 1.0, start="C13", end="H62"), "holds numbers"),
        ],
    )
    def test_are_told_what_cannot_be_laid_on_the_sample(
        self, said: dict[str, Any], fault: str
    ) -> None:
        table, bad = world(5, 100)

        with pytest.raises(UnusablePriorError, match=fault):
            Experts(priors=[said]).fit(table, bad)


GOOD = """
priors:
- {expert: 王丽, day: 2025-03-01, trait: late, from: 0, to: 30, direction: riskier,
   odds_ratio: 3, range_90: [1.5, 6], reason: 逾期一月者多再逾期}
- {expert: 王丽, day: 2025-06-01, trait: late, from: 0, to: 30, direction: riskier,
   odds_ratio: 4, range_90: [2, 8], reason: 复核后上调}
"""


class TestReadStatements:
    def test_takes_the_last_word_of_each_expert(self) -> None:
        (one,) = read_statements(GOOD, file="priors.yaml")

        assert one.odds_ratio == 4
        assert one.deviation == pytest.approx(np.log(2) / 1.645, rel=1e-3)

    @pytest.mark.parametrize(
        ("old", "new", "fault"),
        [
            ("direction: riskier", "direction: safer", "is riskier at 'to', not safer"),
            ("odds_ratio: 3", "odds_ratio: 9", "must hold the odds ratio 9"),
            ("odds_ratio: 3", "odds_ratio: -3", "must be numbers"),
            ("range_90: [1.5, 6]", "range_90: 2", "must be numbers"),
            ("from: 0, to: 30", "from: 0, to: 0", "must be apart"),
            ("from: 0, to: 30", "from: C13, to: 30", "two numbers, or two categories"),
            ("day: 2025-03-01", "day: spring", "'day' must be"),
            ("expert: 王丽", "expert: ''", "'expert' must be"),
            (", reason: 逾期一月者多再逾期", "", "no more and no less"),
            ("priors:", "prior:", "'priors' with a list"),
            ("priors:", "priors: [", "priors.yaml"),
            ("day: 2025-03-01", "day: 2025-02-30", "not YAML: day is out of range"),
            ("direction: riskier", "direction: [riskier]", "must be riskier or safer"),
            ("direction: riskier", "direction: {a: b}", "must be riskier or safer"),
            ("odds_ratio: 3", f"odds_ratio: 1{'0' * 400}", "must be numbers"),
            ("odds_ratio: 3", "odds_ratio: 3, odds_ratio: 4", "'odds_ratio' stands"),
            ("priors:", "more: 1\npriors:", "'priors' with a list is due, no more"),
        ],
    )
    def test_names_each_fault(self, old: str, new: str, fault: str) -> None:
        with pytest.raises(StatementsError, match=fault):
            read_statements(GOOD.replace(old, new, 1), file="priors.yaml")

    def test_names_what_stands_twice_beside_all_else(self) -> None:
        text = GOOD.replace("day: 2025-03-01", "day: spring, day: 2025")
        text = text.replace("odds_ratio: 4", "odds_ratio: 40")

        with pytest.raises(StatementsError) as told:
            read_statements(text, file="priors.yaml")

        assert "have 3 fault(s)" in str(told.value)
        assert "'day' stands twice" in str(told.value)
        assert "number 1: 'day' must be a day" in str(told.value)
        assert "number 2: range_90" in str(told.value)
