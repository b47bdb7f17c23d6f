"""Honest firms declare what courts and bureau have; of the others a part does not."""

from datetime import date, timedelta
from typing import Any

import numpy as np
import pytest

from xiaowei.simulate.bureau import bureau_books
from xiaowei.simulate.cases import court_books
from xiaowei.simulate.declared import applied, declared_books
from xiaowei.simulate.history import County
from xiaowei.simulate.lent import bank_books
from xiaowei.simulate.observed import Observer

Row = dict[str, Any]


def told(county: County) -> dict[str, list[Row]]:
    """Return the rows of all books that tell of cases, loans and applications."""
    seen = Observer(county, seed=(7, 4, 0))
    books = [
        *declared_books(seen),
        *bureau_books(seen),
        *court_books(seen),
        *bank_books(seen),
    ]
    return {book.source.name: book.table.to_pylist() for book in books}


@pytest.fixture(scope="module")
def honest(county: County) -> dict[str, list[Row]]:
    return told(county)


@pytest.fixture(scope="module")
def mixed(deceitful: County) -> dict[str, list[Row]]:
    return told(deceitful)


def liars(county: County) -> dict[str, date]:
    """Return since when each firm that deceives does."""
    world = county.world
    return {
        world.firms.codes[firm]: world.days.date_of(
            int(world.days.starts[world.frauds.since[firm]])
        )
        for firm in np.flatnonzero(world.frauds.kind >= 0).tolist()
    }


def owed(rows: list[Row], firm: str, day: date) -> int | None:
    """Return the fen a firm owes by the bureau's last report before a day's month."""
    end = day.replace(day=1) - timedelta(days=1)
    mine = [
        int(row["balance_fen"] * 100)
        for row in rows
        if row["enterprise_id"] == firm and row["happened_on"] == end
    ]
    return sum(mine) if mine else None


def open_cases(rows: list[Row], firm: str, day: date) -> int:
    """Return how many cases of the last year before a day's month are still open."""
    found: dict[str, bool] = {}
    for row in rows:
        if row["enterprise_id"] != firm or row["role"] != "被告":
            continue
        if timedelta(30) <= day - row["happened_on"] < timedelta(365):
            closed = row["closed_on"] is not None and row["closed_on"] <= day
            found[row["case_no"]] = found.get(row["case_no"], True) and not closed
    return sum(found.values())


class TestDeclarations:
    def test_come_with_every_application(
        self, county: County, honest: dict[str, list[Row]]
    ) -> None:
        declared = honest["declarations"]
        days = {(row["enterprise_id"], row["happened_on"]) for row in declared}

        assert days == {
            (row["enterprise_id"], row["happened_on"])
            for row in honest["applications"]
            if row["happened_on"] < date(2025, 6, 30)
        }
        assert len(declared) == len(applied(county)[0]) > 100

    def test_of_the_honest_state_what_is_so(
        self, deceitful: County, mixed: dict[str, list[Row]]
    ) -> None:
        since = liars(deceitful)
        checked, cases, exact = 0, 0, 0
        for row in mixed["declarations"]:
            firm, day = row["enterprise_id"], row["happened_on"]
            if since.get(firm, day + timedelta(days=1)) <= day:
                continue
            debts = owed(mixed["bureau_loans"], firm, day)
            if debts is not None and row["debts_fen"] is not None:
                stated = int(row["debts_fen"] * 100)
                assert stated >= debts - 10
                exact += abs(stated - debts) <= 10
                checked += 1
            known = open_cases(mixed["court_cases"], firm, day)
            if row["open_cases"] is not None:
                assert row["open_cases"] >= known
                cases += known
        assert checked > 40
        # The bureau lacks a report now and then.
        assert exact > 0.95 * checked
        assert cases > 0

    def test_of_a_part_of_those_who_deceive_leave_debts_out(
        self, deceitful: County, mixed: dict[str, list[Row]]
    ) -> None:
        since = liars(deceitful)
        hidden = []
        for row in mixed["declarations"]:
            firm, day = row["enterprise_id"], row["happened_on"]
            if firm not in since or since[firm] > day or row["debts_fen"] is None:
                continue
            debts = owed(mixed["bureau_loans"], firm, day)
            if debts:
                hidden.append(int(row["debts_fen"] * 100) < 0.7 * debts)
        assert len(hidden) > 20
        assert 0.2 < np.mean(hidden) < 0.8

    def test_leave_a_cell_empty_now_and_then(self, mixed: dict[str, list[Row]]) -> None:
        for name in ("open_cases", "debts_fen", "guarantees_fen"):
            empty = [row[name] is None for row in mixed["declarations"]]
            assert 0 < np.mean(empty) < 0.08
