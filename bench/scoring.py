"""A million firms scored where they lie: seconds, peak memory, each beside a peer.

    python bench/scoring.py [--quick] [--json]

Firms of 60 traits (48 numbers, 12 categories, 8% missing; drawn by a seed) lie in one
Parquet file. A card and 200 trees are learnt from 20,000 others; each thing measured is
a process of its own on two cores, whose peak memory the system tells. Ours reads the
file in batches of 100,000 through Arrow and keeps the PDs. Beside the seconds by the
clock stand those that two cores would need alone (seconds of processor over two), which
hang less on what else the machine does.

Peers, in the same run: LightGBM's own predict on the bare matrix, which lies in memory
already, against the same trees by us from Parquet; DuckDB with the card's SQL from the
same Parquet, and a plain lookup in pandas and NumPy on a frame that lies in memory
already. Every peer must say the same: PDs of trees and scores of cards to the bit.
"""

import argparse
import hashlib
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import duckdb
import lightgbm as lgb
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

# A bench is run by its path, which finds its own folder only.
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from bench.claims import claim, told
from bench.peers.million import CHUNK, SEED, fates, firms, write

from xiaowei.risk.batches import pds_and_scores
from xiaowei.risk.challenger import Challenger
from xiaowei.risk.frames import columns_of, matrix_of
from xiaowei.risk.kept import model_of, model_text
from xiaowei.risk.scorecard import Scorecard
from xiaowei.risk.sql import score_sql

FIRMS, QUICK_FIRMS = 1_000_000, 20_000
LEARNT, LEARNT_PART, TREES = 20_000, 1_000, 200
CORES: Final = 2
CARD_SECONDS, TREE_SECONDS, REASON_SECONDS = 15.0, 60.0, 300.0
TREE_RATIO, CARD_RATIO, MIB = 1.5, 1.0, 2_048.0
BLOCK: Final = 16_384


def main() -> None:
    """Run the bench and print a table, or with --json one line."""
    asked = _arguments()
    if asked.of:
        print(json.dumps(_measured(asked.of, Path(asked.at))))
        return
    count = QUICK_FIRMS if asked.quick else FIRMS
    with tempfile.TemporaryDirectory() as folder:
        _prepare(Path(folder), count)
        seen = {name: _child(name, Path(folder)) for name in WORK}
    claims = _claims(count, seen)
    if asked.json:
        machine = f"{platform.machine()}, {platform.system()}"
        bench = {"bench": "scoring", "machine": machine, "seed": SEED}
        print(json.dumps({**bench, "claims": claims}, ensure_ascii=False))
        return
    for one in claims:
        print(told(one))


def _prepare(place: Path, count: int) -> None:
    table = firms(LEARNT_PART, count=LEARNT)
    bad = fates(table)
    card = Scorecard(folds=0, min_iv=0.0).fit(table, bad)
    trees = Challenger(folds=0, most_trees=TREES).fit(table, bad)
    (place / "card.json").write_text(model_text(card), encoding="utf-8")
    (place / "trees.json").write_text(model_text(trees), encoding="utf-8")
    write(place / "firms.parquet", count=count)


def _model(place: Path, name: str) -> Any:  # noqa: ANN401 - either kind of model
    return model_of((place / f"{name}.json").read_text(encoding="utf-8"))


def _batches(place: Path) -> Any:  # noqa: ANN401 - PyArrow ships no types
    return pq.ParquetFile(place / "firms.parquet").iter_batches(CHUNK)


Work = Callable[[], "np.ndarray | None"]
"""What is timed; what it says is compared between peers."""


def _card(place: Path) -> Work:
    model = _model(place, "card")
    return lambda: np.concatenate(
        [pds_and_scores(model, one)[1] for one in _batches(place)]
    )


def _card_sql(place: Path) -> Work:
    row = "file_row_number"
    select = score_sql(_model(place, "card"), table="firms", keep=(row,))

    def run() -> np.ndarray:
        with duckdb.connect(config={"threads": CORES}) as engine:
            path = str(place / "firms.parquet")
            engine.read_parquet(path, file_row_number=True).create_view("firms")
            found = engine.sql(select).fetchnumpy()
        # SQL promises no order of rows, and two threads keep none.
        said = np.empty(len(found["score"]), dtype=np.int64)
        said[found[row]] = found["score"]
        return said

    return run


def _card_lookup(place: Path) -> Work:
    model, frame = _model(place, "card"), pd.read_parquet(place / "firms.parquet")

    def run() -> np.ndarray:
        score = np.full(len(frame), model.base_)
        for name, bins in model.bins_.items():
            points = model.points_[name]
            if bins.kind == "number":
                values = frame[name].to_numpy(np.float64)
                found = points[np.digitize(values, bins.splits)]
                score += np.where(np.isnan(values), points[bins.missing], found)
            else:
                worth = {
                    label: points[at]
                    for at, group in enumerate(bins.groups)
                    for label in group
                }
                gone, new = points[bins.missing], points[bins.missing + 1]
                told = frame[name].map(worth).where(frame[name].notna(), gone)
                score += told.fillna(new).to_numpy(np.int64)
        return np.asarray(score)

    return run


