"""Whether the level of PDs holds in a year never seen, told through the cycle or not.

Usage: python bench/cycle.py [--quick] [--json] [--folder DIR] [--seeds N] [--states]

The counties and models of bench/frontier.py: learnt from what the bank or the bureau
knew by 30 June 2024, judged by what truly became of everybody in the year after. Beside
what a model says stand its PDs of the year ahead, `risk/point_in_time.py`: the states
of quarters from the defaults known by that day, once by themselves and once led by the
economy's index as it was published by then, and the model's PDs of firms it had not
seen (three folds of groups) set beside the states of their own windows. Nothing is
chosen by the year judged: series, prior and periods are those of the library.

Each county is one draw of a year: its realised bad rate lies within the 90 % of the
states, or does not. That a model is given the series as traits is judged as well. With
--states no model is learnt: only what the states said of the year is judged, by the
defaults that the bank or the bureau came to know.
"""

import argparse
import sys
import tempfile
from pathlib import Path
from typing import Any, Final

import numpy as np
import pandas as pd

# A bench is run by its path, which finds its own folder only.
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from bench.claims import claim, tell
from bench.peers.counties import AS_OF, make
from bench.peers.towns import JUDGE_DAY, Town, bad_of, town

from xiaowei.desk.home import open_home
from xiaowei.desk.modelling.cycles import KnownCycle, cycle_known
from xiaowei.desk.modelling.panels import DECIDED, GROUP
from xiaowei.portraits.traits.surroundings import ECONOMY, TRAITS
from xiaowei.risk import measures
from xiaowei.risk.challenger import Challenger
from xiaowei.risk.point_in_time import PointInTime, tie
from xiaowei.risk.sample import Floats, folds
from xiaowei.risk.scorecard import Scorecard

SEED = 7
SEEDS = 3
FIRMS = 3_000
QUICK_FIRMS = 300
FOLDS = 3
AIM = 0.02
WITHIN = 0.9
DRAWS = 500
KINDS: Final[dict[str, type[Any]]] = {"scorecard": Scorecard, "challenger": Challenger}
SERIES: Final = {"year ahead": None, "year ahead, led by the index": ECONOMY}
_SURROUNDINGS: Final = frozenset(trait.name for trait in TRAITS)


def main() -> None:
    """Measure and say."""
    stated = _stated()
    count = stated.seeds or (1 if stated.quick else SEEDS)
    size = stated.firms or (QUICK_FIRMS if stated.quick else FIRMS)
    told: list[dict[str, Any]] = []
    with tempfile.TemporaryDirectory() as made:
        folder = stated.folder or Path(made)
        for seed in range(SEED, SEED + count):
            own = make(folder, seed, firms=size, share=0.06)
            told += states(own, seed)
            if not stated.states:
                told += judged(town(folder, seed, firms=size), own, seed)
    tell(
        "cycle",
        _claims(pd.DataFrame(told)),
        seed=f"{SEED} to {SEED + count - 1}",
        as_json=stated.json,
    )


def states(own: Path, seed: int) -> list[dict[str, Any]]:
    """Return whether what came in the year lay within what the states said of it."""
    rows = []
    with open_home(own / "home") as home:
        later = cycle_known(home.lake, as_of=AS_OF).cycle
        for name, series in SERIES.items():
            cycle = cycle_known(home.lake, as_of=JUDGE_DAY, series=series).cycle
            year = later.periods[-cycle.ahead :]
            came = 1 - float(np.prod([1 - one.bads / one.firms for one in year]))
            last = cycle.periods[-cycle.ahead :]
            before = 1 - float(np.prod([1 - one.bads / one.firms for one in last]))
            through = np.array([1 - (1 - cycle.pd.value) ** cycle.ahead])
            tied = PointInTime(cycle, 0.0, 1.0)
            low, high = (float(side[0]) for side in tied.interval(through))
            mean = float(tied.ahead(through)[0])
            print(
                f"county {seed}, {name}: {before:.3f} of firms with credit defaulted "
                f"in the year before; said {mean:.3f} [{low:.3f}, {high:.3f}], came "
                f"{came:.3f}",
                file=sys.stderr,
                flush=True,
            )
            rows.append(
                {
                    "seed": seed,
                    "kind": "states",
                    "name": name,
                    "within": low <= came <= high,
                }
            )
    return rows


def judged(world: Town, own: Path, seed: int) -> list[dict[str, Any]]:
    """Return the ECE of each way of telling PDs in a county, and print them."""
    with open_home(own / "home") as home:
        cycles = {
            name: cycle_known(home.lake, as_of=JUDGE_DAY, series=series)
            for name, series in SERIES.items()
        }
    bad = bad_of(world.judge)
    plain = [name for name in world.everything if name not in _SURROUNDINGS]
    rows = []
    for kind in KINDS:
        said = _learnt(world.learn, world.judge, plain, kind)
        rows.append(_row(seed, kind, "as learnt", said, bad))
        if len(plain) < len(world.everything):
            with_series = _learnt(world.learn, world.judge, world.everything, kind)
            rows.append(_row(seed, kind, "with series as traits", with_series, bad))
        unseen = _unseen(world.learn, plain, kind)
        for name, known in cycles.items():
            rows += _ahead(world, known, (unseen, said), (seed, kind, name))
    return rows


