"""Assessments and findings in; tiers, offers and what they are compared with out."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Final

import numpy as np

from xiaowei.desk.bearing.binding import Binding, Told, bind
from xiaowei.desk.bearing.house import House
from xiaowei.desk.knowledge import Portrayed
from xiaowei.errors import InputError
from xiaowei.money import Fen, fen_from_yuan
from xiaowei.offers.applicant import NOT_LENT, Applicant
from xiaowei.offers.bounds import FREE
from xiaowei.offers.demand import Churn
from xiaowei.offers.offer import BudgetError, Portfolio, make_offers
from xiaowei.offers.pricing import best_prices, price_table
from xiaowei.offers.realised import Realised, realise
from xiaowei.offers.recipe import RecipeResult, follow_recipe
from xiaowei.offers.terms import terms_on
from xiaowei.offers.tiers import Standing, Tier, Tiering, decide_tier, tier_rules
from xiaowei.policy.book import Book
from xiaowei.policy.strategy.strategy import Segment, Strategy
from xiaowei.risk.assess import Assessment
from xiaowei.risk.rating import likeliest
from xiaowei.risk.sample import GRADES
from xiaowei.risk.validation import Validation
from xiaowei.said import Said
from xiaowei.verification.finding import SEVERITIES, Finding

_SEED: Final = 302
_DEFAULTED: Final = Said("信贷记录有违约", "a default is on record")


class BudgetTextError(InputError):
    """A budget is no amount in yuan."""

    def __init__(self, text: str) -> None:
        """Name the text."""
        super().__init__(
            f"the budget '{text}' is not an amount in yuan",
            expected="digits, e.g. 100000000",
            remedy="Write --budget in yuan without unit words such as 万",
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Lending:
    """What is offered to whom, and what it is compared with.

    Args:
        tiers: enterprise to its tier and reasons.
        graded: enterprise to the grade it was priced by: given, else predicted.
        portfolio: our offers.
        recipe: the fixed-rate recipe under the same PDs.
        realised: our offers to labelled firms by PDs that never saw them, or null.
        recipe_realised: the recipe on the same firms and budget, or null.
        curves: the churn curves in use.
        binding: what binds each firm's offer; null where nothing but terms was asked.
        strategies: of the day, one of each segment.
    """

    tiers: Mapping[str, Tiering]
    graded: Mapping[str, str | None]
    portfolio: Portfolio
    recipe: RecipeResult
    realised: Realised | None
    recipe_realised: Realised | None
    curves: Mapping[str, Churn]
    binding: Binding | None
    strategies: Mapping[Segment, Strategy]


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What earlier runs and outcomes tell of firms.

    Args:
        validation: what held out of fold, where there were outcomes.
        former: enterprise to the tier it had before, which it leaves by a margin only.
    """

    validation: Validation | None = None
    former: Mapping[str, Tier] = field(default_factory=dict)


def budget_of(text: str) -> Fen:
    """Return a budget stated in yuan.

    Raises:
        BudgetTextError: it is no amount.
    """
    try:
        return fen_from_yuan(text)
    except InputError as error:
        raise BudgetTextError(text) from error


def lend(
    portrayed: Portrayed,
    assessments: Sequence[Assessment],
    worst: Mapping[str, int],
    *,
    house: House,
    told: Told | None,
    known: Known,
) -> Lending:
    """Return tiers and offers for every firm.

    Args:
        portrayed: the firms.
        assessments: one per firm.
        worst: enterprise to the severity of its worst finding, of those checked.
        house: what the bank allows and can spend.
        told: what else is known of the firms; null to ask no more than the terms.
        known: of earlier runs and of what became of firms.

    Raises:
        BudgetError: the budget cannot make one loan.
    """
    curves = house.curves
    graded = {a.enterprise_id: _grade(a, portrayed) for a in assessments}
    values = _values(assessments, graded, house=house)
    rules = tier_rules(house.book, on=house.day)
    tiers = {
        a.enterprise_id: decide_tier(
            _standing(a, portrayed, value=values[a.enterprise_id], worst=worst),
            rules=rules,
            previous=known.former.get(a.enterprise_id),
        )
        for a in assessments
    }
    applicants = [
        _applicant(a, portrayed, tier=tiers[a.enterprise_id], graded=graded)
        for a in assessments
    ]
    binding = None
    if told is not None:
        binding = bind(applicants, portrayed, told, house=house, worst=worst)
        applicants = [
            replace(one, bounds=binding.firms[one.enterprise_id].bounds)
            for one in applicants
        ]
    offers = make_offers(
        applicants, terms=house.terms, budget_fen=house.budget_fen, curves=curves
    )
    recipe = _recipe(applicants, house=house, budget_fen=house.budget_fen)
    ours, theirs = _realised(
        applicants, portrayed, house=house, validation=known.validation
    )
    return Lending(
        tiers=tiers,
        graded=graded,
        portfolio=offers,
        recipe=recipe,
        realised=ours,
        recipe_realised=theirs,
        curves=curves,
        binding=binding,
        strategies=house.ways.strategies,
    )


def check_budget(book: Book, *, day: date, budget_fen: Fen) -> None:
    """Refuse a budget that cannot make one loan, before any file is taken.

    Raises:
        BudgetError: it is below the smallest loan of the day.
    """
    terms = terms_on(book, on=day)
    if budget_fen < terms.min_limit_fen:
        raise BudgetError(budget_fen, terms)


