"""Slips of the pen: invoices voided in their month, red letters and new ones later."""

from typing import Final

import numpy as np

from xiaowei.simulate.arrays import Floats
from xiaowei.simulate.firms import Firms
from xiaowei.simulate.seasons import Days
from xiaowei.simulate.tickets import OUTSIDE, Tickets, joined

_USUAL_VOIDS: Final = 0.09
_VOID_BOUNDS: Final = (0.01, 0.35)
_OUTSIDE_VOIDS: Final = 0.027
_NOTICED_WITHIN_DAYS: Final = 4
_REISSUED_SALES: Final = 0.006
_REISSUED_PURCHASES: Final = 0.004
_REISSUED_WITHIN_DAYS: Final = 75


def void_shares(firms: Firms, *, rng: np.random.Generator) -> Floats:
    """Draw the share of its invoices that each firm voids; weak firms void more.

    Args:
        firms: the firms.
        rng: where chance comes from.
    """
    log = -0.2 * firms.quality + rng.normal(0, 0.6, firms.count)
    return np.clip(_USUAL_VOIDS * np.exp(log), *_VOID_BOUNDS)


def with_slips(
    tickets: Tickets, *, void_share: Floats, days: Days, rng: np.random.Generator
) -> Tickets:
    """Return the invoices and what slips of the pen add to them.

    A voided invoice comes shortly before the right one and in the same month. One
    found too late is taken back by a red letter and issued anew on the same day, so
    that neither cash nor the tax of that month changes.

    Args:
        tickets: the invoices as they should be.
        void_share: of each firm's invoices, 0..1.
        days: the days.
        rng: where chance comes from.
    """
    right = tickets.where((tickets.net > 0) & ~tickets.staged)
    return joined(
        [
            tickets,
            _voided(right, void_share=void_share, days=days, rng=rng),
            *_issued_anew(right, days=days, rng=rng),
        ]
    )


def _voided(
    right: Tickets, *, void_share: Floats, days: Days, rng: np.random.Generator
) -> Tickets:
    # Whose suppliers are careless is not who is careless; the order is reversed.
    bought = _OUTSIDE_VOIDS * (void_share / void_share.mean())[::-1]
    share = np.where(
        right.seller == OUTSIDE, bought[right.buyer], void_share[right.seller]
    )
    wrong = right.where(rng.random(right.count) < share / (1 - share))
    back = rng.integers(0, _NOTICED_WITHIN_DAYS, wrong.count)
    back = np.minimum(back, days.day_of_month[wrong.day] - 1)
    return wrong.with_columns(
        day=wrong.day - back, net=wrong.net, tax=wrong.tax, voided=True
    )


def _issued_anew(
    right: Tickets, *, days: Days, rng: np.random.Generator
) -> tuple[Tickets, Tickets]:
    chance = np.where(right.seller == OUTSIDE, _REISSUED_PURCHASES, _REISSUED_SALES)
    wrong = right.where(rng.random(right.count) < chance)
    wait = rng.integers(1, _REISSUED_WITHIN_DAYS, wrong.count)
    day = wrong.day + days.left_in_month[wrong.day] + wait
    red = wrong.with_columns(day=day, net=-wrong.net, tax=-wrong.tax)
    anew = wrong.with_columns(day=day, net=wrong.net, tax=wrong.tax)
    in_time = day < days.count
    return red.where(in_time), anew.where(in_time)
