"""Social security and wages: each row says what was paid by its own day, no more."""

from datetime import date

import numpy as np
import pytest

from xiaowei.simulate.cash import SOCIAL_DAY, UPKEEP
from xiaowei.simulate.history import County
from xiaowei.simulate.observed import Book, Observer
from xiaowei.simulate.staff import staff_books
from xiaowei.simulate.upkeep import upkeep

ITEMS = {"social_security": "social", "payroll": "wages"}
NOTED_AFTER = 30
LATEST_LAG = 16


@pytest.fixture(scope="module")
def books(seen: Observer) -> dict[str, Book]:
    observer = Observer(seen.county, seed=seen.seed)
    return {book.source.name: book for book in staff_books(observer)}


def _number(county: County, day: date) -> int:
    return (day - county.world.days.first).days


def _paid(county: County, item: str, *, month: int, firm: int, day: int) -> int:
    """Return what of a month was paid by a day: the oldest month is paid first."""
    treasury = county.life.treasury
    due = treasury.fell_due[UPKEEP.index(item)][:, firm]
    paid = int(treasury.by_day[item][: day + 1, firm].sum())
    return int(np.clip(paid - due[:month].sum(), 0, due[month]))


def _rows(county: County, book: Book) -> list[tuple[int, int, int, int]]:
    """Return firm, month, day and fen paid of each row."""
    place = {code: firm for firm, code in enumerate(county.world.firms.codes)}
    column = "paid_fen" if "paid_fen" in book.table.column_names else "wages_fen"
    return [
        (
            place[row["enterprise_id"]],
            int(county.world.days.month[_number(county, row["period_end"])]),
            _number(county, row["happened_on"]),
            int(row[column] * 100),
        )
        for row in book.table.to_pylist()
    ]


class TestRows:
    @pytest.mark.parametrize("name", ITEMS)
    def test_say_what_was_paid_by_their_day(
        self, county: County, books: dict[str, Book], name: str
    ) -> None:
        rows = _rows(county, books[name])
        assert len(rows) > 3000
        for firm, month, day, paid in rows:
            assert paid == _paid(
                county, ITEMS[name], month=month, firm=firm, day=day
            ), (firm, month)

    def test_note_every_month_not_wholly_paid_whether_or_not_it_is_later(
        self, county: County, seen: Observer, books: dict[str, Book]
    ) -> None:
        told = {row[:3] for row in _rows(county, books["social_security"])}
        days, due = county.world.days, county.life.treasury.fell_due[2]
        given = seen.consents
        family = given.families.index("social_security")
        open_now = given.agrees[family] & (given.withdrawn[family] >= days.count)
        unpaid, later = 0, 0
        for month, firm in np.argwhere((due > 0) & open_now).tolist():
            noted = int(days.starts[month]) + SOCIAL_DAY - 1 + NOTED_AFTER
            if noted + LATEST_LAG >= days.count:
                continue
            paid = _paid(county, "social", month=month, firm=firm, day=noted)
            if paid == due[month, firm]:
                continue
            unpaid += 1
            assert (firm, month, noted) in told
            end = _paid(county, "social", month=month, firm=firm, day=days.count)
            later += int(end == due[month, firm])
        assert unpaid > 50
        assert later > 5

    def test_of_one_month_are_known_one_after_the_other(
        self, books: dict[str, Book]
    ) -> None:
        for book in books.values():
            last: dict[tuple[str, date], tuple[date, float]] = {}
            twice = 0
            for row in sorted(book.table.to_pylist(), key=lambda row: row["known_on"]):
                key = row["enterprise_id"], row["period_end"]
                paid = row.get("paid_fen", row.get("wages_fen"))
                if key in last:
                    twice += 1
                    assert last[key][0] < row["known_on"]
                    assert last[key][1] < paid
                last[key] = row["known_on"], paid
            assert twice > 3


class TestUpkeep:
    def test_pays_no_month_more_than_was_due(self, county: County) -> None:
        for item in UPKEEP:
            cost = upkeep(county.life.treasury, item)
            before = cost.before()
            assert (before >= 0).all()
            assert (before + cost.paid <= cost.due[cost.part]).all()
            assert cost.paid.sum() == county.life.treasury.by_day[item].sum()
