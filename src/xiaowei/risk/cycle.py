"""Default rates of a few periods in; states of the cycle, seen and ahead, out.

One factor moves all defaults of a period. With PD p through the cycle and state z,
above 0 in bad times, the PD of the period is
Phi((Phi^-1(p) + sqrt(rho) z) / sqrt(1 - rho)).

What a few periods cannot tell is said by what was believed before and shows as a wide
interval: how far states swing, how long they last, and what a series of the economy
tells of them are not set to their likeliest values but averaged over all that fit.

Source: Vasicek 2002, Loan portfolio value; Aguais and others 2006, in The Basel
Handbook, ch. 4, for states through time; rates enter by their normal score, as in
Gordy and Heitfield 2002. The prior of rho is around the 0.03 to 0.16 that the Basel
framework (CRE31.18) gives small firms treated as retail.
"""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, Final

import numpy as np
from scipy.special import ndtr, ndtri
from scipy.stats import norm

from xiaowei.errors import InputError
from xiaowei.risk.sample import Floats

LEAST: Final = 4
"""Fewer periods say nothing of how states swing."""
_SWINGS: Final = np.exp(np.linspace(np.log(0.05), np.log(1.2), 25))
_USUAL_SWING: Final = 0.27
_SWING_SPREAD: Final = 0.5
_LASTS: Final = np.array([0.0, 0.3, 0.6, 0.8, 0.9])
_LEVEL_SPREAD: Final = 3.0
_TELLS: Final = 0.3
_NODES: Final = 41
_HALVINGS: Final = 80
_TAIL: Final = 12.0


class CycleError(InputError):
    """No state of the cycle can be told."""

    def __init__(self, why: str) -> None:
        """Say why."""
        super().__init__(
            f"no cycle can be learnt: {why}",
            expected=f"{LEAST} periods or more, each with firms and no more defaults "
            "than firms, and a reading of the series for all of them or for none",
            remedy="Hand in longer records of credit, or leave the series out",
        )


@dataclass(frozen=True, slots=True)
class Period:
    """What became of all firms in a period.

    Args:
        name: such as 2024-03, the month it ends with.
        firms: that could default, above 0.
        bads: of them that did.
        series: what was known before its first day of a series of the economy, less
            the series' mean and over its standard deviation; null for none.
    """

    name: str
    firms: int
    bads: int
    series: float | None = None


@dataclass(frozen=True, slots=True)
class Told:
    """A number with the 90% interval of what fits.

    Args:
        value: its mean.
        low: below it in 5 of 100.
        high: above it in 5 of 100.
    """

    value: float
    low: float
    high: float

    def by(self, of: Callable[[float], float]) -> "Told":
        """Return the same as a rising function of the number."""
        return Told(of(self.value), of(self.low), of(self.high))


@dataclass(frozen=True, slots=True, kw_only=True)
class Cycle:
    """The cycle as of the end of the last period.

    Args:
        periods: what it was learnt from, in order of time.
        rho: correlation of firms' fortunes, 0..1.
        pd: of one period through the cycle, 0..1.
        tells: states by which a series one standard deviation higher is worse; null
            where no series was given.
        states: z of each period; 0 is through the cycle, above it is worse.
        ahead: how many periods the forecast is of.
        nodes: equally likely means of z over the periods ahead, rising.
    """

    periods: tuple[Period, ...]
    rho: float
    pd: Told
    tells: Told | None
    states: tuple[Told, ...]
    ahead: int
    nodes: tuple[float, ...]

    def as_plain(self) -> dict[str, Any]:
        """Return it as plain values."""
        return asdict(self)


def cycle_of(told: dict[str, Any]) -> Cycle:
    """Return a cycle from its plain values, as they come out of JSON."""
    return Cycle(
        periods=tuple(Period(**one) for one in told["periods"]),
        rho=told["rho"],
        pd=Told(**told["pd"]),
        tells=None if told["tells"] is None else Told(**told["tells"]),
        states=tuple(Told(**one) for one in told["states"]),
        ahead=told["ahead"],
        nodes=tuple(told["nodes"]),
    )


