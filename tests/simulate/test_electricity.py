"""Power follows production where it should, and lies are not in it."""

import numpy as np
from numpy.typing import NDArray

from xiaowei.simulate.history import County

Table = NDArray[np.float64]


def _monthly(county: County, daily: Table) -> Table:
    month = county.world.days.month
    starts = np.searchsorted(month, np.arange(county.first_month, month[-1] + 1))
    return np.asarray(np.add.reduceat(daily, starts, axis=0))


def _sales(county: County) -> Table:
    tickets, days = county.tickets, county.world.days
    valid = tickets.where((tickets.seller >= 0) & ~tickets.voided)
    table = np.zeros((days.months, county.world.firms.count))
    np.add.at(table, (days.month[valid.day], valid.seller), valid.net)
    return table[county.first_month :]


def _alive(county: County) -> NDArray[np.bool_]:
    traded = county.life.active[county.world.first_day :]
    return np.asarray(traded.all(axis=0), dtype=np.bool_)


def _plants(county: County) -> NDArray[np.bool_]:
    return np.array([trade.is_plant for trade in county.world.firms.trades])


def _correlations(county: County, firms: NDArray[np.bool_]) -> list[float]:
    power = _monthly(county, county.power)
    made = _monthly(county, county.life.produced)
    return [
        float(
            np.corrcoef(
                np.diff(np.log(power[:, firm])),
                np.diff(np.log(np.maximum(made[:, firm], 1))),
            )[0, 1]
        )
        for firm in np.flatnonzero(firms)
    ]


class TestPower:
    def test_moves_with_production_in_plants(self, county: County) -> None:
        followed = _correlations(county, _plants(county) & _alive(county))
        assert np.median(followed) > 0.7
        assert np.quantile(followed, 0.1) > 0.5

    def test_moves_less_with_it_elsewhere(self, county: County) -> None:
        followed = _correlations(county, ~_plants(county) & _alive(county))
        assert np.median(followed) < 0.6

    def test_stays_flat_where_sales_are_invented(self, county: County) -> None:
        power, sales = _monthly(county, county.power), _sales(county)
        frauds = county.world.frauds

        def gap(firm: int, since: int) -> float:
            """Say by how much log sales outgrew log power from a month on."""
            log_sales = np.log(sales[since:, firm].mean() / sales[:since, firm].mean())
            log_power = np.log(power[since:, firm].mean() / power[:since, firm].mean())
            return float(log_sales - log_power)

        alive = _alive(county)
        false = [
            gap(firm, frauds.since[firm] - county.first_month)
            for firm in frauds.of_kind("fake_sales")
            if alive[firm]
        ]
        honest = [
            gap(firm, 20)
            for firm in np.flatnonzero(
                _plants(county) & alive & (frauds.kind < 0)
            ).tolist()
        ]
        assert min(false) > 0.25
        assert abs(np.median(honest)) < 0.15
        assert np.median(false) > np.quantile(honest, 0.95)

    def test_comes_back_after_new_year_as_real_meters_do(self, county: County) -> None:
        """Table E: day +1 .12-.14, +4 .15-.16, +7 .43-.52, +10 .66-.78; wider here."""
        first = county.world.first_day
        since = county.world.days.since_new_year[first:]
        power = county.power[first:, _alive(county)]
        own = power / np.median(power, axis=0)
        levels = [own[since == day].mean() for day in (1, 4, 7, 10, 13)]
        for level, (low, high) in zip(
            levels,
            [(0.08, 0.3), (0.1, 0.35), (0.25, 0.6), (0.5, 0.85), (0.65, 1.05)],
            strict=True,
        ):
            assert low < level < high

    def test_is_lower_on_sundays(self, county: County) -> None:
        first = county.world.first_day
        weekday = county.world.days.weekday[first:]
        power = county.power[first:, _alive(county)]
        share = power[weekday == 6].mean() / power[weekday < 5].mean()
        assert 0.82 < share < 0.97


class TestReadings:
    def test_are_of_meters_whose_firms_agreed(self, county: County) -> None:
        meters = county.world.meters
        assert set(county.readings.meter.tolist()) == set(range(len(meters.codes)))
        assert len(set(meters.codes)) == len(meters.codes)
        agreed = meters.read(county.world.firms.count)
        assert 0.5 < agreed.mean() < 0.95

    def test_go_dark_where_a_firm_has_closed(self, county: County) -> None:
        days, read = county.world.days, county.readings
        closed = county.life.treasury.defaulted_on + 45
        firm = county.world.meters.firm[read.meter]
        dark = read.day >= closed[firm]
        summed = np.bincount(firm[~dark], weights=read.hundredths[~dark])
        usual = summed / np.maximum(np.bincount(firm[~dark]), 1)
        assert dark.any()
        share = read.hundredths[dark] / usual[firm[dark]]
        assert np.median(share) < 0.2
        assert read.day.max() == days.count - 1

    def test_begin_when_a_firm_opens(self, county: County) -> None:
        read, opens = county.readings, county.world.firms.opens
        firm = county.world.meters.firm[read.meter]
        assert (read.day >= opens[firm]).all()
        assert (read.hundredths >= 0).all()
