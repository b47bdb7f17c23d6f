"""The whole line: facts, portraits, verification, risk, offers, as of a day."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import ibis.expr.types as ir
import numpy as np

from xiaowei.desk.bearing.binding import Told
from xiaowei.desk.bearing.house import House, house_on
from xiaowei.desk.development import DevelopmentSample, of_the_day, of_the_year
from xiaowei.desk.hearing import Voice, heard_from
from xiaowei.desk.home import Home
from xiaowei.desk.knowledge import (
    Portrayed,
    facts_held,
    known_facts,
    last_day,
    outcomes_known,
    portray,
    series_of,
)
from xiaowei.desk.modelling.applied import Applied, apply_model
from xiaowei.desk.offering import Known, Lending, lend, worst_of
from xiaowei.desk.rights import rights_of
from xiaowei.desk.stopwatch import Stopwatch
from xiaowei.desk.tiering import Former, former_tiers
from xiaowei.desk.trades import Trades, trades_of
from xiaowei.desk.verifying import Verified, case_on, verified, weights_on
from xiaowei.money import Fen
from xiaowei.offers.demand import Point
from xiaowei.offers.terms import Meaning
from xiaowei.portraits.radar import radar
from xiaowei.risk.assess import (
    LEAST_OUTCOMES,
    Assessment,
    Models,
    Outcomes,
    assess,
    learn,
)
from xiaowei.risk.fit import Expected
from xiaowei.risk.leakage import Column, Leak, find_leaks
from xiaowei.risk.pd import allowed_traits
from xiaowei.risk.sample import GRADES, TooFewOutcomesError
from xiaowei.risk.validation import Validation, validate_grades, validate_pd
from xiaowei.verification.finding import Finding


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What a run is asked for.

    Args:
        budget_fen: what may be lent.
        as_of: the day, or null for the last day on which anything became known.
        meaning: whether the budget counts money offered or money drawn.
        churn: a published table of churn to fit, or empty for the policy's curves.
        model: a model on record whose PD stands in place of the card's; null for none.
    """

    budget_fen: Fen
    as_of: date | None = None
    meaning: Meaning = "offered"
    churn: Sequence[Point] = ()
    model: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """All that a run came to.

    Args:
        as_of: the day.
        portrayed: the firms and their portraits.
        series: enterprise to its monthly series.
        radar: axis to each firm's place among its peers.
        verified: of every check on every firm, and what they add up to.
        taught: what the PD was learnt from.
        models: what was learnt.
        assessments: one per firm.
        applied: the model on record whose PDs they hold; null for the card's.
        validation: what the models are worth.
        lending: tiers and offers.
        former: the run before, whose tiers these followed; null for none.
        trades: what each firm's trade makes of it.
        voices: enterprise to what experts say of it; it is shown, and not applied.
    """

    as_of: date
    portrayed: Portrayed
    series: Mapping[str, Mapping[str, list[Any]]]
    radar: Mapping[str, Sequence[float | None]]
    verified: Verified
    taught: DevelopmentSample
    models: Models
    assessments: Sequence[Assessment]
    applied: Applied | None
    validation: Validation
    lending: Lending
    former: Former | None
    trades: Trades
    voices: Mapping[str, Voice]

    @property
    def findings(self) -> Sequence[Finding]:
        """Return the findings of every check on every firm."""
        return self.verified.findings


