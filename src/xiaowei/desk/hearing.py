"""Opinions on record by a day in; their weights, priors and effects out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

import ibis.expr.types as ir

from xiaowei.desk.home import Home
from xiaowei.desk.judging import judgements_on_record
from xiaowei.desk.knowledge import facts_held, known_facts
from xiaowei.desk.opining import Recorded, on_record
from xiaowei.industry.classification import upwards
from xiaowei.industry.experts import (
    Effect,
    Pooled,
    Settled,
    opinion_effect,
    opinion_priors,
    pool,
    settled,
    track,
)
from xiaowei.industry.opinions import Kind, months_gone, standing
from xiaowei.industry.tree import Prior
from xiaowei.industry.weighings import (
    Judgement,
    judged_weights,
    standing_judgements,
)
from xiaowei.policy.book import Book
from xiaowei.risk.assess import Assessment
from xiaowei.risk.card import POINTS_TO_DOUBLE, Card

_HISTORY: Final = "credit_history"


@dataclass(frozen=True, slots=True)
class Voice:
    """What experts say of one enterprise, and what that would do to its PD.

    Args:
        pooled: their opinions as one.
        effect: beside the model's own PD and score, which stay as they are.
    """

    pooled: Pooled
    effect: Effect


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """The opinions on record as they count on a day.

    Args:
        on: the day; what was said of a later day does not count.
        recorded: all opinions on record.
        judgements: of the experts, one of each judge, that stand.
        settled: opinions of which it is known what came of them.
        worth: expert to how well they did, see `track`.
        weights: expert to how much his word weighs against another's: as he is judged,
            times how well his opinions did; 1 where neither is known. They are not made
            to add up: another expert's opinion on another firm must change nothing,
            not even the last digit.
        months: how long an opinion stands.
        least_sd: what experts may all be wrong by together.
        cap: opinions on a case move its log-odds by no more.
    """

    on: date
    recorded: Sequence[Recorded]
    judgements: Sequence[Judgement]
    settled: Sequence[Settled]
    worth: Mapping[str, float]
    weights: Mapping[str, float]
    months: int
    least_sd: float
    cap: float

    def pooled(self, kind: Kind, about: str) -> Pooled | None:
        """Return the opinions that stand on a trade or case as one, if there are."""
        stand = standing(
            (one.opinion for one in self.recorded),
            kind=kind,
            about=about,
            on=self.on,
            months=self.months,
        )
        return pool(stand, weights=self.weights)

    @property
    def priors(self) -> dict[str, Prior]:
        """The priors of trades' coefficients that the opinions make, by code."""
        return opinion_priors(
            (one.opinion for one in self.recorded),
            on=self.on,
            months=self.months,
            least_sd=self.least_sd,
            weights=self.weights,
        )

    @property
    def trades(self) -> dict[str, Pooled]:
        """The pooled opinions on trades, by code."""
        found = {code: self.pooled("industry", code) for code in self.priors}
        return {code: pooled for code, pooled in found.items() if pooled}

    def voices(
        self, assessments: Sequence[Assessment], *, card: Card
    ) -> dict[str, Voice]:
        """Return what opinions on cases would do to the PDs of these.

        Args:
            assessments: of enterprises.
            card: that scored them; its slope says how many points double the odds.
        """
        told = {r.opinion.about for r in self.recorded if r.opinion.kind == "case"}
        # A card that ranks no better than chance has no points for a change of odds.
        steep = card.slope if card.slope > 0 else 1.0
        voices = {}
        for one in assessments:
            firm = one.enterprise_id
            pooled = self.pooled("case", firm) if firm in told else None
            if pooled:
                effect = opinion_effect(
                    one.pd,
                    pooled,
                    cap=self.cap,
                    points_to_double=POINTS_TO_DOUBLE / steep,
                )
                voices[firm] = Voice(pooled, effect)
        return voices


