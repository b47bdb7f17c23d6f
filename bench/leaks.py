"""How many planted leaks are found, how faint they may be, and what clean files raise.

    python bench/leaks.py [--quick] [--json]

Every plant of the tests is planted in honest files of 1,500 loans, 20 seeds each, and
looked for by the check, by the short check of the line, and by the usual rule that an
AUC above 0.9 is a leak. Then some are made fainter until they are missed.
"""

import argparse
import json
import platform
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
import pandas as pd

# A bench is run by its path, which finds its own folder only.
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from bench.claims import claim, told
from tests.risk.leak_files import Files, honest_files
from tests.risk.leak_kinds import Planted, planted
from tests.risk.leak_plots import PLANTS

from xiaowei.risk.leakage import Column, find_leaks
from xiaowei.risk.leaks.candidate import candidates_of
from xiaowei.risk.leaks.inspection import inspect
from xiaowei.risk.measures import auc

SEEDS: Final = (20, 3)
"""In full and with --quick."""

USUAL_AUC: Final = 0.9

Faint = Callable[[Files, float], Planted]


def copy_with_noise(files: Files, spread: float) -> Planted:
    """Add noise to the outcome."""
    noise = files.rng.normal(0, spread, len(files))
    return planted(files, files.defaulted + noise, "ranks")


def filled_later(files: Files, goods: float) -> Planted:
    """Fill a field for nine bads in ten and for a share of the goods."""
    rng = files.rng
    filled = rng.random(len(files)) < np.where(files.bad, 0.9, goods)
    return planted(files, np.where(filled, rng.random(len(files)), np.nan), "filled")


def value_of_bads(files: Files, bads: float) -> Planted:
    """Give a status to a share of the bads and to nobody else."""
    status = files.rng.choice(["open", "new", "old"], len(files)).astype(object)
    status[files.bad & (files.rng.random(len(files)) < bads)] = "in court"
    return planted(files, status, "only_bads", "level")


def years_kept(files: Files, whole: float) -> Planted:
    """Leave a term in whole years to a share of the bads, as to all goods but 10%."""
    rng, firms = files.rng, len(files)
    years = rng.random(firms) < np.where(files.bad, whole, 0.9)
    months = 12 * rng.integers(2, 11, firms)
    return planted(
        files, np.where(years, months, rng.integers(6, 120, firms)), "remainder"
    )


def round_amounts(files: Files, bads: float) -> Planted:
    """Round a share of the bads to hundreds, and one good in twenty."""
    rng, firms = files.rng, len(files)
    amount = np.rint(np.exp(rng.normal(11, 0.8, firms)))
    again = rng.random(firms) < np.where(files.bad, bads, 0.05)
    return planted(
        files, np.where(again, np.rint(amount / 100) * 100, amount), "remainder"
    )


def branch(files: Files, share: float) -> Planted:
    """Let one branch, with a share of the files, tell the outcome with some noise."""
    rng, firms = files.rng, len(files)
    here = rng.random(firms) < share
    other = rng.choice(["B", "C", "D"], firms)
    told_here = files.defaulted + rng.normal(0, 0.25, firms)
    made = files.table.assign(office=np.where(here, "A", other))
    made["x"] = np.where(here, told_here, rng.normal(size=firms))
    return Planted(made, files.defaulted, {"x": {"segment"}})


def left_out(files: Files, noise: float) -> Planted:
    """Give the mean of the others of a trade, times noise as some encoders do."""
    by_trade = pd.Series(files.defaulted).groupby(files.table["trade"])
    sums, counts = by_trade.transform("sum"), by_trade.transform("count")
    others = (sums - files.defaulted) / (counts - 1)
    values = others * (1 + noise * files.rng.normal(size=len(files)))
    return planted(files, values, "leave_one_out", "pattern")


def changed_since(files: Files, bads: float) -> Planted:
    """Change a share of the bads since the decision, and 15% of the goods."""
    plant = PLANTS["later_copy"](files)
    left = files.rng.random(len(files)) < np.where(files.bad, bads, 0.15)
    staff = files.table["staff"].to_numpy()
    table = files.table.assign(staff=np.where(left, staff + 1, staff))
    return Planted(table, files.defaulted, plant.named, plant.told)


