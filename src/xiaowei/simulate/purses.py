"""What each firm has in its purse on the first day, and how long it waits for money."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from xiaowei.simulate.arrays import Floats, Ints, whole
from xiaowei.simulate.firms import Firms

_CASH_DAYS: Final = 45
_CASH_SPREAD: Final = 0.45
_CASH_BY_QUALITY: Final = 0.15
_KEPT: Final = 1.2
_COLLECTS_BY_QUALITY: Final = 0.1
_LAG_BETWEEN_FIRMS: Final = 0.22
_PAYS_AFTER_DAYS: Final = 40
_OWNER_HAS: Final = 0.5


@dataclass(frozen=True, slots=True)
class Purses:
    """What each firm starts with.

    Args:
        cash: fen on the first day.
        kept: fen above which the owner draws cash out.
        reserve: fen that the owner can put in when cash does not reach.
        collects: mean days until its buyers pay.
        pays: mean days until it pays outside suppliers.
        rescued_until: until this day owners put in whatever is short: the county's
            firms are those that had survived until then.
        quits: day from which the owner takes out all there is and lets loans go
            unpaid; beyond the last day for all but those who plan to.
    """

    cash: Ints
    kept: Ints
    reserve: Ints
    collects: Floats
    pays: Floats
    rescued_until: int
    quits: Ints


def draw_purses(
    firms: Firms, *, rescued_until: int, quits: Ints, rng: np.random.Generator
) -> Purses:
    """Draw what each firm starts with.

    Args:
        firms: the firms.
        rescued_until: until when nobody can be lost.
        quits: day from which the owner of each firm takes all.
        rng: where chance comes from.
    """
    count, quality = firms.count, firms.quality
    days = np.exp(rng.normal(0, _CASH_SPREAD, count) + _CASH_BY_QUALITY * quality)
    days *= _CASH_DAYS
    collects = firms.of_trade("pay_days") * np.exp(
        rng.normal(0, _LAG_BETWEEN_FIRMS, count) - _COLLECTS_BY_QUALITY * quality
    )
    pays = _PAYS_AFTER_DAYS * np.exp(rng.normal(0, _LAG_BETWEEN_FIRMS, count))
    return Purses(
        cash=whole(firms.scale * days),
        kept=whole(firms.scale * days * _KEPT),
        reserve=whole(firms.scale * days * _OWNER_HAS),
        collects=collects,
        pays=pays,
        rescued_until=rescued_until,
        quits=quits,
    )
