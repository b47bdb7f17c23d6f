"""The orders in hand that firms show the bank on applying, true and made up."""

from typing import Final

import numpy as np
import pyarrow as pa

from xiaowei.facts.sources import ORDER_CLAIMS
from xiaowei.simulate.arrays import Floats, Ints, whole
from xiaowei.simulate.columns import dates, money, numbered, picked
from xiaowei.simulate.declared import applied
from xiaowei.simulate.firms import DAYS_A_YEAR
from xiaowei.simulate.observed import Book, Observer
from xiaowei.simulate.statements import INFLATE

_SHOWS: Final = 0.8
_MOST: Final = 5
"""Orders shown with one application."""
_COVER: Final = (-0.5, 0.35)
"""Logarithm of orders for twelve months beside a year's sales: mean and spread."""
_MADE_UP: Final = (1.0, 2.5)
"""Of what is true and the fraud's intensity, so much more is claimed."""
_SIGNED_BEFORE: Final = (5, 150)
_LASTS: Final = (60, 420)
_LEAST_DAYS: Final = 60
_ROUND_FEN: Final = 10_000


def order_books(seen: Observer) -> list[Book]:
    """Return the orders shown with applications.

    Honest firms show what they have in hand, part of what they sell in a year; those
    who invent sales claim more than they could make.

    Args:
        seen: what becomes known.
    """
    world = seen.county.world
    firm, day = applied(seen.county)
    # A row of chance per application, in order of time: later ones change no earlier.
    chance = seen.chance("orders").random((len(firm), 2, _MOST))
    cover = seen.chance("order cover").normal(*_COVER, len(firm))
    claimed = _yearly(seen, firm, day) * np.exp(cover) * _times(seen, firm, day)
    shown = (chance[:, 0, 0] < _SHOWS) & (claimed > _MOST * _ROUND_FEN)
    count = np.where(shown, 1 + whole(chance[:, 0, 1] * (_MOST - 1)), 0)
    row = np.repeat(np.arange(len(firm)), count)
    step = np.arange(len(row)) - np.repeat(np.cumsum(count) - count, count)
    part = 0.3 + chance[row, 1, step]
    part = part / np.bincount(row, weights=part, minlength=len(firm))[row]
    spare = seen.chance("order days").random((len(firm), 2, _MOST))[row, :, step]
    signed = day[row] - _between(_SIGNED_BEFORE, spare[:, 0])
    lasts = _between(_LASTS, spare[:, 1])
    # What is claimed is for twelve months; an order that runs longer is larger.
    longer = np.maximum(lasts / DAYS_A_YEAR, 1.0)
    amount = whole(claimed[row] * part * longer / _ROUND_FEN) * _ROUND_FEN
    return [
        seen.book(
            ORDER_CLAIMS,
            firm=firm[row],
            happened=signed,
            known=day[row] + seen.lag(ORDER_CLAIMS, len(row)),
            columns={
                "contract_no": numbered(
                    f"HD{world.plan.place.number:03d}", np.arange(len(row))
                ),
                "counterparty_id": _buyers(seen, firm[row], step),
                "amount_fen": money(amount),
                "starts_on": dates(world.days, day[row]),
                "due_on": dates(world.days, day[row] + lasts),
            },
        )
    ]


def _between(bounds: tuple[int, int], share: Floats) -> Ints:
    least, most = bounds
    return least + whole(share * (most - least))


def _yearly(seen: Observer, firm: Ints, day: Ints) -> Floats:
    """Return the fen, tax and all, that each firm truly sold in the year before."""
    world, tickets = seen.county.world, seen.county.tickets
    true = tickets.where(~tickets.voided & ~tickets.staged & (tickets.seller >= 0))
    daily = np.zeros((world.days.count + 1, world.firms.count))
    np.add.at(daily, (true.day + 1, true.seller), true.total)
    so_far = np.cumsum(daily, axis=0)
    begun = np.maximum(world.firms.opens, world.first_day)[firm]
    first = np.maximum(day - DAYS_A_YEAR, begun)
    days = np.maximum(day - first, _LEAST_DAYS)
    sold = so_far[day, firm] - so_far[np.minimum(first, day), firm]
    return np.asarray(sold / days * DAYS_A_YEAR, dtype=np.float64)


def _times(seen: Observer, firm: Ints, day: Ints) -> Floats:
    """Return how many times what is in hand each application claims."""
    world, frauds = seen.county.world, seen.county.world.frauds
    more = seen.chance("order lies").uniform(*_MADE_UP, world.firms.count)
    begun = world.days.starts[frauds.since[firm]] <= day
    lies = frauds.is_kind(*INFLATE)[firm] & begun
    return np.where(lies, 1 + np.minimum(frauds.intensity, 2.0)[firm] * more[firm], 1.0)


def _buyers(seen: Observer, firm: Ints, step: Ints) -> pa.Array:
    """Return the code of a buyer in the county, empty where the buyer is elsewhere."""
    links, codes = seen.county.world.network.county, seen.county.world.firms.codes
    order = np.argsort(links.supplier, kind="stable")
    suppliers = links.supplier[order]
    first = np.searchsorted(suppliers, firm, side="left")
    last = np.searchsorted(suppliers, firm, side="right")
    has = np.minimum(first + step, len(order) - 1)
    elsewhere = first + step >= last
    buyer = links.buyer[order][has] if len(order) else 0 * firm
    return picked([*codes, None], np.where(elsewhere, len(codes), buyer))
