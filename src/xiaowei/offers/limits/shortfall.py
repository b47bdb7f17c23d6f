"""How likely cash falls below zero while a loan is repaid, and how sure that is."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

import numpy as np
from scipy.special import betaincinv

from xiaowei.offers.limits.paths import Paths
from xiaowei.offers.limits.season import MONTHS, Floats
from xiaowei.offers.schedules.schedule import Schedule

_TAIL: Final = 0.025


@dataclass(frozen=True, slots=True)
class Chance:
    """A chance told by paths, with the interval that their number leaves.

    Args:
        value: share of the paths.
        low: lower end of the exact 95 % interval.
        high: upper end.
    """

    value: float
    low: float
    high: float


def shortfall(paths: Paths, *, paid: Floats) -> Chance:
    """Return the chance that cash falls below zero in any month.

    Undrawn credit, and money that an owner might put in, do not count as cash.

    Args:
        paths: of the firm.
        paid: Shape: (months,); fen that leave in each month beside the paths' own.
    """
    of = len(paths.net)
    count = int((paths.cash(paid=paid).min(axis=1) < 0).sum())
    return Chance(
        count / of,
        # By the quantiles of a beta distribution (Clopper and Pearson, 1934): looking
        # for them by bisection took a tenth of the time of a decision.
        0.0 if count == 0 else float(betaincinv(count, of - count + 1, _TAIL)),
        1.0 if count == of else float(betaincinv(count + 1, of - count, 1 - _TAIL)),
    )


def paid_by(schedule: Schedule, *, start: date, spent: float) -> Floats:
    """Return what a loan takes out of the account in each month until its end.

    Args:
        schedule: of the loan; a payment that falls due before `start` counts in it.
        start: first day of the paths' first month.
        spent: share of the loan that is gone at once, 0..1; the rest stays as cash.

    Returns:
        Shape: (months,); fen, at least one month. The first holds what stays of the
        loan, below 0 as it comes in.
    """
    places = [_place(line.due_on, start) for line in schedule.lines]
    paid = np.zeros(max(places) + 1)
    for place, line in zip(places, schedule.lines, strict=True):
        paid[place] += line.paid_fen
    paid[0] -= (1 - spent) * schedule.agreement.borrowing.amount_fen
    return paid


def bands(
    cash: Floats, *, shares: Sequence[float] = (0.1, 0.5, 0.9)
) -> tuple[tuple[int, ...], ...]:
    """Return quantiles of cash in each month, in whole fen.

    Args:
        cash: Shape: (paths, months).
        shares: of the paths that lie below, 0..1.

    Returns:
        One tuple per month, in the order of the shares.
    """
    found = np.quantile(cash, shares, axis=0)
    return tuple(tuple(round(float(one)) for one in month) for month in found.T)


def _place(day: date, start: date) -> int:
    return max((day.year - start.year) * MONTHS + day.month - start.month, 0)
