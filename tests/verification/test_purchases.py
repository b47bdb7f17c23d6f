"""Sales that too little was bought for."""

from collections.abc import Iterator
from datetime import date

import numpy as np
from tests.factories import Row, invoice, registered
from tests.verification.cases import case, findings

from xiaowei.verification.checks.purchases import WITHOUT_PURCHASES
from xiaowei.verification.finding import Finding

AS_OF = date(2025, 6, 30)
FIRMS = 200


def trade(
    rng: np.random.Generator, firm: str, *, bought: float, sold: int = 60_000_000
) -> Iterator[Row]:
    """Two years of a firm, an invoice each way a quarter."""
    for quarter in range(8):
        day = date(2023 + (2 + quarter) // 4, 3 * ((2 + quarter) % 4) + 2, 9)
        for direction, times in (("sale", 1.0), ("purchase", bought)):
            if times:
                net = sold / 8 * times * float(np.exp(rng.normal(0, 0.1)))
                yield invoice(
                    enterprise_id=firm,
                    direction=direction,
                    happened_on=day,
                    known_on=day,
                    invoice_no=f"{firm}-{direction}-{quarter}",
                    net_fen=round(net),
                )


def told(shares: dict[str, float], industries: dict[str, str]) -> dict[str, Finding]:
    """What the check says of firms that buy these shares of what they sell."""
    rng = np.random.default_rng(1)
    rows = [row for firm, one in shares.items() for row in trade(rng, firm, bought=one)]
    looked_at = case(
        as_of=AS_OF,
        industries=industries,
        invoices=rows,
        enterprises=[
            registered(enterprise_id=firm, industry=code)
            for firm, code in industries.items()
        ],
    )
    return findings(WITHOUT_PURCHASES, looked_at)


def firms(code: str, *, share: float, spread: float = 0.15) -> dict[str, float]:
    """Firms of a trade, and what share of their sales each buys."""
    rng = np.random.default_rng(2)
    return {
        f"{code}-{n:03}": float(share * np.exp(rng.normal(0, spread)))
        for n in range(FIRMS)
    }


class TestWithoutPurchases:
    def test_finds_a_trader_that_sells_what_it_never_bought(self) -> None:
        shares = firms("F51", share=0.85) | {"E1": 0.01}

        found = told(shares, dict.fromkeys(shares, "F51"))

        assert found["E1"].outcome == "differs"
        assert found["E1"].unlikely is not None
        assert found["E1"].unlikely == 0.003
        assert found["E1"].evidence

    def test_minds_few_purchases_less_where_a_trade_sells_labour(self) -> None:
        shares = firms("F51", share=0.85) | firms("M74", share=0.1)
        shares |= {"M1": 0.08, "F1": 0.08}
        trades = {firm: firm[:3] for firm in shares} | {"M1": "M74", "F1": "F51"}

        found = told(shares, trades)

        assert found["M1"].outcome == "agrees"
        assert found["F1"].outcome == "differs"

    def test_calls_honest_firms_at_the_rate_stated(self) -> None:
        shares = firms("F51", share=0.85)

        tails = [
            one.unlikely
            for one in told(shares, dict.fromkeys(shares, "F51")).values()
            if one.unlikely is not None
        ]

        assert len(tails) == FIRMS
        assert np.mean(np.array(tails) <= 0.05) <= 0.09

    def test_says_nothing_where_no_purchase_was_handed_in(self) -> None:
        shares = firms("F51", share=0.85) | {"E1": 0.0}

        assert "E1" not in told(shares, dict.fromkeys(shares, "F51"))