def _ahead(
    world: Town,
    known: KnownCycle,
    pds: tuple[Floats, Floats],
    names: tuple[int, str, str],
) -> list[dict[str, Any]]:
    unseen, said = pds
    states = known.states_of(world.learn[DECIDED].to_numpy("datetime64[D]"))
    ripe = np.isfinite(states).all(axis=1)
    tied = tie(unseen[ripe], bad_of(world.learn)[ripe], states[ripe], cycle=known.cycle)
    bad = bad_of(world.judge)
    seed, kind, name = names
    low, high = (side.mean() for side in tied.interval(said))
    one = _row(seed, kind, name, tied.ahead(said), bad)
    through = _row(seed, kind, f"through the cycle of {name}", tied.through(said), bad)
    print(
        f"    level {tied.level:+.2f}, spread {tied.spread:.2f}, rho "
        f"{known.cycle.rho:.3f}; bad rate {bad.mean():.3f}, 90 % of states "
        f"[{low:.3f}, {high:.3f}]",
        file=sys.stderr,
        flush=True,
    )
    return [one | {"within": low <= bad.mean() <= high}, through]


def _learnt(
    learn: pd.DataFrame, judge: pd.DataFrame, columns: list[str], kind: str
) -> Floats:
    model = KINDS[kind](random_state=SEED)
    model.fit(learn[columns], bad_of(learn), groups=learn[GROUP].tolist())
    risk: Floats = model.pd(judge[columns])
    return risk


def _unseen(learn: pd.DataFrame, columns: list[str], kind: str) -> Floats:
    """Return PDs of models that had seen neither the firm nor its owner's others."""
    found = np.full(len(learn), np.nan)
    for mine, others in folds(
        bad_of(learn),
        count=FOLDS,
        generator=np.random.default_rng(SEED),
        groups=np.unique(learn[GROUP].astype(str), return_inverse=True)[1],
    ):
        found[others] = _learnt(learn.iloc[mine], learn.iloc[others], columns, kind)
    return found


def _row(seed: int, kind: str, name: str, pds: Floats, bad: Any) -> dict[str, Any]:  # noqa: ANN401
    def error(at: Any) -> float:  # noqa: ANN401
        return measures.ece(pds[at], bad[at])

    generator = np.random.default_rng(SEED)
    drawn = [error(generator.integers(0, len(bad), len(bad))) for _ in range(DRAWS)]
    low, high = np.percentile(drawn, [2.5, 97.5])
    level, spread = measures.level_and_spread(pds, bad)
    ece = error(np.arange(len(bad)))
    print(
        f"county {seed}, {kind}, {name}: mean PD {pds.mean():.3f} for "
        f"{bad.mean():.3f}, ECE {ece:.3f} [{low:.3f}, {high:.3f}], intercept "
        f"{level:+.2f}, slope {spread:.2f}, AUC {measures.auc(pds, bad):.3f}",
        file=sys.stderr,
        flush=True,
    )
    return {"seed": seed, "kind": kind, "name": name, "ece": ece, "within": None}


def _claims(rows: pd.DataFrame) -> list[dict[str, Any]]:
    claims = []
    for name in SERIES:
        mine = rows[(rows["name"] == name) & (rows["kind"] == "states")]
        claims.append(
            claim(
                f"counties whose year lay within the 90 % of {name}, of {len(mine)}",
                float(mine["within"].mean()),
                WITHIN,
                most=False,
            )
        )
    if (rows["kind"] == "states").all():
        return claims
    before = rows[rows["name"] == "as learnt"].set_index(["seed", "kind"])["ece"]
    for name in SERIES:
        for kind in KINDS:
            mine = rows[(rows["name"] == name) & (rows["kind"] == kind)]
            eces = mine["ece"]
            was = before.xs(kind, level="kind").mean()
            claims.append(
                claim(
                    f"ECE of {name}, {kind} (as learnt {was:.3f}), mean of counties",
                    (float(eces.mean()), float(eces.min()), float(eces.max())),
                    AIM,
                    most=True,
                    peer="the model as learnt",
                )
            )
    return claims


def _stated() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="one small county.")
    parser.add_argument("--json", action="store_true", help="the last line is JSON.")
    parser.add_argument("--folder", type=Path, help="where counties are kept.")
    parser.add_argument("--seeds", type=int, help="how many counties.")
    parser.add_argument("--states", action="store_true", help="learn no model.")
    parser.add_argument("--firms", type=int, help="in each.")
    return parser.parse_args()


if __name__ == "__main__":
    main()
