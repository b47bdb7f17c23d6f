"""Time and memory of taking in one large CSV, at two sizes, beside plain DuckDB.

    python bench/intake.py [--quick] [--json] [--rows N]

Invoices are written to a CSV file, a share of them bad, copied or corrected, and taken
in by a process of its own whose peak memory the system tells. The peer reads the same
file with DuckDB's read_csv and writes it to Parquet: no judging, no search for copies.
Then one enterprise is read from the lake, from parts with row groups of several sizes.
"""

import argparse
import json
import math
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import duckdb
import numpy as np
import pyarrow.parquet as pq

# A bench is run by its path, which finds its own folder only.
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from bench.claims import claim, told

SEED: Final = 11
ROWS: Final = 12_000_000
QUICK_ROWS: Final = 600_000
SHRINK: Final = 4
"""The smaller size is the larger one through this."""
MOST_MIB: Final = 1024.0
MOST_GROWTH: Final = 1.15
MOST_EXPONENT: Final = 1.15
MOST_OVER_PEER: Final = 15.0
READS: Final = 40
WHOLE_READS: Final = 7
BAD, CORRECTED, COPIED = 0.002, 0.99, 0.995
"""Of numbers from 0 to 1: below the first a row is bad, beyond the second it is
corrected by the next, beyond the third copied."""
GROUPS: Final = (8_192, 16_384, 65_536, 131_072)
HEADS: Final = "企业代号,发票号码,开票日期,购方单位代号,金额,税额,价税合计,发票状态"

TAKE: Final = """
import json, resource, sys, time
from datetime import date
from pathlib import Path
from xiaowei.desk.home import open_home
from xiaowei.desk.taking import take_all
from xiaowei.facts.intake import Delivery
from xiaowei.facts.sources import SALES
with open_home(Path(sys.argv[1])) as home:
    begun = time.perf_counter()
    delivery = Delivery(Path(sys.argv[2]), SALES, date(2026, 6, 30))
    taken = take_all([delivery], lake=home.lake)
    spent = time.perf_counter() - begun
account = taken.receipts[0].account
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
told = [account.rows, account.accepted, account.quarantined, account.duplicates]
print(json.dumps({"seconds": spent, "peak_mib": peak, "told": told}))
"""

PEER: Final = """
import json, resource, sys, time
import duckdb
begun = time.perf_counter()
with duckdb.connect(config={"threads": 2, "memory_limit": "400MiB"}) as connection:
    connection.execute(
        f"COPY (SELECT * FROM read_csv('{sys.argv[2]}', all_varchar=true)) "
        f"TO '{sys.argv[1]}' (FORMAT parquet, COMPRESSION zstd)"
    )
spent = time.perf_counter() - begun
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
print(json.dumps({"seconds": spent, "peak_mib": peak}))
"""


@dataclass(frozen=True, slots=True)
class Run:
    """What taking in one size came to."""

    rows: int
    mib: float
    ours: dict[str, Any]
    peer: dict[str, Any]


def main() -> None:
    """Run the bench and print a table, or with --json one line."""
    asked = _arguments()
    most = asked.rows or (QUICK_ROWS if asked.quick else ROWS)
    with tempfile.TemporaryDirectory(dir=asked.folder) as place:
        folder = Path(place)
        runs = [_run(folder, rows) for rows in (most // SHRINK, most)]
        reads = _reads(folder)
    claims = _claims(runs, full=not asked.quick)
    if asked.json:
        bench = {
            "bench": "intake",
            "machine": f"{platform.machine()}, {platform.system()}",
            "seed": SEED,
            "claims": claims,
        }
        print(json.dumps(bench))
        return
    _print(runs, reads, claims)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="within a minute")
    parser.add_argument("--json", action="store_true", help="one line of JSON")
    parser.add_argument("--rows", type=int, help="rows of the larger file")
    parser.add_argument("--folder", type=Path, help="where the files may lie")
    return parser.parse_args()


def _run(folder: Path, rows: int) -> Run:
    """Write a file and take it in, by us and by the peer, each in its own process."""
    path = folder / f"sales_invoices-{rows}.csv"
    _write(path, rows)
    mib = path.stat().st_size / 2**20
    ours = _measured(TAKE, folder / f"home-{rows}", path)
    peer = _measured(PEER, folder / f"peer-{rows}.parquet", path)
    path.unlink()
    return Run(rows, mib, ours, peer)


def _measured(script: str, out: Path, path: Path) -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, "-c", script, str(out), str(path)],
        check=True,
        capture_output=True,
        text=True,
    )
    measured: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return measured


