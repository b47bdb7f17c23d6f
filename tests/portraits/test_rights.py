"""Patents, trademarks and software against a second reckoning, and by hand."""

from datetime import date

import pytest
from tests.factories import MONTH_END, Row
from tests.portraits.oracles import rights as oracle
from tests.portraits.oracles.harness import Draw, check, single

from xiaowei.portraits.traits.rights import PARTS


def intellectual_property(draw: Draw) -> Row:
    number = int(draw.rng.integers(5))
    return {
        "right_no": f"R{number}",
        "kind": [*oracle.PATENTS, "trademark", "software"][number],
        "event": draw.one_of(
            "applied",
            "granted",
            "granted",
            "renewed",
            "lapsed",
            "transferred",
            "licensed",
            "pledged",
        ),
        "amount_fen": draw.one_of(None, 1000, 70_000),
        "happened_on": draw.day(),
    }


def event(word: str, year: int) -> Row:
    return {
        "enterprise_id": "E1",
        "right_no": "R1",
        "kind": "trademark",
        "event": word,
        "happened_on": date(year, 1, 1),
    }


class TestRights:
    @pytest.mark.parametrize("seed", [1, 2])
    def test_agree_with_a_second_reckoning(self, seed: int) -> None:
        rows = Draw(seed, MONTH_END).rows(intellectual_property, most=12)

        check(PARTS, {"intellectual_property": rows}, oracle.portray)

    @pytest.mark.parametrize(
        ("events", "expected"),
        [
            ([("applied", 2012)], 0),
            ([("granted", 2012)], 1),
            ([("granted", 2012), ("lapsed", 2018)], 0),
            ([("granted", 2012), ("lapsed", 2018), ("renewed", 2019)], 1),
            ([("granted", 2012), ("transferred", 2019)], 0),
            ([("granted", 2012), ("licensed", 2019)], 1),
        ],
    )
    def test_live_from_grant_to_lapse(
        self, events: list[tuple[str, int]], expected: int
    ) -> None:
        facts = {"intellectual_property": [event(*one) for one in events]}

        found = single(PARTS[:1], facts, MONTH_END)["E1"]

        assert found["trademarks_now"] == expected
        assert found["patents_now"] == 0
