"""Whom each check calls where nobody deceives.

    python bench/alarms.py [--quick] [--json] [--folder DIR]

Two counties without any deceit (seeds 21 and 22 of bench/verification.py). A check says
that sources differ, or it does not. Checks by a rule have no tail of their own: what
they call of honest firms is told here alone. Called is the share of those that a check
spoke of, with Wilson's interval of 95%.
"""

import argparse
import sys
import tempfile
from collections import Counter
from pathlib import Path
from typing import Final

from scipy.stats import binomtest

# A bench is run by its path, which finds its own folder only.
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from bench.claims import claim, tell
from bench.peers.counties import make, opened

from xiaowei.verification.verify import CHECKS, verify

SEEDS: Final = (21, 22)
FIRMS, QUICK_FIRMS = 1_500, 400
STATED: Final = 0.01
"""The rate that checks by rank state; false discoveries of the others are at 5% of what
is called, which where nobody deceives is to call hardly anybody."""


def called_in(own: Path) -> Counter[tuple[str, str]]:
    """Return how many firms each check spoke of in a county, and how many it called."""
    counts: Counter[tuple[str, str]] = Counter()
    with opened(own) as (case, truth):
        firms = [row["enterprise_id"] for row in truth]
        for one in verify(case, enterprises=firms):
            counts[one.check, "heard"] += one.outcome != "silent"
            counts[one.check, "called"] += one.outcome == "differs"
    return counts


def main() -> None:
    """Run the bench."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="two small counties")
    parser.add_argument("--json", action="store_true", help="one line of JSON")
    parser.add_argument("--folder", type=Path, help="where counties are kept")
    asked = parser.parse_args()
    firms = QUICK_FIRMS if asked.quick else FIRMS
    counts: Counter[tuple[str, str]] = Counter()
    with tempfile.TemporaryDirectory() as made:
        for seed in SEEDS:
            folder = asked.folder or Path(made)
            counts += called_in(make(folder, seed, firms=firms, share=0.0))
    claims = []
    for check in CHECKS:
        heard, called = counts[check.name, "heard"], counts[check.name, "called"]
        if heard:
            share = binomtest(called, heard)
            bounds = share.proportion_ci(method="wilson")
            name = f"{check.name}: called of {heard:,}"
            claims.append(claim(name, (called / heard, *bounds), STATED))
    tell("alarms", claims, seed=str(SEEDS), as_json=asked.json)


if __name__ == "__main__":
    main()
