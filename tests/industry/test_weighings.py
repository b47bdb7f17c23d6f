"""Judges weigh experts; the last word of each counts, and nobody judges himself."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xiaowei.industry.best_worst import ComparisonsError
from xiaowei.industry.weighings import (
    Judgement,
    JudgementError,
    judged_weights,
    read_comparisons,
    standing_judgements,
)

DAY = date(2026, 1, 15)
TEXT = """
best: 李娜
worst: 王伟
best_over: {李娜: 1, 张磊: 2, 王伟: 4}
over_worst: {李娜: 4, 张磊: 2, 王伟: 1}
"""


def judged(judge: str = "赵行长", day: date = DAY, text: str = TEXT) -> Judgement:
    return Judgement(judge=judge, day=day, comparisons=read_comparisons(text))


class TestReadComparisons:
    def test_are_weighed_as_stated(self) -> None:
        weighing = judged().weighing

        assert weighing.ratio == 0
        assert weighing.weights == pytest.approx(
            {"李娜": 4 / 7, "张磊": 2 / 7, "王伟": 1 / 7}
        )

    @pytest.mark.parametrize(
        ("text", "fault"),
        [
            ("", "none"),
            ("- 1", "none"),
            ("best: {", "flow"),
            ("best: 李娜\nworst: 王伟", "best, worst"),
            ("{best: a, worst: b, best_over: 3, over_worst: {}}", "best_over"),
            (TEXT.replace("4}", "true}"), "whole numbers"),
            (TEXT.replace("4}", "4.0}"), "whole numbers"),
        ],
    )  # fmt: skip
    def test_are_refused_in_another_form(self, text: str, fault: str) -> None:
        with pytest.raises(JudgementError, match=fault):
            read_comparisons(text)

    def test_are_refused_where_they_do_not_fit(self) -> None:
        with pytest.raises(ComparisonsError, match="same on both sides"):
            read_comparisons(TEXT.replace("4}", "5}"))

    @given(st.text())
    def test_never_fail_otherwise(self, text: str) -> None:
        with pytest.raises((JudgementError, ComparisonsError)):
            read_comparisons(text)


class TestJudgement:
    @pytest.mark.parametrize("judge", ["", "  ", "李娜", "x" * 101, "赵\u202e长"])
    def test_is_refused_of_nobody_and_of_the_judged(self, judge: str) -> None:
        with pytest.raises(JudgementError):
            judged(judge)


class TestStandingJudgements:
    def test_are_the_last_of_each_judge_by_the_day(self) -> None:
        first, later = judged(), judged(day=date(2026, 3, 1))
        other = judged("钱行长", day=date(2026, 2, 1))

        def standing(on: date) -> tuple[Judgement, ...]:
            return standing_judgements([later, first, other], on=on)

        assert standing(date(2026, 1, 14)) == ()
        assert standing(DAY) == (first,)
        assert standing(date(2030, 1, 1)) == (later, other)


class TestJudgedWeights:
    def test_are_1_in_the_mean_and_the_mean_of_judges(self) -> None:
        pair = judged(
            "钱行长",
            text="{best: 李娜, worst: 王伟, best_over: {李娜: 1, 王伟: 1}, "
            "over_worst: {李娜: 1, 王伟: 1}}",
        )

        assert judged_weights([]) == {}
        assert sum(judged_weights([judged()]).values()) == pytest.approx(3)
        assert judged_weights([judged(), pair])["李娜"] == pytest.approx(
            (3 * 4 / 7 + 1) / 2
        )
