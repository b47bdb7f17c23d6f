"""What each chart shows, as plain numbers; how it looks is the browser's part."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any, Final, TypeAlias

from xiaowei.money import FEN_PER_WAN
from xiaowei.offers.demand import FREE_RATE, Churn
from xiaowei.surfaces.report.document import Document, Firm
from xiaowei.surfaces.report.figures import wan
from xiaowei.surfaces.report.texts import labels

Chart: TypeAlias = dict[str, Any]

_CURVE_STEPS: Final = 45
_FEWEST_AXES: Final = 3


def frontier(document: Document) -> Chart | None:
    """Return what each budget would earn, and where this run and the recipe stand."""
    portfolio = document["portfolio"]
    points = sorted(portfolio["frontier"], key=lambda one: one["budget_fen"])
    if not points:
        return None
    recipe = portfolio.get("recipe")
    return {
        "kind": "frontier",
        "words": labels(
            "budget_wan", "profit_wan", "offered_wan", "this_run", "recipe", "frontier"
        ),
        "points": [
            [wan(one["budget_fen"]), wan(one["expected_profit_fen"])] for one in points
        ],
        "offered": [wan(one["offered_fen"]) for one in points],
        "run": [wan(portfolio["budget_fen"]), wan(portfolio["expected_profit_fen"])],
        "recipe": recipe
        and [wan(portfolio["budget_fen"]), wan(recipe["expected_profit_fen"])],
    }


def churn(document: Document) -> Chart | None:
    """Return the table of churn and the curve fitted to each grade."""
    demand = document["demand"]
    grades = sorted(demand["curves"])
    if not grades:
        return None
    points = demand["points"]
    last = max([one["rate"] for one in points], default=0.15)
    rates = [
        round(FREE_RATE + (last - FREE_RATE) * step / _CURVE_STEPS, 6)
        for step in range(_CURVE_STEPS + 1)
    ]
    return {
        "kind": "churn",
        "words": labels("rate", "churn", "fitted", "stated"),
        "grades": grades,
        "curves": [_curve(demand["curves"][grade], rates) for grade in grades],
        "points": [
            [
                [_hundred(one["rate"]), _hundred(one["churn"])]
                for one in points
                if one["grade"] == grade
            ]
            for grade in grades
        ],
    }


def roc(document: Document) -> Chart | None:
    """Return the ROC curve, if there were labels."""
    validation = document["validation"]
    if validation is None or not validation["roc"]:
        return None
    return {
        "kind": "roc",
        "words": labels("false_alarms", "caught", "model", "chance"),
        "points": [[one["fpr"], one["tpr"]] for one in validation["roc"]],
    }


def calibration(document: Document) -> Chart | None:
    """Return predicted against observed defaults with intervals."""
    validation = document["validation"]
    if validation is None or not validation["calibration"]:
        return None
    return {
        "kind": "calibration",
        "words": labels("predicted", "observed_rate", "firms", "perfect", "interval"),
        "points": [
            [
                _hundred(one["predicted"]),
                _hundred(one["observed"]),
                _hundred(one["low"]),
                _hundred(one["high"]),
                one["firms"],
            ]
            for one in validation["calibration"]
        ],
    }


def radar(document: Document, firm: Firm) -> Chart | None:
    """Return a firm's place among its peers, on the axes that are known.

    An unknown axis is left out: drawn at the centre it would look like the worst.
    """
    known = [
        axis
        for axis in document["radar_axes"]
        if firm["radar"].get(axis["key"]) is not None
    ]
    if len(known) < _FEWEST_AXES:
        return None
    return {
        "kind": "radar",
        "words": labels("this_firm", "peer_median"),
        "axes": {
            "zh": [axis["zh"] for axis in known],
            "en": [axis["en"] for axis in known],
        },
        "values": [round(firm["radar"][axis["key"]] * 100, 1) for axis in known],
    }


def series(firm: Firm) -> Chart | None:
    """Return a firm's months: sales, purchases, declared sales and electricity.

    The last month is partial where the data end before it does.
    """
    stated = firm["series"]
    if not stated or not stated.get("months"):
        return None
    return {
        "kind": "series",
        "words": labels(
            "sales_wan",
            "purchases_wan",
            "declared_wan",
            "electricity_kwh",
            "partial_month",
        ),
        "months": stated["months"],
        "partial": _partial(stated["months"][-1], date.fromisoformat(firm["as_of"])),
        "sales": _wans(stated.get("sales_fen")),
        "purchases": _wans(stated.get("purchases_fen")),
        "declared": _wans(stated.get("declared_fen")),
        "kwh": stated.get("kwh"),
    }


def band(firm: Firm) -> Chart | None:
    """Return a firm's sales beside what other sources let expect, if any spoke."""
    stated = (firm.get("deceit") or {}).get("band")
    if not stated:
        return None
    read = any(one is not None for one in stated["kwh"])
    chart = _banded("band", stated, periods=stated["periods"])
    return {**chart, "kwh": stated["kwh"] if read else None}


