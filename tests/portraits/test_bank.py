"""Flows through accounts: a second reckoning, and what matters by hand."""

from datetime import date
from typing import Any

import pytest
from tests.factories import DAY, MONTH_END, Row, held, invoice
from tests.portraits import draws
from tests.portraits.oracles.harness import FIRMS, Draw, check
from tests.portraits.oracles.money import money
from tests.portraits.worlds import portrait_of

from xiaowei.portraits.traits import accounts, bank, payers


def flow(**stated: Any) -> Row:  # noqa: ANN401
    """E1 gets 1,000 yuan for goods from P1 on DAY; account A then has as much."""
    return {
        "enterprise_id": "E1",
        "account": "A",
        "flow_no": "1",
        "happened_on": DAY,
        "way": "in",
        "amount_fen": 100_000,
        "balance_fen": 100_000,
        "counterparty_id": "P1",
        "purpose": "trade",
    } | stated


def portrait(*rows: Row, **families: list[Row]) -> Row:
    numbered = [row | {"flow_no": str(place)} for place, row in enumerate(rows)]
    return portrait_of(held(bank_flows=numbered, **families), as_of=MONTH_END)


class TestSecondReckoning:
    @pytest.mark.parametrize("seed", range(2))
    def test_of_flows_agrees(self, seed: int) -> None:
        draw = Draw(seed, date(2020, 4, 30))
        facts = {
            "bank_flows": draw.rows(draws.bank_flows, most=60),
            "invoices": [row for firm in FIRMS[::2] for row in draw.invoices(firm, 12)],
        }

        check((bank.PART, accounts.PART, *payers.PARTS), facts, money)


class TestShares:
    def test_are_of_what_has_a_known_purpose(self) -> None:
        found = portrait(
            flow(way="out", amount_fen=30, purpose="wages"),
            flow(way="out", amount_fen=10, purpose="repayment"),
            flow(way="out", amount_fen=960, purpose=None),
        )

        assert found["wages_outflow_share_12m"] == 0.75
        assert found["service_outflow_share_12m"] == 0.25
        assert found["outflow_12m"] == 1000

    def test_are_unknown_where_no_purpose_is(self) -> None:
        found = portrait(flow(way="out", purpose=None), flow(purpose=None))

        assert found["wages_outflow_share_12m"] is None
        assert found["trade_inflow_share_12m"] is None

    def test_follow_a_corrected_purpose(self) -> None:
        first = flow(purpose="trade", known_on=DAY, flow_no="7")
        rows = [first, first | {"purpose": "loan", "known_on": MONTH_END}]

        found = portrait_of(held(bank_flows=rows), as_of=MONTH_END)

        assert found["inflow_12m"] == 100_000
        assert found["trade_inflow_share_12m"] == 0
        assert found["payers_12m"] == 0


class TestBalance:
    def test_of_a_day_is_the_last_in_the_file(self) -> None:
        found = portrait(flow(balance_fen=9), flow(balance_fen=5))

        assert found["balance_now"] == 5
        assert found["balance_low_3m"] == 5

    def test_adds_accounts_up(self) -> None:
        found = portrait(
            flow(happened_on=date(2020, 1, 5), balance_fen=10),
            flow(happened_on=date(2020, 1, 6), balance_fen=20),
            flow(account="B", happened_on=date(2020, 2, 1), balance_fen=100),
        )

        assert found["balance_now"] == 120
        assert found["balance_low_3m"] == 110
        assert found["balance_mean_3m"] == 115

    def test_lasts_so_many_days_by_outflow(self) -> None:
        """Half of the quarter's outflow lasts half a quarter."""
        found = portrait(
            flow(happened_on=date(2019, 12, 3), way="out", amount_fen=200),
            flow(happened_on=date(2020, 2, 3), balance_fen=100),
        )

        assert found["runway_3m"] == pytest.approx(365.25 / 8)


class TestWash:
    def test_is_what_went_back_to_the_same_side_on_the_day(self) -> None:
        found = portrait(
            flow(amount_fen=60),
            flow(amount_fen=50, way="out"),
            flow(amount_fen=40, counterparty_id="P2"),
            flow(amount_fen=40, counterparty_id="P2", way="out", happened_on=MONTH_END),
        )

        assert found["wash_share_12m"] == 0.5
        assert found["flow_days_12m"] == 2

    def test_is_unknown_of_nameless_sides(self) -> None:
        rows = [flow(counterparty_id=None), flow(counterparty_id=None, way="out")]

        assert portrait(*rows)["wash_share_12m"] is None


class TestReceipts:
    def test_are_set_against_invoices_with_tax_since_both_began(self) -> None:
        found = portrait(
            flow(amount_fen=50),
            invoices=[
                invoice(net_fen=80, tax_fen=20),
                invoice(net_fen=9_000, happened_on=date(2020, 1, 31)),
            ],
        )

        assert found["received_invoiced_ratio_12m"] == 0.5

    def test_are_unknown_where_one_side_is_silent(self) -> None:
        assert portrait(flow())["received_invoiced_ratio_12m"] is None
        found = portrait(flow(), invoices=[invoice(enterprise_id="E1", state="voided")])
        assert found["received_invoiced_ratio_12m"] is None
