"""How sales follow electricity: each firm's elasticity, drawn to that of its trade."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.special import digamma, polygamma

from xiaowei.verification.chances import Floats

Ints = NDArray[np.int64]

LAGS: Final = 3
"""Sales of a month may follow the electricity of that month and the two before."""
FLOOR: Final = 0.05
"""A month without sales counts as so much of a usual one. A tenth, as it was, hid sales
invented by firms whose power all but ceased: little is left of the honest ones."""
IDLE: Final = 0.02
"""A month without use counts as so much of a usual one: less than without sales, for
sales are invoiced by fits and starts, and a meter hardly ever stands still."""

_PEERS_THAT_WEIGH_HALF: Final = 20
_MEMBERS_HALF: Final = 5
_ROUNDS: Final = 3
_LEAST_MONTHS: Final = 6
_MOST_REMEMBERED: Final = 0.9
_STEADY: Final = 1e-6
_SURE: Final = 1.645
"""A trade's elasticity counts if chance alone would show it once in twenty."""


@dataclass(frozen=True, slots=True)
class Elasticities:
    """What the months before a window say of how sales follow electricity.

    Args:
        slope: elasticity of sales to electricity, drawn to the firm's trade.
        residual_sd: monthly spread of the logarithm of sales given electricity.
        remembered: share of a month's residual that the next month keeps, 0..0.9.
        trade: the elasticity of the firm's trade.
        trade_sd: how far that may be off.
        firm_sd: how far the elasticity of a firm of which nothing is known may be off
            its trade's.

    Shape: one per firm, but `remembered`. Firms with too few months have the slope of
    their trade and a spread as usual.
    """

    slope: Floats
    residual_sd: Floats
    remembered: float
    trade: Floats
    trade_sd: Floats
    firm_sd: Floats

    @property
    def tells(self) -> NDArray[np.bool_]:
        """Whether the electricity of a firm's trade says anything of sales."""
        return np.asarray(self.trade > _SURE * self.trade_sd)


def logs(amounts: Floats, *, least: float = FLOOR) -> Floats:
    """Return the logarithm of monthly amounts, beside the firm's usual month.

    A month without any counts as a little, for the logarithm of nothing would outweigh
    all other months. A month not known stays so.

    Args:
        amounts: Shape: one row per firm, one column per month; not below 0, or missing.
        least: what a month without any counts as, a share of the usual one.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        share = np.maximum(amounts / usual_month(amounts), least)
        return np.asarray(np.log(share), dtype=np.float64)


def usual_month(amounts: Floats) -> Floats:
    """Return the median of each firm's months above 0. Shape: one row per firm."""
    return _row_medians(np.where(amounts > 0, amounts, np.nan))[:, None]


def own_movement(values: Floats, groups: Sequence[str]) -> Floats:
    """Return values less the firm's level and less the common movement of its group.

    What all of a trade do in a month, as in heat, frost and at Spring Festival, says
    nothing of one firm. A small group's movement is drawn to that of all firms.

    Args:
        values: Shape: one row per firm, one column per month; logarithms or missing.
        groups: per firm.
    """
    left = values.copy()
    codes = np.unique(np.asarray(groups, dtype=np.str_), return_inverse=True)[1]
    inside = [
        np.flatnonzero(codes == code) for code in range(codes.max(initial=-1) + 1)
    ]
    for _ in range(_ROUNDS):
        left = left - _row_medians(left)[:, None]
        left = left - _column_medians(left)
        for rows in inside:
            count = np.sum(~np.isnan(left[rows]), axis=0)
            share = count / (count + _PEERS_THAT_WEIGH_HALF)
            left[rows] = left[rows] - share * _column_medians(left[rows])
    return left


def lagged(power: Floats, sales: Floats, groups: Sequence[str]) -> Floats:
    """Return electricity mixed over the months that sales of a month follow.

    The mix is that of the firm's group, as least squares have it, never below zero;
    that of all firms stands for a few firms more in each group.

    Args:
        power: own movement of electricity; Shape as of `own_movement`.
        sales: own movement of sales.
        groups: per firm.
    """
    shifted = np.stack([_later(power, by) for by in range(LAGS)])
    full = ~np.isnan(shifted).any(axis=0) & ~np.isnan(sales)
    x = np.where(full, shifted, 0.0)
    y = np.where(full, sales, 0.0)
    square = np.einsum("kft,lft->fkl", x, x)
    cross = np.einsum("kft,ft->fk", x, y)
    own = np.asarray(groups, dtype=np.str_)
    more = _PEERS_THAT_WEIGH_HALF / max(len(own), 1)
    mixes = np.empty((len(own), LAGS))
    for group in np.unique(own):
        rows = own == group
        left = square[rows].sum(axis=0) + more * square.sum(axis=0)
        right = cross[rows].sum(axis=0) + more * cross.sum(axis=0)
        mixes[rows] = _mix(left, right)
    weights = np.where(np.isnan(shifted), 0.0, mixes.T[:, :, None])
    whole = weights.sum(axis=0)
    mixed = (weights * np.nan_to_num(shifted)).sum(axis=0)
    known = (whole > 0) & ~np.isnan(power)
    return np.where(known, mixed / np.where(whole > 0, whole, 1.0), np.nan)


