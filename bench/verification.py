"""How many who deceive are found, how many honest firms are troubled, beside peers.

    python bench/verification.py [--quick] [--json] [--folder DIR] [--seeds N]

Counties are simulated, taken in and cross-checked; the stages know nothing of the
simulator, the weights were learnt on other seeds (bench/verification_weights.py), and
none on two kinds of deceit. Recall is that at a threshold which a share of the honest
firms exceeds, so it does not depend on how many deceive. Reviewing 1 firm in 100 where
2 in 100 deceive finds half of them at best: that reading is printed too. Intervals are
of 1,000 draws of counties, and of firms in them.
"""

import argparse
import json
import platform
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
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
    boosted,
    ecod,
    isolation_forest,
    judged,
    scored,
    tails_of,
    together,
)
from bench.peers.recall import DRAWS, Draws, Limits, between

from xiaowei.desk.verifying import weights_on
from xiaowei.policy.book import load_book

SEEDS, QUICK_SEEDS = 20, 2
TAUGHT: Final = (102, 103, 104)
"""Seeds that the weights, and the peer that is taught, were learnt on."""
HONEST: Final = (21, 22)
"""Seeds of counties where nobody deceives."""
FIRMS, QUICK_FIRMS = 1_500, 400
SHARE, QUICK_SHARE = 0.08, 0.2
PREVALENCE: Final = 0.02
STATED: Final = ("declared", "equity", "orders")
"""Families that look at what applicants hand in: honest firms of a simulated county
never err there, so what they find may be more than in life."""
RATES: Final = (0.01, 0.05)
AT_ONE, UNSEEN_AT_ONE, GAP = 0.70, 0.45, 2.0
NOMINAL, WORST = 1.5, 1.0
"""How often the median check, and the worst, may alarm beside its stated rate."""
INFLATED, HOLDS = 1.3, 0.9
"""Bounds of true revenue are meant to hold it nine times in ten; who invoiced so many
times of it or more is looked at alone."""
_LEAST_IN_SECTION: Final = 0.02
"""A section counts where so large a share of the honest firms is of it."""
_BINS: Final = 10


def judge(place: tuple[int, float], *, folder: Path, firms: int) -> Judged:
    """Return what verification makes of one county.

    Args:
        place: its seed, and the share of its firms that deceive.
        folder: where counties are kept.
        firms: how many it has.
    """
    seed, share = place
    with opened(make(folder, seed, firms=firms, share=share)) as (case, truth):
        return judged(case, truth, world=seed)


def scores_of(
    whole: Judged, worlds: Sequence[Judged], *, taught: Judged
) -> dict[str, Floats]:
    """Return the score of every method for every firm; higher is likelier deceit."""
    weights = weights_on(load_book(), AS_OF)
    unsaid = {**weights.weights, **dict.fromkeys(STATED, 0.0)}
    return {
        "xiaowei": scored(whole, weights),
        "xiaowei without the applicant's papers": scored(
            whole, replace(weights, weights=unsaid)
        ),
        "rule list": whole.rules,
        "boosting, taught alike": boosted(taught, whole),
        "IsolationForest": _by_world(worlds, partial(isolation_forest, seed=1)),
        "ECOD": _by_world(worlds, ecod),
        "电E贷 formula": whole.outrun,
        "electricity only": -np.log(_tail(whole, "electricity_against_invoices")),
        "circles only": -np.log(_tail(whole, "circular_trade")),
    }


def _by_world(worlds: Sequence[Judged], method: Callable[[Floats], Floats]) -> Floats:
    """Return a peer's scores, from the same measures that the checks are made of."""
    return np.concatenate(
        [method(tails_of(world, sorted(world.tails))) for world in worlds]
    )


def _tail(whole: Judged, check: str) -> Floats:
    found = whole.tails.get(check, np.ones(len(whole.kind)))
    return np.asarray(np.maximum(found, 1e-12))


def at_review(draws: Draws, score: Floats, honest: Flags, liars: Flags) -> Floats:
    """Return recall where 1 firm in 100 is reviewed and 2 in 100 deceive."""
    low, high = 0.0, 0.05
    for _ in range(20):
        rate = (low + high) / 2
        found = draws.recall(score, liars, draws.limits(score, honest, rate=rate))
        if (1 - PREVALENCE) * rate + PREVALENCE * found[0] > RATES[0]:
            high = rate
        else:
            low = rate
    return draws.recall(score, liars, draws.limits(score, honest, rate=low))


