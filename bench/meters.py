"""Inflated sales against real meters: how often found, at what rate of false alarms.

    python bench/meters.py [--quick] [--json]

"Months asked" is the same check told which months to look at, as the closed form is;
without, it weighs 3, 6, 12 and 18 months together, though 18 need more months before
them than these meters have. The closed form knows the elasticity, too, so that it is a
bound. The meters are real (Yangzhong, 21 months); the sales are made here, for nobody
has published both of one firm. Sales follow the meter, less what heat and cold do to
it, with an elasticity that differs from trade to trade and firm to firm and that no
rule is told; the meter has noise of its own that sales do not follow. What heat does is
taken from days within months (bench/peers/heat.py), which no rule sees; "no
thermometer" is the same check without the weather of the months. One firm in twenty
invents sales in its last months. Half of the meters are never touched and set each
rule's threshold; rates are of the other half.
"""

import argparse
import json
import math
import platform
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pyarrow.parquet as pq

from xiaowei.verification.electricity.weather import FIRMS_DIFFER

# A bench is run by its path, which finds its own folder only.
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from bench.claims import claim, told
from bench.peers.closed_form import power
from bench.peers.heat import Heat, heat
from bench.peers.meter_rules import PEERS, ours, tails_of

Floats = npt.NDArray[np.float64]

DATA: Final = (
    Path(__file__).resolve().parents[2]
    / "shared/data/yangzhong_power/power_daily.parquet"
)
SEED: Final = 7
MONTHS: Final = 21
TIMES: Final = (1.2, 1.5, 2.0, 3.0)
HELD: Final = (3, 6, 12)
HALF: Final = 6
SPREADS: Final = (0.45, 0.80)
"""Monthly spreads of sales given production, of docs/science: A4."""
METER_SD, REMEMBERED = 0.30, 0.3
TRADES: Final = {"A01": 0.60, "B08": 0.70, "C13": 0.75, "C33": 0.85, "D44": 0.90}
"""Mean elasticity of trades: an assumption; firms stray from it by FIRM_SD."""
FIRM_SD: Final = 0.10
LIARS: Final = 0.05
RATES: Final = (0.05, 0.01)
RUNS, QUICK_RUNS, NULLS, QUICK_NULLS = 240, 40, 40, 10
DRAWS: Final = 1_000
LEAST_USED: Final = 0.5
LARGE, QUICK_LARGE, MOST_SECONDS = 100_000, 20_000, 60.0
AIMS: Final = {
    (0.45, 1.5): 0.33,
    (0.80, 1.5): 0.19,
    (0.45, 3.0): 0.95,
    (0.80, 3.0): 0.66,
}
"""Shares found at a false alarm of 5% when held for 6 months (docs/science: A4)."""


@dataclass(frozen=True, slots=True)
class Hits:
    """What rules found: one row per firm that lied once.

    Args:
        meter: whose meter, by place.
        times: by how much sales were inflated.
        held: for how many months.
        found: rule and rate to whether it was found.
        alarms: rule and rate to the share of honest held-out firms called, by run.
    """

    meter: npt.NDArray[np.int64]
    times: Floats
    held: npt.NDArray[np.int64]
    found: Mapping[tuple[str, float], npt.NDArray[np.bool_]]
    alarms: Mapping[tuple[str, float], list[float]]


def main() -> None:
    """Run the bench and print tables, or with --json one line."""
    asked = _arguments()
    if not DATA.is_file():
        _out(
            [],
            as_json=asked.json,
            skipped="the public set yangzhong_power is not there",
        )
        return
    users, kwh = monthly(DATA)
    weather = heat(DATA.parent, months=MONTHS, users=users)
    runs, nulls = (QUICK_RUNS, QUICK_NULLS) if asked.quick else (RUNS, NULLS)
    claims = _differ(weather)
    for spread in SPREADS:
        hits = lies(kwh, weather, spread=spread, runs=runs)
        if not asked.json:
            _tell(hits, spread)
        claims += _powers(hits, spread)
    claims += _peace(kwh, nulls=nulls, shown=not asked.json)
    claims += _doubts(kwh, nulls=nulls)
    claims += _speed(QUICK_LARGE if asked.quick else LARGE)
    _out(claims, as_json=asked.json, skipped=None)


