"""How a firm is lent to, as plain values: its strategy, and what bound its offer."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from xiaowei.desk.bearing.bounding import Bound
from xiaowei.desk.document.said import both
from xiaowei.offers.limits.limit import CAPS, Limit
from xiaowei.offers.strategy import Course
from xiaowei.policy.strategy.strategy import Segment, Strategy


def course(one: Course) -> dict[str, Any]:
    """Return a strategy that a firm is lent to by.

    Args:
        one: the strategy.
    """
    return {
        "segments": [part.segment for part in one.parts],
        "title": both(one.title),
        "text": both(one.text),
        "lines": [both(line) for line in one.lines],
        **_bounds(one),
    }


def caps(limit: Limit) -> list[dict[str, Any]]:
    """Return the caps of a limit.

    Args:
        limit: of a firm.
    """
    return [
        {
            "cap": cap.name,
            "title": both(CAPS[cap.name]),
            "amount_fen": cap.amount_fen,
            "known": cap.amount_fen is not None,
            "binds": cap.name == limit.binds,
            "text": both(cap.text),
        }
        for cap in limit.caps
    ]


def bound(one: Bound | None) -> dict[str, Any]:
    """Return what bound a firm's offer in a run.

    Args:
        one: what did; null where nothing but terms was asked.
    """
    if one is None:
        return {"strategy": None, "product": None, "most_fen": None, "caps": []}
    return {
        "strategy": course(one.course),
        "product": one.product.code if one.product else None,
        "product_title": both(one.product.title) if one.product else None,
        "most_fen": one.bounds.most_fen,
        "least_rate": _rate(one.bounds.least_rate),
        "most_rate": _rate(one.bounds.most_rate),
        "staged": one.bounds.staged,
        "caps": caps(one.limit) if one.limit else [],
    }


def _rate(rate: Decimal | None) -> float | None:
    return None if rate is None else float(rate)


def strategies(held: Mapping[Segment, Strategy]) -> list[dict[str, Any]]:
    """Return the strategies of a day.

    Args:
        held: one of each segment.
    """
    return [
        {
            "segment": segment,
            "title": both(one.title),
            "reason": both(one.reason),
            "since": one.since.isoformat(),
            **_bounds(one),
            "set_by": one.set_by,
            "reference": dict(one.reference),
        }
        for segment, one in held.items()
    ]


def _bounds(one: Course | Strategy) -> dict[str, Any]:
    return {
        "limit_share": float(one.limit_share),
        "rate_bp": one.rate_bp,
        "longest_months": one.longest_months,
        "review_months": one.review_months,
        "watch_days": one.watch_days,
        "products": list(one.products),
        "staged": one.staged,
    }
