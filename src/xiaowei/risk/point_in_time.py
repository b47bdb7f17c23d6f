"""Any model's PDs in; PDs through the cycle and of the year ahead, with intervals, out.

A model learnt from a few years says PDs of those years. Here each case is set beside
the states of the periods of its own window, so that what was due to the years is told
from what is due to the firm; the year ahead then has the state forecast for it. The
state of the year ahead is taken to hold throughout it, and its PD is the mean over all
states that may be, not that of the likeliest: bad years cost more than good ones save.
"""

import json
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from scipy.optimize import minimize
from scipy.special import log_ndtr, ndtr, ndtri

from xiaowei.errors import InputError
from xiaowei.risk.cycle import Cycle, cycle_of
from xiaowei.risk.sample import Floats, Ints

SCHEMA: Final = "xiaowei.point_in_time/1"
_NEAR: Final = 1e-9
_LEVEL_SPREAD: Final = 1.0
_SPREAD_SPREAD: Final = 0.5


class StatesError(InputError):
    """Cases cannot be set beside the states of their periods."""

    def __init__(self, why: str) -> None:
        """Say why."""
        super().__init__(
            f"PDs cannot be told through the cycle: {why}",
            expected="cases of both outcomes, each with a PD and the state of every "
            "period of its window",
            remedy="Leave out cases whose window reaches beyond the cycle's periods",
        )


@dataclass(frozen=True, slots=True)
class PointInTime:
    """What turns a model's PD into one through the cycle, and one of the year ahead.

    Args:
        cycle: the states.
        level: added to the normal score of a model's PD.
        spread: times that score, above 0: the order of firms stays the model's.
    """

    cycle: Cycle
    level: float
    spread: float

    def through(self, pd: Floats) -> Floats:
        """Return PDs through the cycle, over a window of as many periods as ahead."""
        score = ndtri(np.clip(pd, _NEAR, 1 - _NEAR))
        found: Floats = ndtr(self.level + self.spread * score)
        return found

    def ahead(self, pd: Floats) -> Floats:
        """Return PDs of the periods ahead: the mean over the states that may be."""
        through = self.through(pd)
        nodes = self.cycle.nodes
        found: Floats = np.mean([self._in(through, z) for z in nodes], axis=0)
        return found

    def interval(self, pd: Floats, *, level: float = 0.9) -> tuple[Floats, Floats]:
        """Return between what the PDs of the periods ahead lie, as states may be.

        It holds the luck of the year, not what is unknown of the firm.

        Args:
            pd: Shape: the model's.
            level: 0..1, how often the state lies within.
        """
        through = self.through(pd)
        tails = [(1 - level) / 2, (1 + level) / 2]
        low, high = np.quantile(self.cycle.nodes, tails).tolist()
        return self._in(through, low), self._in(through, high)

    def _in(self, through: Floats, state: float) -> Floats:
        states = np.full((1, self.cycle.ahead), state)
        return in_states(through, states, rho=self.cycle.rho)

    def to_json(self) -> str:
        """Return it as JSON that says the same PDs to the bit when read back."""
        told = {
            "schema": SCHEMA,
            "cycle": self.cycle.as_plain(),
            "level": self.level,
            "spread": self.spread,
        }
        return json.dumps(told, indent=1, sort_keys=True, ensure_ascii=False)


def point_in_time_of(text: str) -> PointInTime:
    """Return what `to_json` wrote.

    Raises:
        StatesError: it is none of ours.
    """
    try:
        told: dict[str, Any] = json.loads(text)
        if told["schema"] != SCHEMA:
            raise StatesError(f"schema '{told['schema']}' is not {SCHEMA}")
        return PointInTime(cycle_of(told["cycle"]), told["level"], told["spread"])
    except (ValueError, KeyError, TypeError) as error:
        raise StatesError("the text is no JSON of a PointInTime") from error


def in_states(through: Floats, states: Floats, *, rho: float) -> Floats:
    """Return PDs over a window, given the state of each of its periods.

    A PD through the cycle is spread evenly over the periods, each of which then has its
    own state; who has not defaulted by one may in the next.

    Args:
        through: Shape: PDs through the cycle over the whole window, 0..1.
        states: Shape: (cases or 1, periods); above 0 is worse.
        rho: 0..1, see `Cycle`.

    Source: Vasicek 2002.

    >>> pd = in_states(np.array([0.04]), np.zeros((1, 4)), rho=0.0)
    >>> abs(float(pd[0]) - 0.04) < 1e-12
    True
    """
    alone = -np.expm1(np.log1p(-np.minimum(through, 1 - _NEAR)) / states.shape[1])
    score = ndtri(np.maximum(alone, _NEAR))[:, None]
    moved = (score + np.sqrt(rho) * states) / np.sqrt(1 - rho)
    found: Floats = -np.expm1(log_ndtr(-moved).sum(axis=1))
    return found


def tie(pd: Floats, bad: Ints, states: Floats, *, cycle: Cycle) -> PointInTime:
    """Return what ties a model's PDs to the cycle.

    Level and spread are the likeliest given the outcomes, drawn a little towards 0 and
    1, as the model has them.

    Args:
        pd: Shape: of a model that had not seen the case, 0..1.
        bad: Shape: 1 for a default within the window, 0 else; both occur.
        states: Shape: (cases, periods of the window), see `Cycle.states`.
        cycle: where they come from; its `ahead` is the number of periods.

    Raises:
        StatesError: the shapes do not fit, or only one outcome occurs.
    """
    if states.shape != (len(pd), cycle.ahead) or len(pd) != len(bad):
        raise StatesError(f"states have the shape {states.shape}, for {len(pd)} cases")
    if not 0 < bad.sum() < len(bad):
        raise StatesError("all outcomes are the same")
    if not (np.isfinite(pd).all() and np.isfinite(states).all()):
        raise StatesError("some PDs or states are not known")

    def loss(at: Floats) -> float:
        tied = PointInTime(cycle, float(at[0]), float(np.exp(at[1])))
        told = in_states(tied.through(pd), states, rho=cycle.rho)
        told = np.clip(told, _NEAR, 1 - _NEAR)
        fit = np.where(bad == 1, np.log(told), np.log1p(-told)).sum()
        drawn = (at[0] / _LEVEL_SPREAD) ** 2 + (at[1] / _SPREAD_SPREAD) ** 2
        return float(drawn / 2 - fit)

    found = minimize(loss, np.zeros(2), method="BFGS")
    return PointInTime(cycle, float(found.x[0]), float(np.exp(found.x[1])))
