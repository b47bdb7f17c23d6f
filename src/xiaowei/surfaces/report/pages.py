"""What each page shows of a run."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from xiaowei.surfaces.report import charts, listing
from xiaowei.surfaces.report.document import Document, Firm
from xiaowei.surfaces.report.geometry import waterfall
from xiaowei.surfaces.report.listing import Query
from xiaowei.surfaces.report.ratings import predicted

Content: TypeAlias = dict[str, Any]

_TOP_FIRMS: Final = 8
_STAGES: Final = (
    "facts",
    "development",
    "portraits",
    "verification",
    "risk",
    "validation",
    "industry",
    "offers",
    "document",
)


@dataclass(frozen=True, slots=True)
class Page:
    """One page of the book.

    Args:
        path: its address.
        name: its template, and `nav_NAME` its text in the catalogue.
        content: what its template needs beside the run.
        shows: operations, as `policy/access` names them: whoever opens it needs leave
            for each.
    """

    path: str
    name: str
    content: Callable[[Document, Query, int | None], Content]
    shows: tuple[str, ...]


def overview(document: Document, _query: Query, _size: int | None) -> Content:
    """Return the book at a glance."""
    firms = document["firms"]
    return {
        "chart": charts.frontier(document),
        "ratings": _ratings(firms),
        "largest": _largest(firms),
        "gravest": _gravest(firms),
        "read": _read(document["facts"]),
        "offered": sum(1 for firm in firms if firm["limit_fen"]),
    }


def firms(document: Document, query: Query, size: int | None) -> Content:
    """Return the list of enterprises."""
    return {"query": query, "selection": listing.firms(document, query, size=size)}


def offers(document: Document, _query: Query, _size: int | None) -> Content:
    """Return the budget, what it earns, and who stays at which rate."""
    portfolio = document["portfolio"]
    most = max((one["offered_fen"] for one in portfolio["tiers"]), default=0)
    return {
        "frontier": charts.frontier(document),
        "churn": charts.churn(document),
        "most": most,
        "realised_scale": _realised_scale(portfolio["realised"]),
        "grades": sorted(document["demand"]["curves"]),
    }


def validation(document: Document, _query: Query, _size: int | None) -> Content:
    """Return how far the model can be believed."""
    stated = document["validation"]
    reach = 0.0
    if stated is not None:
        ends = [one[end] for one in stated["model"] for end in ("low", "high")]
        weights = [one["weight"] for one in stated["model"]]
        known = [abs(end) for end in [*ends, *weights] if end is not None]
        reach = max(known, default=0.0)
    return {
        "roc": charts.roc(document),
        "calibration": charts.calibration(document),
        "reach": reach,
    }


def findings(document: Document, query: Query, size: int | None) -> Content:
    """Return what the checks saw, check by check and firm by firm."""
    return {"query": query, "selection": listing.findings(document, query, size=size)}


def facts(document: Document, _query: Query, _size: int | None) -> Content:
    """Return what was read and what was set aside."""
    return {"read": _read(document["facts"]), "timing": _timing(document["timing"])}


def traits(document: Document, query: Query, _size: int | None) -> Content:
    """Return the dictionary of traits."""
    return {"query": query, "selection": listing.traits(document, query)}


def firm(document: Document, one: Firm) -> Content:
    """Return one enterprise's page."""
    unknown_axes = [
        axis for axis in document["radar_axes"] if one["radar"].get(axis["key"]) is None
    ]
    return {
        "firm": one,
        "waterfall": waterfall(one),
        "radar": charts.radar(document, one),
        "series": charts.series(one),
        "power": charts.power(one),
        "band": charts.band(one),
        "ring": charts.ring(one),
        "mirror": charts.mirror(one),
        "unknown_axes": unknown_axes,
        **findings_of(document, one),
    }


def findings_of(document: Document, one: Firm) -> Content:
    """Return what the checks saw of one enterprise, the gravest first."""
    outcomes = {
        outcome: [row for row in one["findings"] if row["outcome"] == outcome]
        for outcome in ("agrees", "silent")
    }
    differs = sorted(
        listing.differing(one),
        key=lambda row: (*listing.SEVERITIES, "none").index(row["severity"]),
    )
    return {
        "differs": differs,
        "agrees": outcomes["agrees"],
        "silent": outcomes["silent"],
        "checks": {check["check"]: check for check in document["checks"]},
    }


_FIRMS: Final = ("enterprises.read", "findings.read", "assessments.read", "offers.read")
FIRM_SHOWS: Final = (*_FIRMS, "portraits.read")
"""As `Page.shows`, of an enterprise's page."""
BOOK: Final = (
    Page("/", "overview", overview, _FIRMS),
    Page("/firms", "firms", firms, _FIRMS),
    Page("/offers", "offers", offers, ("offers.read",)),
    Page("/validation", "validation", validation, ("enterprises.read", "models.read")),
    Page("/findings", "findings", findings, ("findings.read",)),
    Page("/facts", "facts", facts, ("enterprises.read",)),
    Page("/traits", "traits", traits, ("enterprises.read",)),
)


def _ratings(rows: Sequence[Firm]) -> list[Content]:
    shown = []
    ungraded = [None] if any(row["rating"] is None for row in rows) else []
    for rating in (*listing.RATINGS, *ungraded):
        members = [row for row in rows if row["rating"] == rating]
        pds = [row["pd"] for row in members if row["pd"] is not None]
        shown.append(
            {
                "rating": rating,
                "firms": len(members),
                "predicted": sum(map(predicted, members)),
                "offered": sum(1 for row in members if row["limit_fen"]),
                "offered_fen": sum(row["limit_fen"] for row in members),
                "mean_pd": sum(pds) / len(pds) if pds else None,
            }
        )
    return shown


def _largest(rows: Sequence[Firm]) -> list[Firm]:
    offered = [row for row in rows if row["limit_fen"]]
    offered.sort(key=lambda row: (-row["expected_profit_fen"], row["enterprise_id"]))
    return offered[:_TOP_FIRMS]


def _gravest(rows: Sequence[Firm]) -> list[Content]:
    counted: list[Content] = []
    for row in rows:
        grave = [one for one in listing.differing(row) if one["severity"] == "high"]
        if grave:
            counted.append({"firm": row, "high": len(grave), "first": grave[0]})
    counted.sort(key=lambda one: (-one["high"], one["firm"]["enterprise_id"]))
    return counted[:_TOP_FIRMS]


def _read(accounts: Sequence[Mapping[str, Any]]) -> Content:
    return {
        key: sum(account[key] or 0 for account in accounts)
        for key in ("rows", "accepted", "quarantined", "duplicates")
    }


def _timing(stages: Mapping[str, Any]) -> list[tuple[str, Any]]:
    """Return the cost of each stage in the order of the line, the total last."""
    known = [stage for stage in _STAGES if stage in stages]
    other = sorted(stages.keys() - {*_STAGES, "total"})
    total = ["total"] if "total" in stages else []
    return [(stage, stages[stage]) for stage in (*known, *other, *total)]


def _realised_scale(realised: Mapping[str, Any] | None) -> tuple[float, float] | None:
    if realised is None:
        return None
    ends = [
        realised[key]
        for key in (
            "profit_fen",
            "low_fen",
            "high_fen",
            "recipe_profit_fen",
            "recipe_low_fen",
            "recipe_high_fen",
        )
        if realised[key] is not None
    ]
    low, high = min([0, *ends]), max([0, *ends])
    return (low, high) if high > low else None
