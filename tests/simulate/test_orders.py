"""Honest firms show part of a year's work; those who invent sales show more."""

from typing import Any

import numpy as np
import pytest

from xiaowei.simulate.declared import applied
from xiaowei.simulate.history import County
from xiaowei.simulate.observed import Observer
from xiaowei.simulate.orders import order_books
from xiaowei.simulate.statements import INFLATE

Row = dict[str, Any]


@pytest.fixture(scope="module")
def rows(deceitful: County) -> list[Row]:
    (book,) = order_books(Observer(deceitful, seed=(11, 4, 0)))
    told: list[Row] = book.table.to_pylist()
    return told


class TestOrders:
    def test_come_with_most_applications(
        self, deceitful: County, rows: list[Row]
    ) -> None:
        shown = {(row["enterprise_id"], row["starts_on"]) for row in rows}

        firm, day = applied(deceitful)
        codes, days = deceitful.world.firms.codes, deceitful.world.days
        asked = {
            (codes[one], days.date_of(at))
            for one, at in zip(firm.tolist(), day.tolist(), strict=True)
        }
        assert shown <= asked
        assert 0.6 * len(asked) < len(shown) < 0.95 * len(asked)

    def test_are_signed_before_they_are_shown_and_due_after(
        self, rows: list[Row]
    ) -> None:
        assert len(rows) > 100
        for row in rows:
            assert row["happened_on"] < row["starts_on"] < row["due_on"]
            assert row["starts_on"] <= row["known_on"]

    def test_name_a_buyer_of_the_county_where_there_is_one(
        self, deceitful: County, rows: list[Row]
    ) -> None:
        links, codes = deceitful.world.network.county, deceitful.world.firms.codes
        pairs = {
            (codes[seller], codes[buyer])
            for seller, buyer in zip(
                links.supplier.tolist(), links.buyer.tolist(), strict=True
            )
        }
        named = [row for row in rows if row["counterparty_id"] is not None]

        assert len(named) > 20
        assert all((r["enterprise_id"], r["counterparty_id"]) in pairs for r in named)

    def test_of_those_who_invent_sales_are_larger(
        self, deceitful: County, rows: list[Row]
    ) -> None:
        world = deceitful.world
        place = {code: firm for firm, code in enumerate(world.firms.codes)}
        claimed: dict[tuple[str, Any], float] = {}
        for row in rows:
            year = min(365 / (row["due_on"] - row["starts_on"]).days, 1.0)
            key = row["enterprise_id"], row["starts_on"]
            claimed[key] = claimed.get(key, 0.0) + float(row["amount_fen"]) * year
        lies = world.frauds.is_kind(*INFLATE)
        cover: dict[bool, list[float]] = {True: [], False: []}
        for (code, on), yuan in claimed.items():
            firm = place[code]
            day = (on - world.days.first).days
            begun = world.days.starts[world.frauds.since[firm]] <= day
            planned = world.firms.scale[firm] * 365 / 100
            cover[bool(lies[firm] and begun)].append(yuan / planned)

        honest, false = np.median(cover[False]), np.median(cover[True])
        assert 0.3 < honest < 1.2
        assert false > 1.5 * honest
