"""A budget filled best first, how good that is, and what it leaves undecided."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from xiaowei.money import Fen
from xiaowei.offers.candidate import Candidate, profit_of, use_of


@dataclass(frozen=True, slots=True)
class Filling:
    """A budget filled by profit per fen of budget.

    Args:
        wanted: the candidates, best first.
        lots: lots of each.
        left_fen: budget left.
        breaking: place of the first candidate that could not have all its lots; None
            where the budget holds all.
        bound_fen: no spread earns more: full lots before that candidate, and the rest
            of the budget at what it earns.
    """

    wanted: Sequence[Candidate]
    lots: tuple[int, ...]
    left_fen: Fen
    breaking: int | None
    bound_fen: Fen

    @property
    def profit_fen(self) -> Fen:
        """What this spread earns."""
        return profit_of(self.wanted, self.lots)

    @property
    def gap_fen(self) -> Fen:
        """What another spread could earn beyond this one at most."""
        return self.bound_fen - self.profit_fen


def fill(wanted: Sequence[Candidate], *, budget_fen: Fen) -> Filling:
    """Fill a budget best first.

    Args:
        wanted: candidates that earn, best first.
        budget_fen: what may be used.
    """
    left, profit = budget_fen, 0
    lots: list[int] = []
    breaking: int | None = None
    bound: Fen = 0
    for at, one in enumerate(wanted):
        if breaking is None and one.cap_lots * one.budget_fen > left:
            breaking = at
            bound = profit + one.profit_fen * left // one.budget_fen
        fitting = min(one.cap_lots, left // one.budget_fen)
        taken = fitting if fitting >= one.min_lots else 0
        lots.append(taken)
        left -= taken * one.budget_fen
        profit += taken * one.profit_fen
    if breaking is None:
        bound = profit
    return Filling(wanted, tuple(lots), left, breaking, bound)


def mend(filling: Filling) -> Filling:
    """Make room for the candidate that broke, if that earns more.

    Where the rest of the budget is less than its smallest loan, the candidates before
    it give up lots, the least profitable first.

    Args:
        filling: a budget filled best first.
    """
    if filling.breaking is None or filling.lots[filling.breaking]:
        return filling
    one = filling.wanted[filling.breaking]
    lots = [n if at < filling.breaking else 0 for at, n in enumerate(filling.lots)]
    left = filling.left_fen + use_of(filling.wanted, filling.lots)
    left -= use_of(filling.wanted, lots)
    for at in range(filling.breaking - 1, -1, -1):
        lacking = one.min_lots * one.budget_fen - left
        if lacking <= 0:
            break
        other = filling.wanted[at]
        wanted = -(-lacking // other.budget_fen)
        given_up = min(wanted, max(lots[at] - other.min_lots, 0))
        lots[at] -= given_up
        left += given_up * other.budget_fen
    taken = min(one.cap_lots, left // one.budget_fen)
    if taken < one.min_lots:
        return filling
    lots[filling.breaking] = taken
    mended = replace(filling, lots=tuple(lots), left_fen=left - taken * one.budget_fen)
    return max(filling, mended, key=lambda some: some.profit_fen)


def undecided(filling: Filling) -> list[int]:
    """Return the places of candidates whose lots a better spread might change.

    Priced at what the breaking candidate earns per fen of budget, a lot taken from a
    better candidate or given to a worse one costs profit. Where one such lot, or the
    smallest such loan, costs more than the whole gap, no better spread has it: all
    others have all their lots, or none, in every better spread.

    Args:
        filling: a budget filled best first, with a gap.
    """
    if filling.breaking is None:
        return []
    broke = filling.wanted[filling.breaking]
    gap = filling.gap_fen * broke.budget_fen
    places = []
    for at, one in enumerate(filling.wanted):
        worth = one.profit_fen * broke.budget_fen - broke.profit_fen * one.budget_fen
        if worth <= gap and -worth * one.min_lots <= gap:
            places.append(at)
    return places