def _trees(place: Path) -> Work:
    model = _model(place, "trees")
    return lambda: np.concatenate(
        [pds_and_scores(model, one)[0] for one in _batches(place)]
    )


def _matrix(place: Path, *, most: int | None = None) -> tuple[lgb.Booster, np.ndarray]:
    model = _model(place, "trees")
    matrix = np.empty((pq.read_metadata(place / "firms.parquet").num_rows, 60))
    at = 0
    for one in _batches(place):
        part = matrix_of(columns_of(pa.table(one)), labels=model.labels_)
        matrix[at : at + len(part)] = part
        at += len(part)
    return lgb.Booster(model_str=model.text_), matrix[:most]


def _trees_bare(place: Path) -> Work:
    booster, matrix = _matrix(place)
    return lambda: np.asarray(booster.predict(matrix, num_threads=CORES))


def _points(place: Path) -> Work:
    model = _model(place, "card")

    def run() -> np.ndarray:
        parts = [model.points(one).sum(axis=1).to_numpy() for one in _batches(place)]
        return np.asarray(np.concatenate(parts) + model.base_)

    return run


def _reasons(place: Path) -> Work:
    model = _model(place, "trees")

    def run() -> None:
        for one in _batches(place):
            model.contributions(one)

    return run


def _reasons_bare(place: Path) -> Work:
    # A part of the firms, as all of them would take as long again.
    booster, matrix = _matrix(place, most=BLOCK)

    def run() -> None:
        booster.predict(matrix, num_threads=CORES, pred_contrib=True)

    return run


WORK: Final[dict[str, Callable[[Path], Work]]] = {
    "card": _card,
    "card, SQL in DuckDB": _card_sql,
    "card, pandas lookup": _card_lookup,
    "trees": _trees,
    "trees, LightGBM bare": _trees_bare,
    "points": _points,
    "reasons, LightGBM bare": _reasons_bare,
    "reasons": _reasons,
}


def _measured(name: str, place: Path) -> dict[str, Any]:
    """Measure one thing in this process."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:CORES])
    work = WORK[name](place)
    begun, spent = time.perf_counter(), time.process_time()
    said = work()
    seconds, alone = time.perf_counter() - begun, time.process_time() - spent
    status = Path("/proc/self/status").read_text(encoding="utf-8").splitlines()
    # Not ru_maxrss, which a child has from its parent.
    peak = next(line for line in status if line.startswith("VmHWM"))
    return {
        "seconds": seconds,
        "alone": alone / CORES,
        "mib": int(peak.split()[1]) / 1024,
        "said": None if said is None else hashlib.sha256(said.tobytes()).hexdigest(),
    }


def _child(name: str, place: Path) -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, __file__, "--of", name, "--at", str(place)],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(done.stderr)
    seen: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    print(
        f"{name:24} {seen['seconds']:8.2f} s, of two cores alone {seen['alone']:8.2f} s"
        f", {seen['mib']:6.0f} MiB",
        file=sys.stderr,
        flush=True,
    )
    return seen


def _claims(count: int, seen: dict[str, dict[str, Any]]) -> list[dict[str, Any]]:
    called = f"{count:,} firms"
    aims = {
        "card": CARD_SECONDS,
        "points": REASON_SECONDS,
        "trees": TREE_SECONDS,
        "reasons": REASON_SECONDS,
    }
    claims = []
    for name, aim in aims.items():
        one = seen[name]
        claims += [
            claim(f"{called}, {name}: seconds", one["seconds"], aim),
            claim(f"{called}, {name}: seconds of two cores alone", one["alone"], aim),
            claim(f"{called}, {name}: peak MiB", one["mib"], MIB),
        ]
    for name, peer, aim in (
        ("card", "card, SQL in DuckDB", CARD_RATIO),
        ("card", "card, pandas lookup", CARD_RATIO),
        ("trees", "trees, LightGBM bare", TREE_RATIO),
    ):
        ratio = seen[name]["alone"] / seen[peer]["alone"]
        claims.append(
            claim(f"{called}, {name}: work over the peer's", ratio, aim, peer=peer)
        )
    peer = "reasons, LightGBM bare"
    ratio = seen["reasons"]["alone"] / count / (seen[peer]["alone"] / BLOCK)
    claims.append(
        claim(
            f"{called}, reasons: work over the peer's, per firm",
            ratio,
            TREE_RATIO,
            peer=peer,
        )
    )
    same = [
        seen["card"]["said"] == seen[one]["said"]
        for one in ("card, SQL in DuckDB", "card, pandas lookup", "points")
    ]
    same.append(seen["trees"]["said"] == seen["trees, LightGBM bare"]["said"])
    name = f"{called}: peers that say the same to the bit"
    return [*claims, claim(name, sum(same), len(same), most=False)]


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="20,000 firms.")
    parser.add_argument("--json", action="store_true", help="the last line is JSON.")
    parser.add_argument("--of", choices=list(WORK), help=argparse.SUPPRESS)
    parser.add_argument("--at", help=argparse.SUPPRESS)
    return parser.parse_args()


if __name__ == "__main__":
    main()
