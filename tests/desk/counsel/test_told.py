"""What is told of one firm is what is told of it among all."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from tests.desk.counties import taken_county

from xiaowei.desk.bearing.asked import asked_of, parks_in
from xiaowei.desk.bearing.money import Books, Money, Roll, numbers_on
from xiaowei.desk.counsel.told import Teller, teller
from xiaowei.desk.home import Home, open_home
from xiaowei.desk.knowledge import facts_held, known_facts

DAY = date(2025, 6, 30)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Home]:
    place = taken_county(tmp_path_factory.mktemp("told"), seed=5, firms=60, until=DAY)
    with open_home(place / "home") as opened:
        yield opened


@pytest.fixture(scope="module")
def run(home: Home) -> dict[str, Any]:
    """As much of a run as is looked at: one trade of many firms, and one unknown."""
    names = sorted(
        home.lake.facts("enterprises").enterprise_id.to_pyarrow().to_pylist()
    )
    return {
        "as_of": DAY.isoformat(),
        "firms": [
            {
                "enterprise_id": name,
                "industry": "C13" if place else None,
                "traits": {"balance_now": 100 * place},
            }
            for place, name in enumerate(names)
        ],
    }


@pytest.fixture(scope="module")
def one_by_one(home: Home, run: dict[str, Any]) -> Iterator[Teller]:
    with teller(home, run) as opened:
        yield opened


def plain(money: Money) -> str:
    """As text: histories hold arrays, which are not equal where they hold no number."""
    return repr(
        [getattr(money, name) for name in ("history", "norms", "standing", "known")]
    )


class TestTold:
    def test_is_what_is_told_among_all(
        self, home: Home, run: dict[str, Any], one_by_one: Teller
    ) -> None:
        facts = facts_held(home.lake)
        known = known_facts(facts, as_of=DAY)
        names = [one["enterprise_id"] for one in run["firms"]]
        books = Books(
            known,
            known,
            roll=Roll(
                industries={
                    one["enterprise_id"]: one["industry"] for one in run["firms"]
                },
                traits={one["enterprise_id"]: one["traits"] for one in run["firms"]},
                consents=facts["consents"],
                heard=False,
            ),
            numbers=numbers_on(home.book, day=DAY),
        )
        books.read(names)
        asked = asked_of(known, names, as_of=DAY, parks=parks_in(known))

        told = {name: one_by_one.told(name) for name in names}

        assert {name: dict(one.beside) for name, one in told.items()} == {
            name: asked.of(name) for name in names
        }
        assert [plain(told[name].money) for name in names] == [
            plain(books.money(name)) for name in names
        ]
        sources = {
            one.money.history.source if one.money.history else None
            for one in told.values()
        }
        assert sources >= {"bank", "invoices"}

    def test_is_the_same_whoever_was_told_of_before(
        self, run: dict[str, Any], one_by_one: Teller
    ) -> None:
        first, *_, last = [one["enterprise_id"] for one in run["firms"]]
        before = repr(one_by_one.told(first))
        assert repr(one_by_one.told(last)) != before
        assert repr(one_by_one.told(first)) == before

    def test_knows_nothing_of_whom_no_fact_is_about(
        self, home: Home, run: dict[str, Any]
    ) -> None:
        stranger: dict[str, Any] = {
            "enterprise_id": "nobody",
            "industry": None,
            "traits": {},
        }
        with teller(home, {**run, "firms": [*run["firms"], stranger]}) as opened:
            assert opened.told(run["firms"][1]["enterprise_id"]).money.history
            told = opened.told("nobody")
        assert told.money.history is None
        assert set(told.beside.values()) == {None}
