"""How strictly a model for few defaults takes traits: log loss in drawn worlds.

python bench/few.py [--seeds 25] [--json]
"""

import argparse
import json
from collections.abc import Callable
from functools import partial

import numpy as np
import pandas as pd

from xiaowei.risk.frames import TraitColumn
from xiaowei.risk.sample import Ints
from xiaowei.risk.small.chosen import NOISE, chosen, room_for
from xiaowei.risk.small.firth_model import Firth
from xiaowei.risk.small.lines import Draft, Refusal, drafts_of

TELLING = (0.8, 0.6, 0.5, 0.4)
"""Log-odds per standard deviation of the traits that tell; the others tell nothing."""
LEVEL = -2.0
OTHERS = 3_000
TESTS: dict[str, Callable[[int], float]] = {
    f"{NOISE:g} of all": lambda tried: NOISE / tried,
    "0.157 of all": lambda tried: 0.157 / tried,
    "0.157 each": lambda tried: 0.157 + 0 * tried,
    "0.05 each": lambda tried: 0.05 + 0 * tried,
}


class Choosing(Firth):
    """Firth's model by another test."""

    def by(self, noise: Callable[[int], float]) -> "Choosing":
        """Take the test."""
        self.chosen = partial(chosen, noise=noise)
        return self

    def _taken(
        self, columns: list[TraitColumn], defaulted: Ints
    ) -> tuple[list[Draft], dict[str, Refusal]]:
        drafts, refused = drafts_of(columns)
        room = room_for(defaulted, most=self.most)
        taken, left = self.chosen(drafts, defaulted, room=room)
        return taken, refused | left


def world(
    rng: np.random.Generator, firms: int, traits: int
) -> tuple[pd.DataFrame, Ints]:
    """Return firms of normal traits and who of them defaults."""
    table = rng.normal(size=(firms, traits))
    odds = LEVEL + table[:, : len(TELLING)] @ np.array(TELLING)
    bad = rng.random(firms) < 1 / (1 + np.exp(-odds))
    names = [f"t{at}" for at in range(traits)]
    return pd.DataFrame(table, columns=names), bad.astype(np.int64)


def losses(seed: int, firms: int, traits: int) -> list[float]:
    """Return the log loss on others by each test."""
    rng = np.random.default_rng(seed)
    table, bad = world(rng, firms, traits)
    others, fate = world(rng, OTHERS, traits)
    told = []
    for noise in TESTS.values():
        pd_ = Choosing(level=None).by(noise).fit(table, bad).pd(others)
        held = np.clip(np.where(fate, pd_, 1 - pd_), 1e-6, 1)
        told.append(float(-np.log(held).mean()))
    return told


def main() -> None:
    """Print the mean log loss of each test in each kind of world."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--seeds", type=int, default=25)
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    rows = []
    for traits in (4, 8, 30):
        for firms in (150, 300, 600):
            found = [losses(seed, firms, traits) for seed in range(asked.seeds)]
            mean = np.mean(found, axis=0).round(4).tolist()
            rows.append(
                {"traits": traits, "firms": firms} | dict(zip(TESTS, mean, strict=True))
            )
            if not asked.json:
                print(rows[-1], flush=True)
    if asked.json:
        print(json.dumps(rows))


if __name__ == "__main__":
    main()
