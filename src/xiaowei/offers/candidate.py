"""An enterprise that a part of the budget may go to, and what lots of it are worth."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from xiaowei.money import Fen


@dataclass(frozen=True, slots=True)
class Candidate:
    """An enterprise that a part of the budget may go to.

    Args:
        enterprise_id: whose loan.
        min_lots: fewest lots of a loan, at least 1.
        cap_lots: most lots.
        profit_fen: what a lot earns.
        budget_fen: what a lot uses of the budget, above 0.
    """

    enterprise_id: str
    min_lots: int
    cap_lots: int
    profit_fen: Fen
    budget_fen: Fen

    @property
    def order(self) -> tuple[Fraction, str]:
        """Most profit per fen of budget first, then by id."""
        return -Fraction(self.profit_fen, self.budget_fen), self.enterprise_id

    def able(self, budget_fen: Fen) -> bool:
        """Tell whether it earns, and its smallest loan fits its cap and a budget."""
        fits = self.min_lots * self.budget_fen <= budget_fen
        return self.profit_fen > 0 and self.min_lots <= self.cap_lots and fits


def profit_of(candidates: Sequence[Candidate], lots: Sequence[int]) -> Fen:
    """Return what candidates earn together with given lots."""
    return sum(one.profit_fen * n for one, n in zip(candidates, lots, strict=True))


def use_of(candidates: Sequence[Candidate], lots: Sequence[int]) -> Fen:
    """Return what candidates use of the budget together with given lots."""
    return sum(one.budget_fen * n for one, n in zip(candidates, lots, strict=True))