FAINTER: Final[dict[str, tuple[Faint, tuple[float, ...]]]] = {
    "copy with noise: standard deviation": (
        copy_with_noise,
        (0.3, 0.4, 0.45, 0.5, 0.55, 0.6),
    ),
    "filled for 90% of bads: share of goods": (
        filled_later,
        (0.01, 0.05, 0.1, 0.15, 0.2, 0.3),
    ),
    "value of bads only: share of bads": (
        value_of_bads,
        (0.3, 0.25, 0.2, 0.15, 0.1, 0.05),
    ),
    "whole years, 90% of goods: share of bads": (
        years_kept,
        (0.1, 0.2, 0.3, 0.4, 0.5, 0.6),
    ),
    "round hundreds, 5% of goods: share of bads": (
        round_amounts,
        (0.8, 0.7, 0.6, 0.5, 0.4, 0.3),
    ),
    "one branch: share of files": (branch, (0.3, 0.2, 0.15, 0.1, 0.07, 0.05)),
    "leave one out: noise, share of the value": (
        left_out,
        (0.0, 0.01, 0.02, 0.03, 0.05, 0.1),
    ),
    "changed since, 15% of goods: share of bads": (
        changed_since,
        (0.6, 0.5, 0.4, 0.35, 0.3, 0.25),
    ),
}
"""What is made fainter, by what, from plain to faint."""


def found_by_check(files: Planted) -> set[str]:
    """Return what the check finds, as right kinds and as grave as it should be."""
    inspection = inspect(files.table, files.defaulted, circumstances=files.told)
    return {
        leak.candidate
        for leak in inspection.leaks
        if leak.kind in files.named.get(leak.candidate, set())
        and leak.severity == files.severity
    }


def found_by_line(files: Planted) -> set[str]:
    """Return what the short check of the line finds."""
    columns: dict[str, Column] = {}
    for one in candidates_of(files.table):
        is_text = one.form == "category"
        columns[one.name] = (
            np.array([*one.labels, ""])[one.codes] if is_text else one.values
        )
    return {leak.candidate for leak in find_leaks(columns, files.defaulted)}


def found_by_rule(files: Planted) -> set[str]:
    """Return the numbers whose AUC is above 0.9 either way."""
    named = set()
    for one in candidates_of(files.table):
        known = one.known & ~np.isnan(one.values)
        outcomes = files.defaulted[known]
        if 0 < outcomes.sum() < len(outcomes):
            area = auc(one.values[known], outcomes)
            if max(area, 1 - area) > USUAL_AUC:
                named.add(one.name)
    return named


def main() -> None:
    """Print tables, or with --json the claims."""
    asked = _asked()
    seeds = range(SEEDS[asked.quick])
    ways = (found_by_check, found_by_line, found_by_rule)
    shares = []
    for name, plant in PLANTS.items():
        files = [plant(honest_files(seed)) for seed in seeds]
        shares.append([_share(files, way) for way in ways])
        _show(asked, f"{name:24}" + "".join(f"{one:9.0%}" for one in shares[-1]))
    for name, cells in _power(seeds):
        _show(asked, f"{name:44}{cells}")
    ours, line, rule = (float(np.mean(one)) for one in zip(*shares, strict=True))
    leaks, suspects = _alarms(seeds)
    claims = [
        claim("planted leaks found, share", ours, 1.0, most=False),
        claim("by the short check of the line", line, ours, peer="find_leaks"),
        claim("by the rule AUC above 0.9", rule, ours, peer="AUC > 0.9"),
        claim("honest files in which something is refused, share", leaks, 0.0),
        claim("honest files in which something is doubted, share", suspects, 0.02),
    ]
    if asked.json:
        machine = f"{platform.machine()}, {platform.system()}"
        head = {"bench": "leaks", "machine": machine, "seed": f"0 to {len(seeds) - 1}"}
        print(json.dumps({**head, "claims": claims}, ensure_ascii=False))
        return
    for one in claims:
        print(told(one))


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="three seeds")
    parser.add_argument("--json", action="store_true", help="claims alone, as JSON")
    return parser.parse_args()


def _show(asked: argparse.Namespace, line: str) -> None:
    if not asked.json:
        print(line, flush=True)


def _share(files: Sequence[Planted], way: Callable[[Planted], set[str]]) -> float:
    return float(np.mean([set(one.named) <= way(one) for one in files]))


def _power(seeds: range) -> Iterator[tuple[str, str]]:
    for name, (faint, strengths) in FAINTER.items():
        cells = []
        for strength in strengths:
            files = [faint(honest_files(seed), strength) for seed in seeds]
            cells.append(f"{strength:g}: {_share(files, found_by_check):.0%}")
        yield name, "  ".join(cells)


def _alarms(seeds: range) -> tuple[float, float]:
    """Return the shares of honest files with a refused and with a doubted column."""
    sizes: list[dict[str, Any]] = [
        {"firms": 123, "bad_rate": 0.22},
        {"firms": 400, "bad_rate": 0.4},
        {"firms": 1500, "bad_rate": 0.2},
        {"firms": 1500, "bad_rate": 0.04},
        {"firms": 6000, "bad_rate": 0.1},
    ]
    found = [
        inspect(files.table, files.defaulted)
        for size in sizes
        for seed in seeds
        if (files := honest_files(1000 + seed, **size)).defaulted.sum()
        >= len(sizes) * 2
    ]
    refused = float(np.mean([bool(one.refused) for one in found]))
    return refused, float(np.mean([bool(one.suspected) for one in found]))


if __name__ == "__main__":
    main()
