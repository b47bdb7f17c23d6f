"""Coefficients of trades: blended, against data alone and experts alone.

Usage: python bench/industry.py [--quick] [--json]

Truth is drawn here, not taken from the simulator: sections, divisions and groups of
which a few hold most firms, coefficients that differ at every level, a score that may
be off in total, experts with a bias in common, one of their own, and errors of taste,
and a record of what they said of trades before. They compare trades with each other and
do not see how far the score is off in total, unless a world says so. What is blended
knows none of that: it takes the shipped rules and the same opinions and outcomes as
its peers. Only the cap is lifted, for it is a policy and no estimate. Measured is
the mean squared error of the logarithm of the coefficient over sections, divisions and
groups; ratios of it come with the 95% of a bootstrap over seeds.

Then the world is changed: experts with more bias, hardly any or none worth hearing,
trades that hardly differ or differ much, rarer defaults. Where the blend does not win
there, the claim says so.
"""

import argparse
import json
import platform
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from math import exp, log
from pathlib import Path
from typing import Any

import numpy as np

from xiaowei.industry.cells import Cell, Residuals, added_up, cells_of
from xiaowei.industry.classification import MARKET, level_of, upwards
from xiaowei.industry.coefficients import Rules, Table, coefficient_rules, measure
from xiaowei.industry.credibility import Floats
from xiaowei.industry.experts import Settled, opinion_priors, track
from xiaowei.industry.opinions import Opinion
from xiaowei.policy.book import load_book

# A bench is run by its path, which finds its own folder only.
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from bench.claims import claim, told

SEEDS = {
    100: 2_000,
    300: 1_000,
    1_000: 300,
    3_000: 200,
    10_000: 100,
    30_000: 100,
    100_000: 100,
}
"""How often each size is drawn: the fewer the firms, the more is chance."""
QUICK = 5
"""The quick run draws so many times fewer, and 20 times at least."""
LEAST_SEEDS = 20
STEP_SIZES = (100, 1_000, 100_000)
DAY = date(2026, 1, 31)
EXPERTS = ("zhao", "qian", "sun", "li", "zhou")
PAST = 30
PAST_FIRMS = 400
DRAWS = 4_000
COVERED = 0.93
CAP = 10.0
PEERS = ("data alone", "experts alone", "half and half", "one rate for all")

Errors = dict[str, float]
"""Who estimated to the mean squared error, and level to that of the blend there."""


@dataclass(frozen=True, slots=True)
class World:
    """What is drawn.

    Args:
        bias: standard deviation of what experts are all wrong by, per section.
        taste: standard deviation of an expert's own error on a section; experts differ
            in it by a factor of up to three.
        lean: standard deviation of an expert's error on all sections alike.
        apart: sections', divisions' and groups' standard deviation, of logarithms.
        off: standard deviation of how far the score is off in total.
        seen: the share of that which experts see, 0..1.
        pd: mean PD.
    """

    bias: float = 0.15
    taste: float = 0.25
    lean: float = 0.10
    apart: tuple[float, float, float] = (0.30, 0.20, 0.15)
    off: float = 0.15
    seen: float = 0.0
    pd: float = 0.05


@dataclass(frozen=True, slots=True)
class Known:
    """What the blend goes by.

    Args:
        rules: about coefficients.
        least_sd: of what experts may all be wrong by together.
        record: past opinions that weigh as much as none.
    """

    rules: Rules
    least_sd: float
    record: float


WORLDS = {
    "experts with twice the bias": World(bias=0.30, lean=0.20),
    "experts nearly right": World(bias=0.05, taste=0.10, lean=0.05),
    "experts worth nothing": World(bias=0.30, taste=0.60, lean=0.30),
    "experts who see the score's total error": World(seen=1.0),
    "a score right in total": World(off=0.0),
    "trades that hardly differ": World(apart=(0.10, 0.07, 0.05)),
    "trades that differ twice as much": World(apart=(0.60, 0.40, 0.30)),
    "defaults at 2%": World(pd=0.02),
}


