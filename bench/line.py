"""Time and memory of the whole line, stage by stage, beside plain SQL in the same run.

    python bench/line.py [--quick] [--json] [--data FOLDER]

With the public set CUMCM 2020-C beside the project it runs on that; else, and with
--quick, on a simulated county. Absolute times on shared machines prove nothing, so the
invoices-to-portraits time is stated as a ratio to one hand-written SQL statement that
reads the same files and makes two aggregates.
"""

import argparse
import json
import platform
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any, Final

import duckdb

# A bench is run by its path, which finds its own folder only.
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from bench.claims import claim, told

DATA: Final = Path(__file__).resolve().parents[2] / "shared" / "data" / "cumcm2020c"
SEED: Final = 7
MOST_SECONDS: Final = 90.0
MOST_MIB: Final = 3072.0
MOST_PORTRAIT_SECONDS: Final = 15.0
MOST_OVER_PLAIN: Final = 100.0
"""On a small county most of it is Ibis writing SQL, which grows with no data."""


def main() -> None:
    """Run the bench and print a table, or with --json one line."""
    asked = _arguments()
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        document = _run(folder, data=None if asked.quick else asked.data)
        plain = _plain_sql(folder)
    claims = _claims(document["timing"], plain=plain)
    if asked.json:
        bench = {
            "bench": "line",
            "machine": f"{platform.machine()}, {platform.system()}",
            "seed": SEED,
            "claims": claims,
        }
        print(json.dumps(bench))
        return
    for stage, cost in document["timing"].items():
        print(f"{stage:14} {cost['seconds']:8.2f} s {cost['peak_mib']:8.0f} MiB")
    for one in claims:
        print(told(one))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="the county only")
    parser.add_argument("--json", action="store_true", help="one line of JSON")
    parser.add_argument("--data", type=Path, default=DATA, help="CUMCM 2020-C")
    return parser.parse_args()


def _run(folder: Path, *, data: Path | None) -> dict[str, Any]:
    """Run the line as a user would, in a process of its own."""
    out = folder / "out.json"
    command = [sys.executable, "-m", "xiaowei", "--home", str(folder / "home")]
    if data is not None and data.is_dir():
        command += ["run", "--public", f"cumcm2020c={data}", "--json", str(out)]
    else:
        command += ["demo", str(folder), "--seed", str(SEED), "--json", str(out)]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    document: dict[str, Any] = json.loads(out.read_text(encoding="utf-8"))
    return document


def _plain_sql(folder: Path) -> float:
    """Return the seconds of one hand-written statement over the same invoices."""
    parts = str(folder / "home" / "lake" / "invoices" / "*" / "*.parquet")
    statement = f"""
        SELECT enterprise_id, direction, sum(net_fen) FILTER (state = 'valid'),
               count(*) FILTER (state = 'voided') / count(*)
        FROM read_parquet('{parts}') GROUP BY ALL"""  # noqa: S608 - our own path
    with duckdb.connect(config={"threads": 2}) as connection:
        begun = time.perf_counter()
        connection.execute(statement).fetchall()
        return time.perf_counter() - begun


def _claims(timing: dict[str, Any], *, plain: float) -> list[dict[str, Any]]:
    portraits = timing["facts"]["seconds"] + timing["portraits"]["seconds"]
    return [
        claim("seconds of the whole line", timing["total"]["seconds"], MOST_SECONDS),
        claim("peak MiB", timing["total"]["peak_mib"], MOST_MIB),
        claim("seconds from files to portraits", portraits, MOST_PORTRAIT_SECONDS),
        claim(
            "portraits (all traits) over two aggregates in plain DuckDB SQL",
            timing["portraits"]["seconds"] / plain,
            MOST_OVER_PLAIN,
            peer="one hand-written DuckDB statement, same files, same run",
        ),
    ]


if __name__ == "__main__":
    main()
