"""A world with known truth: firms, the PDs a bank believes, and what became of them.

The logit of a firm's true PD is normal; each half of the bank's cases sees it with an
error of its own, and the bank believes the mean of both. Grades and tiers follow from
what is believed. A firm defaults by its true PD.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import numpy as np
from scipy.special import expit

from xiaowei.money import Fen
from xiaowei.offers.applicant import Applicant
from xiaowei.offers.demand import FloatArray, curves_on
from xiaowei.offers.loan import realised_profit_fen
from xiaowei.offers.portfolio.limits import Limit
from xiaowei.offers.portfolio.options import Options, options_of
from xiaowei.offers.pricing import IntArray
from xiaowei.offers.recipe import follow_recipe
from xiaowei.offers.terms import Terms, terms_on
from xiaowei.policy.book import load_book
from xiaowei.said import Said

DAY = date(2025, 1, 1)
RATES_BP = (430, 500, 600, 750, 900)
ERROR = 0.6
MEAN, SPREAD = -3.0, 1.2
_GRADES = ((0.02, "A"), (0.05, "B"), (0.15, "C"))
_WARNED = 0.08


@dataclass(frozen=True, slots=True)
class World:
    """One draw of it.

    Args:
        options: what the bank may offer, with the PDs that it believes.
        applicants: the same firms as the recipe asks for them.
        true_pd: per firm in order of ids, as the next.
        defaulted: what became of it.
        fate: the same by id, of all firms, also those that we may not lend to.
        terms: costs and bounds.
        budget_fen: money that may be offered.
        curves: grade to churn.
    """

    options: Options
    applicants: list[Applicant]
    true_pd: FloatArray
    defaulted: "np.ndarray[Any, np.dtype[np.bool_]]"
    fate: Mapping[str, bool]
    terms: Terms
    budget_fen: Fen
    curves: Any = field(repr=False)

    def realised_fen(self, lots: IntArray) -> int:
        """Return what a book earned once it is known who defaulted."""
        return int(
            self.options.profit_fen(self._of(self.defaulted.astype(np.float64))) @ lots
        )

    def true_fen(self, lots: IntArray) -> int:
        """Return what a book earns in the mean by the true PDs."""
        return int(self.options.profit_fen(self._of(self.true_pd)) @ lots)

    def _of(self, firms: FloatArray) -> FloatArray:
        each: FloatArray = firms[self.options.firm]
        return each


def world(firms: int, *, seed: int) -> World:
    """Draw a world."""
    rng = np.random.default_rng(seed)
    book = load_book()
    terms, curves = terms_on(book, on=DAY), curves_on(book, on=DAY)
    truth = rng.normal(MEAN, SPREAD, firms)
    halves = truth + rng.normal(0, ERROR * np.sqrt(2), (2, firms))
    believed = expit(halves.mean(axis=0))
    grades = [_grade(pd) for pd in believed]
    sales = np.exp(rng.normal(np.log(3e8), 0.8, firms)).astype(np.int64)
    cap = np.minimum(sales * float(terms.turnover_share) // terms.lot_fen, 100)
    cap = cap.astype(np.int64)
    tiers = np.where(believed > _WARNED, "risk_warning", "steady").astype(object)
    trades = rng.choice([*(f"I{n}" for n in range(8)), ""], firms).astype(object)
    new = rng.choice(["yes", "no", ""], firms, p=[0.25, 0.7, 0.05]).astype(object)
    ids = np.array([f"E{n:05d}" for n in range(firms)])
    able = np.flatnonzero(
        (cap >= terms.min_lots) & (np.array(grades, dtype=object) != "D")
    )
    at = np.repeat(able, len(RATES_BP))
    rate = np.tile(np.array(RATES_BP) / 1e4, len(able))
    kept = np.concatenate(
        [curves[grades[one]].kept(np.array(RATES_BP) / 1e4) for one in able]
    )
    cost, lgd, lot = float(terms.cost_rate), float(terms.lgd), terms.lot_fen
    options = options_of(
        {
            "enterprise_id": ids[at],
            "option": np.tile([str(one) for one in RATES_BP], len(able)),
            "least_lots": np.full(len(at), terms.min_lots),
            "most_lots": cap[at],
            "offered_fen": np.full(len(at), lot),
            "drawn_fen": np.ceil(kept * lot).astype(np.int64),
            "capital_fen": np.ceil(kept * lot * 0.08).astype(np.int64),
            "paid_fen": np.rint(kept * (rate - cost) * lot).astype(np.int64),
            "lost_fen": np.rint(kept * (lgd + cost) * lot).astype(np.int64),
            "pd": believed[at],
            "width": np.full(len(at), ERROR),
            "pd_a": expit(halves[0])[at],
            "pd_b": expit(halves[1])[at],
        },
        labels={"industry": trades[at], "tier": tiers[at], "newcomer": new[at]},
    )
    applicants = [
        Applicant(
            enterprise_id=str(ids[n]),
            pd=float(believed[n]),
            pd_high=None,
            rating=grades[n],
            tier="steady",
            sales_12m_fen=int(sales[n]),
        )
        for n in range(firms)
    ]
    defaulted = rng.random(firms) < expit(truth)
    lent = np.isin(ids, options.firms)
    return World(
        options=options,
        applicants=applicants,
        true_pd=expit(truth)[lent],
        defaulted=defaulted[lent],
        fate=dict(zip(map(str, ids), map(bool, defaulted), strict=True)),
        terms=terms,
        budget_fen=int(cap[able].sum()) * lot // 4,
        curves=curves,
    )


def limits_of(one: World) -> list[Limit]:
    """Return budget, trades, warned tier and new borrowers, as amounts."""
    budget, title = one.budget_fen, Said("限额", "limit")
    new = len(one.options.firms) // 20
    return [
        Limit(code="budget", title=title, counts="offered", most=budget),
        Limit(
            code="trade",
            title=title,
            counts="offered",
            each="industry",
            most=budget * 15 // 100,
        ),
        Limit(
            code="warned",
            title=title,
            counts="offered",
            of=("tier", ("risk_warning",)),
            most=budget // 10,
        ),
        Limit(
            code="new",
            title=title,
            counts="firms",
            of=("newcomer", ("yes",)),
            least=new,
        ),
    ]


def greedy(one: World, limits: Sequence[Limit]) -> IntArray:
    """Lend best first by profit per fen, as much as every limit leaves room for.

    New borrowers that have to be served come first, with the smallest loans.
    """
    options, budget = one.options, one.budget_fen
    profit = options.profit_fen(options.pd)
    order = np.lexsort((options.firm, -profit / options.offered_fen))
    room: dict[str, int] = {limit.code: limit.most or 0 for limit in limits}
    trades: dict[int, int] = {}
    new = options.labels["newcomer"]
    asked = next(limit.least or 0 for limit in limits if limit.code == "new")
    lots = np.zeros(options.count, dtype=np.int64)
    served: set[int] = set()
    tier = options.labels["tier"]

    def give(at: int, most: int) -> None:
        trade = int(options.labels["industry"].codes[at])
        left = min(room["budget"], trades.get(trade, budget * 15 // 100))
        warned = tier.names[tier.codes[at]] != "steady"
        left = min(left, room["warned"]) if warned else left
        n = min(most, left // int(options.offered_fen[at]))
        if n < options.least_lots[at] or options.firm[at] in served:
            return
        lots[at] = n
        served.add(int(options.firm[at]))
        used = n * int(options.offered_fen[at])
        room["budget"] -= used
        trades[trade] = trades.get(trade, budget * 15 // 100) - used
        room["warned"] -= used if warned else 0

    for at in order:
        if new.names[new.codes[at]] == "yes" and len(served) < asked:
            give(at, int(options.least_lots[at]))
    for at in order:
        if profit[at] > 0:
            give(at, int(options.most_lots[at]))
    return lots


def recipe_fen(one: World) -> int:
    """Return what the fixed-rate recipe earned under the budget alone."""
    done = follow_recipe(
        one.applicants,
        terms=one.terms,
        budget_fen=one.budget_fen,
        curves=one.curves,
    )
    return sum(
        realised_profit_fen(
            loan, defaulted=one.fate[loan.enterprise_id], terms=one.terms
        )
        for loan in done.loans
    )


def _grade(pd: float) -> str:
    return next((name for most, name in _GRADES if pd < most), "D")
