"""The best-worst method against its published examples."""

import pytest

from xiaowei.industry.best_worst import (
    Comparisons,
    ComparisonsError,
    InconsistentError,
    weigh,
)

CAR = Comparisons(
    best="price",
    worst="style",
    best_over={"quality": 2, "price": 1, "comfort": 4, "safety": 2, "style": 8},
    over_worst={"quality": 4, "price": 8, "comfort": 2, "safety": 4, "style": 1},
)
TRANSPORT = Comparisons(
    best="cost",
    worst="load",
    best_over={"load": 8, "access": 2, "cost": 1},
    over_worst={"load": 1, "access": 5, "cost": 8},
)
"""Choice of a mode of transport, the example of Rezaei 2015."""


class TestWeigh:
    def test_gives_the_weights_that_consistent_comparisons_spell_out(self) -> None:
        weighing = weigh(CAR)

        # 4, 8, 2, 4 and 1 of 19.
        assert weighing.weights == pytest.approx(
            {
                "quality": 0.2105,
                "price": 0.4211,
                "comfort": 0.1053,
                "safety": 0.2105,
                "style": 0.0526,
            },
            abs=1e-4,
        )
        assert weighing.gap == pytest.approx(0, abs=1e-9)
        assert weighing.ratio == 0.0

    def test_gives_the_published_consistency_ratio(self) -> None:
        # Rezaei 2015: deviation 0.26 over an index of 4.47 is 0.058.
        assert weigh(TRANSPORT).ratio == pytest.approx(0.058, abs=5e-4)

    def test_leaves_the_least_gap_there_can_be(self) -> None:
        weighing = weigh(TRANSPORT)
        load, access, cost = (weighing.weights[n] for n in ("load", "access", "cost"))

        # By hand: all three gaps alike and the sum 1 leave but one solution.
        assert (load, access, cost) == pytest.approx((2 / 28, 9 / 28, 17 / 28))
        assert weighing.gap == pytest.approx(1 / 28)
        gaps = (cost - 2 * access, access - 5 * load, cost - 8 * load)
        assert max(map(abs, gaps)) == pytest.approx(weighing.gap)

    def test_weighs_what_is_alike_alike(self) -> None:
        alike = dict.fromkeys("abc", 1)
        weighing = weigh(
            Comparisons(best="a", worst="c", best_over=alike, over_worst=alike)
        )

        assert list(weighing.weights.values()) == pytest.approx([1 / 3] * 3)
        assert weighing.ratio == 0.0


class TestWeighing:
    def test_is_refused_when_it_contradicts_itself(self) -> None:
        muddled = Comparisons(
            best="a",
            worst="c",
            best_over={"a": 1, "b": 9, "c": 3},
            over_worst={"a": 3, "b": 9, "c": 1},
        )

        with pytest.raises(InconsistentError, match=r"0\.25 at most"):
            weigh(muddled).checked(limit=0.25)

    def test_is_taken_when_consistent_enough(self) -> None:
        weighing = weigh(TRANSPORT)

        assert weighing.checked(limit=0.25) is weighing


class TestComparisons:
    def test_name_every_fault(self) -> None:
        with pytest.raises(ComparisonsError) as refused:
            Comparisons(
                best="a",
                worst="z",
                best_over={"a": 2, "b": 12},
                over_worst={"a": 3, "b": 1},
            )

        for fault in ("'z' is not compared", "'b' is compared as 12", "over itself"):
            assert fault in str(refused.value)

    def test_must_agree_on_the_best_over_the_worst(self) -> None:
        with pytest.raises(ComparisonsError, match="not the same on both sides"):
            Comparisons(
                best="a",
                worst="b",
                best_over={"a": 1, "b": 4},
                over_worst={"a": 5, "b": 1},
            )
