"""Whether tiers tell what becomes of firms, and how often firms move between them.

Usage: python bench/tiers.py [--quick] [--json] [--folder DIR] [--seeds N]

In simulated counties the whole line is run as of the last of June, September and
December 2024, each following the tiers of the run before. By then facts reach back two
years, so that all three learn their PD in one way. The truth is who defaulted in the
twelve months after the first one, of those not in default then. Measured: the share of
bads in each tier (exact 95 % intervals), the difference from a tier to the next worse
one, with the 95 % of 2,000 draws of firms; the share of draws in which bads rise from
every tier to the next; the share of firms that left their tier in the last quarter; and
of those whom the first run lends to, how many there are and how many turned bad,
beside those whom it does not.
"""

import argparse
import sys
import tempfile
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from scipy.stats import binomtest

# A bench is run by its path, which finds its own folder only.
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from bench.claims import claim, tell
from bench.peers.counties import AS_OF, make, truth_of

from xiaowei.desk.home import open_home
from xiaowei.desk.line import Order
from xiaowei.desk.running import run_folders
from xiaowei.offers.tiers import TIERS

SEED = 7
SEEDS = 3
FIRMS = 3_000
QUICK_FIRMS = 400
DRAWS = 2_000
DAYS = (date(2024, 6, 30), date(2024, 9, 30), date(2024, 12, 31))
BUDGET_FEN = 10_000_000_000
SURE = 0.95
"""Of draws: the tiers are in order, not by chance."""

MOST_MOVED = 0.15
"""Of firms, in a quarter: more would be a credit strategy that changes its mind."""

LENT = 0.10
"""Of firms: a bank that turns nine in ten away does not serve a county."""


def main() -> None:
    """Measure and say."""
    stated = _stated()
    count = stated.seeds or (1 if stated.quick else SEEDS)
    size = QUICK_FIRMS if stated.quick else FIRMS
    with tempfile.TemporaryDirectory() as made:
        rows = pd.concat(
            _lived(stated.folder or Path(made), seed, size)
            for seed in range(SEED, SEED + count)
        )
    claims = measured(rows)
    seeds = f"{SEED} to {SEED + count - 1}"
    tell("tiers", claims, seed=seeds, as_json=stated.json)


def _lived(folder: Path, seed: int, firms: int) -> pd.DataFrame:
    """Return tiers of each firm by day, and whether it defaulted after the first."""
    own = make(folder, seed, firms=firms, share=0.06)
    tiers: dict[str, pd.Series[str]] = {}
    lent: set[str] = set()
    with open_home(own / "home") as home:
        for day in DAYS:
            print(f"county {seed} as of {day}", file=sys.stderr, flush=True)
            run = run_folders(
                home,
                [],
                Order(budget_fen=BUDGET_FEN, as_of=day),
                received_on=day,
                progress=lambda _stage: None,
                publish=lambda _document: None,
            )
            tiers[day.isoformat()] = pd.Series(
                {firm["enterprise_id"]: firm["tier"] for firm in run["firms"]}
            )
            if day == DAYS[0]:
                lent = {f["enterprise_id"] for f in run["firms"] if f["limit_fen"]}
    truth = truth_of(own).to_pandas().set_index("enterprise_id")["default_on"]
    rows = pd.DataFrame(tiers)
    lost = pd.to_datetime(truth.reindex(rows.index))
    alive = ~(lost <= pd.Timestamp(DAYS[0]))
    rows["bad"] = (lost <= pd.Timestamp(AS_OF)).astype("int64")
    rows["lent"] = rows.index.isin(lent)
    return rows[alive & rows[DAYS[0].isoformat()].notna()]


def measured(rows: pd.DataFrame) -> list[dict[str, Any]]:
    """Return the claims, and print what they rest on on standard error."""
    judged, before, last = (day.isoformat() for day in DAYS)
    now = rows[judged]
    for tier in TIERS:
        _print_rate(tier, rows[now == tier]["bad"])
    lent, others = rows[rows["lent"]]["bad"], rows[~rows["lent"]]["bad"]
    _print_rate("lent to", lent)
    _print_rate("not lent to", others)
    moves = pd.crosstab(rows[before], rows[last])
    print(moves, file=sys.stderr)
    rng = np.random.default_rng(SEED)
    claims = [
        claim(
            f"bads of {worse} less those of {better}",
            _apart(rows[now == better]["bad"], rows[now == worse]["bad"], rng),
            0.0,
            most=False,
        )
        for better, worse in pairwise(TIERS)
        if (now == better).any() and (now == worse).any()
    ]
    claims.append(
        claim(
            "share of draws in which bads rise from every tier to the next",
            _rising([rows[now == tier]["bad"] for tier in TIERS], rng),
            SURE,
            most=False,
        )
    )
    if len(lent):
        claims += [
            claim(
                "share of firms that are lent to",
                len(lent) / len(rows),
                LENT,
                most=False,
            ),
            claim(
                "bads of those not lent to less those of those lent to",
                _apart(lent, others, rng),
                0.0,
                most=False,
            ),
        ]
    known = rows[before].notna() & rows[last].notna()
    moved = float((rows[before] != rows[last])[known].mean())
    return [
        *claims,
        claim("share of firms that left their tier in a quarter", moved, MOST_MOVED),
    ]


def _print_rate(tier: str, bad: "pd.Series[int]") -> None:
    count, of = int(bad.sum()), len(bad)
    if not of:
        print(f"{tier}: no firm", file=sys.stderr)
        return
    ends = binomtest(count, of).proportion_ci(0.95, "exact")
    print(
        f"{tier}: {count} bad of {of}, {count / of:.4f} [{ends.low:.4f},"
        f" {ends.high:.4f}]",
        file=sys.stderr,
    )


def _rising(tiers: list["pd.Series[int]"], rng: np.random.Generator) -> float:
    """Return in how many draws of firms each tier has more bads than the one before.

    A tier without firms says nothing and is left out.
    """
    rates = [
        rng.binomial(len(some), some.mean(), DRAWS) / len(some)
        for some in tiers
        if len(some)
    ]
    return float(np.all(np.diff(np.stack(rates), axis=0) > 0, axis=0).mean())


def _apart(
    better: "pd.Series[int]", worse: "pd.Series[int]", rng: np.random.Generator
) -> tuple[float, float, float]:
    drawn = [
        rng.binomial(len(some), some.mean(), DRAWS) / len(some)
        for some in (better, worse)
    ]
    low, high = np.percentile(drawn[1] - drawn[0], [2.5, 97.5])
    return float(worse.mean() - better.mean()), float(low), float(high)


def _stated() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="one small county.")
    parser.add_argument("--json", action="store_true", help="the last line is JSON.")
    parser.add_argument("--folder", type=Path, help="where counties are kept.")
    parser.add_argument("--seeds", type=int, help="how many counties.")
    return parser.parse_args()


if __name__ == "__main__":
    main()
