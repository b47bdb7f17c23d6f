"""The county's life, day by day: orders, production, invoices, tax and cash."""

from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from xiaowei.simulate.arrays import Flags, Floats, Ints, whole
from xiaowei.simulate.billing import Billing, channels_of
from xiaowei.simulate.cash import Treasury
from xiaowei.simulate.corrections import void_shares, with_slips
from xiaowei.simulate.debts import Debts
from xiaowei.simulate.demand import outside_demand
from xiaowei.simulate.habits import selling_habits, supplier_habits
from xiaowei.simulate.lending import Bank
from xiaowei.simulate.plots import Plots, plots_of
from xiaowei.simulate.promises import Promises
from xiaowei.simulate.purses import draw_purses
from xiaowei.simulate.staged import Stage, staged_tickets
from xiaowei.simulate.tax import TaxOffice
from xiaowei.simulate.tickets import OUTSIDE, Tickets, joined
from xiaowei.simulate.trade import Market
from xiaowei.simulate.world import World

_RESCUED_UNTIL: Final = 0.12
"""Of the time delivered: before it nobody is lost, as the county's firms are those that
had survived until then."""

_BELIEF_NOISE: Final = 0.8


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
        billing: what was shipped, billed, and is still open.
        caps: face-value cap of each firm's invoices in fen.
        bank: applications for our loans.
        promises: when outside partners pay and are paid.
    """

    tickets: Tickets
    ordered: Floats
    produced: Floats
    shipped: Floats
    active: Flags
    market: Market
    treasury: Treasury
    taxes: TaxOffice
    billing: Billing
    caps: Ints
    bank: Bank
    promises: Promises


@dataclass(frozen=True, slots=True)
class _Offices:
    market: Market
    caps: Ints
    bank: Bank
    promises: Promises
    plots: Plots
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
    begins = np.searchsorted(offices.staged.day, np.arange(world.days.count + 1))
    for day in range(world.days.count):
        active[day] = treasury.active(day)
        flows = market.step(day, distress=treasury.distress, active=active[day])
        tickets = offices.billing.step(day, flows)
        taxes.book(tickets)
        if begins[day] < begins[day + 1]:
            shown = offices.staged.where(np.arange(*begins[day : day + 2]))
            taxes.book(_while_open(shown, active=active))
        offices.promises.expect(tickets)
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
        _lend(world, offices, day)
        treasury.step(day, produced=flows.produced, tax=taxes.falls_due(day))
        taxes.note_paid(day, arrears=treasury.owed_tax)
    return Life(
        tickets=joined(issued),
        ordered=ordered,
        produced=produced,
        shipped=shipped,
        active=active,
        market=market,
        treasury=treasury,
        taxes=taxes,
        billing=offices.billing,
        caps=offices.caps,
        bank=offices.bank,
        promises=offices.promises,
    )


def _lend(world: World, offices: _Offices, day: int) -> None:
    """Let loans of today be drawn, and their owners do with them what they do."""
    treasury, terms = offices.treasury, world.plan.terms
    cash, debts = treasury.cash, treasury.debts
    active = treasury.active(day)
    drawn = offices.bank.step(
        day, cash=cash, distress=treasury.distress, active=active, debts=debts
    )
    planned = offices.plots.step(day, active=active, debts=debts, bank=offices.bank)
    cost = whole(terms.rate_feedback * drawn.dear)
    treasury.borrow(drawn.amount, taken_out=terms.moral_hazard, cost=cost)
    nothing = np.zeros_like(planned)
    treasury.borrow(planned, taken_out=1.0, cost=nothing)


def _open(world: World, *, rng: np.random.Generator) -> _Offices:
    firms, days, network = world.firms, world.days, world.network
    chance = iter(rng.spawn(11))
    selling = selling_habits(firms, rng=next(chance))
    supplying = supplier_habits(firms, network.suppliers, rng=next(chance))
    channels = channels_of(
        network, firms=firms, selling=selling, supplying=supplying, rng=next(chance)
    )
    demand = outside_demand(
        firms, network.county, days=days, climate=world.climate, rng=next(chance)
    )
    effect = world.plan.training_effect
    demand = demand * np.exp(world.courses.growth(days, effect=effect))
    lived = days.count - world.first_day
    plots = plots_of(world)
    purses = draw_purses(
        firms,
        rescued_until=int(world.first_day + _RESCUED_UNTIL * lived),
        quits=plots.quits,
        rng=next(chance),
    )
    debts = Debts(days, firms.count)
    for contracts in world.loans.contracts:
        debts.take_up(contracts)
    promises = Promises(firms, purses, network.county, days, rng=next(chance))
    stage = Stage(firms, network, selling, world.frauds, days)
    return _Offices(
        market=Market(
            firms, links=network.county, days=days, demand=demand, rng=next(chance)
        ),
        caps=selling.cap,
        bank=_bank(world, plots, rng=next(chance)),
        promises=promises,
        plots=plots,
        billing=Billing(network, channels=channels, days=days, rng=next(chance)),
        taxes=TaxOffice(
            firms,
            days=days,
            opens_in=int(days.month[world.first_day]),
            declared=world.frauds.declared(days.months),
            rng=next(chance),
        ),
        treasury=Treasury(
            firms,
            purses=purses,
            links=network.county,
            promises=promises,
            debts=debts,
            days=days,
        ),
        staged=_in_time(staged_tickets(stage, rng=next(chance))),
    )


def _bank(world: World, plots: Plots, *, rng: np.random.Generator) -> Bank:
    firms = world.firms
    size = np.log(firms.scale / np.median(firms.scale))
    belief = firms.quality + 0.25 * size
    return Bank(
        firms=firms,
        days=world.days,
        climate=world.climate,
        sound=belief + rng.normal(0, _BELIEF_NOISE, firms.count),
        customer=world.loans.customer.copy(),
        barred=plots.barred,
        rng=rng,
    )


def _in_time(tickets: Tickets) -> Tickets:
    return tickets.where(np.argsort(tickets.day, kind="stable"))


def _while_open(staged: Tickets, *, active: Flags) -> Tickets:
    """Return the staged invoices whose county firms still trade on their day."""
    told = np.ones(staged.count, dtype=np.bool_)
    for firm in (staged.seller, staged.buyer):
        told &= (firm == OUTSIDE) | active[staged.day, firm]
    return staged.where(told)
