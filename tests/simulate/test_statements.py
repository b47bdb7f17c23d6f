"""Equity of honest firms goes on to the fen; of those who invent sales it does not."""

from collections import defaultdict
from datetime import date
from typing import Any

import numpy as np
import pytest

from xiaowei.simulate.history import County
from xiaowei.simulate.observed import Observer
from xiaowei.simulate.statements import INFLATE, statement_books

Row = dict[str, Any]

ROUNDED_FEN = 250
"""Four whole yuan and one more are off by no more than this."""


@pytest.fixture(scope="module")
def rows(deceitful: County) -> list[Row]:
    (book,) = statement_books(Observer(deceitful, seed=(11, 4, 0)))
    told: list[Row] = book.table.to_pylist()
    return told


def gaps(rows: list[Row]) -> dict[str, list[float]]:
    """Return the fen by which closing equity is off, of years that can be told."""
    by_firm: dict[str, dict[int, Row]] = defaultdict(dict)
    for row in rows:
        by_firm[row["enterprise_id"]][row["happened_on"].year] = row
    found: dict[str, list[float]] = defaultdict(list)
    for firm, years in by_firm.items():
        for year, row in years.items():
            before = years.get(year - 1)
            opening = before["equity_fen"] if before else row["opening_fen"]
            if opening is None or row["drawn_fen"] is None:
                continue
            due = opening + row["profit_fen"] + row["paid_in_fen"] - row["drawn_fen"]
            found[firm].append(float(row["equity_fen"] - due) * 100)
    return found


def inflating(county: County) -> set[str]:
    frauds = county.world.frauds
    firms = np.flatnonzero(frauds.is_kind(*INFLATE)).tolist()
    return {county.world.firms.codes[firm] for firm in firms}


class TestStatements:
    def test_of_honest_firms_go_on_to_the_fen_but_for_rounding(
        self, deceitful: County, rows: list[Row]
    ) -> None:
        lies = inflating(deceitful)
        honest = [
            off for f, years in gaps(rows).items() if f not in lies for off in years
        ]

        assert len(honest) > 300
        assert max(abs(off) for off in honest) <= ROUNDED_FEN
        assert np.mean([abs(off) < 1 for off in honest]) > 0.4

    def test_of_a_part_of_those_who_invent_sales_do_not(
        self, deceitful: County, rows: list[Row]
    ) -> None:
        lies = inflating(deceitful)
        off = [
            max(abs(one) for one in years) > 1_000_000
            for firm, years in gaps(rows).items()
            if firm in lies and years
        ]

        assert len(off) > 40
        assert 0.2 < np.mean(off) < 0.7

    def test_are_of_year_ends_and_known_weeks_later(self, rows: list[Row]) -> None:
        assert {row["happened_on"] for row in rows} == {
            date(2023, 12, 31),
            date(2024, 12, 31),
        }
        assert all((row["known_on"] - row["happened_on"]).days >= 30 for row in rows)

    def test_are_late_missing_or_silent_on_drawings_now_and_then(
        self, deceitful: County, rows: list[Row]
    ) -> None:
        unsaid = np.mean([row["drawn_fen"] is None for row in rows])
        late = np.mean([(r["known_on"] - r["happened_on"]).days > 160 for r in rows])
        day = (date(2023, 12, 31) - deceitful.world.days.first).days
        alive = deceitful.life.active[day].sum()
        of_2023 = sum(row["happened_on"].year == 2023 for row in rows)

        assert 0.02 < unsaid < 0.12
        assert 0.01 < late < 0.12
        assert 0.85 * alive < of_2023 < 0.97 * alive
