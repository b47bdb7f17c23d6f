"""Every planted leak is found, by its column and kind; honest files give no alarm."""

from collections.abc import Callable
from datetime import date

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from tests.risk.leak_files import honest_files
from tests.risk.leak_kinds import Planted
from tests.risk.leak_plots import PLANTS

from xiaowei.risk.leaks.circumstances import (
    Circumstances,
    EmptySideError,
    NoDecisionDayError,
    NoSuchColumnError,
    UnlikeLengthError,
)
from xiaowei.risk.leaks.inspection import Inspection, UnlikeOutcomeError, inspect
from xiaowei.risk.leaks.leak import KINDS, Leak
from xiaowei.risk.sample import TooFewOutcomesError

SEEDS = 20
FIRST_SEEDS = 1
"""Every run looks at so many; the others are for the night."""


def seeds() -> list[object]:
    return [
        seed if seed < FIRST_SEEDS else pytest.param(seed, marks=pytest.mark.nightly)
        for seed in range(SEEDS)
    ]


def looked_at(files: Planted) -> Inspection:
    return inspect(files.table, files.defaulted, circumstances=files.told)


class TestPlants:
    @pytest.mark.parametrize("seed", seeds())
    @pytest.mark.parametrize("name", PLANTS)
    def test_are_found_by_name_and_nothing_else_is(self, name: str, seed: int) -> None:
        files = PLANTS[name](honest_files(seed))

        inspection = looked_at(files)

        for candidate, kinds in files.named.items():
            assert [
                leak
                for leak in inspection.leaks
                if leak.candidate == candidate
                and leak.kind in kinds
                and leak.severity == files.severity
            ], f"{candidate} is missed: {inspection.leaks}"
        others = [one for one in inspection.leaks if one.candidate not in files.named]
        assert [one for one in others if one.severity == "leak"] == []

    def test_are_of_every_kind(self) -> None:
        made = {
            kind
            for plant in PLANTS.values()
            for kinds in plant(honest_files(0)).named.values()
            for kind in kinds
        }

        assert made == set(KINDS)


class TestHonestFiles:
    @pytest.mark.parametrize("seed", range(20))
    def test_give_no_alarm(self, seed: int) -> None:
        files = honest_files(100 + seed)

        assert inspect(files.table, files.defaulted).leaks == ()

    @pytest.mark.parametrize("seed", range(4))
    @pytest.mark.parametrize(
        ("firms", "bad_rate"), [(123, 0.22), (400, 0.4), (1500, 0.04), (6000, 0.1)]
    )
    def test_give_no_alarm_when_few_many_or_rarely_bad(
        self, firms: int, bad_rate: float, seed: int
    ) -> None:
        files = honest_files(200 + seed, firms=firms, bad_rate=bad_rate)

        assert inspect(files.table, files.defaulted).leaks == ()

    @pytest.mark.parametrize("seed", range(10))
    def test_may_hold_one_trait_as_strong_as_any_honest_one(self, seed: int) -> None:
        files = honest_files(300 + seed)
        score = files.risk + files.rng.normal(0, 1.6, len(files))
        bands = np.digitize(score, np.quantile(score, np.linspace(0.1, 0.9, 9)))
        table = files.table.assign(score=score, band=[f"R{band}" for band in bands])

        assert inspect(table, files.defaulted).leaks == ()

    def test_may_be_split_by_time_and_owner(self) -> None:
        files = honest_files(1)
        told = Circumstances(
            decided_on=files.decided,
            happened=files.happened,
            observed=date(2024, 1, 1),
            known_on={"margin": files.decided - pd.Timedelta(days=1)},
            groups=np.arange(len(files)),
            test=np.arange(len(files)) >= 1000,
            snapshot=files.table,
        )

        assert inspect(files.table, files.defaulted, circumstances=told).leaks == ()


class TestKinds:
    def test_are_said_each_in_its_own_words(self) -> None:
        assert len({said.zh for said in KINDS.values()}) == len(KINDS)
        assert len({said.en for said in KINDS.values()}) == len(KINDS)
        assert all(said.zh and said.en for said in KINDS.values())


class TestInspect:
    def test_reads_any_table_and_takes_the_outcome_by_name(self) -> None:
        files = PLANTS["rating"](honest_files(3))
        frame = files.table.assign(bad=files.defaulted)

        given = inspect(files.table, files.defaulted)

        assert inspect(frame, "bad") == given
        assert inspect(pa.Table.from_pandas(frame), "bad") == given
        assert given.firms == 1500
        assert given.bads == int(files.defaulted.sum())
        assert given.looked_at == tuple(files.table.columns)

    def test_reads_a_bare_matrix(self) -> None:
        rng = np.random.default_rng(0)
        defaulted = (rng.random(400) < 0.2).astype(int)
        matrix = np.column_stack(
            [rng.normal(size=400), defaulted + rng.normal(size=400) / 5]
        )

        assert inspect(matrix, defaulted).refused == ("x1",)

    def test_gives_the_same_for_the_same_seed(self) -> None:
        files = PLANTS["bands"](honest_files(4, firms=9000))

        once, again = (inspect(files.table, files.defaulted, seed=7) for _ in range(2))

        assert once == again

    def test_orders_the_refused_before_the_suspects(self) -> None:
        files = PLANTS["name_of_aftermath"](honest_files(5))
        table = files.table.assign(y=files.defaulted)

        inspection = inspect(table, files.defaulted)

        assert inspection.refused == ("y",)
        assert inspection.suspected == ("催收次数",)
        assert [leak.severity for leak in inspection.leaks][-1] == "suspect"
        assert [leak.kind for leak in inspection.of("y")] == ["copy", "level"]

    def test_tells_what_was_found_of_a_column(self) -> None:
        files = PLANTS["difference"](honest_files(6))

        inspection = looked_at(files)

        (leak,) = inspection.of("repaid")
        assert isinstance(leak, Leak)
        assert leak.columns == ("drawn", "repaid")
        assert inspection.refused == ("drawn", "repaid")
        assert inspection.of("sales") == ()

    @pytest.mark.parametrize(
        ("outcome", "error"),
        [
            ([2] * 1500, UnlikeOutcomeError),
            (["good"] * 1500, UnlikeOutcomeError),
            ([0] * 1500, TooFewOutcomesError),
            ([0, 1] * 20, UnlikeLengthError),
            ("nowhere", NoSuchColumnError),
            ("sales", UnlikeOutcomeError),
        ],
    )
    def test_says_what_is_wrong_with_an_outcome(
        self, outcome: object, error: type[Exception]
    ) -> None:
        with pytest.raises(error):
            inspect(honest_files(1).table, outcome)

    @pytest.mark.parametrize(
        ("told", "error"),
        [
            (lambda: Circumstances(decided_on="nowhere"), NoSuchColumnError),
            (lambda: Circumstances(test=[True, False]), UnlikeLengthError),
            (lambda: Circumstances(groups=["a"]), UnlikeLengthError),
            (lambda: Circumstances(test=[0] * 1500), EmptySideError),
            (lambda: Circumstances(planned=frozenset({"nowhere"})), NoSuchColumnError),
            (lambda: Circumstances(known_on={"rent": [1]}), NoDecisionDayError),
            (lambda: Circumstances(snapshot=[[1.0]]), UnlikeLengthError),
        ],
    )
    def test_says_what_is_wrong_with_the_circumstances(
        self, told: Callable[[], Circumstances], error: type[Exception]
    ) -> None:
        files = honest_files(1)

        with pytest.raises(error):
            inspect(files.table, files.defaulted, circumstances=told())