def _mix(left: Floats, right: Floats) -> Floats:
    usual: Floats = np.eye(LAGS)[0]
    ridge = 0.01 * np.trace(left) / LAGS * np.eye(LAGS)
    if np.trace(left) <= _STEADY:
        return usual
    found = np.maximum(np.linalg.solve(left + ridge, right), 0.0)
    whole = found.sum()
    return np.asarray(found / whole if whole > _STEADY else usual, dtype=np.float64)


def elasticities(
    sales: Floats, power: Floats, *, sections: Sequence[str], divisions: Sequence[str]
) -> Elasticities:
    """Return how sales follow electricity, firm by firm, with partial pooling.

    Each firm's least squares line is drawn to its division's elasticity, the
    division's to its section's, and that to all firms', by how sure each is and how
    much they differ (method of moments). The spread of each firm is drawn likewise.

    Args:
        sales: own movement of sales; Shape: one row per firm, one column per month.
        power: own movement of electricity, as `lagged` mixes it.
        sections: per firm, of GB/T 4754.
        divisions: per firm, of GB/T 4754; each lies within one section.

    Source: DerSimonian and Laird 1986 (spread between), Smyth 2004 (spread within).
    """
    both = ~np.isnan(sales) & ~np.isnan(power)
    count = both.sum(axis=1).astype(np.float64)
    x, y = _centred(power, both), _centred(sales, both)
    moved = (x * x).sum(axis=1)
    able = (count >= _LEAST_MONTHS) & (moved > _STEADY)
    raw = np.where(able, (x * y).sum(axis=1) / np.where(able, moved, 1.0), 0.0)
    left = np.where(both, y - raw[:, None] * x, 0.0)
    freedom = np.maximum(count - 2, 1.0)
    variance = drawn_variances((left * left).sum(axis=1) / freedom, freedom, able)
    kept = _remembered(left, both, able)
    alike = kept * _remembered(x, both, able)
    slack = (1 + alike) / (1 - alike)
    unsure = np.where(able, variance * slack / np.where(able, moved, 1.0), np.inf)
    firm, trade, spread = _nested(raw, unsure, sections=sections, divisions=divisions)
    return Elasticities(
        slope=firm[0],
        residual_sd=np.sqrt(variance),
        remembered=kept,
        trade=trade[0],
        trade_sd=np.sqrt(trade[1]),
        firm_sd=np.sqrt(trade[1] + spread),
    )


_Estimate = tuple[Floats, Floats]
"""Values and their variances."""


def _nested(
    raw: Floats, unsure: Floats, *, sections: Sequence[str], divisions: Sequence[str]
) -> tuple[_Estimate, _Estimate, float]:
    """Return firms' and their divisions' slopes, each drawn to the level above it.

    Returns:
        the two, and the variance between the firms of a division.
    """
    division, of_firm = np.unique(
        np.asarray(divisions, dtype=np.str_), return_inverse=True
    )
    first = np.zeros(len(division), dtype=np.int64)
    first[of_firm] = np.arange(len(of_firm))
    section, of_division = np.unique(
        np.asarray(sections, dtype=np.str_)[first], return_inverse=True
    )
    of_section = np.zeros(len(section), dtype=np.int64)
    whole = np.zeros(1), np.full(1, np.inf)
    levels = [(raw, unsure)]
    spreads = []
    names = division, section, np.array(["all"])
    for above, named in zip((of_firm, of_division, of_section), names, strict=True):
        value, variance = levels[-1]
        spread = _spread(value, variance, above)
        mean, unsure_of = _means(value, variance + spread, above)
        # Firms of unknown trade are no trade: they have the elasticity of all.
        untold = (named == "") & (len(named) > 1)
        levels.append((mean, np.where(untold, np.inf, unsure_of)))
        spreads.append(spread)
    told = levels[-1] if np.isfinite(levels[-1][1]).all() else whole
    for level, above, spread in zip(
        levels[2:0:-1], (of_section, of_division), spreads[:0:-1], strict=True
    ):
        told = _drawn(level, (told[0][above], told[1][above] + spread))
    trade = told[0][of_firm], told[1][of_firm]
    firm = _drawn((raw, unsure), (trade[0], trade[1] + spreads[0]))
    return firm, trade, spreads[0]


