"""Books of loans drawn by chance, and who allocates them: ours, and SciPy as it is.

The whole problem put to `scipy.optimize.milp`: per option a yes or no and lots within
its bounds, at most one option per firm, all limits as rows. It is given the gap that
ours proved, so that both stop at the same proof, and a limit of seconds.
"""

from fractions import Fraction
from typing import Any

import numpy as np
from scipy import sparse
from scipy.optimize import Bounds, LinearConstraint, milp

from xiaowei.offers.portfolio.book import make_book
from xiaowei.offers.portfolio.limits import Limit
from xiaowei.offers.portfolio.options import Options, options_of
from xiaowei.offers.portfolio.rows import rows_of
from xiaowei.offers.portfolio.tail import Spread
from xiaowei.offers.portfolio.views import Rule, View
from xiaowei.said import Said

LOT = 1_000_000
ALONE = 0.9
DEAR = 0.08
RATES = (0.045, 0.07, 0.095, 0.12)


def drawn(firms: int, *, seed: int) -> Options:
    """Return four rates for each of so many firms in 20 trades and 31 parks."""
    rng = np.random.default_rng(seed)
    count = len(RATES)
    firm = np.repeat(np.arange(firms), count)
    pd = np.clip(rng.beta(1, 20, firms), 1e-4, 0.9)[firm]
    rate = np.tile(RATES, firms)
    kept = np.clip(1 - rng.uniform(8, 14, firms)[firm] * (rate - 0.04), 0.02, 1)
    money = np.ceil(LOT * kept).astype(np.int64)
    trades = [*(f"I{n}" for n in range(19)), ""]
    parks = [*(f"P{n}" for n in range(30)), ""]
    alone = rng.random(firms) < ALONE
    group = rng.integers(0, firms // 4 + 1, firms)
    return options_of(
        {
            "enterprise_id": np.char.add("E", firm.astype(np.str_)),
            "option": np.tile([f"r{r}" for r in RATES], firms),
            "least_lots": np.full(len(firm), 10),
            "most_lots": rng.integers(10, 101, firms)[firm],
            "offered_fen": np.full(len(firm), LOT),
            "drawn_fen": money,
            "capital_fen": (money * 0.08 * (1 + 5 * pd)).astype(np.int64),
            "paid_fen": np.floor(money * (rate - 0.03)).astype(np.int64),
            "lost_fen": np.floor(money * 0.53).astype(np.int64),
            "pd": pd,
            "width": rng.uniform(0.2, 0.8, firms)[firm],
        },
        labels={
            "industry": rng.choice(trades, firms).astype(object)[firm],
            "park": rng.choice(parks, firms).astype(object)[firm],
            "tier": rng.choice(
                ["high_potential", "steady", "risk_warning", ""],
                firms,
                p=[0.3, 0.5, 0.15, 0.05],
            ).astype(object)[firm],
            "newcomer": rng.choice(
                ["yes", "no", ""], firms, p=[0.3, 0.65, 0.05]
            ).astype(object)[firm],
            "group": np.array(
                [
                    "-" if one else f"G{at}"
                    for one, at in zip(alone, group, strict=True)
                ],
                dtype=object,
            )[firm],
            "product": np.where(rate < DEAR, "credit", "guarantee").astype(object),
        },
    )


def limits_of(firms: int) -> list[Limit]:
    """Return limits of every kind, most of which bind."""
    whole = firms * 10 * LOT
    title = Said("限额", "limit")
    warned, best = ("risk_warning",), ("high_potential",)

    def share(percent: int) -> Fraction:
        return Fraction(percent, 100)

    return [
        Limit(code="budget", title=title, counts="drawn", most=whole // 2),
        Limit(code="capital", title=title, counts="capital", most=whole * 9 // 200),
        Limit(code="loss", title=title, counts="expected_loss", most=whole // 125),
        Limit(
            code="trade",
            title=title,
            counts="offered",
            each="industry",
            most_share=share(6),
        ),
        Limit(
            code="park", title=title, counts="offered", each="park", most_share=share(4)
        ),
        Limit(
            code="group", title=title, counts="offered", each="group", most=120 * LOT
        ),
        Limit(
            code="warned",
            title=title,
            counts="offered",
            of=("tier", warned),
            most_share=share(10),
        ),
        Limit(
            code="best",
            title=title,
            counts="offered",
            of=("tier", best),
            least_share=share(40),
        ),
        Limit(
            code="new",
            title=title,
            counts="firms",
            of=("newcomer", ("yes",)),
            least=firms * 8 // 100,
        ),
    ]


def ours(firms: int, seed: int, rule: Rule = "expected") -> dict[str, Any]:
    """Return what our book earns, its proven gap, and how many rows its limits have."""
    one, limits = drawn(firms, seed=seed), limits_of(firms)
    view = View(rule=rule, spread=Spread(scenarios=100))
    book = make_book(one, limits, view=view)
    rows = rows_of(one, limits)
    return {
        "worth_fen": book.worth_fen,
        "gap": book.gap_fen / book.bound_fen,
        "rows": len(rows.rows),
        "options": one.count,
        "kept": rows.kept_by(book.lots),
    }


def plain(firms: int, seed: int, gap: float, seconds: float) -> dict[str, Any]:
    """Return what SciPy makes of the whole problem at once."""
    one, limits = drawn(firms, seed=seed), limits_of(firms)
    rows, count = rows_of(one, limits), one.count
    eye = sparse.eye_array(count)
    place = one.firm, np.arange(count)
    choice = sparse.csr_array((np.ones(count), place), shape=(firms, count))
    nothing = sparse.csr_array((firms, count))
    held = sparse.hstack([rows.mix @ rows.per_lot, rows.mix @ rows.per_firm])
    lower, upper = rows.bounds
    most, least = (sparse.diags_array(x * 1.0) for x in (one.most_lots, one.least_lots))
    found = milp(
        -np.concatenate([one.profit_fen(one.pd), np.zeros(count)]),
        integrality=np.ones(2 * count, dtype=np.int64),
        bounds=Bounds(0, np.concatenate([one.most_lots, np.ones(count)])),
        constraints=[
            LinearConstraint(held, lower, upper),
            LinearConstraint(sparse.hstack([nothing, choice]), ub=1),
            LinearConstraint(sparse.hstack([eye, -most]), ub=0),
            LinearConstraint(sparse.hstack([eye, -least]), lb=0),
        ],
        options={"mip_rel_gap": gap, "time_limit": seconds},
    )
    return {
        "worth_fen": None if found.fun is None else -found.fun,
        "gap": None if found.x is None else found.mip_gap,
        "status": int(found.status),
    }
