"""The offers of a run as plain values: the portfolio, what it rests on, its peers."""

from collections.abc import Mapping, Sequence
from statistics import fmean
from typing import Any, Final

from xiaowei.desk.bearing.binding import Binding
from xiaowei.desk.document.courses import strategies
from xiaowei.desk.document.said import both
from xiaowei.desk.line import Line
from xiaowei.desk.tiering import migration
from xiaowei.offers.demand import Point, fit_churn
from xiaowei.offers.loan import Loan, expected_profit_fen
from xiaowei.offers.peers import MODELS, compare_churn
from xiaowei.offers.realised import Realised
from xiaowei.offers.terms import Terms
from xiaowei.offers.tiers import TIERS
from xiaowei.said import Said

_RECIPE: Final = Said(
    "获奖论文做法：利率按等级固定为 4.46%/4.94%/5.32%，额度与销售规模成正比，"
    "不看违约概率；期望利润按同一违约概率计算",
    "as in prize papers: rates fixed by grade at 4.46/4.94/5.32%, amounts in "
    "proportion to sales, PD not looked at; profit is reckoned under the same PDs",
)
_REALISED: Final = Said(
    "在已知结果的企业上，用未见过该企业的违约概率和评级发放，按实际违约结算；"
    "区间为对企业的自助抽样；核验发现、分层、额度与产品不参与。一次违约即可改变名次，不能据此排定优劣",
    "lent to firms of known outcome by PDs and grades that never saw them, settled by "
    "what happened; findings, tiers, limits and products are left out; intervals "
    "draw firms with replacement. One default moves the answer: no honest ranking of "
    "the two follows",
)


def portfolio(line: Line) -> dict[str, Any]:
    """Return the offers as a whole."""
    lending = line.lending
    ours = lending.portfolio
    pds = {one.enterprise_id: one.pd for one in line.assessments}
    lent = [offer for offer in ours.offers if offer.limit_fen]
    low = {one.enterprise_id: one.pd_low for one in line.assessments}
    high = {one.enterprise_id: one.pd_high for one in line.assessments}
    return {
        "budget_fen": ours.budget_fen,
        "meaning": ours.terms.meaning,
        "offered_fen": ours.offered_fen,
        "drawn_fen": ours.drawn_fen,
        "expected_profit_fen": ours.expected_profit_fen,
        "profit_at_pd_low_fen": _profit(ours.loans, pds=low, terms=ours.terms),
        "profit_at_pd_high_fen": _profit(ours.loans, pds=high, terms=ours.terms),
        "breakeven_pd": _breakeven(ours.loans, terms=ours.terms),
        "firms": len(lent),
        "gap": ours.gap_fen / max(ours.bound_fen, 1),
        "gap_fen": ours.gap_fen,
        "proof": ours.proof,
        "mean_rate": fmean(float(o.rate) for o in lent if o.rate) if lent else None,
        "mean_pd": fmean(pds[o.enterprise_id] for o in lent) if lent else None,
        "assumptions": {
            "lgd": float(ours.terms.lgd),
            "funding_rate": float(ours.terms.funding_rate),
            "operating_cost": float(ours.terms.operating_cost),
            "budget_counts": ours.terms.meaning,
            **{f"{name}_said": both(said) for name, said in ours.assumptions.items()},
        },
        "recipe": {
            "offered_fen": lending.recipe.offered_fen,
            "drawn_fen": lending.recipe.drawn_fen,
            "expected_profit_fen": lending.recipe.expected_profit_fen,
            "claimed_profit_fen": lending.recipe.claimed_profit_fen,
            "firms": lending.recipe.firms,
            "assumptions": {"recipe_said": both(_RECIPE)},
        },
        "realised": _realised(lending.realised, lending.recipe_realised),
        "frontier": [
            {
                "budget_fen": point.budget_fen,
                "offered_fen": point.offered_fen,
                "expected_profit_fen": point.profit_fen,
                "firms": point.firms,
                "marginal": point.marginal,
            }
            for point in ours.frontier
        ],
        "tiers": _tiers(line),
        "migration": migration(line.former, lending.tiers),
        **_judged(lending.binding),
        "strategies": strategies(lending.strategies),
    }


