"""Circles of trade and the other network checks: what they find, how fast, how falsely.

    python bench/circles.py [--quick] [--json] [--spark]

The world is made here: firms with standing partners, most of whom are firms too, and
rings planted in it, of three to six firms, at four levels of camouflage. What is called
outside rings, and in a world without any, is called falsely. Time and memory are those
of a process of its own on two cores, which reads the facts from Parquet files. With
--spark the same world is checked on a real Spark, too, and what both say is compared.
"""

import argparse
import json
import platform
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any, Final

import ibis
import numpy as np

# A bench is run by its path, which finds its own folder only.
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from bench.claims import claim, told
from bench.peers.rings import AS_OF, LENGTHS, LEVELS, SEED, Ring, opened, write
from bench.peers.spark import local_spark

from xiaowei.verification.checks.circles import CIRCULAR_TRADE
from xiaowei.verification.checks.kin import RELATED_SALES, SHARED_IDENTITY
from xiaowei.verification.checks.newcomers import NEW_PARTNERS
from xiaowei.verification.checks.templates import SHARED_TEMPLATE
from xiaowei.verification.finding import Case, Check, Finding
from xiaowei.verification.statistical import FALSE_DISCOVERIES

FIRMS, INVOICES, RINGS = 100_000, 5_000_000, 400
QUICK_FIRMS, QUICK_INVOICES, QUICK_RINGS = 5_000, 250_000, 40
SECONDS, MIB, FOUND = 180.0, 8_192.0, 0.9
CHECKS: Final = (
    CIRCULAR_TRADE,
    SHARED_IDENTITY,
    RELATED_SALES,
    NEW_PARTNERS,
    SHARED_TEMPLATE,
)


def main() -> None:
    """Run the bench and print a table, or with --json one line."""
    asked = _arguments()
    if asked.of:
        print(json.dumps(_measured(Path(asked.of))))
        return
    size = (FIRMS, INVOICES, RINGS)
    if asked.quick:
        size = (QUICK_FIRMS, QUICK_INVOICES, QUICK_RINGS)
    claims = _beside_spark(*size) if asked.spark else _claims(*size)
    if asked.json:
        machine = f"{platform.machine()}, {platform.system()}"
        bench = {"bench": "circles", "machine": machine, "seed": SEED}
        print(json.dumps({**bench, "claims": claims}, ensure_ascii=False))
        return
    for one in claims:
        print(told(one))


def _claims(firms: int, invoices: int, rings: int) -> list[dict[str, Any]]:
    claims = []
    with tempfile.TemporaryDirectory() as folder:
        for world, count in (("with rings", rings), ("without rings", 0)):
            place = Path(folder) / world.replace(" ", "_")
            place.mkdir()
            planted = write(place, firms=firms, invoices=invoices, rings=count)
            seen = _child(place)
            called = f"{firms:,} firms, {invoices:,} invoices, {world}"
            if count:
                claims += _cost(called, seen)
                claims += _found(planted, set(seen["called"]))
            members = {firm for ring in planted for firm in ring.firms}
            false = [one for one in seen["called"] if one not in members]
            share = len(false) / max(len(seen["called"]), 1)
            if count:
                name = f"{called}: share of firms called that are in no ring"
                claims.append(claim(name, (share,), 2 * FALSE_DISCOVERIES))
            else:
                name = f"{called}: firms called of 100,000"
                claims.append(claim(name, (len(false) / firms * 1e5,), 10))
    return claims


def _beside_spark(firms: int, invoices: int, rings: int) -> list[dict[str, Any]]:
    """Return how many findings DuckDB and Spark differ in, and what Spark takes."""
    claims = []
    name = f"{firms:,} firms, {invoices:,} invoices, Spark"
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder) / "world"
        place.mkdir()
        write(place, firms=firms, invoices=invoices, rings=rings)
        mine = _said_by(ibis.duckdb.connect(threads=2), place)
        with local_spark(Path(folder)) as spark:
            for check in CHECKS:
                begun = time.perf_counter()
                theirs = _said(check, place, spark)
                seconds = time.perf_counter() - begun
                differ = sum(
                    mine[check.name].get(firm) != theirs.get(firm)
                    for firm in mine[check.name].keys() | theirs.keys()
                )
                what = f"{name}, {check.name}"
                claims += [
                    claim(f"{what}: of {len(theirs):,} findings differ", differ, 0),
                    claim(f"{what}: seconds", seconds, SECONDS),
                ]
    return claims


def _said_by(engine: ibis.BaseBackend, place: Path) -> dict[str, dict[str, Finding]]:
    return {check.name: _said(check, place, engine) for check in CHECKS}


def _said(check: Check, place: Path, engine: ibis.BaseBackend) -> dict[str, Finding]:
    case = Case(facts=opened(place, engine), as_of=AS_OF, industries={})
    return {one.enterprise_id: one for one in check.find(case)}


def _cost(called: str, seen: dict[str, Any]) -> list[dict[str, Any]]:
    seconds = seen["seconds"]
    return [
        claim(
            f"{called}: seconds of circular trade",
            (seconds[CIRCULAR_TRADE.name],),
            SECONDS,
        ),
        claim(
            f"{called}: seconds of all network checks",
            (sum(seconds.values()),),
            SECONDS,
        ),
        claim(f"{called}: peak MiB", (seen["mib"],), MIB),
    ]


def _found(planted: list[Ring], called: set[int]) -> list[dict[str, Any]]:
    claims = []
    for length in LENGTHS:
        for level, how in LEVELS.items():
            hits = [
                set(ring.firms) <= called
                for ring in planted
                if len(ring.firms) == length and ring.level == level
            ]
            name = f"rings of {length}, {how}: share found whole"
            claims.append(claim(name, (float(np.mean(hits)),), FOUND, most=False))
    return claims


def _child(place: Path) -> dict[str, Any]:
    ran = subprocess.run(
        [sys.executable, __file__, "--of", str(place)],
        check=True,
        capture_output=True,
        text=True,
    )
    found: dict[str, Any] = json.loads(ran.stdout.splitlines()[-1])
    return found


def _measured(place: Path) -> dict[str, Any]:
    """Return seconds of each check, the peak, and whom circular trade calls."""
    engine = ibis.duckdb.connect(threads=2)
    case = Case(facts=opened(place, engine), as_of=AS_OF, industries={})
    seconds, called = {}, []
    for check in CHECKS:
        begun = time.perf_counter()
        found = check.find(case)
        seconds[check.name] = time.perf_counter() - begun
        if check is CIRCULAR_TRADE:
            ids = [one.enterprise_id for one in found if one.outcome == "differs"]
            called = [int(one[1:]) for one in ids]
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {"seconds": seconds, "mib": peak, "called": called}


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a small world")
    parser.add_argument("--json", action="store_true", help="one line of JSON")
    parser.add_argument("--spark", action="store_true", help="beside a real Spark")
    parser.add_argument("--of", help=argparse.SUPPRESS)
    return parser.parse_args()


if __name__ == "__main__":
    main()
