"""Portraits as of many days are those of each day, reckoned at once."""

from collections.abc import Mapping
from datetime import date, timedelta

import ibis.expr.types as ir
import pytest
from tests.factories import Row, held, invoice
from tests.portraits.crowd import crowd
from tests.portraits.worlds import World, placed

from xiaowei.portraits.portrait import panel, portraits

SUMMER = date(2020, 6, 30)


def told(rows: list[Row]) -> dict[tuple[str, date], Row]:
    return {(row["enterprise_id"], row["as_of"]): row for row in rows}


def at_once(
    facts: Mapping[str, ir.Table], days: tuple[date, ...]
) -> dict[tuple[str, date], Row]:
    return told(panel(facts, days=days).to_pyarrow().to_pylist())


def one_by_one(
    facts: Mapping[str, ir.Table], days: tuple[date, ...]
) -> dict[tuple[str, date], Row]:
    return {
        (row["enterprise_id"], day): row | {"as_of": day}
        for day in days
        for row in portraits(facts, as_of=day).to_pyarrow().to_pylist()
    }


class TestPanel:
    @pytest.mark.parametrize(
        "days",
        [
            (date(2020, 4, 30), date(2020, 5, 31), SUMMER),
            (
                date(2019, 2, 28),
                date(2020, 2, 29),
                date(2020, 3, 14),
                date(2020, 3, 15),
            ),
            (date(2020, 6, 29), SUMMER, date(2020, 7, 1)),
        ],
        ids=["month ends", "any days", "about a month's end"],
    )
    def test_is_the_portraits_of_each_day(self, days: tuple[date, ...]) -> None:
        facts = held(**placed(World(days[0].toordinal(), SUMMER).firms(25)))

        assert at_once(facts, days) == one_by_one(facts, days)

    def test_is_so_for_every_source(self) -> None:
        days = (date(2020, 6, 14), SUMMER)
        facts = held(**crowd(60, as_of=SUMMER, seed=3))

        assert at_once(facts, days) == one_by_one(facts, days)

    def test_counts_alike_what_has_no_state(self) -> None:
        days = (date(2020, 6, 14), SUMMER)
        facts = held(invoices=[invoice(state=None), invoice(state=None)])

        assert at_once(facts, days) == one_by_one(facts, days)

    def test_of_one_day_is_that_day(self) -> None:
        facts = held(invoices=[invoice()])

        (row,) = panel(facts, days=[SUMMER]).to_pyarrow().to_pylist()

        assert row["as_of"] == SUMMER
        assert row["sales_all"] == 100_000

    def test_knows_a_firm_only_from_the_day_something_was_known_of_it(self) -> None:
        day = date(2020, 3, 10)
        facts = held(
            invoices=[invoice(happened_on=day, known_on=day + timedelta(days=40))]
        )

        rows = panel(facts, days=[date(2020, 3, 31), date(2020, 4, 30)])

        assert rows.to_pyarrow()["as_of"].to_pylist() == [date(2020, 4, 30)]

    def test_lets_a_correction_count_from_the_day_it_was_known(self) -> None:
        first = invoice(happened_on=date(2020, 3, 10), invoice_no="1")
        voided = first | {"state": "voided", "known_on": date(2020, 5, 20)}
        days = [date(2020, 4, 30), date(2020, 5, 31)]

        rows = panel(held(invoices=[first, voided]), days=days).to_pyarrow()

        assert told(rows.to_pylist())["E1", days[0]]["sales_all"] == 100_000
        assert told(rows.to_pylist())["E1", days[1]]["sales_all"] == 0
