"""Portraits beside hand-written SQL, Polars, pandas and Featuretools in one run.

    python bench/portraits.py [--quick] [--json] [--million] [--sizes N ...]
        [--folder FOLDER] [--featuretools-python PATH]

A lake of each size is made: 50 invoices per enterprise and the other sources in
proportion. Every run is a process of its own with two threads; contenders take turns.
Absolute times on shared machines prove nothing, so what is claimed are ratios within
this run. A peer that is not installed is left out, and so is what is claimed beside it;
see the extra `bench`. Featuretools needs a pandas before 3, hence its own interpreter.
Aims are meant for 100,000 enterprises; at the size of --quick most of the time goes
into making plans, which does not grow, so there many of them are missed.
"""

import argparse
import importlib.util
import json
import math
import platform
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path
from statistics import median
from typing import Any, Final

import numpy as np

# A bench is run by its path, which finds its own folder only.
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from bench.claims import claim, told

RUN: Final = Path(__file__).resolve().parent / "peers" / "run.py"
SEED: Final = 7
SIZES, QUICK_SIZES, MILLION = (10_000, 100_000), (2_000,), 1_000_000
ROUNDS: Final = 3
ASKED, QUICK_ASKED = 1_000, 10
FEW, MANY = 50, 500
"""Invoices of an enterprise; real firms have about 880."""
DAY, ANCHOR = date(2026, 5, 31), 2026 * 12 + 5
"""What portraits are of, and the last complete month by then."""
QUIET: Final = date(2026, 6, 16)
"""What portraits that are renewed are of: the world falls silent before it."""
SHARES: Final = (0.001, 0.01, 0.1)
MOST_OVER_PEER, LEAST_FASTER, MOST_PYTHON = 1.2, 10.0, 5.0
MOST_GROWTH, MOST_MIB, MOST_PANEL, MOST_MS = 12.0, 8192.0, 0.25, 150.0
MOST_RENEWED: Final = {0.001: 0.1, 0.01: 0.2, 0.1: 0.5}
"""Most that renewing a share of the portraits may take of the time of all."""

Cost = dict[str, Any]


@dataclass(slots=True)
class Bench:
    """What was asked for, where it is made, and what came of it so far."""

    folder: Path
    sizes: tuple[int, ...]
    quick: bool
    featuretools: str | None
    claims: list[dict[str, Any]] = field(default_factory=list)
    whole: dict[int, Cost] = field(default_factory=dict)
    runs: int = 0

    @property
    def main_size(self) -> int:
        """The size that most is measured at: the largest below a million."""
        return max(size for size in self.sizes if size < MILLION)

    def run(self, peer: str, function: str, **stated: Any) -> Cost:  # noqa: ANN401
        """Run a function of a peer in a process of its own and return what it cost."""
        python = self.featuretools if peer == "by_featuretools" else sys.executable
        # -E: what is set for this interpreter is not meant for another one.
        apart = [] if python == sys.executable else ["-E"]
        command = ["env", "POLARS_MAX_THREADS=2", str(python), *apart, str(RUN)]
        command += [peer, function, json.dumps(stated)]
        done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
        cost: Cost = json.loads(done.stdout.splitlines()[-1])
        return cost

    def fresh(self, ending: str = "") -> str:
        """Return a path that nothing lies at yet."""
        self.runs += 1
        return str(self.folder / f"run-{self.runs}{ending}")

    def lake(self, size: int) -> str:
        """Return the folder of the lake of a size, with every source."""
        return str(self.folder / f"lake-{size}")

    def books(self, size: int) -> str:
        """Return the folder of the same with invoices alone."""
        return str(self.folder / f"books-{size}")

    def claim(
        self,
        name: str,
        value: float,
        *,
        most: float | None = None,
        least: float | None = None,
        bounds: tuple[float, float] | None = None,
        peer: str | None = None,
    ) -> None:
        """Note and print what is claimed."""
        aim = (least or 0.0) if most is None else most
        # NumPy has numbers and truths of its own, which JSON has not.
        measured = tuple(float(one) for one in (value, *(bounds or ())))
        noted = claim(name, measured, aim, most=most is not None, peer=peer)
        self.claims.append(noted)
        print(f"  {told(noted)}", flush=True)