def gap_between_sections(whole: Judged, score: Floats, draws: Draws) -> Floats:
    """Return the most alarms of a section over the fewest, among honest firms."""
    honest = whole.kind == ""
    limits = draws.limits(score, honest, rate=RATES[1])
    least = _LEAST_IN_SECTION * honest.sum()
    shares = np.stack(
        [
            draws.recall(score, of, limits)
            for section in np.unique(whole.section)
            if (of := honest & (whole.section == section)).sum() >= least
        ]
    )
    return np.asarray(shares.max(axis=0) / np.maximum(shares.min(axis=0), 1e-9))


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


def table(whole: Judged, scores: Mapping[str, Floats], draws: Draws) -> None:
    """Print recall by method, and by kind, camouflage and intensity."""
    honest = whole.kind == ""
    seen = ~honest & ~np.isin(whole.kind, HELD_OUT)
    print(f"{honest.sum():,} honest firms, {(~honest).sum():,} that deceive")
    print(f"{'recall at false alarms of':44} {'':5} {'1%':>22} {'5%':>22}")
    for name, score in scores.items():
        _row(
            name,
            [draws.limits(score, honest, rate=r) for r in RATES],
            score,
            seen,
            draws,
        )
    ours = scores["xiaowei"]
    limits = [draws.limits(ours, honest, rate=rate) for rate in RATES]
    for name, of in groups_of(whole).items():
        if of.any():
            _row(name, limits, ours, of, draws)


def _row(
    name: str, limits: Sequence[Limits], score: Floats, of: Flags, draws: Draws
) -> None:
    cells = [between(draws.recall(score, of, limit)) for limit in limits]
    told_of = " ".join(f"{one:8.3f} [{low:.3f}, {up:.3f}]" for one, low, up in cells)
    print(f"{name:44} {of.sum():5} {told_of}")


def groups_of(whole: Judged) -> dict[str, Flags]:
    """Return the firms of each kind, of it by camouflage, and by intensity."""
    kinds = np.unique(whole.kind[whole.kind != ""])
    groups = {kind: whole.kind == kind for kind in kinds}
    groups |= {
        f"{kind}, camouflage {level}": of & (whole.camouflage == level)
        for kind, of in list(groups.items())
        for level in range(4)
    }
    for third in range(3):
        whole_third = np.zeros(len(whole.kind), dtype=np.bool_)
        for kind in kinds:
            mine = whole.kind == kind
            low, high = np.quantile(whole.intensity[mine], (third / 3, (third + 1) / 3))
            of = mine & (whole.intensity >= low) & (whole.intensity <= high)
            groups[f"{kind}, intensity {low:.2f} to {high:.2f}"] = of
            whole_third |= of
        groups[f"third {third + 1} of each kind's intensity"] = whole_third
    return groups


def claims_of(
    whole: Judged, scores: Mapping[str, Floats], draws: Draws
) -> list[dict[str, Any]]:
    """Return what is claimed, beside the best peer."""
    honest = whole.kind == ""
    unseen = np.isin(whole.kind, HELD_OUT)
    seen = ~honest & ~unseen
    ours = scores["xiaowei"]
    found = {
        name: draws.recall(score, seen, draws.limits(score, honest, rate=RATES[0]))
        for name, score in scores.items()
    }
    best = max(
        (name for name in found if "xiaowei" not in name), key=lambda n: found[n][0]
    )
    peer = f"{best}: {found[best][0]:.3f}"
    limits = draws.limits(ours, honest, rate=RATES[0])
    return [
        claim(
            "recall at 1% false alarms, kinds seen while tuning",
            between(found["xiaowei"]),
            AT_ONE,
            most=False,
            peer=peer,
        ),
        claim(
            "recall at 1% false alarms, without the applicant's papers",
            between(found["xiaowei without the applicant's papers"]),
            AT_ONE,
            most=False,
        ),
        claim(
            f"recall at 1% false alarms beyond {best}",
            between(found["xiaowei"] - found[best]),
            0.0,
            most=False,
        ),
        claim(
            "recall at 1% false alarms, two kinds not learnt from",
            between(draws.recall(ours, unseen, limits)),
            UNSEEN_AT_ONE,
            most=False,
        ),
        *(
            claim(
                f"recall at 1% false alarms, not learnt from: {kind}",
                between(draws.recall(ours, whole.kind == kind, limits)),
                UNSEEN_AT_ONE,
                most=False,
            )
            for kind in HELD_OUT
        ),
        claim(
            "recall reviewing 1% where 2% deceive, of at most 0.5",
            between(at_review(draws, ours, honest, seen)),
            AT_ONE / 2,
            most=False,
        ),
        claim(
            "false alarms at 5%: most of a section over fewest",
            between(gap_between_sections(whole, ours, draws)),
            GAP,
        ),
        claim("calibration error at 2%", calibration_error(whole, ours), 0.01),
        *ranges_of(whole, draws),
    ]


