"""Readings and sales month beside month."""

from datetime import timedelta

import numpy as np
import pytest
from tests.factories import Row, arrow, invoice, reading
from tests.verification.cases import case
from tests.verification.electricity.plants import AS_OF, facts, meter, month_end, plants

from xiaowei.verification.electricity.panel import Panel, panel_of


def panel(*readings: Row, meters: list[Row] | None = None) -> Panel:
    registers = {} if meters is None else {"meters": arrow("meters", meters)}
    told = {
        "invoices": arrow("invoices", [invoice()]),
        "electricity": arrow("electricity", readings),
    }
    return panel_of(case(as_of=AS_OF, **told, **registers))


class TestPanel:
    def test_sets_a_month_not_read_apart_from_one_without_use(self) -> None:
        months = [0, 2, 3]
        told = panel(
            *(reading(happened_on=month_end(n), kwh=100.0) for n in months[1:]),
            reading(happened_on=month_end(0), kwh=0.0),
        )

        assert told.kwh[0, -1] == 0
        assert np.isnan(told.kwh[0, -2])
        assert told.kwh[0, -4:-2].tolist() == [100, 100]
        assert np.isnan(told.kwh[0, :-4]).all()

    def test_fills_the_days_that_a_daily_meter_lacks(self) -> None:
        days = [AS_OF - timedelta(days=n) for n in range(60)]
        told = panel(*(reading(happened_on=day, kwh=10.0) for day in days[2:]))

        assert told.kwh[0, -1] == pytest.approx(290)
        assert told.kwh[0, -2] == pytest.approx(310)

    def test_knows_no_month_of_which_a_daily_meter_has_few_days(self) -> None:
        days = [AS_OF - timedelta(days=n) for n in range(15, 60)]
        told = panel(*(reading(happened_on=day, kwh=10.0) for day in days))

        assert np.isnan(told.kwh[0, -1])

    def test_adds_meters_and_knows_no_month_that_lacks_one(self) -> None:
        both = [
            reading(meter=name, happened_on=month_end(back), kwh=50.0)
            for name in ("M1", "M2")
            for back in range(6)
            if (name, back) != ("M2", 0)
        ]

        told = panel(*both)

        assert told.kwh[0, -6:-1].tolist() == [100] * 5
        assert np.isnan(told.kwh[0, -1])

    def test_lets_a_meter_that_was_taken_away_go(self) -> None:
        both = [
            reading(meter=name, happened_on=month_end(back), kwh=50.0)
            for name in ("M1", "M2")
            for back in range(12)
            if name == "M1" or back >= 6
        ]

        assert panel(*both).kwh[0, -12:].tolist() == [100.0] * 6 + [50.0] * 6

    def test_states_capacity_and_doubts_of_all_meters_of_a_firm(self) -> None:
        told = panel(
            reading(),
            meters=[
                meter("E1", meter="M1", capacity_kva=100.0, shared="yes"),
                meter("E1", meter="M2", capacity_kva=60.0),
            ],
        )

        assert told.kva.tolist() == [160]
        assert (told.shared[0], told.own_power[0]) == (True, False)

    def test_knows_neither_capacity_nor_doubts_without_a_register(self) -> None:
        told = panel(reading())

        assert np.isnan(told.kva[0])
        assert not told.shared[0]

    def test_leaves_out_firms_without_either_source(self) -> None:
        told = panel(reading(enterprise_id="E2"), reading())

        assert told.firms == ("E1",)

    def test_keeps_rows_beside_their_firms(self) -> None:
        sales, kwh = plants(np.random.default_rng(1), 12)
        names = [f"F{n}" for n in range(12)]

        told = panel_of(case(as_of=AS_OF, **facts(sales, kwh, names=names)))

        row = [told.firms.index(name) for name in names]
        assert told.kwh[row] == pytest.approx(kwh, rel=1e-3)
        assert told.sales[row] == pytest.approx(sales, rel=1e-3)
