"""How many more firms are approved at the same bad rate, where the truth is known.

Usage: python bench/frontier.py [--quick] [--json] [--folder DIR] [--seeds N]

In simulated counties a bank learns from the outcomes that it, or the bureau, knew by
30 June 2024, and everybody not in default that day applies. What truly became of each
in the twelve months after is known from the simulator, also of those never lent to: no
reject inference is needed. A default does not depend on whether the loan is granted.

Three incumbents, each taught the same cases as scorecard and as boosted trees, of which
the better counts: one that looks at papers (statements, register, age, capital, trade,
region; the county knows no collateral), one that also asks the bureau, one that also
has the bank's own loans and grades. xiaowei has the whole portrait, as scorecard and as
challenger; beside them trees that also know what only the simulator knows. The
incumbent approves half, or 30 or 70 %. Intervals are of 1,000 draws of
groups of firms with an owner in common; they do not hold the chance of what was learnt.
"""

import argparse
import sys
import tempfile
from pathlib import Path
from typing import Any

import numpy as np

# A bench is run by its path, which finds its own folder only.
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from bench.claims import claim, tell
from bench.peers.towns import Town, bad_of, together, town

from xiaowei.desk.modelling.panels import GROUP
from xiaowei.risk import measures
from xiaowei.risk.challenger import Challenger
from xiaowei.risk.frontier import Comparison, compare
from xiaowei.risk.sample import Floats
from xiaowei.risk.scorecard import Scorecard

SEED = 7
SEEDS = 3
FIRMS = 3_000
QUICK_FIRMS = 300
FIELD = 0.40
"""More approvals, as the field claims."""
HALF = 0.5
ORACLE = 0.95
OTHERS = (0.3, 0.7)
DRAWS = 1_000
QUICK_DRAWS = 200


def main() -> None:
    """Measure and say."""
    stated = _stated()
    count = stated.seeds or (1 if stated.quick else SEEDS)
    with tempfile.TemporaryDirectory() as made:
        folder = stated.folder or Path(made)
        towns = []
        for seed in range(SEED, SEED + count):
            print(f"county {seed}", file=sys.stderr, flush=True)
            size = stated.firms or (QUICK_FIRMS if stated.quick else FIRMS)
            towns.append(town(folder, seed, firms=size))
    claims = measured(together(towns), draws=QUICK_DRAWS if stated.quick else DRAWS)
    seeds = f"{SEED} to {SEED + count - 1}"
    tell("frontier", claims, seed=seeds, as_json=stated.json)


def measured(world: Town, *, draws: int) -> list[dict[str, Any]]:
    """Return the claims, and print what they rest on on standard error.

    Args:
        world: the counties.
        draws: of each bootstrap.
    """
    bad = bad_of(world.judge)
    print(
        f"{len(world.learn)} cases learnt from, {bad_of(world.learn).sum()} bad; "
        f"{len(bad)} applicants, {bad.sum()} bad",
        file=sys.stderr,
    )
    incumbents = {
        "papers": world.incumbent(),
        "papers and bureau": world.incumbent(bureau=True),
        "papers, bureau, own records": world.incumbent(bureau=True, own=True),
    }
    ours = {kind: _learnt(world, world.everything, kind) for kind in _KINDS}
    for kind, risk in ours.items():
        _row(f"xiaowei, {kind}", risk, bad)
    oracle = _learnt(world, [*world.everything, *world.latent], "challenger")
    _row("challenger that also knows the truth of quality, margin, cash", oracle, bad)
    claims = [_reached(ours["challenger"], oracle, world, draws)]
    for name, columns in incumbents.items():
        theirs = {kind: _learnt(world, columns, kind) for kind in _KINDS}
        for kind, risk in theirs.items():
            _row(f"{name} ({len(columns)} columns), {kind}", risk, bad)
        old = max(theirs.values(), key=lambda risk: measures.auc(risk, bad))
        for kind, new in ours.items():
            claims += _compared(world, old, new, (name, kind), draws)
    return claims


_KINDS: dict[str, type[Any]] = {"scorecard": Scorecard, "challenger": Challenger}


def _learnt(world: Town, columns: list[str], kind: str) -> Floats:
    model = _KINDS[kind](random_state=SEED)
    model.fit(
        world.learn[columns], bad_of(world.learn), groups=world.learn[GROUP].tolist()
    )
    risk: Floats = model.pd(world.judge[columns])
    return risk


def _reached(mine: Floats, oracle: Floats, world: Town, draws: int) -> dict[str, Any]:
    """Return how much of what the oracle tells beyond chance the challenger tells."""
    bad = bad_of(world.judge)
    share = measures.interval(
        lambda at: (
            (measures.auc(mine[at], bad[at]) - HALF)
            / (measures.auc(oracle[at], bad[at]) - HALF)
        ),
        firms=bad,
        generator=np.random.default_rng(SEED),
        draws=draws,
    )
    return claim(
        "AUC beyond chance, as a share of the oracle's",
        (share.value, share.low, share.high),
        ORACLE,
        most=False,
        peer="challenger with latent truth",
    )


def _compared(
    world: Town, old: Floats, new: Floats, names: tuple[str, str], draws: int
) -> list[dict[str, Any]]:
    incumbent, kind = names
    claims = []
    for approved in (HALF, *OTHERS):
        found = compare(
            old,
            new,
            bad_of(world.judge),
            approved=approved,
            generator=np.random.default_rng(SEED),
            groups=world.judge[GROUP].tolist(),
            draws=draws,
        )
        _swap(f"{incumbent} -> {kind}", found)
        gain = found.gain
        if approved == HALF:
            claims.append(
                claim(
                    f"more approvals by {kind} at equal bad rate, half approved before "
                    f"({gain.value:.2f}); lower end of the 95 %",
                    gain.low,
                    FIELD,
                    most=False,
                    peer=incumbent,
                )
            )
    return claims


def _swap(name: str, found: Comparison) -> None:
    gain, into, out = found.gain, found.swap.into, found.swap.out
    rates = [0.0 if p.bad_rate is None else p.bad_rate.value for p in (out, into)]
    print(
        f"{name}: at {found.approved:.0%} approved, bad rate "
        f"{found.bad_rate.value:.2%} -> {found.bad_rate_at_equal.value:.2%} "
        f"[{found.bad_rate_at_equal.low:.2%}, {found.bad_rate_at_equal.high:.2%}]; "
        f"swapped {out.applicants:.0f} of {rates[0]:.1%} for {rates[1]:.1%}; "
        f"at equal bad rate {gain.value:+.1%} [{gain.low:+.1%}, {gain.high:+.1%}]",
        file=sys.stderr,
        flush=True,
    )


def _row(name: str, risk: Floats, bad: Any) -> None:  # noqa: ANN401
    area = measures.interval(
        lambda at: measures.auc(risk[at], bad[at]),
        firms=bad,
        generator=np.random.default_rng(SEED),
        draws=QUICK_DRAWS,
    )
    print(
        f"{name}: AUC {area.value:.3f} [{area.low:.3f}, {area.high:.3f}], "
        f"ECE {measures.ece(risk, bad):.3f}, slope {measures.slope(risk, bad)[1]:.2f}",
        file=sys.stderr,
        flush=True,
    )


def _stated() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="one small county.")
    parser.add_argument("--json", action="store_true", help="the last line is JSON.")
    parser.add_argument("--folder", type=Path, help="where counties are kept.")
    parser.add_argument("--seeds", type=int, help="how many counties.")
    parser.add_argument("--firms", type=int, help="in each.")
    return parser.parse_args()


if __name__ == "__main__":
    main()
