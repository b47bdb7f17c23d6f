"""What is told on a day does not depend on what happens after it."""

from copy import deepcopy
from datetime import date

import pytest

from xiaowei.simulate.cases import court_books
from xiaowei.simulate.cash import UPKEEP
from xiaowei.simulate.declared import declared_books
from xiaowei.simulate.grid import grid_books
from xiaowei.simulate.history import County
from xiaowei.simulate.invoicing import invoice_books
from xiaowei.simulate.observed import Book, Observer
from xiaowei.simulate.programmes import programme_books
from xiaowei.simulate.registry import registry_books
from xiaowei.simulate.staff import staff_books

FROM_MONTH = 26
TOLD = (
    "enterprises",
    "social_security",
    "payroll",
    "meters",
    "utility_bills",
    "invoice_limits",
    "surveys",
    "court_cases",
    "declarations",
)


def _altered(county: County) -> County:
    """Return the county with another life from a month on."""
    other = deepcopy(county)
    day = int(other.world.days.starts[FROM_MONTH])
    treasury = other.life.treasury
    treasury.fell_due[:, FROM_MONTH:] *= 3
    # These two stand for the last day of their month.
    treasury.arrears[FROM_MONTH - 1 :] *= 3
    treasury.strain[FROM_MONTH - 1 :] = 1 - treasury.strain[FROM_MONTH - 1 :]
    treasury.debts.owed[:] = 0
    for item in UPKEEP:
        late = treasury.by_day[item][day:]
        late[:] = (late + 1) // 2
    other.power[day:] *= 3
    other.tickets.net[other.tickets.day >= day] *= 5
    return other


def _books(county: County) -> dict[str, Book]:
    seen = Observer(county, seed=(7, 4, 0))
    books = [
        *registry_books(seen),
        *staff_books(seen),
        *grid_books(seen, daily=0.0),
        *invoice_books(seen),
        *programme_books(seen),
        *court_books(seen),
        *declared_books(seen),
    ]
    return {book.source.name: book for book in books if book.source.name in TOLD}


@pytest.fixture(scope="module")
def both(county: County) -> tuple[dict[str, Book], dict[str, Book]]:
    return _books(county), _books(_altered(county))


def _known(book: Book, until: date) -> list[str]:
    rows = book.table.to_pylist()
    return sorted(repr(row) for row in rows if row["known_on"] < until)


class TestBooks:
    @pytest.mark.parametrize("name", TOLD)
    def test_tell_no_future(
        self, county: County, both: tuple[dict[str, Book], dict[str, Book]], name: str
    ) -> None:
        days = county.world.days
        until = days.date_of(int(days.starts[FROM_MONTH]) - 1)
        lived, other = (_known(books[name], until) for books in both)
        assert len(lived) > 50
        assert lived == other

    def test_change_with_what_came_after(
        self, both: tuple[dict[str, Book], dict[str, Book]]
    ) -> None:
        """Were nothing altered, the test above could not fail."""
        end = date(2030, 1, 1)
        for name in ("social_security", "utility_bills", "surveys", "court_cases"):
            assert _known(both[0][name], end) != _known(both[1][name], end)
