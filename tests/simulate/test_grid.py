"""Bills of the works are of what their meters say."""

from xiaowei.simulate.grid import FEN_PER_M3, grid_books
from xiaowei.simulate.history import County
from xiaowei.simulate.observed import Observer


class TestWater:
    def test_is_billed_as_it_is_metered(self, county: County) -> None:
        books = {
            book.source.name: book.table
            for book in grid_books(Observer(county, seed=(7, 4, 0)), daily=0.0)
        }
        first = county.world.days.first
        month_of = county.world.days.month
        billed = {}
        for row in books["utility_bills"].to_pylist():
            if row["utility"] == "水":
                month = month_of[(row["happened_on"] - first).days] - 1
                billed[row["enterprise_id"], month] = row["due_fen"]
        metered = 0
        for row in books["water"].to_pylist():
            key = row["enterprise_id"], month_of[(row["happened_on"] - first).days]
            if key in billed:
                metered += 1
                tenths = round(row["m3"] * 10)
                assert int(billed[key] * 100) == tenths * FEN_PER_M3 // 10
        assert metered > 3000
