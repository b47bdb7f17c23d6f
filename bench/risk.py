"""Models of default on public loans, each beside its peers.

Usage: python bench/risk.py [--quick] [--json] [--sets sba,german] [--only EBM]

Each set is dealt once, and every model learns from the same loans and judges the same
others: SBA by time (approvals until fiscal 2004, judged on 2005, columns known at
approval alone), the others in five folds (PAKDD in three), as they state no days. Every
model chooses among three settings by the log loss of three folds within what it learns
from. Peers: OptBinning with logistic regression, scorecardpy, toad, XGBoost, CatBoost,
EBM; one that is not installed, or fails, is named and left out.

Measured: AUC of the judged loans, expected calibration error over fifths, calibration
slope, seconds to choose and learn. Differences are those of two models on the same
loans, with the 95% of a bootstrap over loans. The claim: the best of ours is within
0.003 of the best peer, or above it.
"""

import argparse
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np

# A bench is run by its path, which finds its own folder only.
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from bench.claims import claim, tell
from bench.peers.lenders import SETS, Loans, loans
from bench.peers.scorers import SCORERS, Scorer

from xiaowei.risk import measures
from xiaowei.risk.sample import Floats

SEED = 7
CHOICES = 3
DRAWS = 500
NEAR = 0.003
SURE_ECE = 0.02


def main() -> None:
    """Measure and say."""
    stated = _stated()
    wanted = stated.sets.split(",") if stated.sets else list(SETS)
    if stated.quick:
        wanted = ["german"]
    scorers = [
        one
        for one in SCORERS
        if one.there and (not stated.only or one.name in stated.only.split(","))
    ]
    for absent in SCORERS:
        if not absent.there:
            print(f"{absent.name}: not installed, left out", file=sys.stderr)
    claims = []
    for name in wanted:
        found = loans(name, seed=SEED)
        if found is None:
            print(f"{name}: not there, left out", file=sys.stderr)
            continue
        claims += judged(found, scorers, most=1 if stated.quick else CHOICES)
    tell("risk", claims, seed=SEED, as_json=stated.json)


def judged(one: Loans, scorers: list[Scorer], *, most: int) -> list[dict[str, Any]]:
    """Return the claims of one set, and print its table on standard error.

    Args:
        one: the set.
        scorers: who is measured.
        most: how many settings each may choose from.
    """
    places = np.concatenate([judge for _, judge in one.splits])
    bad = one.bad[places]
    said: dict[str, Floats] = {}
    for scorer in scorers:
        begun = time.perf_counter()
        try:
            pds = [
                scorer.tuned(one.table.iloc[a], one.bad[a], seed=SEED, most=most)(
                    one.table.iloc[b]
                )
                for a, b in one.splits
            ]
        except Exception as error:
            # A peer may not run with the other packages of the day; ours must.
            if scorer.ours:
                raise
            print(f"{one.name}: {scorer.name} failed: {error}", file=sys.stderr)
            continue
        said[scorer.name] = np.concatenate(pds)
        _row(one.name, scorer.name, said[scorer.name], bad, time.perf_counter() - begun)
    ours = [s.name for s in scorers if s.ours and s.name in said]
    peers = [s.name for s in scorers if not s.ours and s.name in said]
    if not ours or not peers:
        return []
    areas = {name: measures.auc(pd_, bad) for name, pd_ in said.items()}
    mine, best = max(ours, key=areas.__getitem__), max(peers, key=areas.__getitem__)
    gap = measures.interval(
        lambda at: (
            measures.auc(said[mine][at], bad[at])
            - measures.auc(said[best][at], bad[at])
        ),
        firms=bad,
        generator=np.random.default_rng(SEED),
        draws=DRAWS,
    )
    claims = [
        claim(
            f"{one.name}: AUC of {mine} less that of {best}",
            (gap.value, gap.low, gap.high),
            -NEAR,
            most=False,
            peer=best,
        )
    ]
    if one.out_of_time:
        claims.append(
            claim(
                f"{one.name}: ECE out of time", measures.ece(said[mine], bad), SURE_ECE
            )
        )
    return claims


def _row(data: str, name: str, pd_: Floats, bad: Any, seconds: float) -> None:  # noqa: ANN401
    area = measures.interval(
        lambda at: measures.auc(pd_[at], bad[at]),
        firms=bad,
        generator=np.random.default_rng(SEED),
        draws=DRAWS,
    )
    _, slope = measures.slope(pd_, bad)
    print(
        f"{data:7} {name:22} AUC {area.value:.4f} [{area.low:.4f}, {area.high:.4f}] "
        f"ECE {measures.ece(pd_, bad):.4f} slope {slope:.2f} {seconds:7.1f} s",
        file=sys.stderr,
        flush=True,
    )


def _stated() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--quick", action="store_true", help="German, one setting each."
    )
    parser.add_argument("--json", action="store_true", help="the last line is JSON.")
    parser.add_argument("--sets", default="", help="some sets, with commas.")
    parser.add_argument("--only", default="", help="some models, with commas.")
    return parser.parse_args()


if __name__ == "__main__":
    main()