def run_line(home: Home, order: Order, *, watch: Stopwatch) -> Line:
    """Return what the whole line makes of the facts held.

    Args:
        home: the workspace.
        order: what is asked for.
        watch: times the stages and tells of progress.

    Raises:
        NobodyKnownError: no fact was known by the day.
        UnknownModelError: there is no such model; nor may it lack an interval or ask
            for what no portrait has.
        TooFewOutcomesError: too few defaults on record to learn a PD.
        BudgetError: the budget cannot make one loan.
    """
    facts = facts_held(home.lake)
    as_of = order.as_of or last_day(facts)
    house = _house(home, order, day=as_of)
    with watch.stage("development"):
        year = _year(home, facts, as_of=as_of)
    with watch.stage("portraits"):
        portrayed = portray(facts, as_of=as_of, engine=home.lake.engine)
        told = known_facts(facts, as_of=as_of)
        series = series_of(told)
        industries = portrayed.industries
        sides = radar(
            portrayed.sample.traits,
            industries=[industries.get(firm) for firm in portrayed.sample.ids],
        )
    with (
        watch.stage("verification"),
        case_on(facts, as_of=as_of, engine=home.lake.engine) as case,
    ):
        weights = weights_on(home.book, as_of)
        checked = verified(
            case, portrayed.sample.ids, weights=weights, profiles=home.profiles
        )
    with watch.stage("risk"):
        taught = year or of_the_day(portrayed, day=as_of)
        leaks = _leaks(taught, grades=portrayed.outcomes.grades)
        expected = allowed_traits({leak.candidate for leak in leaks}, taught.expected)
        models = _learnt(taught, portrayed, expected=expected)
        applied, assessments = apply_model(
            home, order.model, portrayed, assess(portrayed.sample, models)
        )
    with watch.stage("validation"):
        _, grades = portrayed.outcomes.graded(portrayed.sample)
        validation = Validation(
            pd=validate_pd(taught.sample, taught.defaulted, expected=expected),
            grades=None
            if models.unseen is None
            else validate_grades(models.unseen, grades),
            leaks=leaks,
        )
    with watch.stage("industry"):
        heard = heard_from(home, told=told, on=as_of)
        trades = trades_of(
            portrayed,
            validation.pd.held_out,
            book=home.book,
            on=as_of,
            heard=heard,
            rights=rights_of(told, portrayed, book=home.book, on=as_of),
            profiles=home.profiles,
        )
    with watch.stage("offers"):
        former = former_tiers(home, before=as_of)
        lending = lend(
            portrayed,
            assessments,
            worst_of(checked.findings),
            house=house,
            told=Told(facts=told, consents=facts.get("consents"), series=series),
            known=Known(validation=validation, former=former.tiers if former else {}),
        )
    return Line(
        as_of=as_of,
        portrayed=portrayed,
        series=series,
        radar=sides,
        verified=checked,
        taught=taught,
        models=models,
        assessments=assessments,
        applied=applied,
        validation=validation,
        lending=lending,
        former=former,
        trades=trades,
        voices=heard.voices(assessments, card=models.card),
    )


def _house(home: Home, order: Order, *, day: date) -> House:
    return house_on(
        home.book,
        day=day,
        budget_fen=order.budget_fen,
        meaning=order.meaning,
        points=order.churn,
        strategies=home.strategies,
    )


def _year(
    home: Home, facts: Mapping[str, ir.Table], *, as_of: date
) -> DevelopmentSample | None:
    """Return what a year before tells, or null where the day itself tells enough.

    Raises:
        TooFewOutcomesError: neither does.
    """
    year = of_the_year(home.lake, facts, day=as_of)
    if year is None:
        _enough_outcomes(facts, as_of=as_of)
    return year


def _learnt(
    taught: DevelopmentSample, portrayed: Portrayed, *, expected: tuple[Expected, ...]
) -> Models:
    """Return the card learnt from the sample, and the grader from grades of the day."""
    outcomes = Outcomes(taught.outcomes, portrayed.outcomes.grades)
    return learn(taught.sample, outcomes, expected=expected, today=portrayed.sample)


def _enough_outcomes(facts: Mapping[str, ir.Table], *, as_of: date) -> None:
    """Refuse a day by which too few outcomes were known, before any work is done.

    Raises:
        TooFewOutcomesError: it names the day by which more is known, if there is one.
    """
    table = facts.get("credit_history")
    if table is None:
        raise TooFewOutcomesError(goods=0, bads=0, least=LEAST_OUTCOMES)
    known = list(outcomes_known(table, as_of=as_of).values())
    bads, goods = sum(known), len(known) - sum(known)
    if min(bads, goods) >= LEAST_OUTCOMES:
        return
    until = last_day({"credit_history": table})
    raise TooFewOutcomesError(
        goods=goods,
        bads=bads,
        least=LEAST_OUTCOMES,
        later=until.isoformat() if until > as_of else None,
    )


def _leaks(taught: DevelopmentSample, *, grades: Mapping[str, int]) -> list[Leak]:
    """Look for the outcome in every trait, and in what the bank itself recorded."""
    known = taught.sample
    rating = [GRADES[grades[firm]] if firm in grades else "" for firm in known.ids]
    candidates: dict[str, Column] = {"rating": np.array(rating, dtype=np.str_)}
    candidates |= known.traits
    return find_leaks(candidates, taught.defaulted)
