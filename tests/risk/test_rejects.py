"""What holds of all applicants is told between bounds, from those accepted."""

from itertools import product

import numpy as np
import pytest

from xiaowei.risk.measures import auc
from xiaowei.risk.rejects import (
    Applicants,
    RejectsError,
    Whole,
    auc_bounds,
    whole_of,
)
from xiaowei.risk.sample import Floats, Ints

CUT_OFF = 0.25
WORLDS = 20
RANDOM_ARM = 0.1


def drawn(seed: int, *, count: int = 6_000) -> tuple[Applicants, Ints]:
    """Applicants decided by an officer who sees more than the model does.

    The officer declines those of high risk by what the model sees and by what it does
    not; one in ten of those declined is accepted by chance.
    """
    rng = np.random.default_rng(seed)
    seen, unseen = rng.normal(size=(2, count))
    odds = -1.2 + 0.8 * seen + 0.9 * unseen
    bad = (rng.random(count) < 1 / (1 + np.exp(-odds))).astype(np.int64)
    # The model was learnt from the accepted: it ranks well and is too low.
    pd_ = 1 / (1 + np.exp(-(-1.6 + 0.7 * seen)))
    declined = seen + unseen > 0.3
    chance = np.where(declined, RANDOM_ARM, 1.0)
    accepted = rng.random(count) < chance
    return Applicants(pd_, accepted, np.where(accepted, bad, 0), chance), bad


def told(one: Applicants, *, draws: int = 60, seed: int = 0) -> Whole:
    generator = np.random.default_rng(seed)
    return whole_of(one, cut_off=CUT_OFF, generator=generator, draws=draws)


class TestWholeOf:
    def test_halves_the_error_and_lies_within_its_bounds(self) -> None:
        errors, held = [], []
        for seed in range(WORLDS):
            one, fate = drawn(seed)
            found = told(one)
            truth = float(fate[one.pd <= CUT_OFF].mean())
            rate = found.bad_rate
            assert rate.low <= truth <= rate.high
            assert found.auc.low <= auc(one.pd, fate) <= found.auc.high
            assert rate.doubly_robust is not None
            assert rate.weighted is not None
            assert rate.accepted_only is not None
            guesses = (
                rate.accepted_only,
                rate.weighted.value,
                rate.doubly_robust.value,
            )
            errors.append([abs(guess - truth) for guess in guesses])
            held.append(rate.doubly_robust.low <= truth <= rate.doubly_robust.high)
        naive, weighted, mended = np.mean(errors, axis=0)

        assert mended < naive / 2
        assert weighted < naive / 2
        # Twenty intervals of 95%: 17 or more in all but one of sixty tables of tests.
        assert sum(held) >= 16

    def test_mends_the_auc_too(self) -> None:
        errors = []
        for seed in range(WORLDS):
            one, fate = drawn(seed)
            found = told(one, draws=2).auc
            truth = auc(one.pd, fate)
            assert found.accepted_only is not None
            assert found.doubly_robust is not None
            errors.append(
                (
                    abs(found.accepted_only - truth),
                    abs(found.doubly_robust.value - truth),
                )
            )
        naive, mended = np.mean(errors, axis=0)

        assert mended < naive / 2

    def test_gives_bounds_alone_where_chances_are_not_known(self) -> None:
        one, _ = drawn(0)
        bare = told(Applicants(one.pd, one.accepted, one.bad))
        never = np.where(one.accepted, 1.0, 0.0)
        some = told(Applicants(one.pd, one.accepted, one.bad, never))

        for found in (bare, some):
            assert found.bad_rate.weighted is None
            assert found.bad_rate.doubly_robust is None
            assert found.bad_rate.effective is None
            assert 0 < found.bad_rate.low < found.bad_rate.high < 1

    def test_is_sure_where_everybody_was_accepted(self) -> None:
        one, fate = drawn(1)
        everybody = np.ones(len(fate), dtype=np.bool_)
        found = told(Applicants(one.pd, everybody, fate, np.ones(len(fate))))
        truth = float(fate[one.pd <= CUT_OFF].mean())

        assert found.bad_rate.accepted_only == pytest.approx(truth)
        assert found.bad_rate.weighted is not None
        assert found.bad_rate.weighted.value == pytest.approx(truth)
        assert found.bad_rate.doubly_robust is not None
        assert found.bad_rate.doubly_robust.value == pytest.approx(truth)
        assert found.bad_rate.without_outcome == 0
        below = int((one.pd <= CUT_OFF).sum())
        assert found.bad_rate.effective == pytest.approx(below)
        assert found.auc.accepted_only == pytest.approx(auc(one.pd, fate))

    def test_says_how_little_a_small_arm_is_worth(self) -> None:
        one, _ = drawn(0)
        found = told(one)

        assert found.bad_rate.effective is not None
        assert found.bad_rate.effective < (one.accepted & (one.pd <= CUT_OFF)).sum()

    @pytest.mark.parametrize(
        ("chance", "cut_off", "fault"),
        [
            (np.array([1.0, 1.0, 0.0, 1.0]), 1.0, "row 2 has a chance of 0 and was"),
            (np.array([1.0, 1.0, 1.0, 1.5]), 1.0, "row 3 has a chance of 1.5"),
            (None, 0.05, "of 0 applicants up to a PD of 0.05"),
            (None, 0.1, "lack one of the outcomes"),
        ],
    )
    def test_names_what_cannot_be(
        self, chance: Floats | None, cut_off: float, fault: str
    ) -> None:
        one = Applicants(
            np.array([0.1, 0.2, 0.3, 0.4]),
            np.array([True, True, True, False]),
            np.array([0, 1, 0, 0]),
            chance,
        )

        with pytest.raises(RejectsError, match=fault):
            whole_of(one, cut_off=cut_off, generator=np.random.default_rng(0))


class TestAucBounds:
    @pytest.mark.parametrize("seed", range(12))
    def test_are_those_of_every_fate_that_can_be(self, seed: int) -> None:
        rng = np.random.default_rng(seed)
        pd_ = rng.integers(1, 5, 11) / 10
        bad = np.array([0, 1, *rng.integers(0, 2, 9)])
        accepted = np.array([True] * 5 + [False] * 6)
        values = [
            auc(pd_, np.array([*bad[:5], *fate])) for fate in product((0, 1), repeat=6)
        ]

        low, high = auc_bounds(Applicants(pd_, accepted, bad))
        assert low == pytest.approx(min(values))
        assert high == pytest.approx(max(values))
