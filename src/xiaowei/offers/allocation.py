"""A budget spread over candidates so that no other spread earns more.

Each candidate gets no lot, or from its fewest to its most lots; each lot earns a fixed
profit and uses a fixed part of the budget, both in whole fen. Filling by profit per
fen of budget is the optimum wherever it reaches the bound of the relaxed problem.
Where it does not, because the rest of the budget is less than the next loan may be or
lots use different parts of the budget, HiGHS solves the whole-number problem for the
candidates that the bound leaves undecided.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

from xiaowei.money import Fen
from xiaowei.offers.candidate import Candidate, profit_of, use_of
from xiaowei.offers.filling import Filling, fill, mend, undecided
from xiaowei.offers.solver import MAX_NODES, solve

Proof: TypeAlias = Literal["filled", "solved", "open"]
"""How the optimum is known: filling met the bound, HiGHS closed the gap, or neither."""

ONLY_FILL: Final = 0
"""No search at all: within one loan of the optimum, and at once."""


@dataclass(frozen=True, slots=True)
class Allocation:
    """A budget spread over candidates.

    Args:
        lots: enterprise to lots, of those that get some, best first.
        order: all candidates worth a loan, best first.
        profit_fen: what they earn together.
        used_fen: how much of the budget they use.
        bound_fen: no spread can earn more than this.
        proof: how that is known.
    """

    lots: dict[str, int]
    order: tuple[str, ...]
    profit_fen: Fen
    used_fen: Fen
    bound_fen: Fen
    proof: Proof

    @property
    def gap_fen(self) -> Fen:
        """What a better spread could still earn at most; 0 is proven to be best."""
        return self.bound_fen - self.profit_fen


def allocate(
    candidates: Sequence[Candidate], *, budget_fen: Fen, max_nodes: int = MAX_NODES
) -> Allocation:
    """Spread a budget over candidates so that the sum of profits is greatest.

    The answer does not depend on the order of the candidates. A candidate that earns
    nothing, or whose smallest loan is beyond the budget or its own cap, gets none.

    Args:
        candidates: each enterprise once.
        budget_fen: what may be used, at least 0.
        max_nodes: where HiGHS stops searching where filling is not proven best;
            ONLY_FILL never asks it.
    """
    able = [one for one in candidates if one.able(budget_fen)]
    wanted = sorted(able, key=lambda one: one.order)
    filling = mend(fill(wanted, budget_fen=budget_fen))
    if filling.gap_fen == 0:
        return _allocation(wanted, filling.lots, filling.bound_fen, "filled")
    if max_nodes == ONLY_FILL:
        return _allocation(wanted, filling.lots, filling.bound_fen, "open")
    lots, bound = _solved(filling, budget_fen, max_nodes)
    done = profit_of(wanted, lots) == bound
    return _allocation(wanted, lots, bound, "solved" if done else "open")


def _solved(
    filling: Filling, budget_fen: Fen, max_nodes: int
) -> tuple[Sequence[int], Fen]:
    """Return the better of the filling and what HiGHS finds, and the bound of both."""
    wanted, places = filling.wanted, undecided(filling)
    # Whoever is decided keeps all lots if better than the one that broke, else none.
    settled = [
        one.cap_lots if filling.breaking is not None and at < filling.breaking else 0
        for at, one in enumerate(wanted)
    ]
    for at in places:
        settled[at] = 0
    rest = budget_fen - use_of(wanted, settled)
    open_to = [at for at in places if wanted[at].able(rest)]
    if not open_to:
        return filling.lots, filling.profit_fen
    found, bound = solve(
        [wanted[at] for at in open_to], budget_fen=rest, max_nodes=max_nodes
    )
    lots = list(settled)
    for at, n in zip(open_to, found, strict=True):
        lots[at] = n
    best = max(filling.lots, lots, key=lambda some: profit_of(wanted, some))
    if bound is None:
        return best, filling.bound_fen
    reached = max(filling.profit_fen, profit_of(wanted, settled) + bound)
    return best, min(filling.bound_fen, reached)


def _allocation(
    wanted: Sequence[Candidate], lots: Sequence[int], bound: Fen, proof: Proof
) -> Allocation:
    pairs = zip(wanted, lots, strict=True)
    return Allocation(
        lots={one.enterprise_id: n for one, n in pairs if n},
        order=tuple(one.enterprise_id for one in wanted),
        profit_fen=profit_of(wanted, lots),
        used_fen=use_of(wanted, lots),
        bound_fen=bound,
        proof=proof,
    )