def main() -> None:
    """Run the bench; with --json the last line is one of JSON."""
    asked = _arguments()
    sizes = tuple(asked.sizes or (QUICK_SIZES if asked.quick else SIZES))
    sizes = (*sizes, MILLION) if asked.million else sizes
    with tempfile.TemporaryDirectory(dir=asked.folder) as place:
        bench = Bench(Path(place), sizes, asked.quick, asked.featuretools_python)
        _worlds(bench)
        for size in sizes:
            _one_day(bench, size)
        _older_peers(bench)
        _growth(bench)
        _panels(bench)
        for size in sizes:
            _on_demand(bench, size)
        _increments(bench)
    if asked.json:
        machine = f"{platform.machine()}, {platform.system()}"
        told = {"bench": "portraits", "machine": machine, "seed": SEED}
        print(json.dumps({**told, "claims": bench.claims}))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a minute or so")
    parser.add_argument("--json", action="store_true", help="a last line of JSON")
    parser.add_argument("--sizes", type=int, nargs="+", help="numbers of enterprises")
    parser.add_argument("--million", action="store_true", help="a million, too: 12 GB")
    parser.add_argument("--folder", type=Path, help="where the lakes may lie")
    parser.add_argument("--featuretools-python", help="an interpreter that has it")
    return parser.parse_args()


def _worlds(bench: Bench) -> None:
    for size in bench.sizes:
        cost = bench.run("world", "build", folder=bench.lake(size), enterprises=size)
        bench.run("world", "books", lake=bench.lake(size), into=bench.books(size))
        count = sum(cost["told"].values())
        _tell(f"a lake of {size:,} enterprises, {count:,} facts", cost)


def _one_day(bench: Bench, size: int) -> None:
    """Compare the invoice traits of one day, taking turns."""
    peers = ["ours", "by_sql"]
    if importlib.util.find_spec("polars") is not None:
        peers.append("by_polars")
    else:
        print("Polars is not installed and is left out")
    costs: dict[str, list[Cost]] = {peer: [] for peer in peers}
    for _ in range(1 if bench.quick else ROUNDS):
        for peer in peers:
            costs[peer].append(_portrayed(bench, peer, size))
    traits = costs["by_sql"][0]["told"]
    for peer in peers:
        _tell(f"{size:,} enterprises, {traits} traits of invoices, {peer}", costs[peer])
    spent = {peer: [cost["seconds"] for cost in costs[peer]] for peer in peers}
    faster = min(peers[1:], key=lambda peer: median(spent[peer]))
    ratios = [a / b for a, b in zip(spent["ours"], spent[faster], strict=True)]
    if size >= bench.main_size:
        bench.claim(
            f"{traits} invoice traits of {size:,} enterprises over the faster peer",
            median(spent["ours"]) / median(spent[faster]),
            most=MOST_OVER_PEER,
            bounds=(min(ratios), max(ratios)),
            peer=f"{faster}, the same traits from the same files",
        )
        _python(bench, "invoice traits", size, costs["ours"])


def _portrayed(bench: Bench, peer: str, size: int) -> Cost:
    into = bench.fresh("" if peer == "ours" else ".parquet")
    stated = {} if peer == "ours" else {"anchor": ANCHOR}
    lake, day = bench.books(size), DAY.isoformat()
    cost = bench.run(peer, "portray", lake=lake, day=day, into=into, **stated)
    _gone(into)
    return cost