def monthly(path: Path) -> tuple[npt.NDArray[np.int64], Floats]:
    """Return the meters that are used on most days, and their kWh month by month.

    A reading of 1 is no use. Shape: one row per meter, 21 columns.
    """
    table = pq.read_table(path)
    day = table["record_date"].to_numpy().astype("datetime64[M]")
    month = (day - day.min()).astype(np.int64)
    users, user = np.unique(table["user_id"].to_numpy(), return_inverse=True)
    used = np.maximum(table["power_consumption"].to_numpy().astype(np.float64) - 1, 0)
    kwh = np.zeros((len(users), MONTHS))
    np.add.at(kwh, (user, month), used)
    often = np.bincount(user, used > 0) / np.bincount(user)
    kept = often >= LEAST_USED
    return users[kept].astype(np.int64), np.asarray(kwh[kept], dtype=np.float64)


def wander(rng: np.random.Generator, shape: tuple[int, int], sd: float) -> Floats:
    """Return monthly logarithms that remember some of the month before."""
    values = rng.normal(size=shape)
    for n in range(1, shape[1]):
        fresh = math.sqrt(1 - REMEMBERED**2) * values[:, n]
        values[:, n] = REMEMBERED * values[:, n - 1] + fresh
    return sd * values


def sales_of(
    kwh: Floats, trades: Sequence[str], *, spread: float, rng: np.random.Generator
) -> Floats:
    """Return honest sales that follow what was made by the meter's power."""
    usual = np.median(kwh, axis=1, keepdims=True)
    made = np.log(np.maximum(kwh / np.maximum(usual, 1.0), 0.01))
    made = made - wander(rng, made.shape, METER_SD)
    elasticity = np.array([TRADES[one] for one in trades])
    elasticity = elasticity + rng.normal(0, FIRM_SD, len(kwh))
    size = rng.normal(15, 1, (len(kwh), 1))
    price = rng.normal(0, 0.1, (1, kwh.shape[1]))
    noise = wander(rng, made.shape, spread)
    logs = size + price + elasticity[:, None] * made + noise
    return np.asarray(np.exp(logs), dtype=np.float64)


ASKED: Final[Mapping[int, str]] = {held: f"asked for {held}" for held in HELD}


def lies(kwh: Floats, weather: Heat, *, spread: float, runs: int) -> Hits:
    """Return what rules find of sales inflated by all of TIMES for all of HELD."""
    degrees = weather.degrees
    asked = {name: ours((n,), degrees=degrees) for n, name in ASKED.items()}
    rules = {"ours": ours(degrees=degrees), **PEERS, **asked}
    worked = kwh * np.exp(-weather.of_months())
    meters: list[npt.NDArray[np.int64]] = []
    times: list[Floats] = []
    held: list[npt.NDArray[np.int64]] = []
    found: dict[tuple[str, float], list[npt.NDArray[np.bool_]]] = {}
    alarms: dict[tuple[str, float], list[float]] = {}
    for run in range(runs):
        rng = np.random.default_rng([SEED, run, round(100 * spread)])
        trades = rng.choice(list(TRADES), len(kwh)).tolist()
        sales = sales_of(worked, trades, spread=spread, rng=rng)
        untouched = np.arange(len(kwh)) % 2 == 0
        able = np.flatnonzero(~untouched)
        liars = rng.choice(able, round(LIARS * len(kwh)), replace=False)
        times.append(rng.choice(TIMES, len(liars)))
        held.append(rng.choice(HELD, len(liars)))
        meters.append(liars)
        lasting = np.arange(MONTHS) >= MONTHS - held[-1][:, None]
        sales[liars] *= np.where(lasting, times[-1][:, None], 1.0)
        honest = np.setdiff1d(able, liars)
        for name, rule in rules.items():
            score = rule(sales, kwh, trades)
            for rate in RATES:
                limit = np.quantile(score[untouched], 1 - rate)
                key = (name, rate)
                found.setdefault(key, []).append(score[liars] > limit)
                alarms.setdefault(key, []).append(float((score[honest] > limit).mean()))
    whole = {key: np.concatenate(one) for key, one in found.items()}
    return Hits(
        np.concatenate(meters),
        np.concatenate(times),
        np.concatenate(held),
        whole,
        alarms,
    )


def bound(times: float, held: int, *, spread: float, rate: float) -> float:
    """Return the closed form with the months before that these meters have."""
    follows = float(np.mean(list(TRADES.values())))
    return power(
        times,
        held=held,
        before=MONTHS - held,
        sd=math.hypot(spread, follows * METER_SD),
        remembered=REMEMBERED,
        rate=rate,
    )


