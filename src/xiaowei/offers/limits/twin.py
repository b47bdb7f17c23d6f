"""A twin of a firm's cash: paths of the months to come, drawn from those known.

A month's net flow is receipts less payments plus noise. Receipts start from the last
year's mean, grow at a rate between the firm's own and its trade's, follow the season
(Chinese New Year by its day), and fall by shocks: the largest buyer may be lost, the
whole trade may be hit. Payments follow the month before: goods and taxes in full,
upkeep in part. The noise is that of the firm's own residuals, drawn towards its trade
while they are few, autocorrelated and with heavy tails. The mean itself is drawn, as a
short history tells it badly. What is not known widens the paths.
"""

import math
from dataclasses import dataclass
from typing import Final

import numpy as np

from xiaowei.money import Fen
from xiaowei.offers.limits.assumptions import Assumptions
from xiaowei.offers.limits.habits import (
    Habits,
    Norms,
    habits_of,
    persistence,
    residuals,
)
from xiaowei.offers.limits.history import History
from xiaowei.offers.limits.season import (
    MONTHS,
    Floats,
    columns,
    fitted,
    month_after,
)
from xiaowei.said import Said

_TWO_YEARS: Final = 24


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What is known of a firm on the day beside its months.

    Args:
        opening_fen: cash in its accounts; None where unknown, which counts as 0.
        buyer_share: share of its largest buyer in its sales, 0..1; None where unknown.
    """

    opening_fen: Fen | None
    buyer_share: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Twin:
    """What the paths of a firm are drawn from; money in fen, flows by month.

    Args:
        scale: mean receipts.
        inward: Shape: (horizon,); receipts of each month over the scale.
        outward: Shape: (horizon,); payments of each month over the scale.
        varying: share of payments that follows sales in full.
        drift: yearly growth, natural logarithm.
        spread: its standard deviation.
        noise: standard deviation of a month's net flow over the scale.
        doubt: standard deviation of the mean net flow over the scale.
        persistence: autocorrelation of the noise.
        buyer_share: share of the largest buyer, or the least generous one.
        opening: cash on the day, or 0.
        kept: cash above which the owner takes money out.
        taken: share of what lies above it that the owner takes each month, 0..1.
        service: what loans there are cost in a month.
    """

    scale: float
    inward: Floats
    outward: Floats
    varying: float
    drift: float
    spread: float
    noise: float
    doubt: float
    persistence: float
    buyer_share: float
    opening: float
    kept: float
    taken: float
    service: float


@dataclass(frozen=True, slots=True)
class NoTwin:
    """Why no paths can be drawn: there is no limit, not one without bounds."""

    reason: Said


def twin_of(
    history: History | None,
    *,
    norms: Norms,
    standing: Standing,
    assumed: Assumptions,
    horizon: int,
) -> Twin | NoTwin:
    """Return what a firm's paths are drawn from, or why there are none.

    Args:
        history: its complete months as known on the day; None where nothing tells
            them.
        norms: of its trade.
        standing: cash and largest buyer.
        assumed: the policy's numbers.
        horizon: months to come, at least 1; the first is the one after the history.
    """
    if history is None:
        return NoTwin(
            Said(
                "既无可见账户流水，也无发票与开支记录，无从模拟现金流",
                "no account, and no invoices with wages, tell its money: no cash flow"
                " can be simulated",
            )
        )
    history = history.latest(assumed.twin_most_months)
    if history.months < assumed.twin_least_months:
        return NoTwin(
            Said(
                f"完整月份仅 {history.months} 个，少于 {assumed.twin_least_months} 个",
                f"{history.months} complete months are known, fewer than the"
                f" {assumed.twin_least_months} that are due",
            )
        )
    habits = habits_of(history)
    if habits is None:
        return NoTwin(
            Said("近一年无收款", "nothing was received for a whole year of its months")
        )
    return _drawn_from(
        history,
        habits,
        shape=_shape(history, habits, norms=norms, assumed=assumed, horizon=horizon),
        norms=norms,
        standing=standing,
        assumed=assumed,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Shape:
    """Season to come and noise of a firm, drawn towards its trade."""

    inward: Floats
    outward: Floats
    noise: float
    persistence: float


def _shape(
    history: History,
    habits: Habits,
    *,
    norms: Norms,
    assumed: Assumptions,
    horizon: int,
) -> _Shape:
    known = columns(history.first, months=history.months)
    ahead = columns(month_after(history.first, months=history.months), months=horizon)
    years = assumed.twin_season_years
    season_in = fitted(known, habits.receipts, years=years, centre=norms.season_in)
    season_out = fitted(
        known, habits.payments - habits.outgo, years=years, centre=norms.season_out
    )
    left = residuals(habits, known, season_in=season_in, season_out=season_out)
    count, worth = len(left), assumed.twin_noise_months
    part = count / (count + worth)
    own = float((left**2).mean())
    variance = part * own + (1 - part) * norms.noise**2
    widened = variance * (1 + assumed.twin_widening_months / count)
    times = assumed.twin_invoice_widening if history.source == "invoices" else 1.0
    return _Shape(
        inward=np.maximum(1 + ahead @ season_in, 0.0),
        outward=np.maximum(habits.outgo + ahead @ season_out, 0.0),
        noise=times * math.sqrt(widened),
        persistence=part * persistence(left) + (1 - part) * norms.persistence,
    )


def _drawn_from(
    history: History,
    habits: Habits,
    *,
    shape: _Shape,
    norms: Norms,
    standing: Standing,
    assumed: Assumptions,
) -> Twin:
    years = max(history.months - MONTHS, 0) / MONTHS
    told = not math.isnan(habits.growth)
    part = years / (years + assumed.twin_growth_years) if told else 0.0
    own = habits.growth if told else 0.0
    lasting = (1 + shape.persistence) / (1 - shape.persistence)
    share = standing.buyer_share
    kept, taken = _owner(history)
    return Twin(
        scale=habits.scale,
        inward=shape.inward,
        outward=shape.outward,
        varying=habits.varying,
        drift=part * own + (1 - part) * norms.growth,
        spread=norms.growth_spread
        * math.sqrt(1 + assumed.twin_widening_months / history.months),
        noise=shape.noise,
        doubt=shape.noise * math.sqrt(lasting / min(history.months, _TWO_YEARS)),
        persistence=shape.persistence,
        buyer_share=assumed.twin_buyer_unseen if share is None else share,
        opening=float(standing.opening_fen or 0),
        kept=kept,
        taken=taken,
        service=float(history.service_fen),
    )


def _owner(history: History) -> tuple[float, float]:
    """Return the cash that the owner leaves in the firm, and the share of more taken.

    The cash left is the mean close of the last year; what the owner took of what stood
    above it is the share. Where no close is known, all is taken: nothing builds up.
    """
    closes = history.closes[-MONTHS:]
    known = np.isfinite(closes)
    if not known.any():
        return 0.0, 1.0
    kept = float(closes[known].mean())
    before = closes[known] + history.drawn[-MONTHS:][known]
    over = np.maximum(before - kept, 0.0)
    if over.sum() <= 0:
        return kept, 1.0
    drawn = np.minimum(history.drawn[-MONTHS:][known], over)
    return kept, float(drawn.sum() / over.sum())