def _python(bench: Bench, what: str, size: int, costs: Sequence[Cost]) -> None:
    """Claim how little of the time is spent outside the engine."""
    shares = [100 * (1 - c["told"]["engine"] / c["seconds"]) for c in costs]
    bench.claim(
        f"percent of the time outside the engine, {what} of {size:,} enterprises",
        median(shares),
        most=MOST_PYTHON,
        bounds=(min(shares), max(shares)),
    )


def _older_peers(bench: Bench) -> None:
    """Compare with pandas and Featuretools on the smallest size."""
    size = bench.sizes[0]
    peers = ["ours", "by_pandas"]
    if bench.featuretools is not None:
        peers.append("by_featuretools")
    else:
        print("Featuretools: no --featuretools-python was given, it is left out")
    costs: dict[str, list[Cost]] = {peer: [] for peer in peers}
    for _ in range(1 if bench.quick else ROUNDS):
        for peer in peers:
            costs[peer].append(_portrayed(bench, peer, size))
    ours = [cost["seconds"] for cost in costs["ours"]]
    _tell(f"{size:,} enterprises, ours", costs["ours"])
    for peer in peers[1:]:
        told = costs[peer][0]["told"]
        traits = told["traits"] if isinstance(told, dict) else told
        _tell(f"{size:,} enterprises, {traits} traits, {peer}", costs[peer])
        theirs = [cost["seconds"] for cost in costs[peer]]
        ratios = [b / a for a, b in zip(ours, theirs, strict=True)]
        bench.claim(
            f"times faster than {peer.removeprefix('by_')} with {traits} traits, "
            f"{size:,} enterprises",
            median(theirs) / median(ours),
            least=LEAST_FASTER,
            bounds=(min(ratios), max(ratios)),
            peer=peer,
        )


def _growth(bench: Bench) -> None:
    """Make all portraits at each size and claim how time and memory grow."""
    costs = bench.whole
    for size in bench.sizes:
        costs[size] = _renewed(bench, size, QUIET)
        traits = costs[size]["told"]["traits"]
        _tell(f"all {traits} traits of {size:,} enterprises", costs[size])
    for before, after in pairwise(bench.sizes):
        grown = math.log(costs[after]["seconds"] / costs[before]["seconds"])
        law = grown / math.log(after / before)
        print(f"  from {before:,} to {after:,} seconds grow to the power of {law:.2f}")
        bench.claim(
            f"times the time for ten times the enterprises, {before:,} to {after:,}",
            10**law,
            most=MOST_GROWTH,
        )
    large = bench.sizes[-1]
    peak = costs[large]["peak_mib"]
    bench.claim(f"peak MiB, all traits of {large:,}", peak, most=MOST_MIB)
    size = bench.main_size
    _python(bench, "all traits", size, [costs[size]])


def _renewed(bench: Bench, size: int, day: date) -> Cost:
    home = str(bench.folder / f"kept-{size}")
    return bench.run(
        "ours", "renew", lake=bench.lake(size), home=home, day=day.isoformat()
    )


