"""Paths of a firm's cash, drawn from its twin with chance that is handed in."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from xiaowei.offers.limits.assumptions import Assumptions
from xiaowei.offers.limits.season import MONTHS, Floats
from xiaowei.offers.limits.twin import Twin


@dataclass(frozen=True, slots=True, kw_only=True)
class Seeds:
    """Where chance comes from: the same seeds give the same paths.

    Args:
        firm: whole numbers, 0 or more; of what strikes one firm.
        trade: likewise; of what strikes all firms of a trade in the same paths.
    """

    firm: Sequence[int]
    trade: Sequence[int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Paths:
    """What moves a firm's cash in each path and month, before a new loan; fen.

    Args:
        net: Shape: (paths, horizon); receipts less payments and what loans cost.
        opening: cash on the day.
        kept: cash above which the owner takes money out.
        taken: share of what lies above it that the owner takes, 0..1.
    """

    net: Floats
    opening: float
    kept: float
    taken: float

    def cash(self, *, paid: Floats | None = None) -> Floats:
        """Return the cash at the end of each month, before the owner takes any out.

        Below 0 it is a shortfall: owners may put money in and lenders may lend, but
        neither is counted on.

        Args:
            paid: Shape: (months,) of at most the horizon; what else leaves in each, as
                a loan's spending and its service. Null for nothing over all months.

        Returns:
            Shape: (paths, months).
        """
        out = np.zeros(self.net.shape[1]) if paid is None else paid
        closing = np.empty((self.net.shape[0], len(out)))
        cash = np.full(self.net.shape[0], self.opening)
        for month, leaves in enumerate(out):
            cash = cash + self.net[:, month] - leaves
            closing[:, month] = cash
            cash = cash - self.taken * np.maximum(cash - self.kept, 0.0)
        return closing


def draw_paths(twin: Twin, *, assumed: Assumptions, seeds: Seeds) -> Paths:
    """Return paths of the months to come.

    Every path has its mirror, in which all that chance moved up moves down. The same
    seeds give two twins of one horizon the same chance, path by path, so that they can
    be compared.

    Args:
        twin: of the firm.
        assumed: the policy's numbers.
        seeds: where chance comes from.
    """
    horizon, count = len(twin.inward), assumed.limit_paths
    own = np.random.default_rng(seeds.firm)
    sound = _mirrored(own.standard_normal((count // 2, horizon)))
    doubt = _mirrored(own.standard_normal((count // 2, 1)))
    noise = _noise(own, twin, assumed=assumed, count=count, horizon=horizon)
    buyer = _since(own.random((count, horizon)), yearly=assumed.twin_buyer_chance)
    trade = np.random.default_rng(seeds.trade)
    sector = _since(trade.random((count, horizon)), yearly=assumed.twin_sector_chance)
    years = np.arange(1, horizon + 1) / MONTHS
    grown = np.exp(
        twin.drift * years + twin.spread * np.cumsum(sound, axis=1) / np.sqrt(MONTHS)
    )
    missing = _missing(buyer, months=assumed.twin_buyer_months)
    lost = twin.buyer_share * missing
    hit = assumed.twin_sector_depth * (
        (sector >= 0) & (sector < assumed.twin_sector_months)
    )
    index = grown * (1 - lost) * (1 - hit)
    unpaid = twin.buyer_share * assumed.twin_buyer_unpaid * (buyer == 0)
    came = twin.scale * twin.inward * (index - grown * unpaid)
    net = came - _went(twin, index, assumed=assumed) - twin.service
    return Paths(
        net=net + twin.scale * (noise + twin.doubt * doubt),
        opening=twin.opening,
        kept=twin.kept,
        taken=twin.taken,
    )


def _went(twin: Twin, index: Floats, *, assumed: Assumptions) -> Floats:
    """Return payments: those of the month before set how much trade is paid for."""
    before = np.hstack([np.ones((len(index), 1)), index[:, :-1]])
    fixed = (1 - twin.varying) * assumed.twin_upkeep_fixed
    went = twin.scale * twin.outward * (fixed + (1 - fixed) * before)
    return np.asarray(went)


def _noise(
    own: np.random.Generator,
    twin: Twin,
    *,
    assumed: Assumptions,
    count: int,
    horizon: int,
) -> Floats:
    """Return autocorrelated noise of heavy tails, from its lasting state on."""
    tail = assumed.twin_tail
    unit = np.sqrt((tail - 2) / tail)
    struck = _mirrored(own.standard_t(tail, (count // 2, horizon + 1))) * unit
    fresh = np.sqrt(1 - twin.persistence**2)
    state, noise = struck[:, 0], np.empty((count, horizon))
    for month in range(horizon):
        state = twin.persistence * state + fresh * struck[:, month + 1]
        noise[:, month] = state
    return twin.noise * noise


def _mirrored(half: Floats) -> Floats:
    return np.concatenate([half, -half])


def _since(drawn: Floats, *, yearly: float) -> Floats:
    """Return months since a shock first struck, below 0 where it has not yet.

    Args:
        drawn: Shape: (paths, horizon); uniform.
        yearly: its chance in a year, 0..1.
    """
    monthly = 1 - (1 - yearly) ** (1 / MONTHS)
    struck = drawn < monthly
    horizon = drawn.shape[1]
    first = np.where(struck.any(axis=1), struck.argmax(axis=1), horizon)
    return np.asarray(np.arange(horizon)[None, :] - first[:, None], dtype=np.float64)


def _missing(since: Floats, *, months: int) -> Floats:
    """Return the part of a lost buyer's trade that nobody has taken up, 0..1."""
    left = 1 - since / max(months, 1)
    return np.where(since >= 0, np.clip(left, 0.0, 1.0), 0.0)
