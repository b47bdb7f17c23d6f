"""Cases and a model in; whether groups are served alike, what mending costs, out."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import pandas as pd

from xiaowei.risk.fairness import LEAST, Judged, fairness_of, groups_of
from xiaowei.risk.frames import columns_of
from xiaowei.risk.mending import frontier
from xiaowei.risk.sample import Floats, Ints


@dataclass(frozen=True, slots=True, kw_only=True)
class FairnessAsked:
    """By what groups are compared.

    Args:
        columns: of the table; traits of the model or not.
        cut_off: PD up to which a firm is approved.
        least: groups of fewer firms are named and not judged.
        seed: of the draws.
    """

    columns: Sequence[str]
    cut_off: float
    least: int = LEAST
    seed: int = 0


def fairness_told(
    pds: Floats, bad: Ints, table: pd.DataFrame, asked: FairnessAsked
) -> list[dict[str, Any]]:
    """Return for each column how its groups fare, with what closing the gap costs.

    Args:
        pds: Shape: one PD per case.
        bad: Shape: 1 for a default, 0 else.
        table: Shape: (cases, the columns asked for).
        asked: by what.

    Raises:
        FairnessError: a column has fewer than two groups that can be judged.
    """
    told = []
    for at, column in enumerate(columns_of(table)):
        generator = np.random.default_rng([asked.seed, at])
        judged = Judged(pds, bad, groups_of(column))
        found = fairness_of(
            judged,
            column=column.name,
            cut_off=asked.cut_off,
            generator=generator,
            least=asked.least,
        )
        names = [group.name for group in found.groups if group.judged]
        steps = frontier(
            judged, cut_off=asked.cut_off, groups=names, generator=generator
        )
        told.append(found.as_plain() | {"frontier": [asdict(one) for one in steps]})
    return told
