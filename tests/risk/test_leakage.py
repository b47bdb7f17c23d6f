"""The leakage check finds planted leaks and refuses nothing honest."""

from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest
from tests.data import SBA, needs_sba
from tests.risk.conftest import Planted

from xiaowei.risk.leakage import Column, find_leaks


def outcomes(
    *, firms: int = 123, bads: int = 27
) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    return np.array([1] * bads + [0] * (firms - bads))


def names(
    candidates: dict[str, Column], defaulted: np.ndarray[tuple[int], np.dtype[np.int64]]
) -> list[str]:
    return [leak.candidate for leak in find_leaks(candidates, defaulted)]


class TestLeaks:
    def test_finds_a_grade_that_is_the_default(self) -> None:
        defaulted = outcomes()
        grade = np.array(
            ["D"] * 24 + ["C", "C", "B"] + ["A"] * 27 + ["B"] * 37 + ["C"] * 32
        )

        (leak,) = find_leaks({"rating": grade}, defaulted)

        assert leak.candidate == "rating"
        assert leak.evidence == "24 of 24 defaulted (at least 0.86), of 27 in all"
        assert "'D'" in leak.reason.en

    def test_lets_a_grade_pass_that_only_ranks(self) -> None:
        grade = np.array(["D"] * 14 + ["C"] * 13 + ["D"] * 10 + ["A"] * 86)

        assert names({"rating": grade}, outcomes()) == []

    def test_lets_small_pure_groups_pass(self) -> None:
        grade = np.array(["X"] * 8 + ["C"] * 38 + ["A"] * 77)

        assert names({"rating": grade}, outcomes()) == []

    def test_finds_a_number_set_by_the_default(self) -> None:
        rng = np.random.default_rng(0)
        defaulted = outcomes()
        months = np.where(defaulted == 1, rng.integers(3, 40, 123), 60)

        assert names({"term": months.astype(float)}, defaulted) == ["term"]

    def test_finds_one_end_that_only_defaulted_firms_reach(self) -> None:
        rng = np.random.default_rng(1)
        value = rng.normal(size=123)
        value[:20] = 9.0

        assert names({"idle": value}, outcomes()) == ["idle"]

    def test_does_not_mind_unknown_values(self) -> None:
        value = np.full(123, np.nan)
        value[:30] = 1.0

        assert names({"seldom": value, "never": np.full(123, np.nan)}, outcomes()) == []

    @pytest.mark.parametrize("seed", range(5))
    def test_refuses_no_honest_trait(self, planted: Planted, seed: int) -> None:
        sample, defaulted = planted(firms=123, strength=2.0, seed=seed)

        assert names(dict(sample.traits), defaulted) == []

    @needs_sba
    @pytest.mark.data
    def test_finds_the_term_of_sba_loans_and_nothing_known_at_approval(self) -> None:
        table = pq.read_table(Path(SBA) / "sba_7a_part.parquet")
        labels = table["MIS_Status"].to_pylist()
        known = [
            place for place, label in enumerate(labels) if label in {"P I F", "CHGOFF"}
        ]
        defaulted = np.array([int(labels[place] == "CHGOFF") for place in known])

        def column(name: str) -> Column:
            values = table[name].to_pylist()
            if isinstance(next(v for v in values if v is not None), str):
                return np.array([values[place] or "" for place in known], dtype=np.str_)
            return np.array(
                [np.nan if values[p] is None else float(values[p]) for p in known]
            )

        clean = [
            "NoEmp",
            "NewExist",
            "CreateJob",
            "RetainedJob",
            "UrbanRural",
            "LowDoc",
            "GrAppv",
            "SBA_Appv",
            "State",
            "RevLineCr",
        ]

        found = names({name: column(name) for name in ["Term", *clean]}, defaulted)

        assert found == ["Term"]
