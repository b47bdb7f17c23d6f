"""How far an enterprise's word can be taken, as plain values."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any, Final

from xiaowei.desk.document.said import both
from xiaowei.desk.verifying import Verified
from xiaowei.facts.sources import EVERY_SOURCE
from xiaowei.portraits.parts import TRAITS
from xiaowei.verification.band import Band
from xiaowei.verification.combine import reasons
from xiaowei.verification.electricity.band import Month
from xiaowei.verification.mirrors import Mirror
from xiaowei.verification.network.rings import Circle
from xiaowei.verification.papers import Paper
from xiaowei.verification.revenue import Revenue
from xiaowei.verification.trust import trust

_PAPERS: Final = 5
_CIRCLES: Final = 3
_TRUST_SHOWN: Final = 0.95
"""Traits believed at least so far are not listed."""


def deceit(verified: Verified, firm: str) -> dict[str, Any]:
    """Return how likely a firm deceives, why, and what would settle it.

    Args:
        verified: what verification came to.
        firm: whose.
    """
    one = verified.suspicions[firm]
    believed = trust(TRAITS, verified.doubted[firm])
    band = verified.bands.get(firm)
    return {
        "probability": round(one.probability, 6),
        "low": round(one.low, 6),
        "high": round(one.high, 6),
        "reasons": [both(said) for said in reasons(one)],
        "families": [
            {
                "family": part.family,
                "log_odds": round(part.log_odds, 4),
                "check": part.finding and part.finding.check,
            }
            for part in one.parts
        ],
        "usual": round(one.usual, 4),
        "silent": list(one.silent),
        "revenue": _revenue(verified.revenues.get(firm)),
        "papers": _papers(verified.papers[firm]),
        "doubted": {
            family: {**_name(family), "doubt": round(doubt, 4)}
            for family, doubt in sorted(verified.doubted[firm].items())
        },
        "trust": {
            name: round(share, 4)
            for name, share in believed.items()
            if share < _TRUST_SHOWN
        },
        "trust_below": _TRUST_SHOWN,
        "band": band and _band(band),
        "power": _power(verified.powers.get(firm, ())),
        "mirrors": [_mirror(one) for one in verified.mirrors.get(firm, ())],
        "circles": [_circle(circle) for circle in verified.circles.get(firm, ())][
            :_CIRCLES
        ],
    }


def _name(family: str) -> dict[str, str]:
    """Return what a family of facts is called: by the sources that state it."""
    zh = "、".join(source.zh for source in EVERY_SOURCE if source.family == family)
    return {"zh": zh, "en": family.replace("_", " ")}


def _revenue(revenue: Revenue | None) -> dict[str, Any] | None:
    if revenue is None:
        return None
    return {
        "stated_fen": revenue.stated_fen,
        "low_fen": revenue.low_fen,
        "likely_fen": revenue.likely_fen,
        "high_fen": revenue.high_fen,
        "witnesses": revenue.witnesses,
    }


def _papers(asked: Sequence[Paper]) -> list[dict[str, Any]]:
    return [
        {
            "family": paper.family,
            "text": both(paper.text),
            "settles": round(paper.settles, 6),
        }
        for paper in asked[:_PAPERS]
    ]


def _band(band: Band) -> dict[str, Any]:
    return {
        "periods": list(band.periods),
        "stated_fen": list(band.stated_fen),
        "expected_fen": list(band.expected_fen),
        "low_fen": list(band.low_fen),
        "high_fen": list(band.high_fen),
        "kwh": list(band.kwh),
        "witnesses": list(band.witnesses),
    }


def _power(months: Sequence[Month]) -> dict[str, Any] | None:
    """Return months of sales beside what electricity lets expect; null where none."""
    if not months:
        return None
    judged = [month.first for month in months if month.judged]
    return {
        "months": [f"{month.first:%Y-%m}" for month in months],
        "judged_from": f"{min(judged):%Y-%m}" if judged else None,
        "stated_fen": [month.sales_fen for month in months],
        "expected_fen": [month.expected_fen for month in months],
        "low_fen": [month.low_fen for month in months],
        "high_fen": [month.high_fen for month in months],
        "kwh": [month.kwh and round(month.kwh, 1) for month in months],
        "outside": sum(month.judged and month.outside for month in months),
    }


def _circle(circle: Circle) -> dict[str, Any]:
    return {
        "firms": list(circle.firms),
        "months": len(circle.months),
        "legs": [
            {
                "seller": leg.seller,
                "buyer": leg.buyer,
                "on": leg.on.isoformat(),
                "net_fen": leg.net_fen,
            }
            for leg in circle.legs
        ],
    }


def _mirror(mirror: Mirror) -> dict[str, Any]:
    return {
        "invoice_no": mirror.invoice_no,
        "on": mirror.on.isoformat(),
        "seller": asdict(mirror.seller),
        "buyer": asdict(mirror.buyer),
    }
