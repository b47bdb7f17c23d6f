"""The county as it stands before its first day."""

from dataclasses import dataclass, field, replace
from datetime import date
from typing import Final

import numpy as np

from xiaowei.simulate.climate import Climate, draw_climate
from xiaowei.simulate.courses import Courses, draw_courses
from xiaowei.simulate.credit import Loans, draw_loans
from xiaowei.simulate.electricity import Meters, draw_meters
from xiaowei.simulate.firms import Firms, draw_firms
from xiaowei.simulate.fraud import SHELL_SIZE, Frauds, draw_frauds, struck_off
from xiaowei.simulate.lending import Terms
from xiaowei.simulate.links import Network, draw_network
from xiaowei.simulate.places import Place
from xiaowei.simulate.seasons import Days, days_between

WARM_UP_MONTHS: Final = 4
"""Lived before the first day delivered, so that stocks and debts are in their swing."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What a county is asked to be.

    Args:
        firms: how many.
        start: first day delivered, the first of a month.
        end: first day no longer delivered, the first of a month.
        fraud_share: of firms that deceive, 0..1.
        seed: of all that the districts of a county share.
        place: which district of the county this is.
        terms: what a loan does to its borrower.
        training_effect: what attending a course adds to a firm's yearly log growth.
    """

    firms: int
    start: date
    end: date
    fraud_share: float
    seed: int = 0
    place: Place = field(default_factory=Place)
    terms: Terms = field(default_factory=Terms)
    training_effect: float = 0.0


@dataclass(frozen=True, slots=True)
class World:
    """What the county begins with.

    Args:
        plan: what was asked for.
        days: the days, warm-up included.
        climate: what is common to all firms.
        first_day: number of the first day delivered.
        firms: the firms.
        network: who trades with whom.
        loans: who borrows.
        meters: whose power is read.
        frauds: who deceives.
        courses: who was invited to learn, and who came.
    """

    plan: Plan
    days: Days
    climate: Climate
    first_day: int
    firms: Firms
    network: Network
    loans: Loans
    meters: Meters
    frauds: Frauds
    courses: Courses


def begin(plan: Plan, *, rng: np.random.Generator) -> World:
    """Draw the county.

    Args:
        plan: what it is asked to be.
        rng: where chance comes from; each part of the county has its own stream, so
            that a change to one part leaves the others as they were.
    """
    days = days_of(plan)
    first_day = days.month_start(WARM_UP_MONTHS)
    of_firms, of_meters, of_links, of_loans, of_frauds, of_courses = rng.spawn(6)
    firms = draw_firms(
        plan.firms, days=days, first_day=first_day, place=plan.place, rng=of_firms
    )
    meters = draw_meters(firms, place=plan.place, rng=of_meters)
    frauds = draw_frauds(
        firms,
        share=plan.fraud_share,
        metered=meters.read(firms.count),
        months=(WARM_UP_MONTHS, days.months),
        rng=of_frauds,
    )
    shells = frauds.is_kind("shell")
    firms = replace(
        firms,
        scale=np.where(shells, SHELL_SIZE, 1.0) * firms.scale,
        ends=struck_off(frauds, days=days, rng=of_frauds),
    )
    return World(
        plan=plan,
        days=days,
        climate=climate_of(plan, days),
        first_day=first_day,
        firms=firms,
        network=draw_network(firms, days=days.count, place=plan.place, rng=of_links),
        loans=draw_loans(
            firms, frauds=frauds, days=days, first_day=first_day, rng=of_loans
        ),
        meters=meters,
        frauds=frauds,
        courses=draw_courses(firms, days=days, first_day=first_day, rng=of_courses),
    )


def days_of(plan: Plan) -> Days:
    """Return the days of a county, its warm-up included."""
    warm_up = np.datetime64(plan.start, "M") - WARM_UP_MONTHS
    return days_between(warm_up.astype("datetime64[D]").item(), plan.end)


def climate_of(plan: Plan, days: Days) -> Climate:
    """Return what all districts of a county live through."""
    rng = np.random.Generator(np.random.PCG64([plan.seed, 2]))
    return draw_climate(days, rng=rng)
