"""A whole book under many limits: how fast, how surely best, and what it then earns.

Usage: python bench/allocation.py [--quick] [--json] [--only a,b,c] [--sizes 1000]

(a) Firms drawn by chance, four options each, limits of every kind (`peers/books.py`):
seconds, gap and memory of ours, beside `scipy.optimize.milp` on the same whole problem,
which is given the gap that ours proved (at least 1e-6) and a limit of seconds. Each
runs in a process of its own, on one thread. Seconds are those of the processor, as a
machine shared with others makes the clock on the wall say little; it is printed, too.

(b) Worlds with known truth (`peers/fates.py`): the book is chosen by PDs with errors
and earns by who defaults. Ours by stated PDs, by upper PDs and by CVaR, against lending
best first by profit per fen under the same limits, and against the fixed-rate recipe
under the budget alone. Differences are means over seeds with the 95 % of a bootstrap
over them. The optimiser's curse: believed and honest profit beside that by true PDs.
The honest figure errs to the cautious here: an error in the logit raises the mean PD,
and the half that values has one, too.

(c) CUMCM 2020-C: the run's book has no gap, and the book of many limits, given the
budget alone, earns the same to the fen.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

# A bench is run by its path, which finds its own folder only.
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from bench.claims import claim, tell
from bench.peers.fates import World, greedy, limits_of, recipe_fen, world

from xiaowei.desk.home import open_home
from xiaowei.desk.line import Order
from xiaowei.desk.running import run_cumcm2020c
from xiaowei.money import FEN_PER_WAN, FEN_PER_YUAN
from xiaowei.offers.demand import Churn
from xiaowei.offers.portfolio.book import make_book
from xiaowei.offers.portfolio.curse import curse
from xiaowei.offers.portfolio.limits import Limit
from xiaowei.offers.portfolio.options import Options, options_of
from xiaowei.offers.portfolio.tail import Spread
from xiaowei.offers.portfolio.views import View
from xiaowei.said import Said

SEED = 7
WORLDS = 20
FIRMS = 150
DRAWS = 2_000
SECONDS = {1_000: 60.0, 10_000: 90.0, 100_000: 120.0}
PROMISED = 60.0
WAIT = 300.0
NOTHING = {"worth_fen": None, "gap": None, "status": None}
BUDGET = 10_000_000_000
RUN = Path(__file__).resolve().parent / "peers" / "run.py"
DATA = Path(__file__).resolve().parents[2] / "shared" / "data" / "cumcm2020c"


def main() -> None:
    """Measure and say."""
    stated = _stated()
    parts, quick = stated.only.split(","), stated.quick
    sizes = [int(one) for one in stated.sizes.split(",") if one] or list(SECONDS)
    claims = []
    if "a" in parts:
        for firms in [1_000] if quick else sizes:
            claims += timed(firms, quick=quick)
        claims += [] if quick else tails()
    if "b" in parts:
        claims += earned(WORLDS, FIRMS // 3 if quick else FIRMS)
    if "c" in parts and not quick and DATA.is_dir():
        claims += cumcm(DATA)
    tell("allocation", claims, seed=SEED, as_json=stated.json)


def timed(firms: int, *, quick: bool) -> list[dict[str, Any]]:
    """Return the claims of one size."""
    ours = _measured("ours", firms=firms, seed=SEED)
    gap = max(ours["told"]["gap"], 1e-6)
    seconds = 20.0 if quick else SECONDS[firms]
    try:
        peer = _measured("plain", firms=firms, seed=SEED, gap=gap, seconds=seconds)
    except (subprocess.TimeoutExpired, subprocess.CalledProcessError):
        # Its limit of seconds does not hold while it looks at the problem at first,
        # and the whole problem may not fit in memory.
        peer = {"seconds": WAIT, "cpu": WAIT, "peak_mib": np.inf, "told": NOTHING}
    _say(f"{firms:,} firms, ours", ours)
    _say(f"{firms:,} firms, milp", peer)
    size = f"{firms:,} firms"
    claims = [
        claim(f"{size}: seconds on the processor", ours["cpu"], PROMISED),
        claim(f"{size}: gap proven, in millionths", ours["told"]["gap"] * 1e6, 10),
        claim(
            f"{size}: seconds of ours over those of milp, on the processor",
            ours["cpu"] / peer["cpu"],
            1,
            peer="scipy.optimize.milp",
        ),
        claim(
            f"{size}: memory of ours over that of milp",
            ours["peak_mib"] / peer["peak_mib"],
            1,
            peer="scipy.optimize.milp",
        ),
    ]
    if peer["told"]["worth_fen"] is not None:
        best = peer["told"]["worth_fen"]
        claims.append(
            claim(
                f"{size}: profit of ours less that of milp, in millionths",
                1e6 * (ours["told"]["worth_fen"] - best) / best,
                -1,
                most=False,
                peer="scipy.optimize.milp",
            )
        )
    return claims


def tails() -> list[dict[str, Any]]:
    """Return the claims of CVaR over 100 scenarios among 10,000 firms."""
    ours = _measured("ours", firms=10_000, seed=SEED, rule="cvar")
    _say("10,000 firms, CVaR", ours)
    return [
        claim("10,000 firms, CVaR of 100 scenarios: seconds", ours["cpu"], 120),
        claim(
            "10,000 firms, CVaR: gap proven, in millionths",
            ours["told"]["gap"] * 1e6,
            100,
        ),
    ]


def earned(worlds: int, firms: int) -> list[dict[str, Any]]:
    """Return the claims about realised profit, in wan yuan a world."""
    rows = [_fates(world(firms, seed=SEED + at)) for at in range(worlds)]
    by = {name: np.array([row[name] for row in rows]) / FEN_PER_WAN for name in rows[0]}
    for name, values in by.items():
        low, high = _interval(values)[1:]
        print(
            f"{name:18} {values.mean():9.2f} wan a world [{low:.2f}, {high:.2f}]",
            file=sys.stderr,
        )
    pairs = (
        ("expected", "greedy", 0.0),
        ("expected, true PDs", "greedy, true PDs", 0.0),
        ("expected", "recipe", 0.0),
        ("upper", "expected", 0.0),
        ("cvar", "expected", 0.0),
    )
    claims = [
        claim(
            f"{worlds} worlds of {firms} firms: wan yuan, {one} less {other}",
            _interval(by[one] - by[other]),
            aim,
            most=False,
            peer=other,
        )
        for one, other, aim in pairs
    ]
    feigned = (by["believed"] - by["true"]) / by["true"].mean()
    split = (by["half believed"] - by["half honest"]) / by["half honest"].mean()
    off = (by["half honest"] - by["half true"]) / by["half true"].mean()
    return [
        *claims,
        claim(
            "curse: believed over true profit, share",
            _interval(feigned),
            0.0,
            most=False,
        ),
        claim("curse told by halves, share", _interval(split), 0.0, most=False),
        claim("curse: honest by halves over true, share", _interval(off), 0.0),
    ]


def _fates(one: World) -> dict[str, float]:
    """Return what each way of lending earned in a world, in fen."""
    limits = limits_of(one)
    spread = Spread(scenarios=60, common=0.3, weight=0.5)
    books = {
        rule: make_book(one.options, limits, view=View(rule=rule, spread=spread)).lots
        for rule in ("expected", "upper", "cvar")
    }
    books["greedy"] = greedy(one, limits)
    realised = {rule: one.realised_fen(lots) for rule, lots in books.items()}
    true = {f"{rule}, true PDs": one.true_fen(lots) for rule, lots in books.items()}
    options = one.options
    split = curse(options, limits, view=View())
    assert split is not None  # noqa: S101 - every firm has both PDs
    return {
        **realised,
        **true,
        "recipe": recipe_fen(one),
        "believed": int(options.profit_fen(options.pd) @ books["expected"]),
        "true": one.true_fen(books["expected"]),
        "half believed": split.believed_fen,
        "half honest": split.honest_fen,
        "half true": _half_true(one, limits),
    }


def _half_true(one: World, limits: list[Limit]) -> float:
    """Return what the books chosen by each half earn by the true PDs, in the mean."""
    options, found = one.options, 0
    for pd in (options.pd_a, options.pd_b):
        half = replace(options, pd=pd)
        found += one.true_fen(make_book(half, limits, view=View()).lots)
    return found / 2


def _interval(values: NDArray[np.float64]) -> tuple[float, float, float]:
    """Return the mean over worlds and the 95 % of a bootstrap over them."""
    rng = np.random.default_rng(SEED)
    at = rng.integers(0, len(values), (DRAWS, len(values)))
    low, high = np.quantile(values[at].mean(axis=1), [0.025, 0.975])
    return float(values.mean()), float(low), float(high)


def cumcm(folder: Path) -> list[dict[str, Any]]:
    """Return the claims of the public set."""
    with tempfile.TemporaryDirectory() as place, open_home(Path(place)) as home:
        run = run_cumcm2020c(
            home,
            folder,
            Order(budget_fen=BUDGET, as_of=None, meaning="offered"),
            progress=lambda stage: print(f"… {stage}", file=sys.stderr),
            publish=lambda _: None,
        )
    title = Said("预算", "budget")
    budget = Limit(code="budget", title=title, counts="offered", most=BUDGET)
    book = make_book(_of_run(run), [budget], view=View())
    profit = run["portfolio"]["expected_profit_fen"]
    return [
        claim("CUMCM 2020-C: gap of the run's book, fen", run["portfolio"]["gap"], 0),
        claim("CUMCM 2020-C: gap of the book of many limits, fen", book.gap_fen, 0),
        claim(
            "CUMCM 2020-C: fen between the two books",
            abs(book.profit_fen - profit),
            0,
            peer="offers/allocation",
        ),
    ]


def _of_run(run: dict[str, Any]) -> Options:
    """Return the firms of a run that may be lent to, at the rate worth most."""
    assumed = run["portfolio"]["assumptions"]
    curves = {g: Churn(c["k"], c["b"]) for g, c in run["demand"]["curves"].items()}
    rates = np.arange(400, 1501) / 10_000
    rows = []
    for firm in run["firms"]:
        sales = firm["traits"]["sales_12m"] or 0
        lots = min(int(max(sales, 0) * 0.2 // 1_000_000), 100)
        barred = firm["tier"] == "risk_warning" or firm["rating"] == "D"
        if barred or firm["defaulted"] or lots < 10:  # noqa: PLR2004
            continue
        pd = firm["pd"]
        kept = curves[firm["rating"]].kept(rates)
        cost = assumed["funding_rate"] + assumed.get("operating_cost", 0.0)
        margin = kept * (rates * (1 - pd) - assumed["lgd"] * pd - cost)
        profit = int(margin.max() * 10_000 * FEN_PER_YUAN + 0.5)
        rows.append((firm["enterprise_id"], lots, profit))
    ids, most, profits = zip(*rows, strict=True)
    count = len(rows)
    return options_of(
        {
            "enterprise_id": ids,
            "option": ["best"] * count,
            "least_lots": [10] * count,
            "most_lots": most,
            "offered_fen": [1_000_000] * count,
            "drawn_fen": [0] * count,
            "capital_fen": [0] * count,
            "paid_fen": profits,
            "lost_fen": [0] * count,
            "pd": [0.0] * count,
        },
        labels={},
    )


def _measured(function: str, **stated: Any) -> dict[str, Any]:  # noqa: ANN401
    done = subprocess.run(
        [sys.executable, str(RUN), "books", function, json.dumps(stated)],
        capture_output=True,
        text=True,
        check=True,
        timeout=WAIT if function == "plain" else None,
    )
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def _say(name: str, one: dict[str, Any]) -> None:
    print(
        f"{name:22} {one['seconds']:7.1f} s, {one['cpu']:7.1f} s on the processor, "
        f"{one['peak_mib']:7.0f} MiB, {one['told']}",
        file=sys.stderr,
        flush=True,
    )


def _stated() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--quick", action="store_true", help="1,000 firms, 20 small worlds."
    )
    parser.add_argument("--json", action="store_true", help="the last line is JSON.")
    parser.add_argument("--only", default="a,b,c", help="some parts, with commas.")
    parser.add_argument("--sizes", default="", help="numbers of firms, with commas.")
    return parser.parse_args()


if __name__ == "__main__":
    main()
