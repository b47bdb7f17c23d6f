"""Goods that go in and goods that come out: whose do not fit each other."""

from collections.abc import Iterator, Mapping
from datetime import date, timedelta

import pytest
from tests.factories import Row, invoice
from tests.verification.cases import case, findings

from xiaowei.verification.checks.sold_and_bought import BOUGHT, SOLD
from xiaowei.verification.finding import Check, Finding

AS_OF = date(2025, 6, 30)
PEERS = 100
YARN, CLOTH, GRAIN, FLOUR, STEEL, ADVICE, CARRIAGE, GOLD = (
    f"{head:0<19}"
    for head in (
        "1040101",
        "1040201",
        "1010101",
        "1030101",
        "1080131",
        "3040602",
        "3010102",
        "1080601",
    )
)
Firm = tuple[Mapping[str, float], Mapping[str, float]]
"""What it buys and what it sells: codes of goods to yuan a time."""

WEAVER: Firm = ({YARN: 700.0, CARRIAGE: 50.0}, {CLOTH: 1_000.0})
MILLER: Firm = ({GRAIN: 800.0, CARRIAGE: 80.0}, {FLOUR: 1_000.0})
TRADER: Firm = ({STEEL: 900.0, CARRIAGE: 20.0}, {STEEL: 1_000.0})
ADVISER: Firm = ({CARRIAGE: 40.0}, {ADVICE: 1_000.0})


def rows_of(firm: str, traded: Firm, *, times: int = 12) -> Iterator[Row]:
    """A firm's invoices, one of each code a month."""
    for direction, codes in zip(("purchase", "sale"), traded, strict=True):
        for code, yuan in codes.items():
            for month in range(times):
                day = AS_OF - timedelta(days=30 * month + 3)
                yield invoice(
                    enterprise_id=firm,
                    direction=direction,
                    happened_on=day,
                    known_on=day,
                    invoice_no=f"{firm}-{direction}-{code}-{month}",
                    goods=code,
                    net_fen=round(100 * yuan),
                )


def said(check: Check, *odd: Firm, times: int = 12) -> list[Finding | None]:
    """What a check says of firms among a hundred of each of four trades."""
    firms = {
        f"{name}{number:03}": trade
        for name, trade in zip("WMTA", (WEAVER, MILLER, TRADER, ADVISER), strict=True)
        for number in range(PEERS)
    }
    invoices = [row for firm, of in firms.items() for row in rows_of(firm, of)]
    for number, one in enumerate(odd):
        invoices += rows_of(f"E{number}", one, times=times)

    found = findings(check, case(as_of=AS_OF, invoices=invoices))

    assert not [f for f, one in found.items() if f[0] != "E" and one.severity != "none"]
    return [found.get(f"E{number}") for number in range(len(odd))]


def outcome(check: Check, odd: Firm, *, times: int = 12) -> str:
    """What a check makes of one firm."""
    (one,) = said(check, odd, times=times)
    return "nothing" if one is None else one.outcome


class TestBought:
    def test_finds_a_weaver_that_buys_gold(self) -> None:
        (one,) = said(BOUGHT, ({YARN: 300.0, GOLD: 400.0}, {CLOTH: 1_000.0}))

        assert one is not None
        assert one.outcome == "differs"
        assert one.observed is not None
        assert one.observed.en == "57.14% of purchases by value is not (classes: 1)"
        assert one.evidence
        assert all("E0-purchase-108" in str(row) for row in one.evidence)

    def test_finds_who_buys_what_another_trade_takes(self) -> None:
        assert outcome(BOUGHT, ({GRAIN: 700.0}, {CLOTH: 1_000.0})) == "differs"

    def test_leaves_a_trader_alone_that_sells_what_it_buys(self) -> None:
        both = ({STEEL: 500.0, GOLD: 300.0}, {STEEL: 500.0, GOLD: 320.0})

        assert outcome(BOUGHT, both) == "agrees"

    def test_leaves_two_trades_in_one_firm_alone(self) -> None:
        both = (
            {YARN: 400.0, GRAIN: 400.0},
            {CLOTH: 500.0, FLOUR: 500.0},
        )

        assert outcome(BOUGHT, both) == "agrees"

    def test_leaves_a_little_of_anything_alone(self) -> None:
        assert (
            outcome(BOUGHT, ({YARN: 700.0, GOLD: 30.0}, {CLOTH: 1_000.0})) == "agrees"
        )

    def test_says_nothing_of_who_sells_what_nobody_else_does(self) -> None:
        assert outcome(BOUGHT, ({YARN: 700.0}, {GOLD: 1_000.0})) == "nothing"

    def test_says_nothing_where_few_purchases_are_coded(self) -> None:
        odd = ({GOLD: 700.0}, {CLOTH: 1_000.0})

        assert outcome(BOUGHT, odd, times=9) == "nothing"
        assert outcome(BOUGHT, odd, times=10) == "differs"


class TestSold:
    def test_finds_who_sells_cloth_without_yarn(self) -> None:
        (one,) = said(SOLD, ({STEEL: 900.0}, {CLOTH: 400.0, STEEL: 600.0}))

        assert one is not None
        assert one.outcome == "differs"
        assert one.text.en.startswith("40.00% of what was sold in 24 months")
        assert all("E0-sale-104" in str(row) for row in one.evidence)

    def test_carriage_feeds_nothing(self) -> None:
        assert outcome(SOLD, ({CARRIAGE: 400.0}, {CLOTH: 400.0})) == "differs"

    def test_leaves_alone_who_buys_the_same_or_what_it_takes(self) -> None:
        both = ({CLOTH: 300.0, GRAIN: 500.0}, {CLOTH: 400.0, FLOUR: 600.0})

        assert outcome(SOLD, both) == "agrees"

    def test_says_nothing_of_labour(self) -> None:
        assert outcome(SOLD, ADVISER) == "nothing"


@pytest.mark.parametrize("check", [BOUGHT, SOLD])
def test_the_liar_itself_is_no_witness(check: Check) -> None:
    liars = [({GOLD: 700.0}, {CLOTH: 1_000.0})] * 2

    assert {one.outcome for one in said(check, *liars) if one} == {"differs"}


def test_no_more_than_one_in_a_hundred_is_called() -> None:
    """Where many show it, it is what firms do, and not all of them are called."""
    many = [({GRAIN: 700.0}, {CLOTH: 1_000.0})] * 5

    called = [one for one in said(BOUGHT, *many) if one and one.outcome == "differs"]

    assert not called