def ranges_of(whole: Judged, draws: Draws) -> list[dict[str, Any]]:
    """Return how often the range of true revenue holds what was truly sold."""
    if not len(whole.revenue):
        return []
    stated, low, high = whole.revenue.T
    # Of firms of which nothing is told the range holds nothing, and they are left out.
    held = np.where((low <= 1) & (high >= 1), 1.0, 0.0)
    told = ~np.isnan(stated)
    always = Limits(np.full(DRAWS + 1, 0.5), np.ones(DRAWS + 1))
    honest = whole.kind == ""
    groups = {
        "honest firms": told & honest,
        f"those who deceive and invoiced {INFLATED} times of it": told
        & ~honest
        & (stated > INFLATED),
    }
    return [
        claim(
            f"the range of true revenue holds it, {name}",
            between(draws.recall(held, group, always)),
            HOLDS,
            most=False,
        )
        for name, group in groups.items()
        if group.any()
    ]


def in_peace(world: Judged) -> list[dict[str, Any]]:
    """Return the alarms of checks in counties where nobody deceives.

    The worst of many checks is above its stated rate by chance alone in so few
    counties: its interval tells how far.
    """
    draws, everyone = Draws(world), np.ones(len(world.kind), dtype=np.bool_)
    stated = Limits(np.full(DRAWS + 1, -RATES[0]), np.ones(DRAWS + 1))
    rates = {
        check: between(draws.recall(-tails, everyone, stated) / RATES[0])
        for check, tails in world.tails.items()
    }
    for check, (times, _, _) in sorted(rates.items()):
        print(
            f"nobody deceives: {check:32} {times:6.2f} times the stated 1%",
            file=sys.stderr,
        )
    usual = float(np.median([times for times, _, _ in rates.values()]))
    worst = max(rates, key=lambda check: rates[check][0])
    called = "nobody deceives: alarms at 1%,"
    return [
        claim(f"{called} median over checks, times", usual, NOMINAL),
        claim(f"{called} worst check ({worst}), times", rates[worst], WORST),
    ]


def main() -> None:
    """Run the bench."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="two small counties")
    parser.add_argument("--json", action="store_true", help="one line of JSON")
    parser.add_argument("--folder", type=Path, help="where counties are kept")
    parser.add_argument("--seeds", type=int, help="how many counties")
    asked = parser.parse_args()
    seeds = asked.seeds or (QUICK_SEEDS if asked.quick else SEEDS)
    share = QUICK_SHARE if asked.quick else SHARE
    places = [(seed, share) for seed in (*TAUGHT, *range(1, seeds + 1))]
    places += [] if asked.quick else [(seed, 0.0) for seed in HONEST]
    with tempfile.TemporaryDirectory() as made:
        one = partial(
            judge,
            folder=asked.folder or Path(made),
            firms=QUICK_FIRMS if asked.quick else FIRMS,
        )
        worlds = _judge_all(one, places)
    taught = len(TAUGHT)
    claims = _told(
        worlds[taught : taught + seeds],
        taught=together(worlds[:taught]),
        shown=not asked.json,
    )
    if worlds[taught + seeds :]:
        claims += in_peace(together(worlds[taught + seeds :]))
    if asked.json:
        machine = f"{platform.machine()}, {platform.system()}"
        told_of = {"bench": "verification", "machine": machine, "seed": f"1 to {seeds}"}
        print(json.dumps({**told_of, "claims": claims}, ensure_ascii=False))
        return
    for one_claim in claims:
        print(told(one_claim))


def _judge_all(
    one: Callable[[tuple[int, float]], Judged], places: Sequence[tuple[int, float]]
) -> list[Judged]:
    worlds: list[Judged] = []
    # A county fills a process's memory, which it hands back by ending.
    with ProcessPoolExecutor(
        2, mp_context=get_context("spawn"), max_tasks_per_child=1
    ) as pool:
        for done, world in enumerate(pool.map(one, places), 1):
            worlds.append(world)
            print(f"{done} of {len(places)} counties", file=sys.stderr)
    return worlds


def _told(
    worlds: Sequence[Judged], *, taught: Judged, shown: bool
) -> list[dict[str, Any]]:
    whole = together(worlds)
    scores, draws = scores_of(whole, worlds, taught=taught), Draws(whole)
    if shown:
        table(whole, scores, draws)
    return claims_of(whole, scores, draws)


if __name__ == "__main__":
    main()
