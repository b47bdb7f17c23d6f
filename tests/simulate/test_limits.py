"""What may be invoiced is granted from what was, and every invoice keeps within it."""

import numpy as np
import pytest

from xiaowei.simulate.cash import DAYS_A_MONTH
from xiaowei.simulate.history import County
from xiaowei.simulate.invoicing import invoice_books
from xiaowei.simulate.observed import Observer

STEP_FEN = 10_000_000

Quotas = dict[int, list[tuple[int, int]]]


@pytest.fixture(scope="module")
def quotas(county: County) -> Quotas:
    """Return day and fen of each quota by firm, in order of time."""
    table = invoice_books(Observer(county, seed=(7, 4, 0)))[-1].table
    place = {code: firm for firm, code in enumerate(county.world.firms.codes)}
    found: Quotas = {}
    for row in table.to_pylist():
        if row["regime"] == "月度总额度":
            day = (row["happened_on"] - county.world.days.first).days
            firm = place[row["enterprise_id"]]
            found.setdefault(firm, []).append((day, int(row["limit_fen"] * 100)))
    return {firm: sorted(rows) for firm, rows in found.items()}


def _daily(county: County, firm: int) -> np.typing.NDArray[np.int64]:
    tickets = county.tickets
    own = (tickets.seller == firm) & ~tickets.voided & (tickets.net > 0)
    sold = np.zeros(county.world.days.count, dtype=np.int64)
    np.add.at(sold, tickets.day[own], tickets.net[own])
    return sold


class TestQuotas:
    def test_are_first_of_the_largest_month_before(
        self, county: County, quotas: Quotas
    ) -> None:
        days, scale = county.world.days, county.world.firms.scale
        assert len(quotas) > 200
        grown = 0
        for firm, rows in quotas.items():
            day, limit = rows[0]
            sold = _daily(county, firm)
            monthly = np.add.reduceat(sold, days.starts[:-1])
            before = monthly[: days.month[max(day, 0)]].max(initial=0)
            largest = before or round(scale[firm] * DAYS_A_MONTH)
            assert abs(limit - (1.3 * largest // STEP_FEN + 1) * STEP_FEN) <= STEP_FEN
            grown += int(monthly.max() > limit)
        assert grown > 10  # whole lives would have given these firms more

    def test_are_raised_on_the_day_on_which_they_are_used_up(
        self, county: County, quotas: Quotas
    ) -> None:
        days, raised = county.world.days, 0
        for firm, rows in quotas.items():
            sold, run = _daily(county, firm), 0
            first = max(rows[0][0], 0)
            for day in range(first, days.count - 10):
                run = sold[day] + (0 if days.day_of_month[day] == 1 else run)
                in_force = [limit for since, limit in rows if since <= day]
                assert run <= in_force[-1]
            raised += len(rows) - 1
        assert raised > 20
