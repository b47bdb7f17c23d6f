"""Grades: ordered answers, honest folds, models kept as text."""

import numpy as np
from tests.risk.conftest import Planted

from xiaowei.risk.rating import Grader, fit_grader, letters, likeliest
from xiaowei.risk.sample import Ints, Sample, folds


def graded(planted: Planted, *, firms: int = 300) -> tuple[Sample, Ints]:
    sample, _ = planted(firms=firms)
    level = (
        -sample.traits["sales_span_days"] + 0.3 * sample.traits["sales_variation_24m"]
    )
    return sample, np.searchsorted(np.quantile(level, [0.25, 0.5, 0.75]), level).astype(
        np.int64
    )


class TestGrader:
    def test_gives_odds_that_add_up(self, planted: Planted) -> None:
        sample, grades = graded(planted)

        odds = fit_grader(sample, grades)[0].odds(sample)

        assert odds.shape == (300, 4)
        assert (odds >= 0).all()
        assert np.allclose(odds.sum(axis=1), 1, atol=1e-8)

    def test_finds_planted_grades_on_firms_it_has_not_seen(
        self, planted: Planted
    ) -> None:
        sample, grades = graded(planted)

        _, unseen = fit_grader(sample, grades)

        assert (likeliest(unseen.mean(axis=0)) == grades).mean() > 0.6

    def test_knows_nothing_of_a_firm_that_its_members_have_not_seen(
        self, planted: Planted
    ) -> None:
        sample, _ = graded(planted, firms=120)
        chance = np.random.default_rng(5).permutation(np.repeat([0, 1, 2, 3], 30))

        grader, unseen = fit_grader(sample, chance)

        # Of grades dealt by chance the members tell what they learnt by heart, and
        # nothing of the firms kept from them.
        assert (likeliest(grader.odds(sample)) == chance).mean() > 0.6
        assert (likeliest(unseen.mean(axis=0)) == chance).mean() < 0.4

    def test_never_grades_better_for_more_risk(self, planted: Planted) -> None:
        sample, grades = graded(planted)
        grader, _ = fit_grader(sample, grades)
        worse = Sample(
            sample.ids,
            {
                **sample.traits,
                "sales_variation_24m": sample.traits["sales_variation_24m"] + 3,
            },
        )

        mean = grader.odds(sample) @ np.arange(4)
        mean_worse = grader.odds(worse) @ np.arange(4)

        assert (mean_worse >= mean - 1e-9).all()

    def test_is_the_same_from_its_text(self, planted: Planted) -> None:
        sample, grades = graded(planted)
        grader, _ = fit_grader(sample, grades)

        again = Grader(tuple(tuple(models) for models in grader.members))

        assert again.odds(sample).tobytes() == grader.odds(sample).tobytes()
        assert fit_grader(sample, grades)[0] == grader


class TestLikeliest:
    def test_takes_the_worse_of_equal_grades(self) -> None:
        odds = np.array([[0.4, 0.4, 0.2, 0.0], [0.1, 0.2, 0.3, 0.4]])

        assert letters(likeliest(odds)) == ["B", "D"]


class TestFolds:
    def test_deal_every_firm_once_and_every_class_evenly(self) -> None:
        classes = np.repeat([0, 1, 2, 3], [27, 38, 34, 24])

        dealt = folds(classes, count=5, generator=np.random.default_rng(2))

        judged = np.concatenate([judge for _, judge in dealt])
        assert sorted(judged.tolist()) == list(range(123))
        sizes = [len(judge) for _, judge in dealt]
        assert max(sizes) - min(sizes) <= 1
        for _, judge in dealt:
            counts = np.bincount(classes[judge], minlength=4)
            assert counts.min() >= 4
            assert counts.max() <= 8

    def test_keep_learning_and_judging_apart(self) -> None:
        classes = np.repeat([0, 1], [20, 10])

        for learn, judge in folds(classes, count=5, generator=np.random.default_rng(2)):
            assert not set(learn.tolist()) & set(judge.tolist())
