"""A number of a model's text in; the same as a float out, if it is one."""

from math import isfinite
from typing import Any


def finite(value: Any) -> float:  # noqa: ANN401 - of a text
    """Return a number that a model may hold.

    Raises:
        ValueError: it is infinite or none.
        TypeError: it is no number at all.
    """
    if not isfinite(value):
        msg = f"{value} is no number of a model"
        raise ValueError(msg)
    return float(value)
