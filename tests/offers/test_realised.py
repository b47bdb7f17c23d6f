"""What offers would have earned among enterprises of known fate."""

from decimal import Decimal

import numpy as np
import pytest

from xiaowei.offers.loan import Loan, realised_profit_fen
from xiaowei.offers.realised import NoLabelError, Realised, realise
from xiaowei.offers.terms import Terms

RATE = Decimal("0.0600")
LOANS = [Loan(f"E{at}", 10_000_000 + at, RATE, 0.5) for at in range(20)]
FATES = {f"E{at}": at % 7 == 0 for at in range(40)}


def realised(terms: Terms, *, seed: int = 1, loans: list[Loan] = LOANS) -> Realised:
    return realise(loans, defaulted=FATES, terms=terms, rng=np.random.default_rng(seed))


class TestRealise:
    def test_is_the_sum_of_what_each_loan_earned(self, terms: Terms) -> None:
        each = [
            realised_profit_fen(one, defaulted=FATES[one.enterprise_id], terms=terms)
            for one in LOANS
        ]

        assert realised(terms).profit_fen == sum(each)

    def test_counts_what_it_rests_on(self, terms: Terms) -> None:
        stranger = Loan("X1", 10_000_000, RATE, 0.5)

        got = realised(terms, loans=[*LOANS, stranger])

        assert (got.enterprises, got.loans, got.defaults) == (40, 20, 3)
        assert got.offered_fen == sum(loan.limit_fen for loan in LOANS)
        assert got.unlabelled == 1

    def test_lies_within_its_interval(self, terms: Terms) -> None:
        got = realised(terms)

        assert got.low_fen < got.profit_fen < got.high_fen

    def test_does_not_mind_order_and_repeats_with_the_seed(self, terms: Terms) -> None:
        assert realised(terms) == realised(terms, loans=LOANS[::-1])
        assert realised(terms).low_fen != realised(terms, seed=2).low_fen

    def test_is_nothing_without_loans(self, terms: Terms) -> None:
        got = realised(terms, loans=[])

        assert (got.profit_fen, got.low_fen, got.high_fen) == (0, 0, 0)

    def test_needs_a_label(self, terms: Terms) -> None:
        with pytest.raises(NoLabelError):
            realise(LOANS, defaulted={}, terms=terms, rng=np.random.default_rng(1))
