"""The county as it stands before its first day."""

from dataclasses import dataclass
from datetime import date
from typing import Final

import numpy as np

from xiaowei.simulate.credit import Loans, draw_loans
from xiaowei.simulate.electricity import Meters, draw_meters
from xiaowei.simulate.firms import Firms, draw_firms
from xiaowei.simulate.fraud import Frauds, draw_frauds
from xiaowei.simulate.links import Network, draw_network
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
    """

    firms: int
    start: date
    end: date
    fraud_share: float


@dataclass(frozen=True, slots=True)
class World:
    """What the county begins with.

    Args:
        days: the days, warm-up included.
        first_day: number of the first day delivered.
        firms: the firms.
        network: who trades with whom.
        loans: who borrows.
        meters: whose power is read.
        frauds: who deceives.
    """

    days: Days
    first_day: int
    firms: Firms
    network: Network
    loans: Loans
    meters: Meters
    frauds: Frauds


def begin(plan: Plan, *, rng: np.random.Generator) -> World:
    """Draw the county.

    Args:
        plan: what it is asked to be.
        rng: where chance comes from; each part of the county has its own stream, so
            that a change to one part leaves the others as they were.
    """
    warm_up = np.datetime64(plan.start, "M") - WARM_UP_MONTHS
    days = days_between(warm_up.astype("datetime64[D]").item(), plan.end)
    first_day = days.month_start(WARM_UP_MONTHS)
    of_firms, of_meters, of_links, of_loans, of_frauds = rng.spawn(5)
    firms = draw_firms(plan.firms, days=days, first_day=first_day, rng=of_firms)
    meters = draw_meters(firms, rng=of_meters)
    frauds = draw_frauds(
        firms,
        share=plan.fraud_share,
        metered=meters.read(firms.count),
        months=(WARM_UP_MONTHS, days.months),
        rng=of_frauds,
    )
    return World(
        days=days,
        first_day=first_day,
        firms=firms,
        network=draw_network(firms, days=days.count, rng=of_links),
        loans=draw_loans(firms, rng=of_loans),
        meters=meters,
        frauds=frauds,
    )
