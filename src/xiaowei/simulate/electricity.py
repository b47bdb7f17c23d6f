"""Production drives electricity in plants; in shops and offices it hardly does."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from xiaowei.money import FEN_PER_WAN
from xiaowei.simulate.arrays import Flags, Floats, Ints, wander
from xiaowei.simulate.firms import DAYS_A_YEAR, Firms
from xiaowei.simulate.places import Place

_AGREES_PLANT: Final = 0.85
_AGREES_OTHER: Final = 0.55
_SECOND_METER: Final = 0.15
_SECOND_LOAD: Final = (0.1, 0.4)
_LEVEL_SPREAD: Final = 0.35
_SIZE_POWER: Final = 0.7
_LN_10: Final = float(np.log(10))
_DRIFT: Final = 0.31
_DRIFT_MEMORY_DAYS: Final = 22
_DAILY_NOISE: Final = 0.08
_EMPTY_HALLS: Final = 0.75
_DARK: Final = 0.12
_LOST_READINGS: Final = 0.004
_COOLING_FROM: Final = 24.0
_HEATING_FROM: Final = 8.0
_COOLING: Final = (0.042, 0.048)
_HEATING: Final = (0.026, 0.024)
"""What a degree beyond does to power, and how far firms differ: days within months of
the meters of Yangzhong (bench/meters.py). No firm burns less for heat or cold."""
_MOST_A_DEGREE: Final = 0.15


@dataclass(frozen=True, slots=True)
class Meters:
    """The meters whose firms let the bank read them.

    Args:
        firm: whose meter it is.
        load: share of its firm's power, 0..1.
        codes: of the meters.
    """

    firm: Ints
    load: Floats
    codes: list[str]

    def read(self, firms: int) -> Flags:
        """Return which firms have a meter that is read."""
        return np.bincount(self.firm, minlength=firms) > 0


def draw_meters(firms: Firms, *, place: Place, rng: np.random.Generator) -> Meters:
    """Draw who has agreed to having its meters read.

    Args:
        firms: the firms.
        place: which district.
        rng: where chance comes from.
    """
    plants = np.array([trade.is_plant for trade in firms.trades])
    agrees = rng.random(firms.count) < np.where(plants, _AGREES_PLANT, _AGREES_OTHER)
    two = agrees & plants & (rng.random(firms.count) < _SECOND_METER)
    second = np.where(two, rng.uniform(*_SECOND_LOAD, firms.count), 0.0)
    firm = np.concatenate([np.flatnonzero(agrees), np.flatnonzero(two)])
    load = np.concatenate([1 - second[agrees], second[two]])
    order = np.argsort(firm, kind="stable")
    first = int(rng.integers(10**6)) + 10**7 * place.number
    codes = [f"3309{first + 17 * number:010d}" for number in range(len(order))]
    return Meters(firm[order].astype(np.int64), load[order], codes)


def power_of(
    firms: Firms,
    *,
    produced: Floats,
    work: Floats,
    burned: Floats,
    warmth: Floats,
    rng: np.random.Generator,
) -> Floats:
    """Return what each firm burns.

    kWh = level x (base + (1 - base) x (made / planned)^elasticity) x weather x noise;
    the base sinks with the hands at work.

    Args:
        firms: the firms.
        produced: fen a day; one row per day, one column per firm.
        work: share of hands at work, of the same shape.
        burned: fen a day for whose making power is burned though nothing is made.
        warmth: mean temperature of each day, in degrees Celsius.
        rng: where chance comes from.

    Returns:
        Shape: one row per day, one column per firm; kWh.
    """
    base = firms.of_trade("base_load")
    made = produced + burned
    relative = np.maximum(made / firms.scale, 0) ** firms.of_trade("elasticity")
    load = base * (1 - _EMPTY_HALLS * (1 - work)) + (1 - base) * relative
    drift = wander(
        produced.shape,
        memory=_DRIFT_MEMORY_DAYS,
        swing=np.full(firms.count, _DRIFT),
        rng=rng,
    )
    noise = np.exp(drift + rng.normal(0, _DAILY_NOISE, produced.shape))
    levels = _levels(firms, rng=rng)
    weather = _weather(firms, warmth=warmth, rng=rng)
    return np.asarray(levels * load * weather * noise)


def readings(
    meters: Meters, used: Floats, *, active: Flags, rng: np.random.Generator
) -> tuple[Ints, Ints, Ints]:
    """Return what the meters said, with some days lost.

    Args:
        meters: the meters.
        used: kWh that each firm burnt; one row per day, one column per firm.
        active: which firms trade on each day; before one opens there is no reading.
        rng: where chance comes from.

    Returns:
        Day, meter and hundredths of a kWh of each reading.
    """
    begun = np.maximum.accumulate(active, axis=0)
    shown = used[:, meters.firm] * meters.load
    kept = begun[:, meters.firm] & (rng.random(shown.shape) >= _LOST_READINGS)
    meter, day = np.nonzero(kept.T)
    hundredths = np.rint(shown[day, meter] * 100).astype(np.int64)
    return day, meter, hundredths


def burnt(power: Floats, *, active: Flags) -> Floats:
    """Return what firms burn, the lamps of those that closed among it.

    Args:
        power: kWh of each firm if it trades; one row per day, one column per firm.
        active: which firms trade on each day; before it opens a firm burns nothing,
            and once it has closed little but the lamps.
    """
    begun = np.maximum.accumulate(active, axis=0)
    usual = np.cumsum(power, axis=0) / np.arange(1, len(power) + 1)[:, None]
    left = np.where(active, power, _DARK * usual)
    return np.where(begun, left, 0.0)


def usual_power(firms: Firms) -> Floats:
    """Return the kWh a day that a firm of each one's trade and size burns."""
    usual = np.array([trade.yearly_sales_wan for trade in firms.trades])
    size = firms.scale * DAYS_A_YEAR / (usual * FEN_PER_WAN)
    level = np.exp(firms.of_trade("log_kwh") * _LN_10)
    return np.asarray(level * size**_SIZE_POWER, dtype=np.float64)


def _levels(firms: Firms, *, rng: np.random.Generator) -> Floats:
    spread = rng.normal(0, _LEVEL_SPREAD, firms.count)
    return np.asarray(usual_power(firms) * np.exp(spread * _LN_10))


def _weather(firms: Firms, *, warmth: Floats, rng: np.random.Generator) -> Floats:
    cooling, heating = (
        np.clip(rng.normal(*each, firms.count), 0, _MOST_A_DEGREE)
        for each in (_COOLING, _HEATING)
    )
    hot = np.clip(warmth - _COOLING_FROM, 0, None)[:, None]
    cold = np.clip(_HEATING_FROM - warmth, 0, None)[:, None]
    return np.asarray(1 + cooling * hot + heating * cold, dtype=np.float64)
