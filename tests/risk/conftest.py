"""Samples whose risk is known because it was planted."""

from collections.abc import Callable

import numpy as np
import pytest

from xiaowei.risk.pd import PD_TRAITS
from xiaowei.risk.rating import RATING_TRAITS
from xiaowei.risk.sample import Ints, Sample

Planted = Callable[..., tuple[Sample, Ints]]


@pytest.fixture
def planted() -> Planted:
    """Return a maker of firms whose log-odds of default rise with planted traits."""

    def make(
        *, firms: int = 400, strength: float = 1.5, seed: int = 1
    ) -> tuple[Sample, Ints]:
        rng = np.random.default_rng(seed)
        names = sorted({one.trait for one in PD_TRAITS} | set(RATING_TRAITS))
        traits = {name: rng.normal(size=firms) for name in names}
        risk = np.zeros(firms)
        for one in PD_TRAITS:
            sign = 1 if one.direction == "higher_is_riskier" else -1
            risk += sign * strength / 2 * traits[one.trait]
        defaulted = (rng.random(firms) < 1 / (1 + np.exp(1.5 - risk))).astype(np.int64)
        for one in PD_TRAITS:
            if one.logged:
                traits[one.trait] = np.sign(traits[one.trait]) * np.expm1(
                    np.abs(traits[one.trait])
                )
        ids = tuple(f"E{number:04d}" for number in range(firms))
        return Sample(ids, traits), defaulted

    return make
