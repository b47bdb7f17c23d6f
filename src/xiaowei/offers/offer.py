"""Offers to all applicants: limit, rate, and how each came about."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from xiaowei.errors import InputError
from xiaowei.money import Fen, yuan_text
from xiaowei.offers.allocation import Proof
from xiaowei.offers.applicant import Applicant, cap_lots, check, refusals
from xiaowei.offers.demand import Churn
from xiaowei.offers.frontier import FrontierPoint, frontier
from xiaowei.offers.loan import Loan
from xiaowei.offers.plan import Borrower, Line, Plan, make_plans
from xiaowei.offers.pricing import price_table
from xiaowei.offers.steps import steps_of
from xiaowei.offers.terms import Terms, assumptions
from xiaowei.said import Said


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """What an enterprise is offered, or that it is offered nothing, and why.

    Args:
        enterprise_id: who.
        limit_fen: money offered; 0 for no offer.
        rate: yearly rate, a whole number of basis points; None for no offer.
        priced: the rate that is worth most, before strategy and product move it; None
            likewise.
        churn: share of such customers expected to leave at it, 0..1; None likewise.
        drawn_fen: money expected to be drawn.
        expected_profit_fen: expected profit of a year.
        place: 1 for the best use of the budget; None where it is not worth a loan or
            not allowed one.
        steps: how it came about, as (Chinese, English), in order.
    """

    enterprise_id: str
    limit_fen: Fen
    rate: Decimal | None
    priced: Decimal | None
    churn: float | None
    drawn_fen: Fen
    expected_profit_fen: Fen
    place: int | None
    steps: tuple[Said, ...]

    @property
    def loan(self) -> Loan | None:
        """The offer as a loan; None for no offer."""
        if self.rate is None or self.churn is None:
            return None
        return Loan(self.enterprise_id, self.limit_fen, self.rate, 1 - self.churn)


@dataclass(frozen=True, slots=True, kw_only=True)
class Portfolio:
    """All offers under one budget.

    Args:
        offers: one per applicant, by id, also those of nothing.
        budget_fen: the budget.
        offered_fen: money offered.
        drawn_fen: money expected to be drawn.
        expected_profit_fen: expected profit of a year.
        bound_fen: no rates and amounts within the terms earn more.
        proof: how that is known; "open" leaves the gap.
        budget_price: profit forgone per yuan of drawn budget; 0 where the budget
            counts money offered.
        terms: the terms.
        assumptions: all that the profit rests on, as name to (Chinese, English).
        frontier: what other budgets would earn.
    """

    offers: tuple[Offer, ...]
    budget_fen: Fen
    offered_fen: Fen
    drawn_fen: Fen
    expected_profit_fen: Fen
    bound_fen: Fen
    proof: Proof
    budget_price: float
    terms: Terms
    assumptions: Mapping[str, Said]
    frontier: tuple[FrontierPoint, ...]

    @property
    def gap_fen(self) -> Fen:
        """What better offers could still earn at most; 0 is proven to be the best."""
        return self.bound_fen - self.expected_profit_fen

    @property
    def loans(self) -> tuple[Loan, ...]:
        """The offers of money."""
        loans = (offer.loan for offer in self.offers)
        return tuple(loan for loan in loans if loan is not None)


class BudgetError(InputError):
    """A budget cannot make one loan."""

    def __init__(self, budget_fen: Fen, terms: Terms) -> None:
        """Name the budget and the smallest loan."""
        super().__init__(
            f"a budget of {yuan_text(budget_fen)} yuan cannot make one loan",
            expected=f"at least {yuan_text(terms.min_limit_fen)} yuan, the smallest"
            " loan",
            remedy="Raise the budget, or lower 'min_limit_yuan' in the policy overlay",
        )


def make_offers(
    applicants: Sequence[Applicant],
    *,
    terms: Terms,
    budget_fen: Fen,
    curves: Mapping[str, Churn],
) -> Portfolio:
    """Return the offers that earn most under a budget.

    Args:
        applicants: each enterprise once, in any order.
        terms: bounds, costs, and what the budget counts.
        budget_fen: the budget; at least one smallest loan.
        curves: grade to curve of churn.

    Raises:
        BudgetError: the budget cannot make one loan.
        ApplicantError: applicants have faults; the first are named.
        MissingCurveError: a grade has no curve.
    """
    if budget_fen < terms.min_limit_fen:
        raise BudgetError(budget_fen, terms)
    check(applicants)
    table = price_table(curves, terms=terms)
    borrowers = _borrowers(applicants, terms)
    (plan,) = make_plans(borrowers, table=table, budgets_fen=[budget_fen])
    offers = [_offer(one, plan, terms) for one in applicants]
    return Portfolio(
        offers=tuple(sorted(offers, key=lambda offer: offer.enterprise_id)),
        budget_fen=budget_fen,
        offered_fen=sum(offer.limit_fen for offer in offers),
        drawn_fen=sum(offer.drawn_fen for offer in offers),
        expected_profit_fen=sum(offer.expected_profit_fen for offer in offers),
        bound_fen=plan.bound_fen,
        proof=plan.proof,
        budget_price=plan.budget_price,
        terms=terms,
        assumptions=assumptions(terms),
        frontier=frontier(borrowers, table=table, budget_fen=budget_fen),
    )


def _borrowers(applicants: Sequence[Applicant], terms: Terms) -> list[Borrower]:
    return [
        Borrower(
            one.enterprise_id,
            one.pd,
            one.rating,
            cap_lots=cap_lots(one, terms=terms),
            bounds=one.bounds,
        )
        for one in applicants
        if one.pd is not None and not refusals(one, terms=terms)
    ]


def _offer(applicant: Applicant, plan: Plan, terms: Terms) -> Offer:
    line = plan.lines.get(applicant.enterprise_id)
    if line is None:
        return _nothing(applicant, None, refusals(applicant, terms=terms))
    steps = steps_of(
        applicant,
        line,
        cap_lots=cap_lots(applicant, terms=terms),
        plan=plan,
        terms=terms,
    )
    if not line.lots:
        return _nothing(applicant, line, steps)
    return Offer(
        enterprise_id=applicant.enterprise_id,
        limit_fen=line.lots * terms.lot_fen,
        rate=line.rate,
        priced=line.best,
        churn=1 - line.kept,
        drawn_fen=line.lots * line.lot_drawn_fen,
        expected_profit_fen=line.lots * line.lot_profit_fen,
        place=line.place,
        steps=steps,
    )


def _nothing(applicant: Applicant, line: Line | None, steps: tuple[Said, ...]) -> Offer:
    return Offer(
        enterprise_id=applicant.enterprise_id,
        limit_fen=0,
        rate=None,
        priced=None,
        churn=None,
        drawn_fen=0,
        expected_profit_fen=0,
        place=None if line is None else line.place,
        steps=steps,
    )
