"""The arrays a county is made of: one place per firm, link, day or invoice."""

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Floats: TypeAlias = NDArray[np.float64]
Ints: TypeAlias = NDArray[np.int64]
Flags: TypeAlias = NDArray[np.bool_]


def whole(values: Floats | Ints | NDArray[np.floating]) -> Ints:
    """Round amounts to whole fen, half away from zero.

    >>> whole(np.array([2.5, -2.5, 0.4])).tolist()
    [3, -3, 0]
    """
    return np.trunc(values + np.copysign(0.5, values)).astype(np.int64)


def tally(place: Ints, amount: Ints, *, places: int) -> Ints:
    """Add up amounts by place, exact below 2**53 fen (ninety trillion yuan).

    Args:
        place: where each amount belongs, 0..places - 1.
        amount: fen.
        places: how many places there are.
    """
    summed = np.bincount(place, weights=amount, minlength=places)
    return np.rint(summed).astype(np.int64)


def wander(
    shape: tuple[int, int], *, memory: float, swing: Floats, rng: np.random.Generator
) -> Floats:
    """Return paths that wander about 0 and forget where they were.

    Args:
        shape: days and paths.
        memory: days after which 1/e of a deviation is left.
        swing: standard deviation of each path.
        rng: where chance comes from.
    """
    kept = np.exp(-1 / memory)
    shocks = rng.standard_normal(shape) * np.sqrt(1 - kept**2)
    paths = np.empty(shape)
    now = rng.standard_normal(shape[1])
    for day in range(shape[0]):
        now = kept * now + shocks[day]
        paths[day] = now
    return np.asarray(paths * swing, dtype=np.float64)
