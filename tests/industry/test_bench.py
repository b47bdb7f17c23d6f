"""The bench of coefficients measures what it says, on a small draw."""

import sys
from dataclasses import replace
from pathlib import Path

import numpy as np

from xiaowei.industry.coefficients import Rules

# Benches lie beside the tests, and pytest run by its own name does not look there.
sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
from bench import industry


class TestEstimated:
    def test_finds_the_blend_below_both_ends(self, rules: Rules) -> None:
        known = industry.Known(replace(rules, cap=industry.CAP), 0.2, 20)
        errors = [
            industry.estimated(industry.World(), 3_000, seed=seed, known=known)
            for seed in range(12)
        ]
        means = {name: np.mean([one[name] for one in errors]) for name in errors[0]}

        assert means["blend"] < means["experts alone"] < means["data alone"]
        assert means["covered"] > 0.9

    def test_is_the_same_for_the_same_seed(self, rules: Rules) -> None:
        known = industry.Known(rules, 0.2, 20)
        once, again = (
            industry.estimated(industry.World(), 300, seed=3, known=known)
            for _ in range(2)
        )

        assert once == again