def power(firm: Firm) -> Chart | None:
    """Return a firm's monthly sales beside what its electricity lets expect, if any."""
    stated = (firm.get("deceit") or {}).get("power")
    if not stated:
        return None
    chart = _banded("power", stated, periods=stated["months"])
    return {**chart, "judged_from": stated["judged_from"], "kwh": stated["kwh"]}


def _banded(kind: str, stated: dict[str, Any], *, periods: Sequence[str]) -> Chart:
    """Return sales beside the band that something else lets expect."""
    return {
        "kind": kind,
        "words": labels(
            "sales_wan", "expected_wan", "expected_range", "electricity_kwh"
        ),
        "periods": periods,
        "stated": _short(stated["stated_fen"]),
        "expected": _short(stated["expected_fen"]),
        "low": _short(stated["low_fen"]),
        "high": _short(stated["high_fen"]),
    }


def ring(firm: Firm) -> Chart | None:
    """Return the most frequent circle of trade a firm is a member of, if any is odd."""
    circles = (firm.get("deceit") or {}).get("circles")
    if not circles:
        return None
    first = circles[0]
    return {
        "kind": "ring",
        "words": labels("circle_caption"),
        "firms": first["firms"],
        "legs": [
            {
                "seller": leg["seller"],
                "buyer": leg["buyer"],
                "text": f"{leg['on']} {wan(leg['net_fen']):,.2f}万",
            }
            for leg in first["legs"]
        ],
    }


def mirror(firm: Firm) -> Chart | None:
    """Return invoices that their two sides state differently, side against side.

    A side that voided the invoice states nothing of it any more: its bar is hollow.
    """
    stated = (firm.get("deceit") or {}).get("mirrors")
    if not stated:
        return None
    return {
        "kind": "mirror",
        "words": labels("seller_states", "buyer_states", "state_voided"),
        "names": [f"{one['on']} {one['invoice_no']}" for one in stated],
        "sold": [wan(one["seller"]["net_fen"]) for one in stated],
        "bought": [wan(one["buyer"]["net_fen"]) for one in stated],
        "voided": {
            "sold": [one["seller"]["state"] == "voided" for one in stated],
            "bought": [one["buyer"]["state"] == "voided" for one in stated],
        },
    }


def _partial(month: str, as_of: date) -> bool:
    """Return whether a day lies in a month before its end."""
    following = as_of + timedelta(days=1)
    return month == f"{as_of:%Y-%m}" == f"{following:%Y-%m}"


def _curve(curve: Document, rates: Sequence[float]) -> list[list[float | None]]:
    lost = Churn(k=curve["k"], b=curve["b"]).lost(rates)
    return [
        [_hundred(rate), _hundred(float(share))]
        for rate, share in zip(rates, lost, strict=True)
    ]


def _wans(fens: Sequence[int | None] | None) -> list[float | None] | None:
    return None if fens is None else [wan(fen) for fen in fens]


def _short(fens: Sequence[int | None]) -> list[float | None]:
    """Return amounts as they are drawn: estimates, of which no one wants the yuan."""
    return [None if fen is None else round(fen / FEN_PER_WAN, 2) for fen in fens]


def _hundred(share: float | None) -> float | None:
    return None if share is None else round(share * 100, 3)
