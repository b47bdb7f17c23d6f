"""The bad tail of a book's profit: its CVaR over drawn scenarios of the PDs.

In scenario s the PD of an option is

    logit pd(s) = logit pd + width x z(firm, s),
    z(firm, s) = sqrt(common) x market(s) + sqrt(1 - common) x own(firm, s),

both standard normal, so that the stated PD is the median. The CVaR at level a is the
mean profit of the worst 1 - a of the scenarios, and for a given book

    CVaR = min over weights q of sum q(s) x profit(s),
           q(s) >= 0, sum q = 1, q(s) <= 1 / ((1 - a) x scenarios),

which is the dual of the form of Rockafellar and Uryasev.

Source: R. T. Rockafellar, S. Uryasev, Optimization of conditional value-at-risk,
Journal of Risk 2 (2000); B. Vasicek, Loan portfolio value, Risk (2002), for one common
factor.
"""

from dataclasses import dataclass
from typing import Final, TypeAlias

import numpy as np
import numpy.typing as npt
from scipy.special import expit, logit

from xiaowei.errors import InputError
from xiaowei.offers.demand import FloatArray
from xiaowei.offers.portfolio.options import Options
from xiaowei.offers.pricing import IntArray

Shifts: TypeAlias = npt.NDArray[np.float32]

_SURE: Final = 1e-9
_CHUNK: Final = 20_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Spread:
    """How far the PDs may be off, and how bad a tail counts.

    Args:
        level: share of scenarios left out of the tail, 0 to below 1; 0.95 counts the
            worst 5 %.
        weight: of the tail in what is made greatest, 0..1; the rest is the mean.
        common: share of the variance that all firms have in common, 0..1.
        scenarios: how many are drawn, at least 1.

    Raises:
        SpreadError: a number lies outside its range.
    """

    level: float = 0.95
    weight: float = 1.0
    common: float = 0.3
    scenarios: int = 100

    def __post_init__(self) -> None:
        """Refuse what has no meaning."""
        shares = {"weight": self.weight, "common": self.common, "level": self.level}
        faults = [f"{n} {v}" for n, v in shares.items() if not 0 <= v <= 1]
        faults += ["level 1"] if self.level == 1 else []
        faults += ["no scenario"] if self.scenarios < 1 else []
        if faults:
            raise SpreadError(faults)


class SpreadError(InputError):
    """A tail is asked for that there is none of."""

    def __init__(self, faults: list[str]) -> None:
        """Name what is wrong."""
        super().__init__(
            "no tail of profit can be taken: " + ", ".join(faults),
            expected="weight and common within 0 to 1, level 0 to below 1, at least 1 "
            "scenario",
            remedy="Correct these numbers under 'robust'",
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Tail:
    """What lots earn in every scenario, without holding it all at once.

    Args:
        spread: what is counted.
        firm: place of the firm. Shape: one per option, as all but `shifts`.
        paid: fen of a lot whose firm repays.
        swing: fen of a lot lost between repaying and defaulting.
        median: logit of the stated PD.
        width: standard deviation of the logit.
        shifts: standard normal. Shape: firms by scenarios.
    """

    spread: Spread
    firm: IntArray
    paid: FloatArray
    swing: FloatArray
    median: FloatArray
    width: FloatArray
    shifts: Shifts

    @property
    def most(self) -> float:
        """The most that one scenario may weigh in the tail."""
        spread = self.spread
        return min(1.0, 1.0 / ((1.0 - spread.level) * spread.scenarios))

    def profits(self, places: IntArray, scenarios: IntArray) -> FloatArray:
        """Return what a lot of some options earns. Shape: options by scenarios."""
        drawn = self.shifts[self.firm[places][:, np.newaxis], scenarios]
        shift = drawn * self.width[places, np.newaxis]
        pds = expit(self.median[places, np.newaxis] + shift)
        profits: FloatArray = (
            self.paid[places, np.newaxis] - self.swing[places, np.newaxis] * pds
        )
        return profits

    def weighed(self, weights: FloatArray) -> FloatArray:
        """Return what a lot of every option earns under weights of the scenarios."""
        heavy = np.flatnonzero(weights > 0)
        mean = np.zeros(len(self.firm))
        for at in heavy:
            shift = self.shifts[self.firm, at] * self.width
            mean += weights[at] * expit(self.median + shift)
        earned: FloatArray = self.paid * weights.sum() - self.swing * mean
        return earned

    @property
    def every(self) -> IntArray:
        """All scenarios."""
        return np.arange(self.spread.scenarios)

    def of_book(self, lots: IntArray | FloatArray) -> FloatArray:
        """Return what a book earns in every scenario, in fen."""
        lent = np.flatnonzero(lots)
        earned = np.zeros(self.spread.scenarios)
        for at in range(0, len(lent), _CHUNK):
            some = lent[at : at + _CHUNK]
            earned += lots[some] @ self.profits(some, self.every)
        return earned

    def cvar(self, earned: FloatArray) -> float:
        """Return the mean of the worst scenarios.

        Args:
            earned: fen. Shape: one per scenario.
        """
        worst = np.sort(earned)
        weights = np.full(len(worst), self.most)
        weights = np.minimum(weights, np.maximum(1.0 - weights.cumsum() + weights, 0.0))
        return float(worst @ weights)


def tail_of(
    options: Options,
    spread: Spread,
    *,
    width: float,
    rng: np.random.Generator,
) -> Tail:
    """Draw scenarios of the PDs.

    Args:
        options: with their PDs and, where known, their widths.
        spread: how they are drawn and what of them counts.
        width: of the logit of a PD of which no width is known, at least 0; where a
            wider one is known of another, that one: knowing less is never safer.
        rng: chance; the draws of a firm depend on its place among all firms by id.
    """
    market = rng.standard_normal(spread.scenarios)
    own = rng.standard_normal((len(options.firms), spread.scenarios), dtype=np.float32)
    shifts = np.sqrt(spread.common) * market + np.sqrt(1 - spread.common) * own
    return Tail(
        spread=spread,
        firm=options.firm,
        paid=options.paid_fen.astype(np.float64),
        swing=(options.paid_fen + options.lost_fen).astype(np.float64),
        median=logit(np.clip(options.pd, _SURE, 1 - _SURE)),
        width=widths_of(options, width=width),
        shifts=shifts.astype(np.float32),
    )


def widths_of(options: Options, *, width: float) -> FloatArray:
    """Return the width of every PD: the known one, else the widest there is.

    Args:
        options: with their widths where known.
        width: at least taken where none is known.
    """
    known = options.width[~np.isnan(options.width)]
    widest = max(width, float(known.max(initial=0.0)))
    return np.where(np.isnan(options.width), widest, options.width)
