"""What becomes known, when, and of whom: never before it happened, never unasked."""

from collections.abc import Sequence
from datetime import date

import numpy as np
import pytest

from xiaowei.facts.sources import SOURCES
from xiaowei.simulate.books import source_books
from xiaowei.simulate.grid import grid_books
from xiaowei.simulate.history import County
from xiaowei.simulate.observed import Book, Observer


@pytest.fixture(scope="module")
def books(county: County) -> list[Book]:
    return source_books(county, daily=0.5)


def _days(book: Book, name: str) -> list[date]:
    days: list[date] = book.table[name].to_pylist()
    return days


class TestBooks:
    def test_are_of_every_source(self, books: Sequence[Book]) -> None:
        assert {book.source.name for book in books} == {s.name for s in SOURCES}

    def test_never_know_a_fact_before_it_happened(self, books: Sequence[Book]) -> None:
        for book in books:
            happened, known = _days(book, "happened_on"), _days(book, "known_on")
            assert all(a <= b for a, b in zip(happened, known, strict=True))
            assert max(known) <= date(2025, 6, 30)

    def test_know_most_facts_some_days_late(self, books: Sequence[Book]) -> None:
        late = {
            book.source.name: np.mean(
                [
                    (known - happened).days > 0
                    for happened, known in zip(
                        _days(book, "happened_on"), _days(book, "known_on"), strict=True
                    )
                ]
            )
            for book in books
        }
        for name in ("tax_filings", "bureau_loans", "court_cases", "social_security"):
            assert late[name] > 0.9

    def test_say_nothing_without_consent_or_after_it_ended(
        self, county: County, books: Sequence[Book]
    ) -> None:
        plan = county.world.plan
        given = Observer(county, seed=(plan.seed, 4, plan.place.number)).consents
        codes, days = county.world.firms.codes, county.world.days
        place_of = {code: place for place, code in enumerate(codes)}
        checked = 0
        for book in books:
            if not book.source.asks_consent:
                continue
            family = given.families.index(book.source.family)
            last: dict[str, date] = {}
            for code, day in zip(
                book.table["enterprise_id"].to_pylist(),
                _days(book, "known_on"),
                strict=True,
            ):
                last[code] = max(day, last.get(code, day))
            for code, day in zip(
                book.table["enterprise_id"].to_pylist(),
                _days(book, "known_on"),
                strict=True,
            ):
                assert day >= days.date_of(int(given.signed[place_of[code]]))
            for code, day in last.items():
                firm = place_of[code]
                checked += 1
                assert given.agrees[family, firm]
                assert day < days.date_of(int(given.withdrawn[family, firm]))
        assert checked > 2000

    def test_tell_of_voids_only_when_they_were_noted(
        self, books: Sequence[Book]
    ) -> None:
        book = next(b for b in books if b.source.name == "sales_invoices")
        states: dict[str, list[tuple[date, str]]] = {}
        for row in book.table.select(["invoice_no", "state", "known_on"]).to_pylist():
            states.setdefault(row["invoice_no"], []).append(
                (row["known_on"], row["state"])
            )
        twice = [sorted(rows) for rows in states.values() if len(rows) == 2]
        assert len(twice) > 50
        for (before, first), (after, second) in twice:
            assert (first, second) == ("有效发票", "作废发票")
            assert before < after

    def test_read_the_same_power_by_day_and_by_month(self, county: County) -> None:
        days, seed = county.world.days, (3,)
        # The last month's reading is known after its end, its days before.
        last = days.date_of(days.month_start(days.months - 1))
        totals = []
        for daily in (0.0, 1.0):
            observer = Observer(county, seed=seed)
            rows = [
                row
                for book in grid_books(observer, daily=daily)
                if book.source.name == "electricity"
                for row in book.table.select(["happened_on", "kwh"]).to_pylist()
            ]
            read = [float(row["kwh"]) for row in rows if row["happened_on"] < last]
            totals.append(sum(read))
        assert totals[0] == pytest.approx(totals[1], rel=0.01)
