"""Models of default on public loans, each beside its peers.

Usage: python bench/risk.py [--quick] [--json] [--sets sba,german] [--only EBM]
           [--folder DIR]

Each set is dealt once, and every model learns from the same loans and judges the same
others: SBA by time (approvals until fiscal 2004, judged on 2005, columns known at
approval alone), the simulated county by time (cases known by 30 June 2024, judged by
the truth of the year after; firms of one owner are held out together, by peers too),
the others in five folds (PAKDD in three), as they state no days. Every model chooses
among three settings by the log loss of three folds within what it learns from. With
`--folder` the county and what each model said are kept there and not made anew, so that
a long run can be stopped and gone on with. Peers: OptBinning with logistic regression,
scorecardpy, toad, XGBoost, CatBoost, EBM; one that is not installed, or fails, is named
and left out.

Measured: AUC of the judged loans, expected calibration error over fifths, calibration
slope, seconds to choose and learn. Differences are those of two models on the same
loans, with the 95% of a bootstrap over loans. The claim: the best of ours is within
0.003 of the best peer, or above it.
"""

import argparse
import hashlib
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

# A bench is run by its path, which finds its own folder only.
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from bench.claims import claim, tell
from bench.peers.lenders import SETS, Loans, loans
from bench.peers.scorers import SCORERS, Cases, Scorer

from xiaowei.risk import measures
from xiaowei.risk.sample import Floats, Ints

SEED = 7
CHOICES = 3
DRAWS = 500
NEAR = 0.003
SURE_ECE = 0.02
ORACLE = 0.95
CHANCE = 0.5


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
    with tempfile.TemporaryDirectory() as made:
        folder = stated.folder or Path(made)
        folder.mkdir(parents=True, exist_ok=True)
        for name in wanted:
            found = loans(name, seed=SEED, folder=folder)
            if found is None:
                print(f"{name}: not there, left out", file=sys.stderr)
                continue
            most = 1 if stated.quick else CHOICES
            claims += judged(found, scorers, most=most, folder=folder)
    tell("risk", claims, seed=SEED, as_json=stated.json)


def judged(
    one: Loans, scorers: list[Scorer], *, most: int, folder: Path
) -> list[dict[str, Any]]:
    """Return the claims of one set, and print its table on standard error.

    Args:
        one: the set.
        scorers: who is measured.
        most: how many settings each may choose from.
        folder: where what a model said is kept.
    """
    bad = one.bad[np.concatenate([judge for _, judge in one.splits])]
    said: dict[str, Floats] = {}
    for scorer in scorers:
        try:
            said[scorer.name], seconds = _told(one, scorer, most=most, folder=folder)
        except Exception as error:
            # A peer may not run with the other packages of the day; ours must.
            if scorer.ours:
                raise
            print(f"{one.name}: {scorer.name} failed: {error}", file=sys.stderr)
            continue
        _row(one.name, scorer.name, said[scorer.name], bad, seconds)
    ours = [s.name for s in scorers if s.ours and s.name in said]
    peers = [s.name for s in scorers if not s.ours and s.name in said]
    if not ours or not peers:
        return []
    areas = {name: measures.auc(pd_, bad) for name, pd_ in said.items()}
    mine, best = max(ours, key=areas.__getitem__), max(peers, key=areas.__getitem__)
    gap = _interval(
        lambda at: (
            measures.auc(said[mine][at], bad[at])
            - measures.auc(said[best][at], bad[at])
        ),
        bad,
    )
    title = f"{one.name}: AUC of {mine} less that of {best}"
    claims = [claim(title, gap, -NEAR, most=False, peer=best)]
    if one.out_of_time:
        ece = measures.ece(said[mine], bad)
        claims.append(claim(f"{one.name}: ECE out of time", ece, SURE_ECE))
    if one.latent is not None:
        claims.append(_reached(one, said[mine], bad, most=most, folder=folder))
    return claims


def _reached(
    one: Loans,
    mine: Floats,
    bad: Ints,
    *,
    most: int,
    folder: Path,
) -> dict[str, Any]:
    """Return how much of what the oracle tells beyond chance the best of ours tells."""
    trees = next(s for s in SCORERS if s.name == "Challenger")
    oracle = replace(trees, name="oracle")
    knowing = replace(one, table=pd.concat([one.table, one.latent], axis=1))
    said, seconds = _told(knowing, oracle, most=most, folder=folder)
    _row(one.name, oracle.name, said, bad, seconds)
    share = _interval(
        lambda at: (
            (measures.auc(mine[at], bad[at]) - CHANCE)
            / (measures.auc(said[at], bad[at]) - CHANCE)
        ),
        bad,
    )
    title = f"{one.name}: AUC beyond chance, as a share of the oracle's"
    return claim(title, share, ORACLE, most=False, peer="trees that know the truth")


def _told(
    one: Loans, scorer: Scorer, *, most: int, folder: Path
) -> tuple[Floats, float]:
    """Return what a model says of all judged, and the seconds it took to learn it."""
    cases = Cases(one.table, one.bad, one.groups)
    # What was said of another table, or with other settings, is another file.
    asked = f"{list(one.table)} {one.table.shape} {one.bad.sum()} {SEED} {most}"
    code = hashlib.sha256(asked.encode()).hexdigest()[:12]
    file = folder / f"{one.name}-{scorer.name}-{code}.npz"
    if file.exists():
        kept = np.load(file)
        return kept["pd"], float(kept["seconds"])
    begun = time.perf_counter()
    pds = [
        scorer.tuned(cases.at(a), seed=SEED, most=most)(one.table.iloc[b])
        for a, b in one.splits
    ]
    said, seconds = np.concatenate(pds), time.perf_counter() - begun
    np.savez(file, pd=said, seconds=seconds)
    return said, seconds


def _interval(
    measure: Callable[[Any], float],
    bad: Ints,
) -> tuple[float, float, float]:
    found = measures.interval(
        measure, firms=bad, generator=np.random.default_rng(SEED), draws=DRAWS
    )
    return found.value, found.low, found.high


def _row(data: str, name: str, pd_: Floats, bad: Any, seconds: float) -> None:  # noqa: ANN401
    area, low, high = _interval(lambda at: measures.auc(pd_[at], bad[at]), bad)
    _, slope = measures.slope(pd_, bad)
    print(
        f"{data:7} {name:22} AUC {area:.4f} [{low:.4f}, {high:.4f}] "
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
    parser.add_argument("--folder", type=Path, help="where what is made is kept.")
    parser.add_argument("--only", default="", help="some models, with commas.")
    return parser.parse_args()


if __name__ == "__main__":
    main()
