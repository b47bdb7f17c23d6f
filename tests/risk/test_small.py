"""A model for few defaults takes few traits and says which it leaves, and why."""

import numpy as np
import pandas as pd
import pytest

from xiaowei.risk.frames import columns_of
from xiaowei.risk.kept import ModelTextError, model_of, model_text
from xiaowei.risk.measures import auc
from xiaowei.risk.small.chosen import CASES_PER_WEIGHT, room_for
from xiaowei.risk.small.firth_model import Firth
from xiaowei.risk.small.lines import LEAST, Line, draft_of
from xiaowei.risk.why.parts import parts_of


def few(seed: int, *, count: int = 300) -> tuple[pd.DataFrame, np.ndarray]:
    """Firms of two traits that tell, ten that do not, and some that cannot be taken."""
    rng = np.random.default_rng(seed)
    late, sales = rng.exponential(10, count), np.exp(rng.normal(12, 2, count))
    odds = -2.4 + 0.1 * (late - 10) - 0.4 * (np.log(sales) - 12)
    bad = (rng.random(count) < 1 / (1 + np.exp(-odds))).astype(np.int64)
    table = pd.DataFrame({f"noise{n}": rng.normal(size=count) for n in range(10)})
    table["late"] = np.where(rng.random(count) < 0.1, np.nan, late)
    table["sales"] = sales
    table["twice"] = sales * 2 + 1
    table["name"] = [f"firm {n}" for n in range(count)]
    table["same"], table["empty"] = 1.0, np.nan
    return table, bad


class TestFirth:
    def test_takes_what_tells_and_says_why_it_leaves_the_rest(self) -> None:
        table, bad = few(1)
        model = Firth().fit(table, bad)
        taken = [line.trait for line in model.lines_]

        assert {"late", "sales"} <= set(taken) | {"twice"}
        assert len(model.terms_) - 1 <= room_for(bad, most=10)
        assert bad.sum() // CASES_PER_WEIGHT == room_for(bad, most=10) < 100
        told = model.refused_
        assert (told["name"], told["same"], told["empty"]) == (
            "too_many", "constant", "unknown",
        )  # fmt: skip
        assert set(taken) | set(told) == set(table.columns)
        assert ("twice" in taken) != ("sales" in taken)

    def test_ranks_and_states_the_level_of_firms_it_has_not_seen(self) -> None:
        pds, fates = [], []
        for seed in range(10):
            table, bad = few(seed)
            others, fate = few(100 + seed, count=1_000)
            pds.append(Firth(level=None).fit(table, bad).pd(others))
            fates.append(fate)
        pd_, fate = np.concatenate(pds), np.concatenate(fates)

        assert np.mean([auc(p, f) for p, f in zip(pds, fates, strict=True)]) > 0.72
        # Ten samples of some 35 defaults each; their mean errs by a twentieth or so.
        assert pd_.mean() == pytest.approx(fate.mean(), rel=0.2)

    def test_takes_amounts_by_their_logarithm_and_no_value_beyond_its_sample(
        self,
    ) -> None:
        table, bad = few(2)
        model = Firth().fit(table[["sales"]], bad)
        (line,) = model.lines_

        assert line.logged
        beyond = pd.DataFrame({"sales": [1e-9, 1e30]})
        held = pd.DataFrame({"sales": np.expm1([line.low, line.high])})
        np.testing.assert_allclose(model.pd(beyond), model.pd(held), rtol=1e-9)

    def test_holds_what_is_missing_for_no_safer_than_the_average(self) -> None:
        rng = np.random.default_rng(3)
        value = rng.normal(size=400)
        bad = (rng.random(400) < 1 / (1 + np.exp(2 - 1.5 * value))).astype(np.int64)
        hidden = np.where(value < -0.5, np.nan, value)  # The safe ones say nothing.
        model = Firth(level=None).fit(pd.DataFrame({"a": hidden}), bad)
        (line,) = model.lines_

        assert line.missing == 0
        told = model.pd(pd.DataFrame({"a": [np.nan, line.centre]}))
        assert told[0] == told[1]

    def test_holds_what_was_hardly_ever_missing_for_the_riskiest(self) -> None:
        table, bad = few(4)
        table.loc[: LEAST - 2, "sales"] = np.nan
        model = Firth(level=None).fit(table[["sales"]], bad)
        told = model.pd(pd.DataFrame({"sales": [np.nan, 0.0, 1e30]}))

        assert told[0] == max(told[1:])

    def test_adds_up_to_its_log_odds(self) -> None:
        table, bad = few(5)
        model = Firth(level=None).fit(table, bad)
        parts = parts_of(model, table, reference=table[bad == 0])

        np.testing.assert_allclose(
            1 / (1 + np.exp(-parts.log_odds)), model.pd(table), atol=1e-9
        )
        assert set(parts.traits.columns) == {line.trait for line in model.lines_}

    def test_states_the_mean_where_nothing_tells(self) -> None:
        rng = np.random.default_rng(0)
        bad = np.arange(60) % 6 == 0
        model = Firth(folds=0).fit(pd.DataFrame({"a": np.zeros(60)}), bad)

        assert model.pd(pd.DataFrame({"a": rng.normal(size=3)})) == pytest.approx(1 / 6)

    def test_is_refused_with_a_number_that_is_none(self) -> None:
        table, bad = few(6)
        text = model_text(Firth(level=None).fit(table, bad))

        with pytest.raises(ModelTextError):
            model_of(text.replace('"slope": ', '"slope": 1e999, "was": '))
        with pytest.raises(ModelTextError):
            model_of(text.replace('"scale": ', '"scale": -1, "was": '))


class TestDraft:
    @pytest.mark.parametrize(
        ("stated", "names"),
        [
            (["a"] * 30 + ["b"] * 20, ("t=b",)),
            (["a"] * 30 + ["b"] * 20 + ["c"] * 5, ("t=b",)),
            (["a"] * 30 + ["b"] * 20 + ["c", "d", "e"] * 4, ("t=a", "t=b")),
            (["a"] * 30 + ["b"] * 20 + [None] * 12, ("t=b", "t=missing")),
        ],
    )
    def test_has_a_weight_per_common_category_but_one(
        self, stated: list[str | None], names: tuple[str, ...]
    ) -> None:
        (column,) = columns_of(pd.DataFrame({"t": pd.Series(stated, dtype=object)}))
        draft = draft_of(column)

        assert not isinstance(draft, str)
        assert draft.names == names

    def test_holds_a_new_category_for_no_safer_than_one_not_stated(self) -> None:
        stated = pd.Series(["a"] * 30 + ["b"] * 20 + [None] * 12, dtype=object)
        (column,) = columns_of(pd.DataFrame({"t": stated}))
        draft = draft_of(column)
        assert not isinstance(draft, str)
        line = draft.line(np.array([1.0, 0.5]))

        assert isinstance(line, Line)
        assert line.unseen == line.missing > 0
        mean = np.mean(line.added(column))
        assert mean == pytest.approx(0)
