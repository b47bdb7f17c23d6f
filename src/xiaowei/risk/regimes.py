"""PDs, what came, and how the economy stood in; whether the level holds in each state.

Periods are told apart by a reading of the economy that was known when a case was
decided, never by what came of it: a level that holds on average may be too low in bad
times and too high in good ones, and the bad times are those that cost.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, Final, Literal

import numpy as np

from xiaowei.errors import InputError
from xiaowei.risk.measures import Interval
from xiaowei.risk.sample import Floats, Ints
from xiaowei.risk.verdict import DRAWS, verdict_of

Regime = Literal["up", "down", "shock", "unknown"]

NEUTRAL: Final = 50.0
"""An index of the economy at it says neither growth nor decline."""
SHOCK: Final = 45.0
"""Below it is no ordinary decline: since 2005 China's official index of manufacturing
was there in the months around November 2008 and in February 2020 only.

Source: National Bureau of Statistics of China, purchasing managers' index.
"""
LEAST: Final = 10
"""A regime of fewer defaults, or of fewer others, is named and not judged."""
_ORDER: Final = ("up", "down", "shock")
_LAST: Final = "unknown"


class RegimeError(InputError):
    """Cases cannot be told apart by regimes."""

    def __init__(self, column: str, why: str) -> None:
        """Name the column."""
        super().__init__(
            f"column '{column}' tells no regimes: {why}",
            expected="an index such as economy_index_now, or names of regimes, with "
            f"{LEAST} defaults or more in one of them",
            remedy="Name another column, or judge more cases",
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class RegimeVerdict:
    """What PDs were worth in one state of the economy.

    Args:
        name: up, down, shock or unknown; or what the column calls it.
        readings: how many different readings of the column it holds. Where each day has
            one, so many days: an interval over cases does not hold the luck of days.
        firms: cases.
        bads: of them that defaulted.
        mean_pd: what was expected, 0..1.
        bad_rate: what came, 0..1.
        ece: expected calibration error, with the 95% of a bootstrap over cases; null
            where too few were seen, as `intercept` and `slope` are.
        intercept: of outcomes on log-odds, 0 where the level is right.
        slope: likewise, 1 where PDs are as far apart as they should be.
    """

    name: str
    readings: int
    firms: int
    bads: int
    mean_pd: float
    bad_rate: float
    ece: Interval | None
    intercept: Interval | None
    slope: Interval | None

    def as_plain(self) -> dict[str, Any]:
        """Return it as plain values."""
        return asdict(self)


def regime_of(
    reading: float | None, *, neutral: float = NEUTRAL, shock: float = SHOCK
) -> Regime:
    """Return how the economy stood by a reading of its index.

    Args:
        reading: in points; null or NaN where none was known.
        neutral: at or above it the economy grew.
        shock: below it decline was no ordinary one.

    >>> [regime_of(x) for x in (50.0, 49.9, 45.0, 44.9, None)]
    ['up', 'down', 'down', 'shock', 'unknown']
    """
    if reading is None or np.isnan(reading):
        return "unknown"
    if reading >= neutral:
        return "up"
    return "down" if reading >= shock else "shock"


def by_regime(
    pd: Floats, bad: Ints, readings: Sequence[Any], *, column: str, draws: int = DRAWS
) -> list[RegimeVerdict]:
    """Return what PDs were worth in each state of the economy.

    Args:
        pd: Shape: one PD per case, of a model that had not seen it, 0..1.
        bad: Shape: 1 for a default, 0 else.
        readings: one per case, as known when it was decided: numbers are readings of an
            index, see `regime_of`; texts are names of regimes; null where not known.
        column: what they are called.
        draws: of the bootstrap.

    Returns:
        up, down, shock, then what is called otherwise by name, unknown last.

    Raises:
        RegimeError: nothing is known, or no regime has enough cases to be judged.
    """
    told = [None if _gone(one) else one for one in readings]
    if all(one is None for one in told):
        raise RegimeError(column, "it states nothing")
    names = np.array([_name(one) for one in told], dtype=object)
    found = []
    for name in sorted(set(names), key=_rank):
        places = np.flatnonzero(names == name)
        held = {told[place] for place in places} - {None}
        found.append(_verdict(pd[places], bad[places], name, len(held), draws))
    if all(one.ece is None for one in found):
        raise RegimeError(column, "too few cases of each are known")
    return found


def _verdict(
    pd: Floats, bad: Ints, name: str, readings: int, draws: int
) -> RegimeVerdict:
    seen = RegimeVerdict(
        name=name,
        readings=readings,
        firms=len(bad),
        bads=int(bad.sum()),
        mean_pd=float(pd.mean()),
        bad_rate=float(bad.mean()),
        ece=None,
        intercept=None,
        slope=None,
    )
    if min(seen.bads, seen.firms - seen.bads) < LEAST:
        return seen
    judged = verdict_of(pd, bad, draws=draws)
    return replace(seen, ece=judged.ece, intercept=judged.intercept, slope=judged.slope)


def _name(reading: Any) -> str:  # noqa: ANN401 - a cell of any table
    if reading is None:
        return _LAST
    return regime_of(reading) if _number(reading) else str(reading)


def _number(reading: Any) -> bool:  # noqa: ANN401 - a cell of any table
    return isinstance(reading, int | float | np.number)


def _gone(reading: Any) -> bool:  # noqa: ANN401 - a cell of any table
    return reading is None or bool(reading != reading)  # noqa: PLR0124 - NaN, NaT


def _rank(name: str) -> tuple[int, str]:
    known = _ORDER.index(name) if name in _ORDER else len(_ORDER)
    return (len(_ORDER) + 1 if name == _LAST else known, name)
