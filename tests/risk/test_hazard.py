"""Young loans count for the months they were seen: not dropped, nor taken as good."""

from datetime import date

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone

from xiaowei.risk.challenger import Challenger
from xiaowei.risk.estimator import RiskModel
from xiaowei.risk.hazard import (
    MONTH,
    SpellsError,
    hazard_of,
    months_table,
    spells_of,
)
from xiaowei.risk.measures import auc
from xiaowei.risk.sample import Floats, Ints
from xiaowei.risk.scorecard import Scorecard

LOANS = 6_000
WINDOW = 12
AS_OF = date(2025, 12, 31)


def days(*stated: str | None) -> np.ndarray:
    return np.array([one or "NaT" for one in stated], dtype="datetime64[D]")


def drawn(seed: int) -> tuple[pd.DataFrame, np.ndarray, np.ndarray, Floats, Ints]:
    """Loans of two years, later ones riskier, half of them younger than a year.

    Returns:
        traits, days opened, days of default as the future knows them, the true PDs over
        a year, and whether each defaults within it.
    """
    rng = np.random.default_rng(seed)
    vintage = rng.integers(0, 24, LOANS)
    late = rng.integers(0, 3, LOANS)
    odds = -4.6 + 0.7 * late + 0.06 * vintage
    month = np.arange(1, 37)
    # Hazards rise over the first half year and stay.
    rising = np.log(np.minimum(month, 6) / 6)
    hazards = 1 / (1 + np.exp(-(odds[:, None] + rising)))
    falls = rng.random((LOANS, 36)) < hazards
    first = np.where(falls.any(axis=1), falls.argmax(axis=1), -1)
    opened = (np.datetime64("2024-01", "M") + vintage).astype("datetime64[D]")
    fell = (opened.astype("datetime64[M]") + first).astype("datetime64[D]") + 14
    defaulted = np.where(first >= 0, fell, np.datetime64("NaT"))
    table = pd.DataFrame({"late": late.astype(float), "vintage": vintage.astype(float)})
    truth = 1 - np.prod(1 - hazards[:, :WINDOW], axis=1)
    within = ((first >= 0) & (first < WINDOW)).astype(np.int64)
    return table, opened, defaulted, truth, within


class TestSpellsOf:
    def test_count_the_months_that_were_seen(self) -> None:
        found = spells_of(
            days("2025-01-15", "2025-01-15", "2025-01-31", "2025-12-15", "2025-01-15"),
            days(None, "2025-03-14", "2025-03-31", None, "2026-02-01"),
            as_of=AS_OF,
        )

        assert found.months.tolist() == [11, 2, 3, 0, 11]
        assert found.defaulted.tolist() == [0, 1, 1, 0, 0]

    @pytest.mark.parametrize(
        ("opened", "defaulted", "fault"),
        [
            (None, None, "row 0 was opened no day"),
            ("2025-02-01", "2025-01-01", "row 0 defaulted before"),
        ],
    )
    def test_name_days_that_cannot_be(
        self, opened: str | None, defaulted: str | None, fault: str
    ) -> None:
        with pytest.raises(SpellsError, match=fault):
            spells_of(days(opened), days(defaulted), as_of=AS_OF)


class TestMonthsTable:
    def test_has_a_row_for_each_month_and_one_default(self) -> None:
        spells = spells_of(
            days("2025-09-15", "2025-09-15", "2025-12-30"),
            days(None, "2025-11-01", None),
            as_of=AS_OF,
        )
        rows, bad, place = months_table(pd.DataFrame({"a": [1.0, 2, 3]}), spells)

        assert rows[MONTH].tolist() == [1, 2, 3, 1, 2]
        assert place.tolist() == [0, 0, 0, 1, 1]
        assert bad.tolist() == [0, 0, 0, 0, 1]

    def test_takes_a_default_after_the_window_for_none_yet(self) -> None:
        spells = spells_of(days("2024-01-15"), days("2025-03-20"), as_of=AS_OF)

        assert spells.months.tolist() == [15]
        assert spells.within(WINDOW).months.tolist() == [WINDOW]
        assert spells.within(WINDOW).defaulted.tolist() == [0]


class TestHazardOf:
    @pytest.mark.parametrize(
        ("model", "most"),
        [
            (Scorecard(), 0.08),
            # Trees do not carry what they saw of old loans over to young ones as a sum.
            (Challenger(folds=0, most_trees=80, rate=0.1, leaves=4), 0.22),
        ],
    )
    def test_is_right_of_young_loans_where_shortcuts_are_wrong(
        self, model: RiskModel, most: float
    ) -> None:
        table, opened, defaulted, truth, within = drawn(0)
        spells = spells_of(opened, defaulted, as_of=AS_OF)
        known = spells.within(WINDOW).defaulted
        ripe = spells_of(opened, days(*[None] * LOANS), as_of=AS_OF).months >= WINDOW
        young_goods_dropped = ripe | (known == 1)
        found = hazard_of(clone(model), table, spells, window=WINDOW).pd(table)
        others = [
            clone(model).fit(table[kept], known[kept]).pd(table)
            for kept in (young_goods_dropped, np.ones_like(ripe), ripe)
        ]
        young = opened > np.datetime64("2024-12-31")
        true = float(truth[young].mean())
        off = [abs(float(one[young].mean()) / true - 1) for one in (found, *others)]

        assert off[0] < most
        assert off[0] < min(off[1:])
        # Dropped, and taken as good.
        assert off[1] > 0.6
        assert off[2] > 0.5
        assert auc(found, within) > auc(others[1], within) + 0.1

    def test_states_survival_that_falls(self) -> None:
        table, opened, defaulted, _, _ = drawn(1)
        spells = spells_of(opened, defaulted, as_of=AS_OF)
        hazard = hazard_of(Scorecard(), table, spells, window=6)
        standing = hazard.survival(table.head(50))

        assert standing.shape == (50, 6)
        assert (np.diff(standing, axis=1) < 0).all()
        np.testing.assert_allclose(1 - standing[:, -1], hazard.pd(table.head(50)))

    @pytest.mark.parametrize(
        ("opened", "column", "fault"),
        [
            ("2025-06-15", "a", "no loan was seen for more than 6 of 12 months"),
            ("2024-06-15", "a", "0 defaults in 24 months"),
            ("2024-06-15", MONTH, "a trait is called"),
        ],
    )
    def test_names_what_cannot_be_learnt_from(
        self, opened: str, column: str, fault: str
    ) -> None:
        spells = spells_of(days(opened, opened), days(None, None), as_of=AS_OF)

        with pytest.raises(SpellsError, match=fault):
            hazard_of(Scorecard(), pd.DataFrame({column: [1.0, 2.0]}), spells)