def _differ(weather: Heat) -> list[dict[str, Any]]:
    """Return claims on how far meters differ in what a degree does to them."""
    claims = []
    kinds = ("above 24 °C", "below 8 °C")
    slopes = weather.known()
    for at, (kind, taken) in enumerate(zip(kinds, FIRMS_DIFFER, strict=True)):
        mean = f"mean {slopes[:, at].mean():.4f} of {len(slopes)} meters"
        off = abs(weather.differ[at] / taken - 1)
        called = f"a degree {kind}: spread between meters, off that of the check by"
        claims.append(claim(called, float(off), 0.1, peer=mean))
    return claims


def share(
    hits: Hits, key: tuple[str, float], of: npt.NDArray[np.bool_]
) -> tuple[float, float, float]:
    """Return the share found with the 95% of a bootstrap over meters."""
    meter, found = hits.meter[of], hits.found[key][of]
    tries = np.bincount(meter)
    right = np.bincount(meter, found)[tries > 0]
    tries = tries[tries > 0]
    rng = np.random.default_rng(SEED)
    drawn = rng.multinomial(len(tries), np.full(len(tries), 1 / len(tries)), DRAWS)
    each = (drawn @ right) / (drawn @ tries)
    low, high = np.quantile(each, (0.025, 0.975))
    return float(found.mean()), float(low), float(high)


def _powers(hits: Hits, spread: float) -> list[dict[str, Any]]:
    claims = []
    rate = RATES[0]
    for (which, times), aim in AIMS.items():
        if which != spread:
            continue
        of = (hits.times == times) & (hits.held == HALF)
        mine = share(hits, ("ours", rate), of)
        asked = share(hits, (ASKED[HALF], rate), of)
        peers = {n: share(hits, (n, rate), of) for n in PEERS}
        told_of = "{} {:.3f} [{:.3f}, {:.3f}]"
        peer = "; ".join(told_of.format(name, *one) for name, one in peers.items())
        best = round(max(value for value, _, _ in peers.values()), 4)
        closed = bound(times, HALF, spread=spread, rate=rate)
        called = f"sales spread {spread}: x{times:g} held {HALF} months, found at 5%"
        closed_form = f"closed form {closed:.3f}"
        claims += [
            claim(f"{called}, months asked", asked, aim, most=False, peer=closed_form),
            claim(f"{called}, months unknown", mine, aim, most=False, peer=closed_form),
            claim(
                f"{called}, months asked: best peer", asked, best, most=False, peer=peer
            ),
        ]
    for held in HELD:
        of = hits.held == held
        mine = share(hits, ("ours", rate), of)
        peers = {n: share(hits, (n, rate), of) for n in PEERS}
        best = round(max(value for value, _, _ in peers.values()), 4)
        peer = "; ".join(f"{name} {one[0]:.3f}" for name, one in peers.items())
        called = f"sales spread {spread}: all inflations held {held} months, unknown"
        claims.append(claim(f"{called}: best peer", mine, best, most=False, peer=peer))
    rates = np.array(hits.alarms["ours", rate])
    half = 1.96 * rates.std() / math.sqrt(len(rates))
    mean = float(rates.mean())
    called = f"sales spread {spread}: false alarms of held-out honest firms at 5%"
    return [*claims, claim(called, (mean, mean - half, mean + half), 0.06)]


def _tell(hits: Hits, spread: float) -> None:
    print(f"sales spread {spread}: found at 5% / 1%, by times and months held")
    names = ["months asked", "ours", *PEERS]
    print(f"  {'':12}{'closed form':>14}", *(f"{name:>16}" for name in names))
    for times in TIMES:
        for held in HELD:
            of = (hits.times == times) & (hits.held == held)
            closed = [bound(times, held, spread=spread, rate=rate) for rate in RATES]
            cells = [
                [share(hits, (name, rate), of)[0] for rate in RATES]
                for name in (ASKED[held], "ours", *PEERS)
            ]
            print(
                f"  x{times:<4g}{held:3} m   {closed[0]:6.3f}/{closed[1]:.3f}",
                *(f"{one[0]:10.3f}/{one[1]:.3f}" for one in cells),
            )
    false = [
        [np.mean(hits.alarms[name, rate]) for rate in RATES]
        for name in (ASKED[HALF], "ours", *PEERS)
    ]
    print(f"  {'honest':26}", *(f"{one[0]:10.3f}/{one[1]:.3f}" for one in false))


