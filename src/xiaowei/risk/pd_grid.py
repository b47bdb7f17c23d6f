"""PDs and outcomes in, chunk by chunk; what they were worth out, in bounded memory."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from scipy.stats import norm

from xiaowei.risk.drift import expected_auc
from xiaowei.risk.measures import Interval, share_interval
from xiaowei.risk.sample import Floats, Ints
from xiaowei.risk.verdict import Tenth

_REACH: Final = 14.0
_CELLS: Final = 28_000
"""A cell is a thousandth of log-odds wide: PDs in it differ by a thousandth of
themselves, which no measure here shows."""
_TENTHS: Final = 10


@dataclass(frozen=True, slots=True)
class Ripe:
    """What PDs were worth on firms whose outcome is known.

    Args:
        firms: how many.
        bads: how many defaulted.
        mean_pd: expected, 0..1.
        bad_rate: came, with its 95% interval.
        ratio: came over expected, with its 95% interval; 1 where the level is right.
        auc: with its 95% interval; null where one outcome is lacking.
        z: Spiegelhalter's; beyond 1.96 either way the PDs are not right.
        p_value: of PDs that are right, 0..1.
        tenths: the safest first.
    """

    firms: int
    bads: int
    mean_pd: float
    bad_rate: Interval
    ratio: Interval
    auc: Interval | None
    z: float
    p_value: float
    tenths: tuple[Tenth, ...]

    @property
    def level_holds(self) -> bool:
        """Whether chance alone explains how far what came lies from the PDs."""
        return self.ratio.low <= 1 <= self.ratio.high


class PdGrid:
    """Counts of PDs in fine cells of log-odds; the same whatever the chunks."""

    def __init__(self) -> None:
        """Begin with no firm."""
        self._firms, self._bads = (np.zeros(_CELLS + 2) for _ in range(2))
        self._sum = np.zeros(_CELLS + 2)
        self._gap, self._spread = 0.0, 0.0

    def add(self, pds: Floats, bad: Ints | None = None) -> None:
        """Take a chunk.

        Args:
            pds: Shape: one PD per firm, 0..1.
            bad: Shape: 1 for a default, 0 else; null where outcomes are not known.
        """
        bounded = np.clip(pds, 1e-9, 1 - 1e-9)
        odds = np.log(bounded / (1 - bounded))
        place = np.floor((odds + _REACH) * _CELLS / (2 * _REACH)).astype(np.int64) + 1
        place = np.clip(place, 0, _CELLS + 1)
        self._firms += np.bincount(place, minlength=_CELLS + 2)
        self._sum += np.bincount(place, pds, minlength=_CELLS + 2)
        if bad is not None:
            self._bads += np.bincount(place, bad, minlength=_CELLS + 2)
            self._gap += float(((bad - pds) * (1 - 2 * pds)).sum())
            self._spread += float(((1 - 2 * pds) ** 2 * pds * (1 - pds)).sum())

    @property
    def firms(self) -> int:
        """How many firms were taken."""
        return int(self._firms.sum())

    @property
    def mean_pd(self) -> float:
        """Their mean PD, NaN without any."""
        return float(self._sum.sum() / self.firms) if self.firms else np.nan

    def expected_auc(self) -> float:
        """Return the AUC that the PDs would have if they were right.

        Source: see `drift.expected_auc`; each cell is one PD.
        """
        held = self._firms > 0
        return expected_auc(self._sum[held] / self._firms[held], self._firms[held])

    def ripe(self) -> Ripe | None:
        """Return what the PDs were worth; null without a firm.

        Source: Spiegelhalter 1986 (z); Hanley and McNeil 1982 (interval of the AUC);
        Clopper and Pearson 1934 (shares).
        """
        if not self.firms:
            return None
        bads, expected = int(self._bads.sum()), float(self._sum.sum())
        rate = Interval(bads / self.firms, *share_interval(bads, self.firms))
        scale = self.firms / expected
        z = self._gap / np.sqrt(self._spread) if self._spread else 0.0
        return Ripe(
            firms=self.firms,
            bads=bads,
            mean_pd=self.mean_pd,
            bad_rate=rate,
            ratio=Interval(rate.value * scale, rate.low * scale, rate.high * scale),
            auc=self._auc(),
            z=float(z),
            p_value=float(2 * norm.sf(abs(z))),
            tenths=self._tenths(),
        )

    def _auc(self) -> Interval | None:
        bads, goods = self._bads.sum(), (self._firms - self._bads).sum()
        if not bads or not goods:
            return None
        each = self._firms - self._bads
        below = np.cumsum(each) - each
        value = float((self._bads * (below + each / 2)).sum() / (bads * goods))
        one, two = value / (2 - value), 2 * value**2 / (1 + value)
        spread = value * (1 - value)
        spread += (bads - 1) * (one - value**2) + (goods - 1) * (two - value**2)
        far = float(norm.ppf(0.975) * np.sqrt(max(spread, 0.0) / (bads * goods)))
        return Interval(value, max(value - far, 0.0), min(value + far, 1.0))

    def _tenths(self) -> tuple[Tenth, ...]:
        held = self._firms > 0
        firms, bads, sums = self._firms[held], self._bads[held], self._sum[held]
        part = np.minimum(
            (_TENTHS * (np.cumsum(firms) - firms / 2) / firms.sum()).astype(np.int64),
            _TENTHS - 1,
        )
        found = []
        for at in np.unique(part):
            mine = part == at
            count, hits = int(firms[mine].sum()), int(bads[mine].sum())
            low, high = share_interval(hits, count)
            mean = float(sums[mine].sum() / count)
            found.append(Tenth(count, mean, hits / count, low, high))
        return tuple(found)
