"""How many who deceive are found, how many honest firms are troubled, beside peers.

    python bench/verification.py [--quick] [--json] [--folder DIR] [--seeds N]

Counties are simulated, taken in and cross-checked; the stages know nothing of the
simulator, the weights were learnt on other seeds (bench/verification_weights.py), and
two kinds of deceit were never looked at while anything was tuned. Recall is that at a
threshold which a share of the honest firms exceeds, so it does not depend on how many
deceive. Reviewing 1 firm in 100 where 2 in 100 deceive finds half of them at best: that
reading is printed too. Intervals are of 1,000 draws of counties, and of firms in them.
"""

import argparse
import json
import platform
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import Any, Final

import numpy as np

# A bench is run by its path, which finds its own folder only.
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from bench.claims import claim, told
from bench.peers.counties import AS_OF, make, opened
from bench.peers.deceit import (
    HELD_OUT,
    Flags,
    Floats,
    Judged,
    ecod,
    isolation_forest,
    judged,
    together,
)

from xiaowei.desk.verifying import weights_on
from xiaowei.policy.book import load_book

SEEDS, QUICK_SEEDS = 20, 2
FIRMS, QUICK_FIRMS = 1_500, 400
SHARE, QUICK_SHARE = 0.08, 0.2
PREVALENCE: Final = 0.02
RATES: Final = (0.01, 0.05)
AT_ONE, UNSEEN_AT_ONE, GAP, NOMINAL = 0.70, 0.45, 2.0, 1.5
_DRAWS: Final = 1_000
_LEAST_IN_SECTION: Final = 300
_BINS: Final = 10


def judge(seed: int, *, folder: Path, firms: int, share: float) -> Judged:
    """Return what verification makes of one county."""
    with opened(make(folder, seed, firms=firms, share=share)) as (case, truth):
        return judged(case, truth)


def scores_of(whole: Judged, worlds: Sequence[Judged]) -> dict[str, Floats]:
    """Return the score of every method for every firm; higher is likelier deceit."""
    weights = weights_on(load_book(), AS_OF)
    ours = sum(
        (weights.weights[family] * said for family, said in whole.said.items()),
        start=np.zeros(len(whole.kind)),
    )
    spoke = sum(heard.astype(np.float64) for heard in whole.heard.values())
    return {
        "xiaowei": np.asarray(ours - weights.clear * spoke),
        "rule list": whole.rules,
        "IsolationForest": _by_world(worlds, partial(isolation_forest, seed=1)),
        "ECOD": _by_world(worlds, ecod),
        "electricity only": -np.log(_tail(whole, "electricity_against_invoices")),
        "circles only": -np.log(_tail(whole, "circular_trade")),
    }


def _by_world(worlds: Sequence[Judged], method: Callable[[Floats], Floats]) -> Floats:
    """Return a peer's scores, from the same measures that the checks are made of."""
    found = []
    for world in worlds:
        tails = np.stack([world.tails[check] for check in sorted(world.tails)], axis=1)
        found.append(method(-np.log(np.maximum(tails, 1e-9))))
    return np.concatenate(found)


def _tail(whole: Judged, check: str) -> Floats:
    found = whole.tails.get(check, np.ones(len(whole.kind)))
    return np.asarray(np.maximum(found, 1e-12))


def recall_at(score: Floats, honest: Flags, liars: Flags, *, rate: float) -> float:
    """Return the share of liars above what a share of the honest firms exceeds.

    Of firms that score alike as many count as the rate leaves room for.
    """
    limit = float(np.quantile(score[honest], 1 - rate))
    above = (score[honest] > limit).mean()
    equal = (score[honest] == limit).mean()
    part = (rate - above) / equal if equal > 0 else 0.0
    return float((score[liars] > limit).mean() + part * (score[liars] == limit).mean())


def at_review(score: Floats, honest: Flags, liars: Flags) -> float:
    """Return recall where 1 firm in 100 is reviewed and 2 in 100 deceive."""
    low, high = 0.0, 0.05
    for _ in range(40):
        rate = (low + high) / 2
        found = recall_at(score, honest, liars, rate=rate)
        if (1 - PREVALENCE) * rate + PREVALENCE * found > RATES[0]:
            high = rate
        else:
            low = rate
    return recall_at(score, honest, liars, rate=low)


def interval(
    value: Callable[[Floats, Flags, Flags], float],
    score: Floats,
    honest: Flags,
    liars: Flags,
) -> tuple[float, float, float]:
    """Return a value with its bounds by drawing firms anew."""
    rng = np.random.default_rng(20261128)
    good, bad = np.flatnonzero(honest), np.flatnonzero(liars)
    drawn = []
    for _ in range(_DRAWS):
        rows = np.concatenate([rng.choice(good, len(good)), rng.choice(bad, len(bad))])
        ours = np.arange(len(rows)) < len(good)
        drawn.append(value(score[rows], ours, ~ours))
    low, high = np.quantile(drawn, (0.025, 0.975))
    return value(score, honest, liars), float(low), float(high)


def gap_between_sections(whole: Judged, score: Floats, *, rate: float) -> float:
    """Return the most alarms of a section over the fewest, among honest firms."""
    honest = whole.kind == ""
    limit = np.quantile(score[honest], 1 - rate)
    shares = [
        float((score[of] > limit).mean())
        for section in np.unique(whole.section)
        if (of := honest & (whole.section == section)).sum() >= _LEAST_IN_SECTION
    ]
    return max(shares) / max(min(shares), 1e-9)


