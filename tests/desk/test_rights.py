"""Rights are valued from the facts known by the day, each firm by itself."""

from datetime import date

import numpy as np
import pytest
from tests.factories import Row, held

from xiaowei.desk.knowledge import Portrayed, known_facts
from xiaowei.desk.rights import Holding, low_ends, rights_of
from xiaowei.policy.book import load_book
from xiaowei.risk.sample import Sample

DAY = date(2026, 1, 31)
BOOK = load_book()


def event(**stated: object) -> Row:
    """A patent of E1, granted and known in 2024."""
    return {
        "enterprise_id": "E1",
        "right_no": "ZL1",
        "kind": "invention",
        "event": "granted",
        "happened_on": date(2024, 5, 1),
    } | stated


def valued(*events: Row, sales: int | None = 1_000_000_00) -> dict[str, Holding]:
    """Return the rights of E1 and E2, which sell alike."""
    firms = ("E1", "E2")
    portrayed = Portrayed(
        Sample(firms, {}),
        {firm: {"sales_12m": sales} for firm in firms},
        {},
        {},
        frozenset(),
    )
    facts = held(intellectual_property=events) if events else {}
    told = known_facts(facts, as_of=DAY)
    return rights_of(told, portrayed, book=BOOK, on=DAY)


class TestRightsOf:
    def test_are_a_range_with_what_it_rests_on(self) -> None:
        one = valued(event(), event(right_no="TM1", kind="trademark"))["E1"]

        assert one.worth.low is not None
        assert one.worth.middle is not None
        assert one.worth.high is not None
        assert 0 < one.worth.low < one.worth.middle < one.worth.high
        assert one.kinds == {"invention": 1, "trademark": 1}
        assert "rights are worth" in one.worth.lines[0].en

    def test_do_not_depend_on_those_of_others(self) -> None:
        other = event(enterprise_id="E2", right_no="ZL2", kind="design")

        assert valued(event())["E1"] == valued(event(), other)["E1"]

    def test_are_the_same_for_the_same_rights(self) -> None:
        found = valued(event(), event(enterprise_id="E2", right_no="ZL2"))

        assert found["E1"] == found["E2"]

    @pytest.mark.parametrize(("known_on", "alive"), [(DAY, 0), (date(2026, 2, 1), 1)])
    def test_are_of_what_was_known_by_the_day(self, known_on: date, alive: int) -> None:
        lapse = event(event="lapsed", happened_on=date(2026, 1, 1), known_on=known_on)

        assert valued(event(), lapse)["E1"].worth.rights == alive

    def test_are_as_last_stated(self) -> None:
        renewal = event(event="renewed", happened_on=date(2025, 5, 1))
        first = renewal | {"amount_fen": 900_00, "known_on": date(2025, 5, 2)}
        mended = renewal | {"amount_fen": 90_00, "known_on": date(2025, 6, 1)}

        assert valued(event(), first, mended)["E1"].worth.floor == 90_00

    @pytest.mark.parametrize(
        ("sales", "reason"), [(None, "sales unknown"), (-5, "no sales above 0")]
    )
    def test_are_unknown_with_a_reason_without_sales(
        self, sales: int | None, reason: str
    ) -> None:
        one = valued(event(), sales=sales)["E1"].worth

        assert one.low is None
        assert reason in one.lines[0].en

    def test_are_unknown_with_a_reason_where_no_source_states_any(self) -> None:
        one = valued()["E1"]

        assert one.worth.low is None
        assert one.kinds == {}
        assert "no rights alive on record" in one.worth.lines[0].en


class TestLowEnds:
    def test_are_unknown_and_never_0(self) -> None:
        found = valued(event())
        lows = low_ends(found, ("E1", "E2"))

        assert lows[0] == found["E1"].worth.low
        assert np.isnan(lows[1])
