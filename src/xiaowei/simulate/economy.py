"""The county's life, day by day: orders, production, invoices, tax and cash."""

from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from xiaowei.simulate.arrays import Flags, Floats
from xiaowei.simulate.billing import Billing, channels_of
from xiaowei.simulate.cash import Treasury, draw_purses
from xiaowei.simulate.corrections import void_shares, with_slips
from xiaowei.simulate.demand import outside_demand
from xiaowei.simulate.habits import selling_habits, supplier_habits
from xiaowei.simulate.staged import Stage, staged_tickets
from xiaowei.simulate.tax import TaxOffice
from xiaowei.simulate.tickets import OUTSIDE, Tickets, joined
from xiaowei.simulate.trade import Market
from xiaowei.simulate.world import World

_PAST_DUE_FROM: Final = 0.2
"""Of the time delivered: arrears before it do not count, as the county's firms are
those that had survived until then."""


@dataclass(frozen=True, slots=True)
class Life:
    """What happened; one row per day, one column per firm.

    Args:
        tickets: all invoices, warm-up included.
        ordered, produced, shipped: fen a day, net of VAT.
        active: whether a firm trades.
        market: capacity and the hands at work.
        treasury: cash, debts and defaults.
        taxes: VAT returns.
    """

    tickets: Tickets
    ordered: Floats
    produced: Floats
    shipped: Floats
    active: Flags
    market: Market
    treasury: Treasury
    taxes: TaxOffice


@dataclass(frozen=True, slots=True)
class _Offices:
    market: Market
    billing: Billing
    taxes: TaxOffice
    treasury: Treasury
    staged: Tickets


def live(world: World, *, rng: np.random.Generator) -> Life:
    """Let the county live through its days.

    Args:
        world: as it stands before its first day.
        rng: where chance comes from.
    """
    of_offices, of_slips = rng.spawn(2)
    offices = _open(world, rng=of_offices)
    offices.taxes.book(offices.staged)
    life = _lived(world, offices)
    told = _while_open(offices.staged, active=life.active)
    tickets = with_slips(
        joined([life.tickets, told]),
        void_share=void_shares(world.firms, rng=of_slips),
        days=world.days,
        rng=of_slips,
    )
    return replace(life, tickets=tickets)


def _lived(world: World, offices: _Offices) -> Life:
    """Run the loop: each day's cash decides how much trade the next day sees."""
    shape = (world.days.count, world.firms.count)
    ordered, produced, shipped = (np.zeros(shape) for _ in range(3))
    active = np.zeros(shape, dtype=np.bool_)
    issued = []
    market, taxes, treasury = offices.market, offices.taxes, offices.treasury
    for day in range(world.days.count):
        active[day] = treasury.active(day)
        flows = market.step(day, distress=treasury.distress, active=active[day])
        tickets = offices.billing.step(day, flows)
        taxes.book(tickets)
        treasury.expect(tickets)
        issued.append(tickets)
        ordered[day], produced[day] = flows.ordered, flows.produced
        shipped[day] = flows.shipped_out + np.bincount(
            world.network.county.supplier,
            weights=flows.shipped,
            minlength=world.firms.count,
        )
        if day < world.first_day:
            continue
        taxes.assess(day, distress=treasury.distress, active=active[day])
        treasury.step(day, produced=flows.produced, tax=taxes.falls_due(day))
        taxes.note_paid(day, arrears=treasury.owed_tax)
    return Life(
        joined(issued), ordered, produced, shipped, active, market, treasury, taxes
    )


def _open(world: World, *, rng: np.random.Generator) -> _Offices:
    firms, days, network = world.firms, world.days, world.network
    chance = iter(rng.spawn(9))
    selling = selling_habits(firms, rng=next(chance))
    supplying = supplier_habits(firms, network.suppliers, rng=next(chance))
    channels = channels_of(network, firms=firms, selling=selling, supplying=supplying)
    demand = outside_demand(firms, network.county, days=days, rng=next(chance))
    counted_from = world.first_day + _PAST_DUE_FROM * (days.count - world.first_day)
    purses = draw_purses(
        firms,
        loan_service=world.loans.service,
        past_due_from=int(counted_from),
        rng=next(chance),
    )
    stage = Stage(firms, network, selling, world.frauds, days)
    return _Offices(
        market=Market(
            firms, links=network.county, days=days, demand=demand, rng=next(chance)
        ),
        billing=Billing(network, channels=channels, days=days, rng=next(chance)),
        taxes=TaxOffice(
            firms,
            days=days,
            opens_in=int(days.month[world.first_day]),
            declared=world.frauds.declared(days.months),
            rng=next(chance),
        ),
        treasury=Treasury(
            firms, purses=purses, links=network.county, days=days, rng=next(chance)
        ),
        staged=staged_tickets(stage, rng=next(chance)),
    )


def _while_open(staged: Tickets, *, active: Flags) -> Tickets:
    """Return the staged invoices whose county firms still trade on their day."""
    told = np.ones(staged.count, dtype=np.bool_)
    for firm in (staged.seller, staged.buyer):
        told &= (firm == OUTSIDE) | active[staged.day, firm]
    return staged.where(told)
