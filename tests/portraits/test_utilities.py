"""Water, bills, meters and limits, reckoned a second time and by hand."""

from datetime import date, timedelta
from typing import Any

import pytest
from tests.factories import DAY, MONTH_END, Row, held, invoice, reading
from tests.portraits import draws
from tests.portraits.oracles import supplies
from tests.portraits.oracles.harness import FIRMS, Draw, check
from tests.portraits.worlds import portrait_of

from xiaowei.portraits.traits import limits, power, utilities


def bill(**stated: Any) -> Row:  # noqa: ANN401
    """A bill of E1 over 10 yuan, made out on DAY and due a week later."""
    return {
        "enterprise_id": "E1",
        "utility": "water",
        "bill_no": "B1",
        "due_fen": 1000,
        "due_on": DAY + timedelta(days=7),
        "paid_on": None,
        "happened_on": DAY,
    } | stated


def meter(**stated: Any) -> Row:  # noqa: ANN401
    return {
        "enterprise_id": "E1",
        "meter": "M1",
        "capacity_kva": 100.0,
        "happened_on": date(2018, 1, 1),
    } | stated


class TestSecondReckoning:
    @pytest.mark.parametrize("seed", range(2))
    def test_of_utilities_agrees(self, seed: int) -> None:
        draw = Draw(seed, date(2020, 4, 30))
        facts = {
            "water": draw.rows(draws.water, most=40),
            "electricity": [r for firm in FIRMS[::2] for r in draw.readings(firm, 40)],
            "utility_bills": draw.rows(draws.utility_bills, most=10),
        }

        check(utilities.PARTS, facts, supplies.utilities)

    @pytest.mark.parametrize("seed", range(2))
    def test_of_meters_agrees(self, seed: int) -> None:
        draw = Draw(seed, date(2020, 4, 30))
        facts = {
            "meters": draw.rows(draws.meters, most=3),
            "electricity": [r for firm in FIRMS[::2] for r in draw.readings(firm, 40)],
        }

        check(power.PARTS[:2], facts, supplies.meters)

    @pytest.mark.parametrize("seed", range(2))
    def test_of_limits_agrees(self, seed: int) -> None:
        draw = Draw(seed, date(2020, 4, 30))
        facts = {
            "invoice_limits": draw.rows(draws.invoice_limits, most=4),
            "invoices": [r for firm in FIRMS[::2] for r in draw.invoices(firm, 40)],
        }

        check(limits.PARTS, facts, supplies.limits)


class TestBills:
    @pytest.mark.parametrize(
        ("as_of", "unpaid", "days"),
        [(date(2020, 2, 28), None, None), (MONTH_END, 1000, 1)],
    )
    def test_are_overdue_from_the_day_after_they_are_due(
        self, as_of: date, unpaid: int | None, days: int | None
    ) -> None:
        found = portrait_of(held(utility_bills=[bill()]), as_of=as_of)

        assert found["bills_unpaid_now"] == unpaid
        assert found["bill_oldest_unpaid_days_now"] == days

    def test_that_are_paid_later_were_late(self) -> None:
        first = bill(happened_on=date(2020, 1, 3), due_on=date(2020, 1, 20))
        paid = first | {"paid_on": date(2020, 1, 30), "known_on": date(2020, 1, 30)}

        found = portrait_of(held(utility_bills=[first, paid]), as_of=MONTH_END)

        assert found["bills_unpaid_now"] == 0
        assert found["bills_late_share_12m"] == 1
        assert found["bill_days_late_12m"] == 10


class TestCapacity:
    def test_is_used_in_full_by_its_kilowatts_in_all_hours(self) -> None:
        """100 kVA over the 730.5 hours of a mean month are 73,050 kWh."""
        found = portrait_of(
            held(meters=[meter()], electricity=[reading(kwh=73_050.0)]), as_of=MONTH_END
        )

        assert found["capacity_use_3m"] == 1

    def test_says_how_much_of_it_is_unclear(self) -> None:
        rows = [
            meter(shared="no"),
            meter(meter="M2", own_power="yes", capacity_kva=300.0),
            meter(meter="M3"),
        ]

        found = portrait_of(held(meters=rows), as_of=MONTH_END)

        assert found["capacity_unclear_share_now"] == 0.75


class TestElasticity:
    def test_is_the_slope_of_changes_not_of_levels(self) -> None:
        """Electricity moves by the square root of sales, up and down."""
        ends = [date(2019, month, 1) - timedelta(days=1) for month in range(2, 12)]
        sizes = [1, 4, 1, 9, 4, 16, 1, 4, 9, 1]

        found = portrait_of(
            held(
                invoices=[
                    invoice(happened_on=day, net_fen=100 * size)
                    for day, size in zip(ends, sizes, strict=True)
                ],
                electricity=[
                    reading(happened_on=day, kwh=100 * size**0.5)
                    for day, size in zip(ends, sizes, strict=True)
                ],
            ),
            as_of=MONTH_END,
        )

        assert found["kwh_sales_elasticity_24m"] == pytest.approx(0.5, abs=1e-5)
        assert found["kwh_sales_correlation_24m"] == pytest.approx(1, abs=1e-5)

    def test_is_unknown_where_sales_never_change(self) -> None:
        ends = [date(2019, month, 1) - timedelta(days=1) for month in range(2, 12)]

        found = portrait_of(
            held(
                invoices=[invoice(happened_on=day) for day in ends],
                electricity=[
                    reading(happened_on=day, kwh=float(place + 1))
                    for place, day in enumerate(ends)
                ],
            ),
            as_of=MONTH_END,
        )

        assert found["kwh_sales_elasticity_24m"] is None
        assert found["kwh_sales_correlation_24m"] is None


class TestQuota:
    def test_is_used_by_sales_of_the_quarter(self) -> None:
        quota = {
            "enterprise_id": "E1",
            "regime": "monthly_quota",
            "limit_fen": 1000,
            "happened_on": date(2019, 1, 1),
        }
        sales = [
            invoice(net_fen=900, happened_on=date(2020, 1, 5)),
            invoice(net_fen=300, happened_on=date(2019, 12, 5)),
            invoice(net_fen=1500, happened_on=date(2019, 11, 5)),
        ]

        found = portrait_of(
            held(invoice_limits=[quota], invoices=sales), as_of=MONTH_END
        )

        assert found["quota_use_3m"] == 0.4
        assert found["quota_peak_12m"] == 1.5
        assert found["invoice_quota_now"] == 1000
        assert found["invoice_cap_now"] is None