def _drawn(own: _Estimate, prior: _Estimate) -> _Estimate:
    """Return values drawn to a prior by how sure both are."""
    sure, before = 1 / own[1], 1 / prior[1]
    both = np.maximum(sure + before, 1e-12)
    return (sure * own[0] + before * prior[0]) / both, 1 / both


def _means(value: Floats, variance: Floats, above: Ints) -> _Estimate:
    """Return the mean of each group weighed by sureness, with its variance."""
    sure = 1 / variance
    whole = np.bincount(above, sure)
    some = whole > 0
    mean = np.bincount(above, sure * value) / np.where(some, whole, 1.0)
    return mean, np.where(some, 1 / np.where(some, whole, 1.0), np.inf)


def _spread(value: Floats, variance: Floats, above: Ints) -> float:
    """Return the variance between the members of groups, beyond their unsureness.

    A few members say little of how far they lie apart: what they show is drawn to 0.
    """
    sure = 1 / variance
    whole = np.bincount(above, sure)
    mean, _ = _means(value, variance, above)
    odd = float((sure * (value - mean[above]) ** 2).sum())
    some = whole > 0
    squares = np.bincount(above, sure**2)[some] / whole[some]
    room = float((whole[some] - squares).sum())
    freedom = float((sure > 0).sum() - some.sum())
    if room <= _STEADY:
        return 0.0
    return max(odd - freedom, 0.0) / room * freedom / (freedom + _MEMBERS_HALF)


def drawn_variances(
    variance: Floats, freedom: Floats, able: NDArray[np.bool_]
) -> Floats:
    """Return each firm's variance drawn to that of all, as logarithms have it.

    Args:
        variance: of the months of each firm.
        freedom: how many months it rests on, less what was fitted; above 0.
        able: whether it is known; the others have a variance as usual.

    Source: Smyth 2004.
    """
    known = able & (variance > 0)
    if not known.any():
        return np.ones_like(variance)
    half = freedom[known] / 2
    log = np.log(variance[known]) - digamma(half) + np.log(half)
    beyond = float(log.var() - polygamma(1, half).mean())
    # Trigamma(x) is about 1/x + 1/(2x^2); solved for x.
    prior = (1 + np.sqrt(1 + 2 * beyond)) / beyond if beyond > _STEADY else 1e6
    usual = float(np.exp(log.mean() + digamma(prior / 2) - np.log(prior / 2)))
    told = (freedom * variance + prior * usual) / (freedom + prior)
    return np.where(known, told, usual)


def _remembered(
    values: Floats, both: NDArray[np.bool_], able: NDArray[np.bool_]
) -> float:
    """Return the share of a month that the next keeps, less what short series hide."""
    rows, pairs = values[able], (both[:, 1:] & both[:, :-1])[able]
    each = (rows**2).sum(axis=1)
    some = each > _STEADY
    if not some.any():
        return 0.0
    # Each firm counts alike, for a few noisy ones would drown all others.
    norm = rows[some] / np.sqrt(each[some])[:, None]
    months = float(both[able][some].sum(axis=1).mean())
    share = pairs[some].sum() / max(both[able][some].sum() - some.sum(), 1)
    found = float((norm[:, 1:] * norm[:, :-1] * pairs[some]).sum(axis=1).mean())
    found = found / max(float(share), 0.1) * months / max(months - 1, 1.0)
    return float(np.clip(found + (1 + 3 * found) / months, 0.0, _MOST_REMEMBERED))


def _centred(values: Floats, both: NDArray[np.bool_]) -> Floats:
    count = np.maximum(both.sum(axis=1), 1)
    mean = np.where(both, values, 0.0).sum(axis=1) / count
    return np.where(both, values - mean[:, None], 0.0)


def _later(values: Floats, by: int) -> Floats:
    """Return values moved to later months; the first are missing."""
    if by == 0:
        return values
    gone = np.full((len(values), by), np.nan)
    return np.concatenate([gone, values[:, :-by]], axis=1)


def _row_medians(values: Floats) -> Floats:
    """Return the median of each row's known values; missing where none is known."""
    return _column_medians(values.T)


def _column_medians(values: Floats) -> Floats:
    """Return the median of each column's known values; missing where none is known."""
    some = ~np.isnan(values).all(axis=0)
    found = np.full(values.shape[1], np.nan)
    if some.any():
        found[some] = np.nanmedian(values[:, some], axis=0)
    return found
