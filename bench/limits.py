"""Whether the twin of a firm's cash tells what then truly happened.

Usage: python bench/limits.py [--quick] [--json]

Counties are simulated over 48 months; the twin sees what their sources had delivered 12
months before the end, and is held against the true ledger of those 12 months, which no
stage reads. Firms that had defaulted by then are left out, and so are those whose
accounts no bank saw: they have no paths. Nothing is fitted here; the policy's numbers
are the shipped ones, and were looked at on counties of other seeds (501, 502).

Measured, with 95 % intervals (bootstrap over firms; Clopper-Pearson for shares):

* the chance of a shortfall without a new loan against the share of firms that truly ran
  short, by fifths of the chance, and the expected calibration error over them. A firm
  ran short in a month that ended with less cash than it was in arrears with, what its
  owner put in that month taken off. Months from its first new loan on are left out on
  both sides, as borrowed money hides what the twin speaks of;
* the share of firm-months whose net flow lay within P10 and P90;
* firms lent the twin's limit (equal instalments over 12 months at 6 %, largest loan,
  whole lots) beside the rule of a fifth of the year's sales, which lends to the largest
  sales first until the same money is out: how many then run short with the loan's
  service taken off their true ledger, and how many default.
"""

import argparse
import sys
import tempfile
import zlib
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any, Final

import ibis.expr.types as ir
import numpy as np
import pyarrow.csv as pc
from scipy.stats import binomtest

# A bench is run by its path, which finds its own folder only.
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from bench.claims import claim, tell

from xiaowei.desk.bearing.flows import banked
from xiaowei.desk.bearing.limits import start_of
from xiaowei.desk.home import open_home
from xiaowei.desk.knowledge import facts_held, known_facts
from xiaowei.desk.taking import take_folder
from xiaowei.offers.limits.assumptions import Assumptions, assumptions_on
from xiaowei.offers.limits.choosing import Ask, choose
from xiaowei.offers.limits.habits import norms_of
from xiaowei.offers.limits.history import History
from xiaowei.offers.limits.paths import Seeds, draw_paths
from xiaowei.offers.limits.season import Floats
from xiaowei.offers.limits.shortfall import paid_by
from xiaowei.offers.limits.twin import Standing, Twin, twin_of
from xiaowei.offers.schedules.borrowing import Borrowing
from xiaowei.offers.schedules.schedule import Schedule
from xiaowei.offers.schedules.ways import equal_instalments
from xiaowei.offers.terms import Terms, terms_on
from xiaowei.policy.book import load_book
from xiaowei.policy.products.product import Kind
from xiaowei.portraits.moments import Moments
from xiaowei.portraits.profile import profiles
from xiaowei.portraits.traits.payers import payers
from xiaowei.risk import measures
from xiaowei.simulate.county import write_county

