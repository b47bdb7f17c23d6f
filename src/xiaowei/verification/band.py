"""What a firm invoiced beside what its witnesses let expect: the data of a drawing."""

from dataclasses import dataclass
from datetime import date
from typing import Final

import numpy as np

from xiaowei.verification.chances import MIN_PEERS, Floats
from xiaowei.verification.finding import Case
from xiaowei.verification.months import SPAN, month_of_ago, months_of
from xiaowei.verification.story import PERIOD_MONTHS, Steps, one_story

WITNESSES: Final = ("electricity", "insured", "staff", "inflow")
"""What speaks of a firm's sales beside its invoices."""

_QUANTILE: Final = 1.645
"""Nine in ten honest periods lie within."""
_STEPPED: Final = 2.0
"""From so many spreads on a step is taken for one: what came after it says nothing of
what was usual before."""


@dataclass(frozen=True, slots=True)
class Band:
    """A firm's sales by period of three months, beside what is expected.

    Args:
        periods: the first month of each, as 2024-01, the oldest first.
        stated_fen: invoiced, tax included.
        expected_fen: what the witnesses let expect.
        low_fen: nine in ten honest periods lie between this and `high_fen`.
        high_fen: as above.
        kwh: used, or null where no meter is read.
        witnesses: those that speak of the firm.
    """

    periods: tuple[str, ...]
    stated_fen: tuple[int, ...]
    expected_fen: tuple[int, ...]
    low_fen: tuple[int, ...]
    high_fen: tuple[int, ...]
    kwh: tuple[float | None, ...]
    witnesses: tuple[str, ...]


def sales_story(case: Case) -> Steps | None:
    """Return how far sales step away from all their witnesses; null with few peers."""
    months = months_of(case)
    if len(months.firms) < MIN_PEERS:
        return None
    sections = [case.section_of(firm) for firm in months.firms]
    return case.held(
        "sales story",
        lambda: one_story(months, "sales", WITNESSES, sections=sections),
    )


def bands(case: Case) -> dict[str, Band]:
    """Return the band of each enterprise asked for that some witness speaks of."""
    steps = sales_story(case)
    if steps is None:
        return {}
    months = months_of(case)
    shape = (len(months.firms), SPAN // PERIOD_MONTHS, PERIOD_MONTHS)
    sales = months.of("sales").reshape(shape).sum(axis=2)
    watt = months.of("electricity").reshape(shape).sum(axis=2)
    spoke = {
        name: np.asarray((~np.isnan(months.of(name))).any(axis=1)) for name in WITNESSES
    }
    known_of = np.asarray(np.isfinite(steps.residual + sales), dtype=np.bool_)
    names = _periods(case.as_of)
    beyond = steps.residual - usual(steps)[:, None]
    found: dict[str, Band] = {}
    for place, firm in enumerate(months.firms):
        known = known_of[place]
        if not known.any() or not case.asks_for(firm):
            continue
        stated = sales[place][known]
        expected = stated * np.exp(-beyond[place][known])
        wide = np.exp(_QUANTILE * steps.noise[place])
        used = watt[place][known] / 1000
        found[firm] = Band(
            tuple(name for name, told in zip(names, known, strict=True) if told),
            _fen(stated),
            _fen(expected),
            _fen(expected / wide),
            _fen(expected * wide),
            tuple(None if np.isnan(one) else float(one) for one in used),
            tuple(name for name, speaks in spoke.items() if speaks[place]),
        )
    return found


def usual(steps: Steps) -> Floats:
    """Return the level of each firm's residual before it stepped, else of it all: 0."""
    before = np.arange(steps.residual.shape[1]) < steps.since[:, None]
    known = before & ~np.isnan(steps.residual)
    mean = np.where(known, steps.residual, 0.0).sum(axis=1)
    mean = mean / np.maximum(known.sum(axis=1), 1)
    return np.where(np.nan_to_num(steps.height) >= _STEPPED, mean, 0.0)


def _fen(values: Floats) -> tuple[int, ...]:
    return tuple(int(value) for value in np.round(values))


def _periods(as_of: date) -> list[str]:
    """Return the first month of each period up to the last complete month."""
    return [month_of_ago(as_of, SPAN - 1 - at) for at in range(0, SPAN, PERIOD_MONTHS)]
