"""What the products come to for one enterprise, as plain values."""

from typing import Any

from xiaowei.desk.bearing.limits import Bearing, Outlook
from xiaowei.desk.bearing.money import Money
from xiaowei.desk.bearing.prices import Quote
from xiaowei.desk.counsel.products import Counsel, Proposal
from xiaowei.desk.document.courses import caps, course
from xiaowei.desk.document.said import both
from xiaowei.offers.limits.shortfall import Chance
from xiaowei.offers.near_misses import NearMiss
from xiaowei.offers.products import ORDER, Verdict


def counsel_of(counsel: Counsel) -> dict[str, Any]:
    """Return all products with their conditions, near misses, and the loan proposed."""
    firm = counsel.firm
    return {
        "enterprise_id": firm["enterprise_id"],
        "name": firm["name"],
        "as_of": firm["as_of"],
        "tier": firm["tier"],
        "limit_fen": firm["limit_fen"],
        "products": [_verdict(verdict) for verdict in counsel.verdicts],
        "near_misses": [_near(miss) for miss in counsel.near],
        "chosen_by": both(ORDER),
        "strategy": course(counsel.course),
        "limit": {
            **_bearing(counsel.bearing, counsel.money),
            "lent_fen": counsel.lent_fen,
        },
        "proposal": _proposal(counsel.proposal) if counsel.proposal else None,
        "unpaid": _quoted(counsel.unpaid) if counsel.unpaid else None,
    }


def _verdict(verdict: Verdict) -> dict[str, Any]:
    product = verdict.product
    return {
        "product": product.code,
        "title": both(product.title),
        "eligible": verdict.eligible,
        "state": verdict.state,
        "text": both(verdict.text),
        "conditions": [
            {"state": line.state, "depth": line.depth, "text": both(line.text)}
            for line in verdict.lines
        ],
        "papers": [both(paper) for paper in product.papers],
    }


def _near(miss: NearMiss) -> dict[str, Any]:
    return {
        "product": miss.product.code,
        "lines": [both(line) for line in miss.lines],
        "changes": [
            {
                "trait": change.rule.trait,
                "value": None if change.value is None else float(change.value),
                "target": float(change.target),
                "by_waiting": change.by_waiting,
            }
            for change in miss.changes
        ],
    }


def _proposal(proposal: Proposal) -> dict[str, Any]:
    schedule, release = proposal.schedule, proposal.release
    return {
        "product": proposal.product.code,
        "title": both(proposal.product.title),
        "amount_fen": proposal.amount_fen,
        "rate": float(proposal.rate),
        "price": _quoted(proposal.quote),
        "yearly_rate": float(schedule.yearly_rate()),
        "repaid_by": schedule.agreement.kind,
        "repaid_so": both(proposal.bearing.choice.reason)
        if proposal.bearing.choice
        else None,
        "shortfall": _chance(proposal.outlook.chance) if proposal.outlook else None,
        "cash": _cash(proposal.outlook) if proposal.outlook else [],
        "text": both(schedule.text),
        "released_fen": release.released_fen,
        "release": both(release.text),
        "next_stage": [both(line.text) for line in release.lines],
        "papers": [both(paper) for paper in proposal.papers],
        "schedule": [
            {
                "due_on": line.due_on.isoformat(),
                "principal_fen": line.principal_fen,
                "interest_fen": line.interest_fen,
                "outstanding_fen": line.outstanding_fen,
            }
            for line in schedule.lines
        ],
    }


def _quoted(quote: Quote) -> dict[str, Any]:
    price = quote.price
    parts = (
        "funding", "operation", "loss", "interest_lost", "capital", "surplus", "floor",
        "held", "raroc", "over_lpr_bp",
    )  # fmt: skip
    return {
        "why": both(quote.why) if quote.why else None,
        **{name: getattr(price, name) if price else None for name in parts},
        "pays": price.pays if price else None,
        "lines": [both(line) for line in price.lines] if price else [],
    }


def _bearing(found: Bearing, money: Money) -> dict[str, Any]:
    limit, choice, history = found.limit, found.choice, money.history
    return {
        "amount_fen": limit.amount_fen,
        "binds": limit.binds,
        "text": both(limit.text),
        "caps": caps(limit),
        "flows_by": history.source if history else None,
        "flow_months": history.months if history else 0,
        "trade_firms": money.norms.firms,
        "shortfall_most": money.assumed.limit_shortfall_most,
        "shortfall_without_loan": _chance(found.alone) if found.alone else None,
        "schedules": [
            {
                "kind": trial.kind,
                "shortfall": _chance(trial.asked),
                "limit_fen": trial.limit_fen,
            }
            for trial in (choice.trials if choice else ())
        ],
    }


def _chance(chance: Chance) -> dict[str, float]:
    return {"chance": chance.value, "low": chance.low, "high": chance.high}


def _cash(outlook: Outlook) -> list[dict[str, Any]]:
    return [
        {"month": f"{month:%Y-%m}", "p10_fen": low, "p50_fen": middle, "p90_fen": high}
        for month, (low, middle, high) in zip(
            outlook.months, outlook.cash_fen, strict=True
        )
    ]
