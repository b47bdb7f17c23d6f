"""What a loan is worth before and after its year."""

from decimal import Decimal

import pytest

from xiaowei.offers.loan import Loan, expected_profit_fen, realised_profit_fen
from xiaowei.offers.terms import Terms

LOAN = Loan("E1", 100_000_000, Decimal("0.0600"), 0.5)


class TestLoan:
    def test_expects_the_kept_share_to_be_drawn(self) -> None:
        assert LOAN.drawn_fen == 50_000_000

    def test_earns_by_the_formula(self, terms: Terms) -> None:
        # 500,000 yuan x (0.06 x 0.98 - 0.65 x 0.02 - 0.03)
        assert expected_profit_fen(LOAN, pd=0.02, terms=terms) == 790_000

    @pytest.mark.parametrize(
        ("defaulted", "profit"), [(False, 1_500_000), (True, -34_000_000)]
    )
    def test_earns_or_loses_once_its_fate_is_known(
        self, terms: Terms, defaulted: bool, profit: int
    ) -> None:
        got = realised_profit_fen(LOAN, defaulted=defaulted, terms=terms)

        assert got == profit
