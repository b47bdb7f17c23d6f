"""The dated table of coefficients, and what a firm gets of it."""

from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from xiaowei.industry.applying import applied
from xiaowei.industry.cells import Residuals
from xiaowei.industry.coefficients import (
    Rules,
    Table,
    TableNotInForceError,
    TableTextError,
    measure,
    read_table,
    table_text,
)
from xiaowei.industry.tree import Prior

DAY = date(2026, 1, 31)
LATER = date(2027, 1, 31)


@pytest.fixture
def table(labelled: Residuals, rules: Rules) -> Table:
    priors = {"E": Prior(1.3, 0.04), "C": Prior(0.8, 0.04)}
    return measure(labelled, rules=rules, day=DAY, priors=priors)


class TestTable:
    def test_shows_credibility_and_both_parts_beside_each(self, table: Table) -> None:
        for row in table.rows.values():
            data = row.prior if row.data is None else row.data
            z = row.credibility
            assert row.coefficient == pytest.approx(
                z * data + (1 - z) * row.prior, abs=1e-4
            )
            assert row.low <= row.coefficient <= row.high
            assert f"Z={100 * z:.0f}%" in row.text.zh

    def test_names_what_it_was_measured_on(self, table: Table) -> None:
        row = table.rows["E"]

        assert (row.firms, row.bads) == (19, 5.0)
        assert row.expected == pytest.approx(19 * 27 / 123)
        assert row.prior > 1.2

    def test_holds_until_before_the_day_it_expires(self, table: Table) -> None:
        assert table.expires_on == LATER
        assert table.row("E4710", on=date(2027, 1, 30)).code == "E"
        with pytest.raises(TableNotInForceError, match="do not hold on 2027-01-31"):
            table.row("E47", on=LATER)
        with pytest.raises(TableNotInForceError):
            table.row("E47", on=date(2026, 1, 30))

    def test_caps_what_few_firms_suggest(self, rules: Rules) -> None:
        alone = replace(rules, priors={"H": Prior(5.0, 0.01)})
        firms = Residuals(["H62"] * 50, np.full(50, 0.5), np.ones(50))
        row = measure(firms, rules=alone, day=DAY).rows["H"]

        assert row.capped
        assert row.coefficient == row.high == 2.0

    @pytest.mark.parametrize(
        ("day", "expires"),
        [
            (date(2024, 2, 29), date(2025, 3, 1)),
            (date(2025, 12, 31), date(2026, 12, 31)),
        ],
    )
    def test_expires_a_year_on(
        self, labelled: Residuals, rules: Rules, day: date, expires: date
    ) -> None:
        assert measure(labelled, rules=rules, day=day).expires_on == expires


class TestText:
    def test_gives_the_table_back(self, table: Table) -> None:
        assert read_table(table_text(table)) == table

    def test_is_refused_when_changed(self, table: Table) -> None:
        text = table_text(table).replace('"firms": 19', '"firms": 20')

        with pytest.raises(TableTextError, match="it says version"):
            read_table(text)

    def test_is_refused_when_it_is_none(self) -> None:
        with pytest.raises(TableTextError, match="KeyError"):
            read_table("{}")

    def test_has_a_version_that_other_data_change(
        self, table: Table, labelled: Residuals, rules: Rules
    ) -> None:
        other = measure(labelled, rules=rules, day=DAY)

        assert other.version != table.version
        assert measure(labelled, rules=rules, day=DAY).version == other.version


class TestApplied:
    def test_multiplies_the_odds_and_says_so(self, table: Table) -> None:
        used = applied(table, "E47", on=DAY)
        before, after = 0.05 / 0.95, used.pd(0.05) / (1 - used.pd(0.05))

        assert used.current
        assert after / before == pytest.approx(table.rows["E"].coefficient)
        assert used.line(0.05).en.startswith("industry coefficient: PD 5.00% → ")
        assert "Z=" in used.line(0.05).zh

    def test_is_1_with_a_reason_once_the_table_expired(self, table: Table) -> None:
        used = applied(table, "C33", on=LATER)

        assert table.rows["C"].coefficient < 1
        assert (used.coefficient, used.current) == (1.0, False)
        assert "系数取1" in used.text.zh
        assert "2027-01-31" in used.text.en

    def test_grows_no_milder_by_expiry(self, table: Table) -> None:
        used = applied(table, "E47", on=LATER)

        assert used.coefficient == table.rows["E"].coefficient > 1
        assert "not made milder" in used.text.en

    def test_takes_an_unknown_trade_as_the_worst(self, table: Table) -> None:
        used = applied(table, None, on=DAY)

        assert used.coefficient == max(r.coefficient for r in table.rows.values())
        assert used.text.en.startswith("trade unknown")

    def test_is_1_where_nothing_was_measured(self) -> None:
        used = applied(None, "E47", on=DAY)

        assert (used.coefficient, used.row, used.current) == (1.0, None, False)
        assert used.pd(0.07) == pytest.approx(0.07)
