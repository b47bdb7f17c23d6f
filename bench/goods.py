"""Goods that change on the way 变票: who is found whose invoices say other goods.

    python bench/goods.py [--quick] [--json] [--folder DIR]

The simulator knows no firm that buys one thing and sells another, so it is planted
here: of the honest firms of two counties one in two hundred has a share of its
invoices of one side written for other goods, each firm for one class; four draws of
each county. Which class is chance alone, so some are what its trade deals in, too, and
cannot be seen, and plants of these counties buy what any plant makes. Found is who is
called; falsely who is called and honest.
"""

import argparse
import sys
import tempfile
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from itertools import product
from pathlib import Path
from typing import Any, Final

import ibis
import numpy as np
import pyarrow as pa
from scipy.stats import binomtest

# A bench is run by its path, which finds its own folder only.
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from bench.claims import claim, tell
from bench.peers.counties import SHARE, make, opened

from xiaowei.verification.checks.goods import GOODS
from xiaowei.verification.checks.sold_and_bought import BOUGHT, SOLD
from xiaowei.verification.finding import Case

SEEDS: Final = (3, 4)
FIRMS, QUICK_FIRMS = 1_500, 400
ONE_IN: Final = 200
DRAWS: Final = 4
LEVELS: Final = (0.1, 0.3, 0.6)
FOUND, FALSE = 0.5, 0.01
"""Half of those planted: what else they could buy or sell is often of their trade."""
LOOKS_AT: Final = {"purchase": BOUGHT, "sale": SOLD}
"""The check that is made for a side; `goods_that_fit` is what it stands beside."""


def planted(case: Case, whom: dict[str, str], *, direction: str, level: float) -> Case:
    """Return a case in which these firms' invoices say other goods.

    Args:
        case: the facts.
        whom: enterprise to the code that is written.
        direction: of the invoices, sale or purchase.
        level: how large a share of them, 0..1.
    """
    rows = case.facts["invoices"]
    other = ibis.memtable(
        pa.table({"enterprise_id": list(whom), "other": list(whom.values())})
    )
    told = rows.left_join(other, "enterprise_id").drop("enterprise_id_right")
    # So many of a firm's invoices, by their numbers: the same at each run.
    turn = told.invoice_no.hash().abs() % 1_000
    written = (
        told.other.notnull() & (told.direction == direction) & (turn < 1_000 * level)
    )
    goods = ibis.ifelse(written & told.goods.notnull(), told.other, told.goods)
    facts = {**case.facts, "invoices": told.mutate(goods=goods).drop("other")}
    return replace(case, facts=facts)


def chosen(case: Case, honest: Sequence[str], *, draw: int) -> dict[str, str]:
    """Return one in two hundred honest firms, and the goods that each writes."""
    rng = np.random.default_rng(draw)
    rows = case.facts["invoices"]
    codes = sorted(rows.goods.topk(200).execute()["goods"].dropna())
    whom = rng.choice(np.array(sorted(honest)), len(honest) // ONE_IN, replace=False)
    return {firm: str(rng.choice(codes)) for firm in whom.tolist()}


def found_in(own: Path) -> Counter[tuple[str, str, float, str]]:
    """Return what each check finds in a county, side by side and level by level.

    Returns:
        check, side and level to how many firms were found of those planted, and how
        many honest ones called falsely.
    """
    found: Counter[tuple[str, str, float, str]] = Counter()
    with opened(own) as (case, truth):
        honest = [one["enterprise_id"] for one in truth if not one["fraud_kind"]]
        for draw in range(DRAWS):
            whom = chosen(case, honest, draw=draw)
            for direction, level in product(LOOKS_AT, LEVELS):
                spoilt = planted(case, whom, direction=direction, level=level)
                for check in (LOOKS_AT[direction], GOODS):
                    key = check.name, direction, level
                    called = {
                        one.enterprise_id
                        for one in check.find(spoilt)
                        if one.outcome == "differs"
                    }
                    found[*key, "found"] += len(called & set(whom))
                    found[*key, "planted"] += len(whom)
                    found[*key, "false"] += len(called & set(honest) - set(whom))
                    found[*key, "honest"] += len(honest) - len(whom)
    return found


def main() -> None:
    """Run the bench."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="one small county")
    parser.add_argument("--json", action="store_true", help="one line of JSON")
    parser.add_argument("--folder", type=Path, help="where counties are kept")
    asked = parser.parse_args()
    seeds = SEEDS[:1] if asked.quick else SEEDS
    firms = QUICK_FIRMS if asked.quick else FIRMS
    with tempfile.TemporaryDirectory() as made:
        folder = asked.folder or Path(made)
        told = [
            found_in(make(folder, seed, firms=firms, share=SHARE)) for seed in seeds
        ]
    tell("goods", _claims(sum(told, Counter())), seed=f"{seeds}", as_json=asked.json)


def _claims(sums: Counter[tuple[str, str, float, str]]) -> list[dict[str, Any]]:
    claims = []
    for (direction, check), level in product(LOOKS_AT.items(), LEVELS):
        hit, whom, false, honest = (
            sums[check.name, direction, level, what]
            for what in ("found", "planted", "false", "honest")
        )
        beside = sums[GOODS.name, direction, level, "found"] / whom
        name = f"{level:.0%} of {direction}s of other goods, {check.name}"
        found = hit / whom, *binomtest(hit, whom).proportion_ci(method="wilson")
        peer = f"{GOODS.name}: {beside:.3f}"
        claims += [
            claim(f"{name}: found of {whom}", found, FOUND, most=False, peer=peer),
            claim(f"{name}: called falsely", false / honest, FALSE),
        ]
    return claims


if __name__ == "__main__":
    main()