def _write(path: Path, rows: int) -> None:
    rng = np.random.default_rng(SEED)
    with path.open("w", encoding="utf-8") as file:
        file.write(HEADS + "\n")
        for start in range(0, rows, 100_000):
            count = min(100_000, rows - start)
            file.writelines(_lines(rng, start, count, firms=max(rows // 60, 1)))


def _lines(
    rng: np.random.Generator, start: int, count: int, *, firms: int
) -> Iterator[str]:
    """Return invoices; of a thousand, two are bad, five copied and five corrected."""
    firm = rng.integers(0, firms, count)
    net = rng.integers(100, 10_000_000, count)
    days = np.datetime64("2024-01-01") + rng.integers(0, 800, count)
    kind = rng.random(count)
    for place in range(count):
        fen = int(net[place])
        tax = fen * 13 // 100
        day = "2024-02-30" if kind[place] < BAD else days[place]
        line = (
            f"E{firm[place]:07d},{start + place:08d},{day},"
            f"B{place % 5000},{_yuan(fen)},{_yuan(tax)},{_yuan(fen + tax)},有效发票\n"
        )
        yield line
        if kind[place] > COPIED:
            yield line
        elif kind[place] > CORRECTED:
            yield line.replace("有效", "作废")


def _yuan(fen: int) -> str:
    return f"{fen // 100}.{fen % 100:02d}"


def _reads(folder: Path) -> dict[int, tuple[float, float]]:
    """Return milliseconds to read one firm, and all, of a part, by rows of a group."""
    parts = sorted(folder.glob("home-*/lake/invoices/*/*.parquet"))
    part = max(parts, key=lambda path: path.stat().st_size)
    table = pq.read_table(part, partitioning=None)
    ids = table["enterprise_id"].unique().to_pylist()
    asked = np.random.default_rng(SEED).choice(np.array(ids), READS)
    found = {}
    for rows in GROUPS:
        copy = folder / f"groups-{rows}.parquet"
        pq.write_table(table, copy, row_group_size=rows, compression="zstd")
        one = f"SELECT * FROM read_parquet('{copy}') WHERE enterprise_id = ?"  # noqa: S608
        whole = f"SELECT sum(net_fen), max(invoice_no) FROM read_parquet('{copy}')"  # noqa: S608
        found[rows] = (
            _spent(one, [[str(firm)] for firm in asked]),
            _spent(whole, [[]] * WHOLE_READS),
        )
    return found


def _spent(statement: str, asked: list[list[str]]) -> float:
    """Return the median milliseconds of a statement."""
    spent = []
    with duckdb.connect(config={"threads": 2}) as connection:
        for values in asked:
            begun = time.perf_counter()
            connection.execute(statement, values).fetchall()
            spent.append(time.perf_counter() - begun)
    return float(np.median(spent) * 1000)


def _claims(runs: list[Run], *, full: bool) -> list[dict[str, Any]]:
    """Return what is claimed; growth only where memory is full at both sizes."""
    small, large = runs
    peaks = large.ours["peak_mib"], small.ours["peak_mib"]
    law = math.log(large.ours["seconds"] / small.ours["seconds"]) / math.log(
        large.rows / small.rows
    )
    claims = [
        claim("peak MiB at the larger size", peaks[0], MOST_MIB),
        claim("exponent of seconds over rows", law, MOST_EXPONENT),
        claim(
            "seconds over DuckDB read_csv to Parquet",
            large.ours["seconds"] / large.peer["seconds"],
            MOST_OVER_PEER,
            peer="DuckDB read_csv (all text) to Parquet, same file, same run",
        ),
    ]
    if full:
        sizes = f"{large.rows:,} rows over peak at {small.rows:,}"
        growth = claim(f"peak at {sizes}", peaks[0] / peaks[1], MOST_GROWTH)
        claims.append(growth)
    return claims


def _print(
    runs: list[Run], reads: dict[int, tuple[float, float]], claims: list[dict[str, Any]]
) -> None:
    for run in runs:
        for name, cost in (("xiaowei", run.ours), ("DuckDB", run.peer)):
            rate = run.rows / cost["seconds"]
            print(
                f"{run.rows:>11,} rows {run.mib:8.0f} MiB  {name:8}"
                f"{cost['seconds']:8.1f} s {rate:10,.0f} rows/s "
                f"{cost['peak_mib']:6.0f} MiB peak"
            )
        print(f"  rows, accepted, quarantined, duplicates: {run.ours['told']}")
    for rows, (firm, whole) in reads.items():
        print(
            f"row groups of {rows:>7,}: one firm of a part {firm:6.2f} ms, "
            f"the whole part {whole:6.2f} ms"
        )
    for one in claims:
        print(told(one))


if __name__ == "__main__":
    main()
