"""A card of months says what hazards say, gives reasons, and is kept to the bit."""

import numpy as np
import pandas as pd
import pytest
from tests.risk.test_hazard import AS_OF, WINDOW, drawn

from xiaowei.risk.hazard import Spells, SpellsError, hazard_of, spells_of
from xiaowei.risk.hazard_card import HazardCard
from xiaowei.risk.kept import model_of, model_text
from xiaowei.risk.refits import Cases, refits
from xiaowei.risk.scorecard import Scorecard
from xiaowei.risk.why.parts import parts_of


def loans(seed: int) -> tuple[pd.DataFrame, Spells]:
    table, opened, defaulted, _, _ = drawn(seed)
    table = table.assign(
        trade=np.where(table["late"] > 1, "H62", "C13"),
        late=table["late"].where(np.arange(len(table)) % 9 > 0),
    )
    return table, spells_of(opened, defaulted, as_of=AS_OF)


@pytest.fixture(scope="module")
def learnt() -> HazardCard:
    table, spells = loans(0)
    return HazardCard().fit(table, spells.defaulted, months=spells.months)


class TestHazardCard:
    def test_says_what_hazards_of_its_card_say(self, learnt: HazardCard) -> None:
        table, spells = loans(0)
        card = Scorecard(**learnt.card_settings)
        plain = hazard_of(card, table, spells, window=WINDOW)

        np.testing.assert_allclose(
            learnt.pd(table), plain.pd(table), rtol=0, atol=1e-12
        )

    def test_learns_from_young_loans(self, learnt: HazardCard) -> None:
        table, _, _, truth, _ = drawn(0)
        _, opened, *_ = drawn(0)
        young = opened > np.datetime64("2024-12-31")
        said = learnt.pd(loans(0)[0])[young].mean()

        assert said == pytest.approx(truth[young].mean(), rel=0.1)
        assert len(table) == len(truth)

    def test_gives_reasons_that_add_up_to_the_pd(self, learnt: HazardCard) -> None:
        table, _ = loans(1)
        parts = parts_of(learnt, table, reference=table.head(500))

        np.testing.assert_allclose(
            1 / (1 + np.exp(-parts.log_odds)), learnt.pd(table), atol=1e-12
        )
        worse = parts.traits["late"].groupby(table["late"]).mean()
        assert worse.is_monotonic_increasing

    def test_is_kept_to_the_bit(self, learnt: HazardCard) -> None:
        table, _ = loans(1)
        strange = table.head(3).assign(trade=["Z99", None, "H62"])
        back = model_of(model_text(learnt))

        np.testing.assert_array_equal(back.pd(table), learnt.pd(table))
        np.testing.assert_array_equal(back.pd(strange), learnt.pd(strange))
        assert model_text(back) == model_text(learnt)

    def test_is_learnt_anew_with_its_months(self, learnt: HazardCard) -> None:
        table, spells = loans(0)
        cases = Cases(table, spells.defaulted, None, spells.months)
        generator = np.random.default_rng(0)
        (again,) = refits(learnt, cases, draws=1, generator=generator)

        ratio = again.pd(table).mean() / learnt.pd(table).mean()
        assert ratio == pytest.approx(1, abs=0.2)
        assert ratio != 1

    def test_asks_for_months(self) -> None:
        table, spells = loans(0)

        with pytest.raises(SpellsError, match="months of each loan"):
            HazardCard().fit(table, spells.defaulted)