def _judged(binding: Binding | None) -> dict[str, Any]:
    if binding is None:
        return {"judged": None, "silent": []}
    heard = binding.heard
    return {"judged": heard.plain, "silent": [both(line) for line in heard.silent]}


def _profit(loans: Sequence[Loan], *, pds: Mapping[str, float], terms: Terms) -> int:
    """Return what loans are expected to earn in fen under other PDs."""
    return sum(
        expected_profit_fen(loan, pd=pds[loan.enterprise_id], terms=terms)
        for loan in loans
    )


def _breakeven(loans: Sequence[Loan], *, terms: Terms) -> float | None:
    """Return the one PD of all loans at which they are expected to earn nothing.

    Profit is linear in a PD that all share: what they earn if nobody defaults, over
    what that and certain default differ by.
    """
    everyone = [loan.enterprise_id for loan in loans]
    best = _profit(loans, pds=dict.fromkeys(everyone, 0.0), terms=terms)
    worst = _profit(loans, pds=dict.fromkeys(everyone, 1.0), terms=terms)
    return round(best / (best - worst), 6) if best > worst else None


def demand(line: Line, *, points: Sequence[Point]) -> dict[str, Any]:
    """Return the churn curves in use, and beside them what others fitted."""
    fits = fit_churn(points) if points else {}
    curves = {
        grade: {
            "k": churn.k,
            "b": churn.b,
            "r2": fits[grade].quality.r2 if grade in fits else None,
            "loo_rmse": fits[grade].quality.loo_rmse if grade in fits else None,
        }
        for grade, churn in line.lending.curves.items()
    }
    return {
        "curves": curves,
        "points": [
            {"grade": grade, "rate": rate, "churn": share}
            for grade, rate, share in points
        ],
        "peers": _peers(points) if points else [],
        "source": both(
            Said("按公布的利率与流失表拟合", "fitted to the published rate-churn table")
            if points
            else Said(
                "政策参数 churn.yaml（由公布的利率与流失表拟合所得）",
                "policy numbers of churn.yaml, once fitted to a published table",
            )
        ),
    }


def _peers(points: Sequence[Point]) -> list[dict[str, Any]]:
    rows = compare_churn(points)
    return [
        {
            "model": model,
            "parameters": parameters,
            "r2": {r.grade: r.quality.r2 for r in rows if r.model == model},
            "loo_rmse": {r.grade: r.quality.loo_rmse for r in rows if r.model == model},
            "extrapolation_rmse": {
                r.grade: r.quality.extrapolation_rmse for r in rows if r.model == model
            },
            "monotone": all(r.sensible for r in rows if r.model == model),
        }
        for model, (parameters, _) in MODELS.items()
    ]


def _realised(ours: Realised | None, theirs: Realised | None) -> dict[str, Any] | None:
    if ours is None or theirs is None:
        return None
    return {
        "offered_fen": ours.offered_fen,
        "profit_fen": ours.profit_fen,
        "low_fen": ours.low_fen,
        "high_fen": ours.high_fen,
        "firms": ours.loans,
        "defaults": ours.defaults,
        "recipe_offered_fen": theirs.offered_fen,
        "recipe_profit_fen": theirs.profit_fen,
        "recipe_low_fen": theirs.low_fen,
        "recipe_high_fen": theirs.high_fen,
        "recipe_firms": theirs.loans,
        "recipe_defaults": theirs.defaults,
        "difference_fen": ours.profit_fen - theirs.profit_fen,
        "note": both(_REALISED),
    }


def _tiers(line: Line) -> list[dict[str, Any]]:
    pds = {one.enterprise_id: one.pd for one in line.assessments}
    limits = {o.enterprise_id: o.limit_fen for o in line.lending.portfolio.offers}
    rows = []
    for tier, title in TIERS.items():
        members = [f for f, t in line.lending.tiers.items() if t.tier == tier]
        rows.append(
            {
                "tier": tier,
                "title": both(title),
                "firms": len(members),
                "offered": sum(limits[firm] > 0 for firm in members),
                "offered_fen": sum(limits[firm] for firm in members),
                "mean_pd": fmean(pds[firm] for firm in members) if members else None,
            }
        )
    return rows
