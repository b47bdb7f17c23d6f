"""Opinions on record: what may be put there, what is read back, what stands."""

from datetime import date
from typing import Any

import pytest

from xiaowei.industry.opinions import (
    Opinion,
    OpinionError,
    opinion_line,
    read_opinions,
    standing,
)

DAY = date(2026, 3, 31)


def opinion(**stated: Any) -> Opinion:  # noqa: ANN401
    return Opinion(
        **{
            "expert": "li.na",
            "day": date(2026, 1, 15),
            "kind": "industry",
            "about": "H62",
            "shift": 0.2,
            "confidence": 0.8,
            "reasoning": "租金上涨，翻台率下降",
            "saw_model": False,
            **stated,
        }
    )


class TestOpinion:
    def test_must_give_a_reason_and_keep_within_bounds(self) -> None:
        with pytest.raises(OpinionError) as refused:
            opinion(reasoning=" ", shift=9.0, confidence=1.2, about="餐饮")

        for fault in ("'reasoning' is empty", "9.0", "1.2", "'餐饮' is no code"):
            assert fault in str(refused.value)

    @pytest.mark.parametrize(
        ("stated", "fault"),
        [
            ({"reasoning": "一\n二"}, "'reasoning' holds line breaks"),
            ({"expert": "li\x1b[2Jna"}, "'expert' holds line breaks or marks"),
            ({"reasoning": "a\u202eb"}, "'reasoning' holds line breaks or marks"),
            ({"reasoning": "\udcff"}, "'reasoning' holds line breaks or marks"),
            ({"reasoning": "长" * 2_001}, "'reasoning' has 2001 characters, 2000"),
            ({"shift": float("nan")}, "shift nan"),
        ],
    )
    def test_is_a_plain_line_of_bounded_length(
        self, stated: dict[str, Any], fault: str
    ) -> None:
        with pytest.raises(OpinionError) as refused:
            opinion(**stated)

        assert fault in str(refused.value)

    def test_says_when_its_author_had_seen_the_model(self) -> None:
        assert "having seen" in opinion(saw_model=True).text.en
        assert "having seen" not in opinion().text.en


class TestRecord:
    def test_gives_opinions_back(self) -> None:
        both = (opinion(), opinion(kind="case", about="E1", shift=-0.5))
        text = "\n".join(map(opinion_line, both)) + "\n\n"

        assert read_opinions(text).opinions == both
        assert read_opinions(text).rejects == ()

    def test_keeps_good_lines_beside_bad_ones(self) -> None:
        lines = ["{", opinion_line(opinion()), "[1]", '{"day": "2026-01-01"}']
        reading = read_opinions("\n".join(lines))

        assert reading.opinions == (opinion(),)
        assert [number for number, _ in reading.rejects] == [1, 3, 4]


class TestStanding:
    def test_is_the_last_of_each_expert(self) -> None:
        first, second = opinion(shift=0.1), opinion(shift=0.3, day=date(2026, 2, 1))
        other = opinion(expert="wang.wei")

        stands = standing(
            [second, first, other], kind="industry", about="H6299", on=DAY, months=12
        )

        assert stands == ()
        assert standing(
            [second, first, other], kind="industry", about="62", on=DAY, months=12
        ) == (second, other)

    def test_is_not_known_before_its_day(self) -> None:
        later = opinion(day=date(2026, 4, 1))

        assert not standing([later], kind="industry", about="H62", on=DAY, months=12)

    @pytest.mark.parametrize(
        ("on", "stands"), [(date(2027, 1, 14), True), (date(2027, 1, 15), False)]
    )
    def test_ends_after_its_months(self, on: date, *, stands: bool) -> None:
        found = standing([opinion()], kind="industry", about="H62", on=on, months=12)

        assert bool(found) == stands
