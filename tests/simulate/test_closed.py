"""Who has closed does nothing any more, and nobody acts before it is born."""

import numpy as np
import pytest

from xiaowei.simulate.arrays import Ints
from xiaowei.simulate.bureau import bureau_books
from xiaowei.simulate.cases import PLAINTIFF, ROLES, court_books
from xiaowei.simulate.history import County
from xiaowei.simulate.observed import Book, Observer
from xiaowei.simulate.programmes import programme_books

LATER = ("bureau_enquiries", "training", "surveys", "intellectual_property")


@pytest.fixture(scope="module")
def books(deceitful: County) -> dict[str, Book]:
    watch = Observer(deceitful, seed=(11,))
    made = [*bureau_books(watch), *court_books(watch), *programme_books(watch)]
    return {book.source.name: book for book in made}


def _firms_and_days(county: County, book: Book, code: str) -> tuple[Ints, Ints]:
    place = {one: firm for firm, one in enumerate(county.world.firms.codes)}
    first = county.world.days.first
    firm = np.array([place[one] for one in book.table[code].to_pylist()])
    day = [(one - first).days for one in book.table["happened_on"].to_pylist()]
    return firm, np.array(day)


class TestClosed:
    @pytest.mark.parametrize("name", LATER)
    def test_is_in_no_book_after_it_closed(
        self, deceitful: County, books: dict[str, Book], name: str
    ) -> None:
        firm, day = _firms_and_days(deceitful, books[name], "enterprise_id")
        closes = deceitful.life.treasury.closes_on
        assert (closes < deceitful.world.days.count).sum() > 50
        assert len(day) > 50
        assert (day < closes[firm]).all()

    def test_asks_for_no_loan_and_draws_none(self, deceitful: County) -> None:
        treasury, bank = deceitful.life.treasury, deceitful.life.bank
        parts = [*bank.applied]
        firm = np.concatenate([part.firm for part in parts])
        day = np.concatenate([part.day for part in parts])
        assert len(firm) > 200
        assert (day < treasury.closes_on[firm]).all()
        for part in treasury.debts.drawn:
            assert (part.drawn < treasury.closes_on[part.firm]).all()

    def test_quarrels_with_nobody(
        self, deceitful: County, books: dict[str, Book]
    ) -> None:
        firm, day = _firms_and_days(deceitful, books["court_cases"], "enterprise_id")
        rows = books["court_cases"].table.select(["case_no", "stage", "role"])
        word = {"原告": ROLES[PLAINTIFF]}
        closes = deceitful.life.treasury.closes_on
        sued = 0
        for place, row in enumerate(rows.to_pylist()):
            everyday = row["case_no"][5:] >= "00700000"
            if everyday or word.get(row["role"], row["role"]) == ROLES[PLAINTIFF]:
                assert day[place] < closes[firm[place]]
                sued += 1
        assert sued > 50


class TestGuarantees:
    def test_bind_two_that_are_born_and_not_closed(
        self, deceitful: County, books: dict[str, Book]
    ) -> None:
        firms, days = deceitful.world.firms, deceitful.world.days
        closes = deceitful.life.treasury.closes_on
        book = books["bureau_guarantees"]
        assert book.table.num_rows > 20
        for end in ("enterprise_id", "guaranteed_id"):
            firm, day = _firms_and_days(deceitful, book, end)
            assert (day >= firms.born(days)[firm]).all()
            assert (day < closes[firm]).all()


class TestPlaintiffs:
    def test_of_supply_have_supplied_before_they_sue(
        self, deceitful: County, books: dict[str, Book]
    ) -> None:
        links = deceitful.world.network.county
        since: dict[tuple[int, int], int] = {}
        for buyer, supplier, day in zip(
            links.buyer.tolist(),
            links.supplier.tolist(),
            links.since.tolist(),
            strict=True,
        ):
            key = buyer, supplier
            since[key] = min(day, since.get(key, day))
        firm, day = _firms_and_days(deceitful, books["court_cases"], "enterprise_id")
        rows = books["court_cases"].table.select(["case_no", "role"]).to_pylist()
        sued = {
            row["case_no"]: firm[place]
            for place, row in enumerate(rows)
            if row["role"] == "被告"
        }
        checked = 0
        for place, row in enumerate(rows):
            if row["role"] != "原告" or row["case_no"] not in sued:
                continue
            checked += 1
            assert since[int(sued[row["case_no"]]), int(firm[place])] <= day[place]
        assert checked > 5
