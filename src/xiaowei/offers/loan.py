"""Money offered at a rate, and what it is worth before and after the year is over."""

from dataclasses import dataclass
from decimal import Decimal

from xiaowei.money import Fen, share_of
from xiaowei.offers.terms import Terms


@dataclass(frozen=True, slots=True)
class Loan:
    """Money offered to one enterprise.

    Args:
        enterprise_id: whose.
        limit_fen: what is offered.
        rate: yearly rate.
        kept: share of such customers that stay at this rate and draw, 0..1.
    """

    enterprise_id: str
    limit_fen: Fen
    rate: Decimal
    kept: float

    @property
    def drawn_fen(self) -> Fen:
        """Money expected to be drawn."""
        return share_of(self.limit_fen, self.kept)


def expected_profit_fen(loan: Loan, *, pd: float, terms: Terms) -> Fen:
    """Return what a loan is expected to earn in a year.

    Args:
        loan: the loan.
        pd: probability of default, 0..1.
        terms: loss given default and costs.
    """
    margin = (
        float(loan.rate) * (1 - pd) - float(terms.lgd) * pd - float(terms.cost_rate)
    )
    return share_of(loan.limit_fen, loan.kept * margin)


def realised_profit_fen(loan: Loan, *, defaulted: bool, terms: Terms) -> Fen:
    """Return what a loan earned once it is known whether the enterprise defaulted.

    Whether the customer stayed is not known and remains an expectation.

    Args:
        loan: the loan.
        defaulted: what became of the enterprise.
        terms: loss given default and costs.
    """
    return expected_profit_fen(loan, pd=float(defaulted), terms=terms)
