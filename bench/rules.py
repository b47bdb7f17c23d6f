"""Rules over a million firms, beside the same written by hand; proofs; the policy lab.

    python bench/rules.py [--quick] [--json]

Applications are drawn by a seed (19 fields, 1 % of each missing) and decided by the
rules to start with, from a PyArrow table in memory. Peers, in the same run and turn and
turn about: the 18 rules as one expression of NumPy over floats that lie ready, with
missing as NaN, and as one CASE of DuckDB over the same table. Both are written by hand
and give the place of the rule that decides and whether it is unknown, no more; ours
gives outcome, rule, what is missing, cap and add-on, and looks whether each column
holds what its field may. All three must decide each firm alike. Times are seconds of
processor of the best of some turns, which hang less on what else the machine does, and
by the clock where so said.

Then: 100,000 past applications decided by two versions, with money, bad rate and three
ways to tell firms apart; the proof of the rules, and of 100 rules; one firm alone.
"""

import argparse
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

import duckdb
import numpy as np
import pyarrow as pa

# A bench is run by its path, which finds its own folder only.
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from bench.claims import claim, tell
from bench.peers.ruled import DAY, SEED, SQL, applications, by_numpy, floats_of

from xiaowei.decisions.rules.grammar import Comparison, Limit, RuleSet
from xiaowei.decisions.rules.past import Told
from xiaowei.decisions.rules.plain import as_plain
from xiaowei.decisions.rules.proof import prove
from xiaowei.decisions.rules.reading import rule_set_of, shipped_rules
from xiaowei.decisions.rules.ruling import decide
from xiaowei.decisions.rules.settled import Settled, settle
from xiaowei.decisions.rules.swaps import swaps
from xiaowei.decisions.rules.table import decide_all
from xiaowei.policy.book import load_book

FIRMS, QUICK_FIRMS = 1_000_000, 100_000
LAB: Final = 100_000
ALONE: Final = 2_000
TURNS: Final = 5
CORES: Final = 2
LONG: Final = 100
SECONDS, NUMPY_RATIO, DUCKDB_RATIO, LAB_SECONDS = 5.0, 3.0, 1.0, 5.0
PROOF_SECONDS, LONG_SECONDS, ALONE_MILLISECONDS = 1.0, 10.0, 2.0


def main() -> None:
    """Measure and say."""
    asked = _arguments()
    book = load_book()
    ready = settle(shipped_rules(book=book), book=book, on=DAY)
    claims = [
        *_decided(ready, QUICK_FIRMS if asked.quick else FIRMS),
        *_alone(ready),
        *_lab(ready),
        *_proofs(ready),
    ]
    tell("rules", claims, seed=SEED, as_json=asked.json)


def _decided(ready: Settled, count: int) -> list[dict[str, Any]]:
    table = applications(count)
    floats = floats_of(table)
    with duckdb.connect(config={"threads": CORES}) as engine:
        engine.register("applications", table)
        works: dict[str, Callable[[], Any]] = {
            "ours": lambda: decide_all(ready, table),
            "numpy": lambda: by_numpy(floats),
            "duckdb": lambda: engine.sql(SQL).fetchnumpy()["decided"],
        }
        # Two threads of DuckDB keep the order of what they read from memory.
        best, clock, said = _best(works)
    ours = _places(ready, said["ours"])
    called = f"{count:,} firms, {len(ready.rules.rules)} rules"
    return [
        claim(f"{called}: seconds by the clock", clock["ours"], SECONDS),
        claim(
            f"{called}: processor time over NumPy's",
            best["ours"] / best["numpy"],
            NUMPY_RATIO,
            peer="NumPy by hand",
        ),
        claim(
            f"{called}: processor time over DuckDB's",
            best["ours"] / best["duckdb"],
            DUCKDB_RATIO,
            peer="DuckDB CASE by hand",
        ),
        *[
            claim(
                f"{called}: firms decided otherwise than by {name}",
                int((ours != said[name]).sum()),
                0,
                peer=name,
            )
            for name in ("numpy", "duckdb")
        ],
    ]


def _best(
    works: dict[str, Callable[[], Any]],
) -> tuple[dict[str, float], dict[str, float], dict[str, Any]]:
    best, clock = dict.fromkeys(works, np.inf), dict.fromkeys(works, np.inf)
    said = {}
    for _ in range(TURNS):
        for name, work in works.items():
            begun, spent = time.perf_counter(), time.process_time()
            said[name] = work()
            clock[name] = min(clock[name], time.perf_counter() - begun)
            best[name] = min(best[name], time.process_time() - spent)
    for name in works:
        line = f"{name:8} {best[name]:7.3f} s of processor, {clock[name]:7.3f} s"
        print(line, file=sys.stderr, flush=True)
    return best, clock, said


