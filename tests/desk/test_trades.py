"""What trades make of firms: opinions are priors, rights are values or reasons."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

import ibis.expr.types as ir
import numpy as np
import pytest
from tests.factories import held

from xiaowei.desk.document.opinions import opinions_of
from xiaowei.desk.document.trades import profile, trades
from xiaowei.desk.hearing import Heard, heard_on
from xiaowei.desk.knowledge import Portrayed
from xiaowei.desk.opining import Recorded
from xiaowei.desk.rights import rights_of
from xiaowei.desk.trades import Trades, trades_of
from xiaowei.industry.opinions import Opinion
from xiaowei.policy.book import load_book
from xiaowei.policy.trades.reading import load_profiles
from xiaowei.risk.sample import Sample
from xiaowei.risk.validation import HeldOut

DAY = date(2026, 1, 31)
BOOK = load_book()
FIRMS = tuple(f"F{n:02d}" for n in range(60))
CODES = ("H6210", "I6510", "C1310")
SAID = Opinion(
    expert="李娜",
    day=DAY,
    kind="industry",
    about="H62",
    shift=0.5,
    confidence=0.8,
    reasoning="租金上涨",
    saw_model=False,
)


@pytest.fixture(scope="module")
def portrayed() -> Portrayed:
    """Sixty firms of three trades; every fifth has defaulted."""
    rows = {firm: {"sales_12m": 1_000_000_00} for firm in FIRMS}
    return Portrayed(
        sample=Sample(FIRMS, {"runway_3m": np.arange(60.0)}),
        rows=rows,
        profiles={f: {"industry": CODES[n % 3]} for n, f in enumerate(FIRMS)},
        histories={
            f: {"defaulted": n % 5 == 0, "rating": None} for n, f in enumerate(FIRMS)
        },
        families=frozenset(),
    )


def heard(*opinions: Opinion) -> Heard:
    recorded = [Recorded(n, one, one.day, {}) for n, one in enumerate(opinions, 1)]
    return heard_on(recorded, told={}, book=BOOK, on=DAY)


def made(portrayed: Portrayed, *opinions: Opinion) -> Trades:
    return with_rights(portrayed, heard(*opinions), told={})


def with_rights(
    portrayed: Portrayed, heard: Heard, *, told: Mapping[str, ir.Table]
) -> Trades:
    return trades_of(
        portrayed,
        HeldOut(
            portrayed.sample,
            np.full(60, 0.2),
            np.array([row["defaulted"] for row in portrayed.histories.values()]),
        ),
        book=BOOK,
        on=DAY,
        heard=heard,
        rights=rights_of(told, portrayed, book=BOOK, on=DAY),
        profiles=load_profiles(),
    )


class TestOpinionOnATrade:
    def test_is_the_prior_of_its_coefficient(self, portrayed: Portrayed) -> None:
        was, now = (
            {row["code"]: row for row in trades(made(portrayed, *said))["rows"]}
            for said in ((), (SAID,))
        )

        assert was["H62"]["opinion"] is None
        assert now["H62"]["opinion"]["shift"] == 0.5
        assert now["H62"]["prior"] > was["H62"]["prior"]
        assert now["H62"]["coefficient"] > was["H62"]["coefficient"]

    def test_is_said_to_firms_of_the_trade(self, portrayed: Portrayed) -> None:
        found = made(portrayed, SAID)
        told = {
            firm: [x["en"] for x in profile(found, firm)["lines"]] for firm in FIRMS
        }

        assert "experts on H62 catering" in told["F00"][-1]
        assert "1 expert pooled: +0.50" in told["F00"][-1]
        assert not any("experts on" in line for line in told["F01"])

    @pytest.mark.parametrize(
        "said",
        [replace(SAID, day=date(2026, 2, 1)), replace(SAID, kind="case", about="F00")],
    )
    def test_is_nothing_before_its_day_or_of_one_firm(
        self, portrayed: Portrayed, said: Opinion
    ) -> None:
        assert made(portrayed, said) == made(portrayed)


class TestRights:
    def test_place_a_technology_firm_among_its_peers(
        self, portrayed: Portrayed
    ) -> None:
        granted = [
            {
                "enterprise_id": firm,
                "right_no": firm,
                "kind": "software",
                "event": "granted",
                "happened_on": date(2025, 1, 1),
            }
            for firm in FIRMS[1::3]
        ]
        found = with_rights(
            portrayed, heard(), told=held(intellectual_property=granted)
        )
        told, silent = profile(found, "F01"), profile(found, "F00")

        side = next(
            side
            for side in found.judged["F01"].sides
            if side.dimension.key == "intellectual"
        )
        assert side.place == pytest.approx(50)
        assert side.values["rights_value"] == told["rights"]["low_fen"]
        assert told["rights"]["low_fen"] < told["rights"]["likely_fen"]
        assert told["rights"]["likely_fen"] < told["rights"]["high_fen"]
        assert told["rights"]["reason"] is None
        assert told["rights"]["kinds"] == {"software": 1}
        assert silent["rights"]["low_fen"] is None
        assert silent["rights"]["floor_fen"] is None
        assert "no rights alive" in silent["rights"]["reason"]["en"]

    def test_are_unknown_and_not_0_where_no_source_states_them(
        self, portrayed: Portrayed
    ) -> None:
        judged = made(portrayed).judged["F01"]
        side = next(s for s in judged.sides if s.dimension.key == "intellectual")

        assert side.values["rights_value"] is None
        assert side.place is None


class TestOpinionsOf:
    def test_lists_trades_first_and_who_stands_no_longer(self) -> None:
        case = replace(SAID, kind="case", about="F00")
        old = replace(SAID, day=date(2024, 1, 1))
        listed = opinions_of(heard(case, old, SAID))

        assert [one["about"] for one in listed] == ["H62", "F00"]
        assert [one["weight"] for one in listed[0]["opinions"]] == [None, 1.0]

    def test_says_that_none_stands(self) -> None:
        (one,) = opinions_of(heard(replace(SAID, day=date(2024, 1, 1))))

        assert one["pooled"] is None