def _peace(kwh: Floats, *, nulls: int, shown: bool) -> list[dict[str, Any]]:
    """Return claims on worlds in which nobody lies; trades differ in their spread."""
    spreads = dict(zip(TRADES, (0.45, 0.55, 0.65, 0.75, 0.85), strict=True))
    called: dict[str, list[float]] = {trade: [] for trade in TRADES}
    for run in range(nulls):
        rng = np.random.default_rng([SEED, 1, run])
        trades = rng.choice(list(TRADES), len(kwh))
        sales = np.empty_like(kwh)
        for trade, spread in spreads.items():
            mine = trades == trade
            names = [trade] * int(mine.sum())
            sales[mine] = sales_of(kwh[mine], names, spread=spread, rng=rng)
        tails = tails_of(sales, kwh, trades.tolist())
        for trade in TRADES:
            called[trade].append(float((tails[trades == trade] <= RATES[0]).mean()))
    rates = {trade: float(np.mean(one)) for trade, one in called.items()}
    if shown:
        print("nobody lies: called at 5%, by trade", rates)
    each = np.array(list(called.values())).mean(axis=0)
    half = 1.96 * each.std() / math.sqrt(nulls)
    mean = float(each.mean())
    gap = max(rates.values()) / max(min(rates.values()), 1e-9)
    return [
        claim("nobody lies: called at 5%", (mean, mean - half, mean + half), 0.06),
        claim("nobody lies: the trade called most often beside the least", gap, 2.0),
    ]


def _doubts(kwh: Floats, *, nulls: int) -> list[dict[str, Any]]:
    """Return claims on honest firms whose meter sees less and less of their power."""
    cases = {
        "40% of power from own panels for 8 months": (0.6, 8, 0.0),
        "power saved, 1% a month": (1.0, 1, 0.01),
    }
    claims = []
    for name, (left, since, saved) in cases.items():
        rates: dict[str, list[float]] = {"not known": [], "stated": []}
        for run in range(nulls):
            rng = np.random.default_rng([SEED, 2, run])
            trades = rng.choice(list(TRADES), len(kwh)).tolist()
            sales = sales_of(kwh, trades, spread=SPREADS[1], rng=rng)
            some = rng.random(len(kwh)) < LIARS
            months = np.arange(MONTHS)
            seen = np.where(months >= MONTHS - since, left, 1.0) * (1 - saved) ** months
            read = np.where(some[:, None], kwh * seen, kwh)
            for known, each in rates.items():
                doubted = some if known == "stated" else None
                tails = tails_of(sales, read, trades, doubted=doubted)
                each.append(float((tails[some] <= RATES[0]).mean()))
        for known, each in rates.items():
            mean, half = float(np.mean(each)), 1.96 * np.std(each) / math.sqrt(nulls)
            called = f"honest, {name}: called at 5%, doubt {known}"
            bounds = float(mean), float(mean - half), float(mean + half)
            claims.append(claim(called, bounds, 0.10))
    return claims


def _speed(firms: int) -> list[dict[str, Any]]:
    rng = np.random.default_rng(SEED)
    trades = rng.choice(list(TRADES), firms).tolist()
    power = np.exp(wander(rng, (firms, 36), 0.4) + 7)
    sales = sales_of(power, trades, spread=SPREADS[1], rng=rng)
    begun = time.perf_counter()
    tails_of(sales, power, trades)
    took = time.perf_counter() - begun
    return [claim(f"{firms:,} firms of 36 months: seconds", took, MOST_SECONDS)]


def _out(claims: list[dict[str, Any]], *, as_json: bool, skipped: str | None) -> None:
    if as_json:
        machine = f"{platform.machine()}, {platform.system()}"
        bench = {"bench": "meters", "machine": machine, "seed": SEED}
        more = {"skipped": skipped} if skipped else {}
        print(json.dumps({**bench, "claims": claims, **more}, ensure_ascii=False))
        return
    if skipped:
        print(f"skipped: {skipped}")
    for one in claims:
        print(told(one), f"| {one['peer']}" if one["peer"] else "")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="fewer runs")
    parser.add_argument("--json", action="store_true", help="one line of JSON")
    return parser.parse_args()


if __name__ == "__main__":
    main()