def learn_cycle(
    periods: Sequence[Period], *, ahead: int, series: float | None = None
) -> Cycle:
    """Return the cycle that default rates tell.

    Args:
        periods: of one length, one after the other.
        ahead: of how many of them after the last the state is told, 1 or more.
        series: what is known of the series now, as in a period; needed where periods
            have one. It is all that is known for each of the periods ahead.

    Raises:
        CycleError: too few periods, or some without what they need.
    """
    _check(periods, series)
    world = _World.of(periods, ahead=ahead, series=series)
    variance = world.mean_of(world.swings**2)
    if series is not None:
        variance += world.square_of(world.tells())
    level = world.mixed(*world.level())
    scale = float(np.sqrt(variance))
    through = float(np.sqrt(1 + variance))
    nodes = (world.nodes(*world.forecast()) - level.value) / scale
    return Cycle(
        periods=tuple(periods),
        rho=variance / (1 + variance),
        pd=level.by(lambda score: float(ndtr(score / through))),
        tells=None
        if series is None
        else world.mixed(*world.tells()).by(lambda told: told / scale),
        states=tuple(
            world.mixed(*world.period(place)).by(lambda s: (s - level.value) / scale)
            for place in range(len(periods))
        ),
        ahead=ahead,
        nodes=tuple(nodes.tolist()),
    )


def _check(periods: Sequence[Period], series: float | None) -> None:
    if len(periods) < LEAST:
        raise CycleError(f"{len(periods)} periods are too few")
    for one in periods:
        if not 0 <= one.bads <= one.firms or not one.firms:
            raise CycleError(f"{one.name} has {one.bads} defaults of {one.firms} firms")
        if (one.series is None) != (series is None):
            raise CycleError(f"{one.name} lacks what others have of the series")