def heard_on(
    recorded: Sequence[Recorded],
    *,
    told: Mapping[str, ir.Table],
    book: Book,
    on: date,
    judgements: Sequence[Judgement] = (),
) -> Heard:
    """Return opinions on record as they count on a day.

    Args:
        recorded: all opinions on record.
        told: the facts of each family known by the day.
        book: the bank's numbers.
        on: the day.
        judgements: all of experts on record.
    """

    def number(name: str) -> float:
        return float(book.number(f"industry_{name}", on=on))

    months = int(number("months"))
    known = [one for one in recorded if one.opinion.day <= on]
    past = settled_by(known, told=told, on=on, months=months)
    worth = track(past, record=number("opinion_record"))
    standing_now = standing_judgements(judgements, on=on)
    judged = judged_weights(standing_now)
    experts = {one.opinion.expert for one in known} | judged.keys()
    return Heard(
        on=on,
        recorded=known,
        judgements=standing_now,
        settled=past,
        worth=worth,
        weights={
            expert: judged.get(expert, 1.0) * worth.get(expert, 1.0)
            for expert in sorted(experts)
        },
        months=months,
        least_sd=number("prior_sd"),
        cap=number("opinion_cap"),
    )


def heard_in(home: Home, *, on: date) -> Heard:
    """Return the opinions of a home as they count on a day.

    Args:
        home: the workspace.
        on: the day.
    """
    told = known_facts(facts_held(home.lake), as_of=on)
    return heard_from(home, told=told, on=on)


def heard_from(home: Home, *, told: Mapping[str, ir.Table], on: date) -> Heard:
    """Return the opinions of a home as they count on a day, by facts at hand.

    Args:
        home: the workspace.
        told: the facts of each family known by the day.
        on: the day.
    """
    return heard_on(
        on_record(home.journal),
        told=told,
        book=home.book,
        on=on,
        judgements=judgements_on_record(home.journal),
    )


def nearest(trades: Mapping[str, Pooled], code: str | None) -> str | None:
    """Return the finest trade with a standing opinion that a code lies in, if any."""
    return next((one for one in upwards(code) if one in trades), None)


def settled_by(
    recorded: Sequence[Recorded],
    *,
    told: Mapping[str, ir.Table],
    on: date,
    months: int,
) -> list[Settled]:
    """Return the opinions whose outcome is known, with it.

    An opinion is settled once its months are over, so that defaults, which are known
    sooner, do not come before the firms that stayed good. They are counted from the
    day it was on record: said for an earlier day, it may know what came after. An
    opinion on a trade is settled by the firms that the last run before it knew of.

    Args:
        recorded: opinions of a day not after `on`.
        told: the facts of each family known by the day.
        on: the day.
        months: within which a default counts.

    Returns:
        the last of each expert on each subject; a firm that had defaulted before, and
        one of which nothing was heard after its months, settle nothing.
    """
    over = {
        (one.opinion.expert, one.opinion.kind, one.opinion.about): one
        for one in sorted(recorded, key=lambda one: (one.said_on, one.seq))
        if months_gone(one.said_on, on) >= months
    }
    fates = _fates(told, sorted({firm for one in over.values() for firm in one.model}))
    past = []
    for one in over.values():
        outcomes = {
            firm: outcome
            for firm in one.model
            if (outcome := _outcome(one.said_on, fates.get(firm), months=months))
            is not None
        }
        past += settled(one.opinion, model=one.model, outcomes=outcomes)
    return past


def _fates(
    told: Mapping[str, ir.Table], firms: Sequence[str]
) -> dict[str, dict[str, Any]]:
    """Return when each was known to have defaulted, and when last heard of."""
    if not firms or _HISTORY not in told:
        return {}
    rows = told[_HISTORY]
    found = (
        rows.filter(rows.enterprise_id.isin(firms))
        .group_by("enterprise_id")
        .aggregate(
            default_on=rows.known_on.min(where=rows.defaulted == "yes"),
            last_on=rows.known_on.max(),
        )
    )
    return {row["enterprise_id"]: row for row in found.to_pyarrow().to_pylist()}


def _outcome(
    since: date, fate: Mapping[str, Any] | None, *, months: int
) -> float | None:
    if fate is None:
        return None
    default_on, last_on = fate["default_on"], fate["last_on"]
    if default_on is not None and default_on <= since:
        return None
    if default_on is not None and months_gone(since, default_on) < months:
        return 1.0
    return 0.0 if months_gone(since, last_on) >= months else None
