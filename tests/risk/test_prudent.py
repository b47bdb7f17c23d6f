"""A grade without a default has a PD above 0, and no worse grade a lower one."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from xiaowei.risk.prudent import GradeCountsError, prudent_bounds

counts = st.lists(
    st.tuples(st.integers(0, 500), st.floats(0, 1)).map(
        lambda one: (one[0], int(one[0] * one[1]))
    ),
    min_size=1,
    max_size=6,
).filter(lambda grades: sum(firms for firms, _ in grades) > 0)


class TestPrudentBounds:
    def test_are_those_of_the_paper(self) -> None:
        # Pluto and Tasche 2005, table 1 (no defaults) and table 4, independent.
        none = prudent_bounds(
            [("A", 100, 0), ("B", 400, 0), ("C", 300, 0)], confidence=0.9
        )
        few = prudent_bounds(
            [("A", 100, 0), ("B", 400, 2), ("C", 300, 1)], confidence=0.9
        )

        assert [round(g.bound, 4) for g in none] == [0.0029, 0.0033, 0.0076]
        assert [round(g.bound, 4) for g in few] == [0.0083, 0.0095, 0.0129]

    @given(grades=counts, confidence=st.floats(0.5, 0.999))
    def test_never_fall_and_are_never_0(
        self, grades: list[tuple[int, int]], confidence: float
    ) -> None:
        stated = [(str(at), *one) for at, one in enumerate(grades)]
        bounds = [one.bound for one in prudent_bounds(stated, confidence=confidence)]

        assert bounds == sorted(bounds)
        assert bounds[0] > 0

    def test_hold_as_often_as_they_say(self) -> None:
        rng = np.random.default_rng(0)
        truth = [0.005, 0.01, 0.03]
        held = np.zeros(3)
        for _ in range(400):
            grades = [(str(p), 300, int(rng.binomial(300, p))) for p in truth]
            bounds = prudent_bounds(grades, confidence=0.75)
            held += [one.bound >= p for one, p in zip(bounds, truth, strict=True)]

        assert (held / 400 >= 0.72).all()

    @pytest.mark.parametrize(
        ("grades", "confidence"),
        [([("A", 1, 2)], 0.9), ([("A", 0, 0)], 0.9), ([("A", 9, 0)], 1.0), ([], 0.9)],
    )
    def test_refuse_counts_that_cannot_be(
        self, grades: list[tuple[str, int, int]], confidence: float
    ) -> None:
        with pytest.raises(GradeCountsError):
            prudent_bounds(grades, confidence=confidence)