@dataclass(frozen=True, slots=True, kw_only=True)
class _World:
    """All pairs of swing and lasting that may be, each with how well it fits.

    Given a pair, all that is asked about is normal: y = X b + w + error, b normal, w a
    first-order autoregression of standard deviation `swing`, the error that of a rate.
    """

    swings: Floats
    lasts: Floats
    weights: Floats
    scores: Floats
    errors: Floats
    known: Floats
    believed: Floats
    ahead: int
    now: Floats

    @staticmethod
    def of(periods: Sequence[Period], *, ahead: int, series: float | None) -> "_World":
        firms = np.array([one.firms for one in periods], dtype=np.float64)
        rates = (np.array([one.bads for one in periods]) + 0.5) / (firms + 1)
        scores = np.asarray(ndtri(rates), dtype=np.float64)
        # The variance of a rate, carried to its normal score.
        errors = rates * (1 - rates) / (firms + 1) / norm.pdf(scores) ** 2
        columns = [np.ones(len(periods))]
        if series is not None:
            columns.append(np.array([one.series for one in periods], dtype=np.float64))
        spread = [_LEVEL_SPREAD, *([_TELLS] if series is not None else [])]
        swings, lasts = (g.ravel() for g in np.meshgrid(_SWINGS, _LASTS))
        world = _World(
            swings=swings,
            lasts=lasts,
            weights=np.full(len(swings), 1 / len(swings)),
            scores=scores,
            errors=errors,
            known=np.column_stack(columns),
            believed=np.diag(np.square(spread)),
            ahead=ahead,
            now=np.array([1.0, *([] if series is None else [series])]),
        )
        fits = np.array([world.fit(place) for place in range(len(swings))])
        fits -= (np.log(swings / _USUAL_SWING) / _SWING_SPREAD) ** 2 / 2
        weights = np.exp(fits - fits.max())
        return replace(world, weights=weights / weights.sum())

    def fit(self, place: int) -> float:
        """Return the log-likelihood of a pair, but for a constant."""
        whole = self._whole(place)
        _, size = np.linalg.slogdet(whole)
        away = self.scores - self.scores.mean()
        return float(-(size + away @ np.linalg.solve(whole, away)) / 2)

    def level(self) -> tuple[Floats, Floats]:
        """Return means and variances, pair by pair, of the level without a state."""
        nothing = np.zeros(len(self.scores))
        first = np.eye(len(self.now))[0]
        return self._asked(first, lambda _: nothing, lambda _: 0.0)

    def tells(self) -> tuple[Floats, Floats]:
        """Return the same of what the series tells."""
        nothing = np.zeros(len(self.scores))
        last = np.eye(len(self.now))[-1]
        return self._asked(last, lambda _: nothing, lambda _: 0.0)

    def period(self, place: int) -> tuple[Floats, Floats]:
        """Return the same of the normal score of a period that was seen."""
        away = np.abs(np.arange(len(self.scores)) - place)
        return self._asked(self.known[place], lambda last: last**away, lambda _: 1.0)

    def forecast(self) -> tuple[Floats, Floats]:
        """Return the same of the mean score over the periods ahead."""
        steps = np.arange(1, self.ahead + 1)
        back = np.arange(len(self.scores))[::-1]
        away = back[:, None] + steps
        apart = np.abs(steps[:, None] - steps)
        return self._asked(
            self.now,
            lambda last: (last**away).mean(axis=1),
            lambda last: float((last**apart).mean()),
        )

    def mean_of(self, values: Floats) -> float:
        return float(self.weights @ values)

    def square_of(self, target: tuple[Floats, Floats]) -> float:
        means, variances = target
        return self.mean_of(means**2 + variances)

    def mixed(self, means: Floats, variances: Floats) -> Told:
        low, high = self._quantiles(means, variances, np.array([0.05, 0.95]))
        return Told(self.mean_of(means), float(low), float(high))

    def nodes(self, means: Floats, variances: Floats) -> Floats:
        levels = (np.arange(_NODES) + 0.5) / _NODES
        return self._quantiles(means, variances, levels)

    def _whole(self, place: int) -> Floats:
        away = np.abs(np.subtract.outer(*[np.arange(len(self.scores))] * 2))
        swing, last = self.swings[place], self.lasts[place]
        shared = self.known @ self.believed @ self.known.T
        whole: Floats = shared + swing**2 * last**away + np.diag(self.errors)
        return whole

    def _asked(
        self,
        on: Floats,
        with_data: Callable[[float], Floats],
        alone: Callable[[float], float],
    ) -> tuple[Floats, Floats]:
        """Return means and variances, pair by pair, of what is asked about.

        Args:
            on: how it rests on b.
            with_data: lasting to its correlation with w of each period seen.
            alone: lasting to the variance of its own part of w, where a swing is 1.
        """
        means, variances = [], []
        middle = self.scores.mean()
        for place, (swing, last) in enumerate(
            zip(self.swings, self.lasts, strict=True)
        ):
            to_data = self.known @ self.believed @ on + swing**2 * with_data(last)
            pull = np.linalg.solve(self._whole(place), to_data)
            means.append(middle * on[0] + pull @ (self.scores - middle))
            own = on @ self.believed @ on + swing**2 * alone(last)
            variances.append(max(own - pull @ to_data, 0.0))
        return np.array(means), np.array(variances)

    def _quantiles(self, means: Floats, variances: Floats, levels: Floats) -> Floats:
        sds = np.sqrt(variances) + 1e-12
        low = np.full(len(levels), (means - _TAIL * sds).min())
        high = np.full(len(levels), (means + _TAIL * sds).max())
        for _ in range(_HALVINGS):
            middle = (low + high) / 2
            below = ndtr((middle[:, None] - means) / sds) @ self.weights < levels
            low, high = np.where(below, middle, low), np.where(below, high, middle)
        found: Floats = (low + high) / 2
        return found
