"""One enterprise of a run as plain values: its page in every face."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from xiaowei.desk.document.applied import pd_of_model
from xiaowei.desk.document.courses import bound
from xiaowei.desk.document.deceit import deceit
from xiaowei.desk.document.findings import finding_of
from xiaowei.desk.document.opinions import opinion_of
from xiaowei.desk.document.said import both
from xiaowei.desk.document.trades import profile
from xiaowei.desk.knowledge import Portrayed
from xiaowei.desk.line import Line
from xiaowei.offers.offer import Offer
from xiaowei.offers.terms import RATE_STEP
from xiaowei.portraits.parts import TRAITS
from xiaowei.portraits.radar import AXES
from xiaowei.risk.assess import Assessment
from xiaowei.risk.reasons import reasons
from xiaowei.said import Said
from xiaowei.verification.finding import Finding


def firms(line: Line) -> list[dict[str, Any]]:
    """Return all firms, by id."""
    by_firm: dict[str, list[Finding]] = defaultdict(list)
    for finding in line.findings:
        by_firm[finding.enterprise_id].append(finding)
    offers = {offer.enterprise_id: offer for offer in line.lending.portfolio.offers}
    # A PD of a year ago is not that of today by a card that has not seen the firm.
    held_out = {} if line.taught.ahead else line.validation.pd.held_out.by_firm
    return [
        {
            **_who(one.enterprise_id, line=line),
            **_risk(one, place=place, line=line),
            "pd_held_out": _number(held_out.get(one.enterprise_id)),
            **pd_of_model(line, one.enterprise_id),
            **_offer(offers[one.enterprise_id], by_firm[one.enterprise_id], line=line),
            "findings": [finding_of(finding) for finding in by_firm[one.enterprise_id]],
            "deceit": deceit(line.verified, one.enterprise_id),
            "profile": profile(line.trades, one.enterprise_id),
            "opinion": opinion_of(line.voices.get(one.enterprise_id)),
            "radar": {axis.key: line.radar[axis.key][place] for axis in AXES},
            "series": line.series.get(one.enterprise_id, {"months": []}),
            "traits": _traits(line.portrayed.rows[one.enterprise_id], line.portrayed),
        }
        for place, one in enumerate(line.assessments)
    ]


def _who(firm: str, *, line: Line) -> dict[str, Any]:
    profile = line.portrayed.profiles.get(firm, {})
    history = line.portrayed.histories.get(firm, {})
    return {
        "enterprise_id": firm,
        "name": profile.get("name"),
        "industry": profile.get("industry"),
        "region": profile.get("region"),
        "park": profile.get("park"),
        "as_of": line.as_of.isoformat(),
        "rating": line.lending.graded[firm],
        "rating_given": history.get("rating"),
        "defaulted": history.get("defaulted"),
    }


def _risk(one: Assessment, *, place: int, line: Line) -> dict[str, Any]:
    told = reasons(one, line.portrayed.sample, place=place)
    return {
        "pd": one.pd,
        "pd_low": one.pd_low,
        "pd_high": one.pd_high,
        "score": one.score,
        "base_points": one.base,
        "rating_odds": one.grade_odds,
        "out_of_range": list(one.outside),
        "reasons": [
            {
                "trait": reason.trait.name,
                "zh": reason.trait.zh,
                "en": reason.trait.en,
                "value": reason.value,
                "unit": reason.trait.unit,
                "points": reason.points,
                "text": both(reason.text),
            }
            for reason in told
        ],
    }


def _number(value: Any) -> float | None:  # noqa: ANN401 - a number of any library
    return None if value is None else float(value)


def _offer(offer: Offer, findings: Sequence[Finding], *, line: Line) -> dict[str, Any]:
    tiering = line.lending.tiers[offer.enterprise_id]
    binding = line.lending.binding
    one = binding.firms[offer.enterprise_id] if binding else None
    priced = None
    if offer.priced is not None:
        added = one.course.rate_bp if one else 0
        priced = float(offer.priced + added * RATE_STEP)
    return {
        "tier": tiering.tier,
        "tier_before": tiering.previous,
        "tier_reasons": [both(said) for said in tiering.lines],
        "limit_fen": offer.limit_fen,
        "rate": None if offer.rate is None else float(offer.rate),
        "rate_priced": priced,
        **bound(one),
        "churn": offer.churn,
        "drawn_fen": offer.drawn_fen,
        "expected_profit_fen": offer.expected_profit_fen,
        "offer_steps": [both(said) for said in (*offer.steps, *_why(offer, findings))],
    }


def _why(offer: Offer, findings: Sequence[Finding]) -> list[Said]:
    """Return the grave findings that stand behind an offer of nothing."""
    if offer.limit_fen:
        return []
    grave = [finding.text for finding in findings if finding.severity == "high"]
    return [Said(f"核验发现：{text.zh}", f"finding: {text.en}") for text in grave]


def _traits(row: Mapping[str, Any], portrayed: Portrayed) -> dict[str, Any]:
    """Return the traits whose sources state anything at all, of this firm or others."""
    return {one.name: row[one.name] for one in TRAITS if portrayed.heard(one)}