def main() -> None:
    """Run the bench and print a table, or with --json one line."""
    asked = _arguments()
    book = load_book()
    rules = replace(coefficient_rules(book, on=DAY), cap=CAP)
    known = Known(
        rules,
        float(book.number("industry_prior_sd", on=DAY)),
        float(book.number("industry_opinion_record", on=DAY)),
    )
    claims = []
    for size, count in SEEDS.items():
        seeds = range(max(count // QUICK, LEAST_SEEDS) if asked.quick else count)
        errors = [estimated(World(), size, seed=seed, known=known) for seed in seeds]
        claims += _claims(f"n={size:,}", errors, covered=True)
        if not asked.json:
            _tell(size, errors)
    for name, world in WORLDS.items():
        for size in STEP_SIZES:
            seeds = range(LEAST_SEEDS if asked.quick else SEEDS[size] // QUICK)
            errors = [estimated(world, size, seed=seed, known=known) for seed in seeds]
            claims += _claims(f"{name}, n={size:,}", errors, covered=False)
    if asked.json:
        machine = f"{platform.machine()}, {platform.system()}"
        bench = {"bench": "industry", "machine": machine, "seed": 0}
        print(json.dumps({**bench, "claims": claims}, ensure_ascii=False))
        return
    for one in claims:
        print(told(one))


def estimated(world: World, size: int, *, seed: int, known: Known) -> Errors:
    """Return the errors of all on one drawn world.

    Args:
        world: what is drawn.
        size: how many firms.
        seed: where chance comes from.
        known: the shipped rules.
    """
    rng = np.random.default_rng([seed, size])
    leaves, shares = _trades(rng)
    truth = _truth(leaves, world, rng)
    residuals = _outcomes(leaves, shares, truth, world, size=size, rng=rng)
    opinions, past = _opinions(truth, world, rng)
    priors = opinion_priors(
        opinions,
        on=DAY,
        months=12,
        least_sd=known.least_sd,
        weights=track(past, record=known.record),
    )
    table = measure(residuals, rules=known.rules, day=DAY, priors=priors)
    nodes = _true_nodes(leaves, shares, truth)
    whole = added_up(cells_of(residuals))
    data = {code: log(_corrected(whole.get(code, Cell()))) for code in nodes}
    stated = {
        code: log(next(priors[c].coefficient for c in upwards(code) if c in priors))
        for code in nodes
    }
    blend = {code: log(table.nearest(code).coefficient) for code in nodes}
    half = {code: (data[code] + stated[code]) / 2 for code in nodes}
    one = dict.fromkeys(nodes, log(_corrected(whole[MARKET])))
    found = {
        name: _error(guess, nodes)
        for name, guess in zip(
            ("blend", *PEERS), (blend, data, stated, half, one), strict=True
        )
    }
    for level in ("section", "division", "group"):
        mine = {c: value for c, value in nodes.items() if level_of(c) == level}
        for name, guess in (("blend", blend), (PEERS[0], data), (PEERS[1], stated)):
            found[f"{level}: {name}"] = _error(guess, mine)
    return found | {"covered": _covered(table, nodes)}


def _trades(rng: np.random.Generator) -> tuple[list[str], Floats]:
    """Return groups of GB/T 4754 and the share of firms in each: few hold most."""
    leaves, weights = [], []
    sections = {"A": 1, "C": 13, "E": 47, "F": 51, "G": 53, "H": 61, "I": 63, "L": 71}
    sections |= {"M": 73, "N": 76, "O": 80, "R": 86}
    for section, first in sections.items():
        size = rng.lognormal(0, 1)
        for division in range(2 if section != "C" else 12):
            part = size * rng.lognormal(0, 0.8)
            for group in range(1, 4):
                leaves.append(f"{section}{first + division:02d}{group}")
                weights.append(part * rng.lognormal(0, 0.8))
    shares = np.array(weights)
    return leaves, shares / shares.sum()


def _truth(
    leaves: Sequence[str], world: World, rng: np.random.Generator
) -> dict[str, float]:
    """Return the logarithm of the coefficient of every code of the tree."""
    truth = {MARKET: rng.normal(0, world.off)}
    for leaf in leaves:
        above = truth[MARKET]
        for sd, width in zip(world.apart, (1, 3, 4), strict=True):
            code = leaf[:width]
            if code not in truth:
                truth[code] = above + rng.normal(0, sd)
            above = truth[code]
    return truth


def _outcomes(
    leaves: Sequence[str],
    shares: Floats,
    truth: Mapping[str, float],
    world: World,
    *,
    size: int,
    rng: np.random.Generator,
) -> Residuals:
    places = rng.choice(len(leaves), size, p=shares)
    expected = np.clip(world.pd * rng.lognormal(-0.32, 0.8, size), 0.002, 0.5)
    truths = np.array([truth[leaf] for leaf in leaves])
    real = np.minimum(expected * np.exp(truths[places]), 0.95)
    defaulted = (rng.random(size) < real).astype(np.float64)
    return Residuals([leaves[place] for place in places], expected, defaulted)


def _opinions(
    truth: Mapping[str, float], world: World, rng: np.random.Generator
) -> tuple[list[Opinion], list[Settled]]:
    """Return what experts say of sections, and what they said before and what came."""
    skill = dict(zip(EXPERTS, rng.permutation(np.geomspace(0.6, 1.8, 5)), strict=True))
    lean = {expert: rng.normal(0, world.lean) for expert in EXPERTS}
    opinions, past = [], []
    for section in sorted(code for code in truth if len(code) == 1):
        wrong = rng.normal(0, world.bias)
        for expert in EXPERTS:
            error = wrong + lean[expert] + rng.normal(0, world.taste) * skill[expert]
            error -= (1 - world.seen) * truth[MARKET]
            opinions.append(
                Opinion(
                    expert=expert,
                    day=DAY,
                    kind="industry",
                    about=section,
                    shift=float(np.clip(truth[section] + error, -2, 2)),
                    confidence=float(rng.uniform(0.6, 1)),
                    reasoning="drawn",
                    saw_model=False,
                )
            )
    for expert in EXPERTS:
        for _ in range(PAST):
            real = rng.normal(0, world.apart[0])
            error = rng.normal(0, world.bias) + lean[expert]
            said = real + error + rng.normal(0, world.taste) * skill[expert]
            bads = rng.binomial(PAST_FIRMS, min(world.pd * exp(real), 0.95))
            past.append(
                Settled(
                    expert=expert,
                    model=world.pd,
                    stated=min(world.pd * exp(said), 0.95),
                    outcome=bads / PAST_FIRMS,
                )
            )
    return opinions, past


def _true_nodes(
    leaves: Sequence[str], shares: Floats, truth: Mapping[str, float]
) -> dict[str, float]:
    """Return the logarithm of what each code's firms truly default by.

    Of a section that is the mean over its groups by their share of firms.
    """
    summed: dict[str, list[float]] = {}
    for leaf, share in zip(leaves, shares, strict=True):
        for width in (1, 3, 4):
            part = summed.setdefault(leaf[:width], [0.0, 0.0])
            part[0] += share * exp(truth[leaf])
            part[1] += share
    return {code: log(top / bottom) for code, (top, bottom) in summed.items()}


def _corrected(cell: Cell) -> float:
    return (cell.bads + 0.5) / (cell.expected + 0.5)


def _error(guess: Mapping[str, float], nodes: Mapping[str, float]) -> float:
    return float(np.mean([(guess[code] - real) ** 2 for code, real in nodes.items()]))


def _covered(table: Table, nodes: Mapping[str, float]) -> float:
    """Return the share of true coefficients that lie within their 95% interval.

    The interval of a trade without firms is that of the one it lies in, which is too
    narrow for it; it is not counted.
    """
    hits = []
    for code, real in nodes.items():
        row = table.rows.get(code)
        if row is not None:
            hits.append(row.low <= exp(real) <= row.high)
    return float(np.mean(hits))


def _claims(
    name: str, errors: Sequence[Errors], *, covered: bool
) -> list[dict[str, Any]]:
    blend = np.array([one["blend"] for one in errors])
    claims = []
    for peer in PEERS:
        theirs = np.array([one[peer] for one in errors])
        ratio = _ratio(blend, theirs)
        stated = f"{name}: squared error of the blend over that of {peer}"
        beside = f"blend {blend.mean():.4f}, {peer} {theirs.mean():.4f}"
        one = claim(stated, ratio, 1.0, peer=beside)
        # It holds only if chance over seeds does not explain it.
        claims.append(one | {"holds": ratio[2] < 1})
    if covered:
        shares = np.array([one["covered"] for one in errors])
        low, high = np.quantile(_drawn(shares), (0.025, 0.975))
        measured = (float(shares.mean()), float(low), float(high))
        stated = f"{name}: share of true coefficients within their 95% interval"
        claims.append(claim(stated, measured, COVERED, most=False))
    return claims


def _ratio(mine: Floats, theirs: Floats) -> tuple[float, float, float]:
    """Return the ratio of means with the 95% of a paired bootstrap over seeds."""
    rng = np.random.default_rng(0)
    places = rng.integers(len(mine), size=(DRAWS, len(mine)))
    ratios = mine[places].mean(axis=1) / theirs[places].mean(axis=1)
    low, high = np.quantile(ratios, (0.025, 0.975))
    return float(mine.mean() / theirs.mean()), float(low), float(high)


def _drawn(values: Floats) -> Floats:
    rng = np.random.default_rng(0)
    places = rng.integers(len(values), size=(DRAWS, len(values)))
    return np.asarray(values[places].mean(axis=1))


def _tell(size: int, errors: Sequence[Errors]) -> None:
    print(f"n={size:,}: mean squared error of the logarithm, over {len(errors)} seeds")
    for name in errors[0]:
        mean = np.mean([one[name] for one in errors])
        print(f"  {name:26} {mean:.4f}")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="fewer seeds")
    parser.add_argument("--json", action="store_true", help="one line of JSON")
    return parser.parse_args()


if __name__ == "__main__":
    main()