def _panels(bench: Bench) -> None:
    """Compare panels with single days: as issued, with more invoices, all sources."""
    size = bench.main_size
    _panel(bench, bench.books(size), f"{size:,} enterprises of {FEW} invoices")
    if bench.quick:
        return
    few = max(size * FEW // MANY, 1)
    lake = str(bench.folder / "crowded")
    stated = {"families": ["invoices"], "invoices": MANY}
    bench.run("world", "build", folder=lake, enterprises=few, **stated)
    _panel(bench, lake, f"{few:,} enterprises of {MANY} invoices")
    small = bench.sizes[0]
    _panel(bench, bench.lake(small), f"all sources of {small:,} enterprises")


def _panel(bench: Bench, lake: str, what: str) -> None:
    """Compare portraits of many month ends with those of as many single days.

    Of every six months one single day is measured, with --quick of every twelve.
    """
    ends = list(_month_ends(36))
    apart = 12 if bench.quick else 6
    singles = [_paneled(bench, lake, [day]) for day in ends[apart // 2 :: apart]]
    _tell(f"{what}, one day", singles)
    for count in (24,) if bench.quick else (24, 36):
        cost = _paneled(bench, lake, ends[-count:])
        _tell(f"{what}, {count} month ends at once", cost)
        alone = [single["seconds"] * count for single in singles[-count // apart :]]
        bench.claim(
            f"{count} month ends over as many single days, {what}",
            cost["seconds"] / float(np.mean(alone)),
            most=MOST_PANEL,
            bounds=(cost["seconds"] / max(alone), cost["seconds"] / min(alone)),
        )


def _paneled(bench: Bench, lake: str, days: Iterable[date]) -> Cost:
    into = bench.fresh(".parquet")
    cost = bench.run(
        "ours", "panel", lake=lake, days=[day.isoformat() for day in days], into=into
    )
    _gone(into)
    return cost


def _month_ends(count: int) -> Iterable[date]:
    for month in range(ANCHOR - count + 1, ANCHOR + 1):
        yield date(month // 12, month % 12 + 1, 1) - timedelta(days=1)


def _on_demand(bench: Bench, size: int) -> None:
    cost = bench.run(
        "ours",
        "on_demand",
        lake=bench.lake(size),
        home=str(bench.folder / f"kept-{size}"),
        enterprises=size,
        asked=QUICK_ASKED if bench.quick else ASKED,
        day=QUIET.isoformat(),
    )
    spent = np.array(cost["told"]["ms"])
    p50, p99 = np.percentile(spent, [50, 99])
    _tell(f"opening a lake of {size:,}: {cost['told']['opening']:.1f} s", cost)
    print(f"  one enterprise of {size:,}: p50 {p50:.0f} ms, worst {spent.max():.0f} ms")
    bench.claim(f"ms for one enterprise of {size:,}, p99", p99, most=MOST_MS)


def _increments(bench: Bench) -> None:
    """Renew the portraits of shares of the enterprises, day by day."""
    size, day = bench.main_size, QUIET
    lake = bench.lake(size)
    whole = bench.whole[size]["seconds"]
    counts, seconds = [], []
    for share in SHARES[-1:] if bench.quick else SHARES:
        day += timedelta(days=1)
        stated = {"share": share, "day": day.isoformat()}
        bench.run("world", "news", lake=lake, enterprises=size, **stated)
        cost = _renewed(bench, size, day)
        counts.append(cost["told"]["renewed"])
        seconds.append(cost["seconds"])
        _tell(f"{counts[-1]:,} of {size:,} portraits renewed", cost)
        bench.claim(
            f"renewing {share:.1%} over all of {size:,}",
            cost["seconds"] / whole,
            most=MOST_RENEWED[share],
        )
    if len(counts) > 1:
        each, fixed = np.polyfit(counts, seconds, 1)
        print(
            f"  renewing: {fixed:.1f} s and {each * 1000:.2f} ms for each of the "
            f"renewed; all at once {whole / size * 1000:.2f} ms for each"
        )


def _tell(what: str, costs: Cost | Sequence[Cost]) -> None:
    """Print seconds, with their spread where there are several, and memory."""
    several = [costs] if isinstance(costs, dict) else costs
    spent = sorted(cost["seconds"] for cost in several)
    busy = median(cost["cpu"] for cost in several)
    peak = max(cost["peak_mib"] for cost in several)
    spread = "" if len(spent) == 1 else f" [{spent[0]:.2f}, {spent[-1]:.2f}]"
    print(
        f"{what}: {median(spent):.2f} s{spread}, {busy:.2f} s of the processor, "
        f"peak {peak:,.0f} MiB",
        flush=True,
    )


def _gone(path: str) -> None:
    """Remove what a run has left."""
    for left in Path(path).parent.glob(f"{Path(path).name}*"):
        shutil.rmtree(left) if left.is_dir() else left.unlink()


if __name__ == "__main__":
    main()