SEED: Final = 7
COUNTIES: Final = (601, 602, 603)
UNTIL: Final = date(2025, 6, 30)
DAY: Final = date(2024, 6, 30)
TERM: Final = 12
RATE: Final = Decimal("0.06")
DRAWS: Final = 500
FIFTHS: Final = 5
BAND: Final = 0.8
NEAR: Final = 0.05
SURE_ECE: Final = 0.08
_FEN: Final = 100
_IN: Final = ("received_outside", "received_county")
_OUT: Final = (
    "wages", "social", "overheads", "tax", "paid_outside", "paid_county", "loan",
    "other_loans",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What the twin said of a firm, and what became of it."""

    chance: float
    short: bool
    inside: Floats
    limit_fen: int
    sales_fen: float
    spare: Floats
    defaulted: bool


def main() -> None:
    """Measure and say."""
    stated = _stated()
    seeds, firms = (COUNTIES[:1], 120) if stated.quick else (COUNTIES, 300)
    seen = [one for seed in seeds for one in _county(seed, firms)]
    claims = [*_calibration(seen), *_coverage(seen), *_lending(seen)]
    tell("limits", claims, seed=SEED, as_json=stated.json)


def _county(seed: int, firms: int) -> list[Seen]:
    """Return what the twin said of a county's firms, and what became of them."""
    with tempfile.TemporaryDirectory() as place:
        made = write_county(
            Path(place) / "county", seed=seed, firms=firms, months=48, until=UNTIL
        )
        with open_home(Path(place) / "home") as home:
            take_folder(made.sources, lake=home.lake, received_on=UNTIL)
            facts = known_facts(facts_held(home.lake), as_of=DAY)
            rows = profiles(facts["enterprises"]).to_pyarrow().to_pylist()
            trades = {row["enterprise_id"]: str(row["industry"]) for row in rows}
            histories = banked(facts, enterprises=list(trades), as_of=DAY)
            shares = _shares(facts)
        ledger = _ledger(made.truth / "monthly.csv")
        firm_rows = pc.read_csv(made.truth / "firms.csv").to_pylist()
    fell = {row["enterprise_id"]: row["default_on"] for row in firm_rows}
    by_trade: dict[str, list[str]] = defaultdict(list)
    for name in histories:
        by_trade[trades[name]].append(name)
    found = [
        _seen(
            name,
            histories,
            peers=by_trade[trades[name]],
            share=shares.get(name),
            became=(ledger[name], fell[name] is not None),
            seeds=Seeds(
                firm=[SEED, seed, zlib.crc32(name.encode())],
                trade=[SEED, seed, zlib.crc32(trades[name].encode())],
            ),
        )
        for name in sorted(histories)
        if not (fell[name] and fell[name] <= DAY)
    ]
    return [one for one in found if one is not None]


def _shares(facts: Mapping[str, ir.Table]) -> dict[str, float]:
    """Return the share of the largest payer of each firm that the bank sees."""
    rows = payers(facts, Moments((DAY,))).to_pyarrow().to_pylist()
    paid: dict[str, list[int]] = defaultdict(list)
    for row in rows:
        paid[row["enterprise_id"]].append(row["paid"])
    return {name: max(sums) / sum(sums) for name, sums in paid.items() if sum(sums)}


def _ledger(path: Path) -> dict[str, dict[str, Floats]]:
    """Return every firm's true months after the day, in fen."""
    rows = [
        row for row in pc.read_csv(path).to_pylist() if row["month"] > f"{DAY:%Y-%m}"
    ]
    by_firm: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in rows:
        by_firm[row["enterprise_id"]].append(row)
    return {
        name: {
            column.removesuffix("_yuan"): np.array([one[column] for one in months])
            * _FEN
            for column in months[0]
            if column.endswith("_yuan")
        }
        for name, months in by_firm.items()
    }


def _seen(
    name: str,
    histories: Mapping[str, History],
    *,
    peers: list[str],
    share: float | None,
    became: tuple[Mapping[str, Floats], bool],
    seeds: Seeds,
) -> Seen | None:
    (ledger, defaulted), history = became, histories[name]
    assumed, terms = _policy()
    close = history.closes[-1]
    twin = twin_of(
        history,
        norms=norms_of([histories[p] for p in peers if p != name], assumed=assumed),
        standing=Standing(
            opening_fen=int(close) if np.isfinite(close) else None, buyer_share=share
        ),
        assumed=assumed,
        horizon=TERM + 2,
    )
    if not isinstance(twin, Twin):
        return None
    paths = draw_paths(twin, assumed=assumed, seeds=seeds)
    lent = ledger["borrowed"] > 0
    alone = int(lent.argmax()) if lent.any() else TERM
    spare = ledger["cash_closing"] - ledger["arrears"] - ledger["put_in"]
    net = sum(ledger[item] for item in _IN) - sum(ledger[item] for item in _OUT)
    low, high = np.quantile(paths.net[:, :TERM], [0.1, 0.9], axis=0)
    choice = choose(
        paths,
        kinds=("equal_instalments",),
        plan=_plan,
        ask=_ask(terms),
        assumed=assumed,
    )
    short_by = (paths.cash()[:, :alone] < 0).any(axis=1)
    return Seen(
        chance=float(short_by.mean()) if alone else np.nan,
        short=bool((spare[:alone] < 0).any()),
        inside=(net >= low) & (net <= high),
        limit_fen=choice.cap.amount_fen or 0,
        sales_fen=float(history.received[-TERM:].sum()),
        spare=spare,
        defaulted=defaulted,
    )


@cache
def _policy() -> tuple[Assumptions, Terms]:
    book = load_book()
    return assumptions_on(book, on=DAY), terms_on(book, on=DAY)


def _plan(_: Kind, amount: int) -> Schedule:
    return equal_instalments(
        Borrowing(amount_fen=amount, rate=RATE, drawn_on=DAY, instalments=TERM)
    )


def _ask(terms: Terms) -> Ask:
    return Ask(
        amount_fen=terms.min_limit_fen,
        most_fen=terms.max_limit_fen,
        lot_fen=terms.lot_fen,
        start=start_of(DAY),
    )


def _calibration(seen: list[Seen]) -> list[dict[str, Any]]:
    """Return the chance of a shortfall against what came, by fifths and in all."""
    told_of = [one for one in seen if not np.isnan(one.chance)]
    chance = np.array([one.chance for one in told_of])
    short = np.array([int(one.short) for one in told_of])
    order = np.argsort(chance, kind="stable")
    claims = []
    for number, places in enumerate(np.array_split(order, FIFTHS), start=1):
        count, of = int(short[places].sum()), len(places)
        ends = binomtest(count, of).proportion_ci(0.95, "exact")
        mean = float(chance[places].mean())
        print(
            f"fifth {number}: said {mean:.3f}, came {count / of:.3f}"
            f" [{ends.low:.3f}, {ends.high:.3f}] of {of}",
            file=sys.stderr,
        )
        gap = tuple(mean - one for one in (count / of, ends.high, ends.low))
        off = 0.0 if gap[1] <= 0 <= gap[2] else abs(gap[0])
        claims.append(
            claim(f"fifth {number}: chance said less share, off its interval", off, 0)
        )
    error = measures.interval(
        lambda at: measures.ece(chance[at], short[at]),
        firms=short,
        generator=np.random.default_rng(SEED),
        draws=DRAWS,
    )
    area = measures.interval(
        lambda at: measures.auc(chance[at], short[at]),
        firms=short,
        generator=np.random.default_rng(SEED),
        draws=DRAWS,
    )
    said = float(chance.mean()) - float(short.mean())
    return [
        *claims,
        claim("mean chance less share that ran short, absolute", abs(said), NEAR),
        claim(
            "expected calibration error of the chance",
            (error.value, error.low, error.high),
            SURE_ECE,
        ),
        claim(
            "AUC of the chance for running short",
            (area.value, area.low, area.high),
            0.8,
            most=False,
        ),
    ]


def _coverage(seen: list[Seen]) -> list[dict[str, Any]]:
    inside = np.vstack([one.inside for one in seen]).astype(float)
    for month, share in enumerate(inside.mean(axis=0), start=1):
        print(f"month {month}: {share:.3f} within P10-P90", file=sys.stderr)
    rng = np.random.default_rng(SEED)
    means = [
        float(inside[rng.integers(len(inside), size=len(inside))].mean())
        for _ in range(DRAWS)
    ]
    low, high = np.percentile(means, [2.5, 97.5])
    value = float(inside.mean())
    worst = float(np.abs(inside.mean(axis=0) - BAND).max())
    print(f"coverage {value:.3f} [{low:.3f}, {high:.3f}]", file=sys.stderr)
    return [
        claim("coverage of P10-P90 less 0.8, absolute", abs(value - BAND), 0.03),
        claim("the same, worst of 12 months", worst, 0.08),
    ]


def _lending(seen: list[Seen]) -> list[dict[str, Any]]:
    """Return what became of those lent by the twin and by a fifth of sales."""
    assumed, terms = _policy()
    ours = [
        (one, one.limit_fen) for one in seen if one.limit_fen >= terms.min_limit_fen
    ]
    money = sum(amount for _, amount in ours)
    theirs, left = [], money
    for one in sorted(seen, key=lambda one: -one.sales_fen):
        share = min(one.sales_fen * float(terms.turnover_share), terms.max_limit_fen)
        amount = min(int(share // terms.lot_fen) * terms.lot_fen, left)
        if amount >= terms.min_limit_fen:
            theirs.append((one, amount))
            left -= amount
    claims = []
    rates: dict[str, list[float]] = {}
    for name, lent in (("twin", ours), ("a fifth of sales", theirs)):
        short = sum(_short_with(one, amount) for one, amount in lent)
        lost = sum(one.defaulted for one, _ in lent)
        rates[name] = [short / max(len(lent), 1), lost / max(len(lent), 1)]
        for what, count in (("ran short", short), ("defaulted", lost)):
            ends = binomtest(count, max(len(lent), 1)).proportion_ci(0.95, "exact")
            print(
                f"{name}: {what} {count} of {len(lent)}"
                f" [{ends.low:.3f}, {ends.high:.3f}], money"
                f" {sum(a for _, a in lent) / 1e8:.1f} million yuan",
                file=sys.stderr,
            )
    appetite = assumed.limit_shortfall_most
    claims += [
        claim("ran short of those lent the twin's limit", rates["twin"][0], appetite),
        claim(
            "ran short: twin less a fifth of sales, same money",
            rates["twin"][0] - rates["a fifth of sales"][0],
            0,
            peer="20 % of turnover",
        ),
        claim(
            "defaulted: twin less a fifth of sales, same money",
            rates["twin"][1] - rates["a fifth of sales"][1],
            0,
            peer="20 % of turnover",
        ),
    ]
    return claims


def _short_with(one: Seen, amount: int) -> bool:
    """Test whether a firm runs short once the loan's service is taken off its ledger.

    As in the twin, the loan itself is spent at once and earns nothing.
    """
    schedule = _plan("equal_instalments", amount)
    paid = paid_by(schedule, start=start_of(DAY), spent=1.0)[:TERM]
    return bool((one.spare - np.cumsum(paid) < 0).any())


def _stated() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="one small county.")
    parser.add_argument("--json", action="store_true", help="the last line is JSON.")
    return parser.parse_args()


if __name__ == "__main__":
    main()
