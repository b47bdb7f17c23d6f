"""Papers against what a firm cannot help doing."""

from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from tests.factories import Row, invoice
from tests.verification.cases import case

from xiaowei.verification.band import usual
from xiaowei.verification.chances import peer_tails, rare_tails
from xiaowei.verification.months import SPAN, Months, month_of_ago, months_of
from xiaowei.verification.story import one_story

FIRMS = 200
AS_OF = date(2025, 6, 30)


def world(seed: int, *, inflated: float = 1.0, silent: bool = False) -> Months:
    """Firms whose sales follow electricity and people; the first may inflate sales."""
    rng = np.random.default_rng(seed)
    level = rng.normal(14, 1, (FIRMS, 1))
    activity = level + np.cumsum(rng.normal(0, 0.05, (FIRMS, SPAN)), axis=1)
    sales = np.exp(activity + rng.normal(0, 0.25, (FIRMS, SPAN)))
    sales[0, SPAN // 2 :] *= inflated
    power = np.exp(0.7 * activity + rng.normal(0, 0.15, (FIRMS, SPAN)))
    people = np.asarray(np.round(np.exp(0.5 * activity - 4)) + 1, dtype=np.float64)
    if silent:
        power[1] = np.nan
        people[1] = np.nan
        power[2] = np.nan
    return Months(
        tuple(f"F{n:03}" for n in range(FIRMS)),
        {"sales": sales, "electricity": power, "insured": people},
    )


def heights(months: Months) -> np.ndarray:
    """The highest step of each firm's sales."""
    witnesses = ("electricity", "insured")
    sections = ["C"] * FIRMS
    return one_story(months, "sales", witnesses, sections=sections).height


class TestOneStory:
    def test_finds_who_inflates_and_since_when(self) -> None:
        steps = one_story(
            world(1, inflated=3.0),
            "sales",
            ("electricity", "insured"),
            sections=["C"] * FIRMS,
        )

        assert int(np.argmax(steps.height)) == 0
        assert steps.since[0] == SPAN // 2 // 3
        assert np.exp(steps.size[0]) == pytest.approx(3.0, rel=0.3)

    def test_expects_of_a_liar_what_was_usual_before(self) -> None:
        months = world(1, inflated=3.0)
        steps = one_story(
            months, "sales", ("electricity", "insured"), sections=["C"] * FIRMS
        )

        level = usual(steps)
        beyond = np.exp(steps.residual[0] - level[0])

        half = SPAN // 2 // 3
        assert np.median(beyond[:half]) == pytest.approx(1.0, rel=0.1)
        assert np.median(beyond[half:]) == pytest.approx(3.0, rel=0.25)
        assert (level == 0).mean() > 0.7

    def test_tells_little_of_small_inflation(self) -> None:
        found = heights(world(1, inflated=1.02))

        assert (found > found[0]).sum() > 5

    def test_is_silent_without_a_witness_and_wider_with_fewer(self) -> None:
        months = world(2, silent=True)
        steps = one_story(
            months, "sales", ("electricity", "insured"), sections=["C"] * FIRMS
        )

        assert np.isnan(steps.height[1])
        assert steps.witnesses[1] == 0
        assert steps.witnesses[2] == 1
        assert not np.isnan(steps.height[2])

    def test_does_not_depend_on_the_unit(self) -> None:
        months = world(3)
        doubled = replace(
            months,
            measures={**months.measures, "sales": 2 * months.of("sales")},
        )

        assert heights(doubled) == pytest.approx(heights(months))

    def test_leaves_honest_firms_at_the_stated_rate(self) -> None:
        called = [
            float((peer_tails(heights(world(seed)), ["C"] * FIRMS) <= 0.01).mean())
            for seed in range(20)
        ]

        assert 0.002 < np.mean(called) < 0.02


class TestTails:
    def test_of_peers_do_not_call_a_trade_for_being_wide(self) -> None:
        rng = np.random.default_rng(5)
        gaps = np.concatenate([rng.normal(0, 1, 2_000), rng.normal(1, 4, 2_000)])
        groups = ["C"] * 2_000 + ["F"] * 2_000

        called = peer_tails(gaps, groups) <= 0.01

        narrow, wide = called[:2_000].mean(), called[2_000:].mean()
        assert narrow > 0.002
        assert wide < 2 * max(narrow, 0.005)

    def test_of_the_rare_count_who_shows_as_much(self) -> None:
        found = rare_tails(np.array([0.0, 5.0, 3.0, 9.0]), np.array([0, 1, 1, 1]) == 1)

        assert found.tolist() == [1.0, 0.6, 0.8, 0.4]


class TestMonths:
    def test_tell_nothing_from_nought(self) -> None:
        rows: list[Row] = [
            invoice(happened_on=date(2025, 1, 15)),
            invoice(happened_on=date(2025, 4, 15), state="voided"),
            invoice(enterprise_id="E2", direction="purchase", happened_on=AS_OF),
        ]
        months = months_of(case(invoices=rows, as_of=AS_OF))
        sales = dict(zip(months.firms, months.of("sales"), strict=True))

        assert np.isnan(sales["E1"][:-6]).all()
        assert sales["E1"][-6:].tolist() == [100_000.0, 0, 0, 0, 0, 0]
        assert np.isnan(sales["E2"]).all()
        assert np.isnan(months.of("electricity")).all()

    def test_are_named_from_the_last_complete_one(self) -> None:
        assert month_of_ago(date(2025, 6, 29), 0) == "2025-05"
        assert month_of_ago(AS_OF, SPAN - 1) == "2022-07"