def _recipe(
    applicants: Sequence[Applicant], *, house: House, budget_fen: Fen
) -> RecipeResult:
    """Return the recipe under the same budget, counted as ours counts it.

    The recipe spreads money offered. Where the budget counts money drawn it is given
    the largest offered budget, in whole lots, whose drawn part stays within.
    """

    def spend(offered_fen: Fen) -> RecipeResult:
        return follow_recipe(
            applicants, terms=house.terms, budget_fen=offered_fen, curves=house.curves
        )

    if house.terms.meaning == "offered":
        return spend(budget_fen)
    lot = house.terms.lot_fen
    low, high = 0, len(applicants) * house.terms.max_lots
    while low < high:
        middle = (low + high + 1) // 2
        fits = spend(middle * lot).drawn_fen <= budget_fen
        low, high = (middle, high) if fits else (low, middle - 1)
    return spend(low * lot)


def worst_of(findings: Sequence[Finding]) -> dict[str, int]:
    """Return the severity of each firm's worst finding; silent checks tell nothing.

    Args:
        findings: of all checks on all firms.
    """
    worst: dict[str, int] = {}
    for finding in findings:
        if finding.outcome == "silent":
            continue
        level = SEVERITIES.index(finding.severity)
        worst[finding.enterprise_id] = max(worst.get(finding.enterprise_id, 0), level)
    return worst


def _grade(assessment: Assessment, portrayed: Portrayed) -> str | None:
    given = portrayed.histories.get(assessment.enterprise_id, {}).get("rating")
    if given:
        return str(given)
    odds = assessment.grade_odds
    # Of equally likely grades the worse one counts.
    return max(reversed(GRADES), key=lambda grade: odds[grade]) if odds else None


def _values(
    assessments: Sequence[Assessment],
    graded: Mapping[str, str | None],
    *,
    house: House,
) -> dict[str, float | None]:
    """Return expected profit per yuan offered at the best rate; null for grade D."""
    priced = [a for a in assessments if graded[a.enterprise_id] != NOT_LENT]
    prices = best_prices(
        price_table(house.curves, terms=house.terms),
        pds=[a.pd for a in priced],
        ratings=[graded[a.enterprise_id] for a in priced],
    )
    values: dict[str, float | None] = {a.enterprise_id: None for a in assessments}
    for one, profit in zip(priced, prices.profit_fen, strict=True):
        values[one.enterprise_id] = float(profit) / house.terms.lot_fen
    return values


def _standing(
    assessment: Assessment,
    portrayed: Portrayed,
    *,
    value: float | None,
    worst: Mapping[str, int],
) -> Standing:
    firm = assessment.enterprise_id
    growth = portrayed.rows[firm]["sales_growth_12m"]
    return Standing(
        pd=assessment.pd,
        pd_high=assessment.pd_high,
        growth=None if growth is None else _over_year_before(growth),
        expected_value=value,
        worst_finding=worst.get(firm),
        defaults=int(bool(portrayed.histories.get(firm, {}).get("defaulted"))),
    )


def _over_year_before(growth: float) -> float | None:
    """Return now / before - 1 of (now - before) / (|now| + |before|).

    >>> round(_over_year_before(1 / 3), 6)
    1.0
    """
    return 2 * growth / (1 - growth) if growth < 1 else None


def _applicant(
    assessment: Assessment,
    portrayed: Portrayed,
    *,
    tier: Tiering,
    graded: Mapping[str, str | None],
) -> Applicant:
    firm = assessment.enterprise_id
    sales = portrayed.rows[firm]["sales_12m"]
    defaulted = bool(portrayed.histories.get(firm, {}).get("defaulted"))
    return Applicant(
        enterprise_id=firm,
        pd=assessment.pd,
        pd_high=assessment.pd_high,
        rating=graded[firm],
        tier=tier.tier,
        sales_12m_fen=None if sales is None else int(sales),
        barred=(_DEFAULTED,) if defaulted else (),
    )


def _fen(value: float) -> Fen | None:
    return None if math.isnan(value) else int(value)


def _realised(
    applicants: Sequence[Applicant],
    portrayed: Portrayed,
    *,
    house: House,
    validation: Validation | None,
) -> tuple[Realised | None, Realised | None]:
    """Return what our offers and the recipe would have earned on labelled firms.

    Both lend to the firms whose outcome is known by PDs and grades that never saw
    them, with the default record hidden, under a budget in proportion to their number.
    """
    if validation is None or validation.grades is None:
        return None, None
    held_out = validation.pd.held_out
    graded, _ = portrayed.outcomes.graded(portrayed.sample)
    pds = held_out.by_firm
    stated = held_out.sample.traits["sales_12m"]
    sales = dict(zip(held_out.ids, map(float, stated), strict=True))
    grades = dict(zip(graded.ids, likeliest(validation.grades.odds), strict=True))
    blind = [
        replace(
            one,
            pd=float(pds[one.enterprise_id]),
            pd_high=None,
            rating=GRADES[int(grades[one.enterprise_id])],
            tier="steady",
            barred=(),
            bounds=FREE,
            sales_12m_fen=_fen(sales[one.enterprise_id]),
        )
        for one in applicants
        if one.enterprise_id in pds and one.enterprise_id in grades
    ]
    lots = house.budget_fen * len(blind) // len(applicants) // house.terms.lot_fen
    budget = max(lots, house.terms.min_lots) * house.terms.lot_fen
    ours = make_offers(blind, terms=house.terms, budget_fen=budget, curves=house.curves)
    theirs = _recipe(blind, house=house, budget_fen=budget)
    failed = dict(zip(held_out.ids, map(bool, held_out.defaulted), strict=True))
    labelled = {one.enterprise_id: failed[one.enterprise_id] for one in blind}
    return (
        realise(
            ours.loans,
            defaulted=labelled,
            terms=house.terms,
            rng=np.random.default_rng(_SEED),
        ),
        realise(
            theirs.loans,
            defaulted=labelled,
            terms=house.terms,
            rng=np.random.default_rng(_SEED),
        ),
    )