def _places(ready: Settled, found: pa.Table) -> np.ndarray:
    codes = [rule.code for rule in ready.rules.rules]
    chunk = found["rule"].combine_chunks().cast(pa.string())
    places = pa.compute.index_in(chunk, pa.array(codes)).fill_null(-1).to_numpy() + 1
    unknown = found["unknown"].to_numpy()
    return np.asarray(np.where(unknown, -places, places), dtype=np.int16)


def _alone(ready: Settled) -> list[dict[str, Any]]:
    table = applications(ALONE, seed=SEED + 1)
    rows = table.to_pylist()
    begun = time.process_time()
    rulings = [decide(ready, row) for row in rows]
    each = (time.process_time() - begun) / len(rows) * 1000
    together = decide_all(ready, table).to_pylist()
    other = sum(
        {
            "outcome": one.outcome,
            "rule": one.rule.code if one.rule else None,
            "unknown": one.unknown,
            "missing": " ".join(one.missing) or None,
            "cap_fen": one.cap_fen,
            "rate_add": one.rate_add,
        }
        != row
        for one, row in zip(rulings, together, strict=True)
    )
    return [
        claim("one firm with its trace: milliseconds", each, ALONE_MILLISECONDS),
        claim(f"{ALONE:,} firms alone: decided otherwise than in a table", other, 0),
    ]


def _lab(ready: Settled) -> list[dict[str, Any]]:
    past = applications(LAB, seed=SEED + 2)
    newer = _moved(_moved(ready, "pd_high", "0.12"), "pd_vague", "0.20")
    told = Told(bad="bad", amount="amount", by=("tier", "section", "region"))
    begun = time.perf_counter()
    found = swaps(ready, newer, past, told=told)
    seconds = time.perf_counter() - begun
    for line in found.lines:
        print(line.en, file=sys.stderr)
    return [claim(f"swap set of {LAB:,} applications: seconds", seconds, LAB_SECONDS)]


def _moved(ready: Settled, code: str, limit: str) -> Settled:
    """Return the rules with another limit in one of them."""
    rules = []
    for rule in ready.rules.rules:
        when = rule.when
        if rule.code == code and isinstance(when, Comparison):
            when = replace(when, limits=(Limit(Decimal(limit)),))
        rules.append(replace(rule, when=when))
    return replace(ready, rules=replace(ready.rules, rules=tuple(rules)))


def _proofs(ready: Settled) -> list[dict[str, Any]]:
    begun = time.process_time()
    proof = prove(ready)
    seconds = time.process_time() - begun
    long = settle(_long(), book=load_book(), on=DAY)
    begun = time.process_time()
    wide = prove(long)
    more = time.process_time() - begun
    print(f"{LONG} rules: {len(wide.remarks)} remarks", file=sys.stderr)
    return [
        claim("proof of the rules to start with: seconds", seconds, PROOF_SECONDS),
        claim(
            "proof of the rules to start with: faults and questions not proven",
            len(proof.faults) + len(proof.unproven),
            0,
        ),
        claim(f"proof of {LONG} rules: seconds", more, LONG_SECONDS),
        claim(f"proof of {LONG} rules: questions not proven", len(wide.unproven), 0),
    ]


def _long() -> RuleSet:
    """Return many rules of three tests each over ten fields, by a seed."""
    rng = np.random.default_rng(SEED)
    names = ("pd", "pd_high", "fake_trade", "customer_top_share_12m", "margin_12m")
    rules = []
    for place in range(LONG):
        tests = [
            {
                "trait": str(name),
                "operator": str(rng.choice(["<", "<=", ">", ">="])),
                "limit": f"{rng.integers(0, 100) / 100}",
                "unit": "share",
            }
            for name in rng.choice(names, 3, replace=False)
        ]
        rules.append(
            {
                "code": f"r{place}",
                "title": {"zh": "题", "en": "title"},
                "when": {str(rng.choice(["all", "all", "any"])): tests},
                "outcome": str(rng.choice(["approve", "refer", "decline"])),
                "reason": "assessment",
                "source": "drawn",
            }
        )
    start = as_plain(shipped_rules(book=load_book()))
    return rule_set_of({**start, "rules": rules})


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="100,000 firms.")
    parser.add_argument("--json", action="store_true", help="the last line is JSON.")
    return parser.parse_args()


if __name__ == "__main__":
    main()
