"""PDs with known outcomes in; who is decided and who is referred out, at stated error.

A firm is referred to people where the PD does not tell its outcome well enough: where
both outcomes stay possible, or neither does as no firm like it was seen. Of firms like
those it was set by, no more than the stated share of each outcome is told wrongly.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from xiaowei.errors import InputError
from xiaowei.risk.sample import Floats, Ints

Told = Literal["good", "bad", "refer"]


class AbstentionError(InputError):
    """It cannot be said when to refer."""

    def __init__(self, why: str) -> None:
        """Say why."""
        super().__init__(
            f"it cannot be said when to refer: {why}",
            expected="an error above 0 and below 1, and of each outcome at least one "
            "over the error known firms that the model was not learnt from",
            remedy="Allow a greater error, or hand in more firms",
        )


@dataclass(frozen=True, slots=True)
class Abstention:
    """When to refer.

    Args:
        error: the share of each outcome that may be told wrongly, 0..1.
        good_up_to: a PD up to it stays possible of one who stays good.
        bad_from: a PD from it on stays possible of one who defaults.
    """

    error: float
    good_up_to: float
    bad_from: float

    def told(self, pd: Floats) -> NDArray[np.str_]:
        """Return what is told of each firm: good, bad, or refer.

        Args:
            pd: Shape: one PD per firm, 0..1.
        """
        good, bad = pd <= self.good_up_to, pd >= self.bad_from
        return np.where(good == bad, "refer", np.where(good, "good", "bad"))


def abstention(pd: Floats, defaulted: Ints, *, error: float) -> Abstention:
    """Return when to refer, from firms that the model was not learnt from.

    Args:
        pd: Shape: their PDs, 0..1.
        defaulted: Shape: 1 for a default, 0 else.
        error: the share of each outcome that may be told wrongly.

    Raises:
        AbstentionError: there are too few of either outcome for so small an error.

    Source: split conformal prediction for each class, Vovk 2012 (Mondrian); it holds
    for firms exchangeable with those, not for other times or places.
    """
    if not 0 < error < 1:
        raise AbstentionError(f"an error of {error}")
    goods, bads = np.sort(pd[defaulted == 0]), np.sort(-pd[defaulted == 1])
    return Abstention(error, _cut(goods, error), -_cut(bads, error))


def _cut(scores: Floats, error: float) -> float:
    """Return the score that no more than the error of such firms exceeds."""
    place = int(np.ceil((1 - error) * (len(scores) + 1)))
    if place > len(scores):
        raise AbstentionError(f"{len(scores)} firms of one outcome, error {error}")
    return float(scores[place - 1])
