"""Equity that goes on from year to year is told from equity that comes from nowhere."""

from datetime import date
from typing import Any

import numpy as np
import pytest
from tests.factories import Row
from tests.verification.cases import case, findings

from xiaowei.verification.checks.equity import EQUITY
from xiaowei.verification.finding import Case, Finding

AS_OF = date(2025, 6, 30)
FIRMS = 100
LIAR = "F07"
WAN = 1_000_000


def statement(year: int, firm: str = "E1", **stated: Any) -> Row:  # noqa: ANN401
    """A year of 10万 of profit; 3万 put in and 5万 taken out, from 100万 in 2022."""
    equity = 100 + 8 * (year - 2022)
    return {
        "enterprise_id": firm,
        "happened_on": date(year, 12, 31),
        "assets_fen": 200 * WAN,
        "equity_fen": equity * WAN,
        "revenue_fen": 300 * WAN,
        "profit_fen": 10 * WAN,
        "paid_in_fen": 3 * WAN,
        "drawn_fen": 5 * WAN,
        "known_on": date(year + 1, 4, 1),
        "line": year,
    } | stated


def two(**stated: Any) -> Case:  # noqa: ANN401
    """Return two years of one firm, the second with what is stated."""
    rows = [statement(2023), statement(2024, **stated)]
    return case(as_of=AS_OF, statements=rows)


def seen(at: Case) -> Finding:
    return findings(EQUITY, at)["E1"]


def county(seed: int, *, liar: bool) -> Case:
    """A hundred firms with four years each, some rounded, some late or left out."""
    rng = np.random.default_rng(seed)
    rows: list[Row] = []
    for number in range(FIRMS):
        firm = f"F{number:02}"
        equity = int(rng.integers(-20, 300) * WAN)
        step = 100 if rng.random() < 0.5 else 1
        for year in range(2021, 2025):
            profit = int(rng.normal(10, 30) * WAN)
            put_in, drawn = (int(rng.exponential(5) * WAN) for _ in range(2))
            opening, equity = equity, equity + profit + put_in - drawn
            shown = {
                "assets_fen": max(equity, 0) + 100 * WAN,
                "equity_fen": equity,
                "opening_fen": opening,
                "profit_fen": profit,
                "paid_in_fen": put_in,
                "drawn_fen": drawn,
            }
            row = {name: round(fen / step) * step for name, fen in shown.items()}
            unsaid = {"drawn_fen": None} if rng.random() < 0.1 else {}
            if liar and firm == LIAR and year == 2024:
                row["profit_fen"] += 60 * WAN
                unsaid = {}
            if rng.random() > 0.1 or firm == LIAR:
                rows.append(statement(year, firm, **row) | unsaid)
    return case(as_of=AS_OF, statements=rows)


class TestEquity:
    def test_finds_the_one_whose_profit_never_arrived(self) -> None:
        found = findings(EQUITY, county(0, liar=True))

        differs = {f: one for f, one in found.items() if one.outcome == "differs"}
        assert set(differs) == {LIAR}
        one = differs[LIAR]
        assert one.severity == "high"
        assert "lower by 60.00万 yuan" in one.text.en
        assert "少60.00万元" in one.text.zh
        assert one.unlikely == pytest.approx(2 / (len(found) + 1))
        assert one.benign is not None
        assert [fact.line for fact in one.evidence] == [2024, 2023]

    @pytest.mark.parametrize("seed", range(6))
    def test_leaves_who_keeps_true_books_in_peace(self, seed: int) -> None:
        found = findings(EQUITY, county(seed, liar=False))

        assert len(found) > 0.95 * FIRMS
        assert {one.outcome for one in found.values()} == {"agrees"}

    @pytest.mark.parametrize(
        ("equity", "outcome", "severity"),
        [
            (116, "agrees", "none"),
            (120, "agrees", "none"),
            (121, "differs", "low"),
            (111, "differs", "low"),
            (127, "differs", "medium"),
            (147, "differs", "high"),
        ],
    )
    def test_is_graver_the_more_of_its_assets_are_in_question(
        self, equity: int, outcome: str, severity: str
    ) -> None:
        one = seen(two(equity_fen=equity * WAN))

        assert (one.outcome, one.severity) == (outcome, severity)
        assert bool(one.evidence) == (outcome == "differs")

    @pytest.mark.parametrize(
        ("unsaid", "equity", "outcome"),
        [
            ("drawn_fen", 60, "agrees"),
            ("drawn_fen", 160, "differs"),
            ("paid_in_fen", 160, "agrees"),
            ("paid_in_fen", 60, "differs"),
        ],
    )
    def test_looks_one_way_where_the_other_is_not_stated(
        self, unsaid: str, equity: int, outcome: str
    ) -> None:
        one = seen(two(**{unsaid: None, "equity_fen": equity * WAN}))

        assert one.outcome == outcome

    def test_takes_the_years_own_opening_where_the_year_before_is_missing(self) -> None:
        gap = [
            statement(2022),
            statement(2024, opening_fen=108 * WAN, equity_fen=160 * WAN),
        ]

        one = seen(case(as_of=AS_OF, statements=gap))

        assert one.outcome == "differs"
        assert len(one.evidence) == 1

    def test_takes_last_years_closing_before_this_years_opening(self) -> None:
        """An opening that is not last year's closing is how a gap is hidden."""
        one = seen(two(opening_fen=140 * WAN, equity_fen=148 * WAN))

        assert one.outcome == "differs"

    def test_names_the_worst_of_the_years(self) -> None:
        rows = [
            statement(2022),
            statement(2023, equity_fen=150 * WAN),
            statement(2024, equity_fen=159 * WAN),
        ]

        one = seen(case(as_of=AS_OF, statements=rows))

        assert "2023-12-31" in one.text.en

    def test_takes_the_last_of_two_statements_of_a_year(self) -> None:
        first = statement(2024, equity_fen=500 * WAN)
        mended = statement(2024, known_on=date(2025, 6, 1), file="mended.csv")
        at = case(as_of=AS_OF, statements=[statement(2023), first, mended])

        assert seen(at).outcome == "agrees"

    @pytest.mark.parametrize(
        "rows",
        [
            [statement(2024)],
            [statement(2022), statement(2024)],
            [statement(2018), statement(2019, equity_fen=500 * WAN)],
        ],
        ids=["one year", "a year is missing", "too long ago"],
    )
    def test_is_silent_where_nothing_can_be_told(self, rows: list[Row]) -> None:
        assert findings(EQUITY, case(as_of=AS_OF, statements=rows)) == {}

    def test_says_the_same_where_one_is_asked_for(self) -> None:
        at = county(0, liar=True)
        whole = findings(EQUITY, at)
        asked = Case(facts=at.facts, as_of=AS_OF, industries={}, whom=frozenset({LIAR}))

        assert findings(EQUITY, asked) == {LIAR: whole[LIAR]}
