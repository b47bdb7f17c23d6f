"""The recipe of the prize papers, for comparison: fixed rates, amounts by size.

Every enterprise that is not graded D and not barred is lent to, whatever its PD; the
rate hangs on the grade alone and the amount is proportional to valid sales within the
smallest and the largest loan. What the recipe claims is its profit with the PD left
out; what it is expected to earn counts the PDs that our own offers count.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from xiaowei.money import Fen
from xiaowei.offers.applicant import NOT_LENT, Applicant, check
from xiaowei.offers.demand import Churn, fewest_kept
from xiaowei.offers.loan import Loan, expected_profit_fen
from xiaowei.offers.terms import Terms

UNRATED_AS: Final = "C"
"""The grade whose rate an enterprise without a grade is offered: the dearest."""

_HALVINGS: Final = 100


@dataclass(frozen=True, slots=True)
class RecipeResult:
    """What the recipe offers, what it claims, and what that is expected to earn.

    Args:
        loans: its loans, by id.
        budget_fen: the budget it was given.
        offered_fen: money offered; the budget, unless all are at their bounds.
        drawn_fen: money expected to be drawn.
        expected_profit_fen: expected profit under the applicants' PDs.
        claimed_profit_fen: the same with every PD taken as 0.
        left_out: enterprises that it cannot size or that cannot be evaluated: sales
            or PD unknown, or the budget too small for one more smallest loan.
    """

    loans: tuple[Loan, ...]
    budget_fen: Fen
    offered_fen: Fen
    drawn_fen: Fen
    expected_profit_fen: Fen
    claimed_profit_fen: Fen
    left_out: int

    @property
    def firms(self) -> int:
        """How many enterprises it lends to."""
        return len(self.loans)


def follow_recipe(
    applicants: Sequence[Applicant],
    *,
    terms: Terms,
    budget_fen: Fen,
    curves: Mapping[str, Churn],
) -> RecipeResult:
    """Spread the same budget over the same enterprises as the prize papers did.

    Args:
        applicants: each enterprise once.
        terms: bounds, costs and the recipe's rates.
        budget_fen: money that may be offered, at least 0.
        curves: grade to curve of churn.

    Raises:
        ApplicantError: applicants have faults.

    Source: rates of Giyn/CUMCM2020C, Paper.pdf.
    """
    check(applicants)
    lent = [one for one in applicants if one.rating != NOT_LENT and not one.barred]
    pds = {one.enterprise_id: one.pd for one in lent if one.pd is not None}
    sizes = {
        one.enterprise_id: max(one.sales_12m_fen, 0)
        for one in lent
        if one.sales_12m_fen is not None and one.enterprise_id in pds
    }
    amounts = spread_by_size(
        sizes,
        least_fen=terms.min_limit_fen,
        most_fen=terms.max_limit_fen,
        budget_fen=budget_fen,
    )
    ratings = {one.enterprise_id: one.rating for one in lent}
    loans = tuple(
        _loan(name, amount, ratings[name], terms, curves)
        for name, amount in amounts.items()
    )
    return RecipeResult(
        loans=loans,
        budget_fen=budget_fen,
        offered_fen=sum(amounts.values()),
        drawn_fen=sum(loan.drawn_fen for loan in loans),
        expected_profit_fen=sum(
            expected_profit_fen(loan, pd=pds[loan.enterprise_id], terms=terms)
            for loan in loans
        ),
        claimed_profit_fen=sum(
            expected_profit_fen(loan, pd=0.0, terms=terms) for loan in loans
        ),
        left_out=len(lent) - len(loans),
    )


def spread_by_size(
    sizes: Mapping[str, int], *, least_fen: Fen, most_fen: Fen, budget_fen: Fen
) -> dict[str, Fen]:
    """Spread a budget in proportion to size, each share within two bounds.

    Args:
        sizes: enterprise to size, at least 0.
        least_fen: smallest share; where the budget cannot give it to all, the largest
            enterprises get one.
        most_fen: largest share.
        budget_fen: what is spread.

    Returns:
        Enterprise to share, by id; together the budget to the fen, unless every share
        stands at its upper bound.
    """
    by_size = sorted(sizes, key=lambda name: (-sizes[name], name))
    taken = sorted(by_size[: budget_fen // least_fen])
    goal = min(budget_fen, most_fen * len(taken))

    def shares(scale: float) -> dict[str, Fen]:
        return {
            name: min(most_fen, max(least_fen, int(scale * sizes[name])))
            for name in taken
        }

    low, high = 0.0, float(most_fen)
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        if sum(shares(middle).values()) > goal:
            high = middle
        else:
            low = middle
    given = shares(low)
    return _topped_up(given, most_fen=most_fen, goal=goal)


def _topped_up(given: dict[str, Fen], *, most_fen: Fen, goal: Fen) -> dict[str, Fen]:
    """Hand out what whole fen left over, as evenly as the upper bound allows."""
    left = goal - sum(given.values())
    topped = dict(given)
    open_to = sorted(topped, key=lambda name: (-topped[name], name))
    for at, name in enumerate(open_to):
        even = left // (len(open_to) - at)
        extra = min(even, most_fen - topped[name])
        topped[name] += extra
        left -= extra
    return topped


def _loan(
    name: str,
    amount: Fen,
    rating: str | None,
    terms: Terms,
    curves: Mapping[str, Churn],
) -> Loan:
    rate = terms.recipe_rates[rating or UNRATED_AS]
    kept = (
        curves[rating].kept(float(rate)) if rating else fewest_kept(curves, float(rate))
    )
    return Loan(name, amount, rate, float(kept))