def calibration_error(whole: Judged, score: Floats) -> float:
    """Return the mean gap between stated and true chance, at 2 in 100 who deceive.

    Firms are weighted to that prevalence; bins are of equal width in log-odds, since
    most firms lie near nought.
    """
    liars = whole.kind != ""
    weight = np.where(
        liars, PREVALENCE / liars.mean(), (1 - PREVALENCE) / (1 - liars.mean())
    )
    stated = 1 / (1 + np.exp(-(score + np.log(PREVALENCE / (1 - PREVALENCE)))))
    bins = np.quantile(score, np.linspace(0, 1, _BINS + 1)[1:-1])
    place = np.searchsorted(bins, score)
    gaps = [
        abs(float((weight * (stated - liars))[place == at].sum()))
        for at in range(_BINS)
    ]
    return sum(gaps) / float(weight.sum())


def table(whole: Judged, scores: Mapping[str, Floats]) -> None:
    """Print recall by method, kind and camouflage."""
    honest = whole.kind == ""
    seen = ~honest & ~np.isin(whole.kind, HELD_OUT)
    print(f"{honest.sum():,} honest firms, {(~honest).sum():,} that deceive")
    print(f"{'recall at':28} {'1% false alarms':>24} {'5%':>8}")
    for name, score in scores.items():
        one = interval(partial(recall_at, rate=RATES[0]), score, honest, seen)
        five = recall_at(score, honest, seen, rate=RATES[1])
        print(f"{name:28} {one[0]:8.3f} [{one[1]:.3f}, {one[2]:.3f}] {five:8.3f}")
    ours = scores["xiaowei"]
    groups = {kind: whole.kind == kind for kind in np.unique(whole.kind[~honest])}
    groups |= {
        f"{kind}, camouflage {level}": of & (whole.camouflage == level)
        for kind, of in list(groups.items())
        for level in range(4)
    }
    for third, (low, high) in enumerate(((0, 1 / 3), (1 / 3, 2 / 3), (2 / 3, 1))):
        of = np.zeros(len(whole.kind), dtype=np.bool_)
        for kind in np.unique(whole.kind[~honest]):
            mine = whole.kind == kind
            bounds = np.quantile(whole.intensity[mine], (low, high))
            of |= mine & (whole.intensity >= bounds[0]) & (whole.intensity <= bounds[1])
        groups[f"intensity, third {third + 1} of each kind"] = of
    for name, of in groups.items():
        if of.any():
            found = [recall_at(ours, honest, of, rate=rate) for rate in RATES]
            print(f"{name:44} {of.sum():5} {found[0]:8.3f} {found[1]:8.3f}")


def claims_of(whole: Judged, scores: Mapping[str, Floats]) -> list[dict[str, Any]]:
    """Return what is claimed, beside the best peer."""
    honest = whole.kind == ""
    unseen = np.isin(whole.kind, HELD_OUT)
    seen = ~honest & ~unseen
    ours = scores["xiaowei"]
    at_one = partial(recall_at, rate=RATES[0])
    best = max(
        (name for name in scores if name != "xiaowei"),
        key=lambda name: at_one(scores[name], honest, seen),
    )
    peer = f"{best}: {at_one(scores[best], honest, seen):.3f}"
    return [
        claim(
            "recall at 1% false alarms, kinds seen while tuning",
            interval(at_one, ours, honest, seen),
            AT_ONE,
            most=False,
            peer=peer,
        ),
        claim(
            "recall at 1% false alarms, two kinds never seen",
            interval(at_one, ours, honest, unseen),
            UNSEEN_AT_ONE,
            most=False,
        ),
        claim(
            "recall reviewing 1% where 2% deceive, of at most 0.5",
            interval(at_review, ours, honest, seen),
            AT_ONE / 2,
            most=False,
        ),
        claim(
            "false alarms at 5%: most of a section over fewest",
            gap_between_sections(whole, ours, rate=RATES[1]),
            GAP,
        ),
        claim("calibration error at 2%", calibration_error(whole, ours), 0.01),
    ]


def honest_world(folder: Path, *, firms: int, seed: int) -> list[dict[str, Any]]:
    """Return the alarms of checks in a county where nobody deceives."""
    world = judge(seed, folder=folder, firms=firms, share=0.0)
    rates = {
        check: float((tails <= RATES[0]).mean() / RATES[0])
        for check, tails in world.tails.items()
    }
    for check, times in sorted(rates.items()):
        print(f"nobody deceives: {check:32} {times:6.2f} times the stated 1%")
    usual = float(np.median(list(rates.values())))
    return [
        claim(
            "nobody deceives: alarms at 1%, median over checks, times", usual, NOMINAL
        )
    ]


def main() -> None:
    """Run the bench."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--seeds", type=int)
    asked = parser.parse_args()
    seeds = asked.seeds or (QUICK_SEEDS if asked.quick else SEEDS)
    firms = QUICK_FIRMS if asked.quick else FIRMS
    share = QUICK_SHARE if asked.quick else SHARE
    with tempfile.TemporaryDirectory() as made:
        folder = asked.folder or Path(made)
        one = partial(judge, folder=folder, firms=firms, share=share)
        with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
            worlds = list(pool.map(one, range(1, seeds + 1)))
        whole = together(worlds)
        scores = scores_of(whole, worlds)
        if not asked.json:
            table(whole, scores)
        claims = claims_of(whole, scores)
        if not asked.quick:
            claims += honest_world(folder, firms=firms, seed=1)
    if asked.json:
        print(
            json.dumps(
                {
                    "bench": "verification",
                    "machine": platform.machine(),
                    "seed": f"1 to {seeds}",
                    "claims": claims,
                }
            )
        )
    else:
        for one_claim in claims:
            print(told(one_claim))


if __name__ == "__main__":
    main()
