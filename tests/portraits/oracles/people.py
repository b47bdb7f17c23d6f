"""People at work and the tax office's grades reckoned a second time."""

from collections.abc import Sequence
from datetime import date

from tests.factories import Row
from tests.portraits.oracles.base import Number, ago, growth, share
from tests.portraits.oracles.harness import Portraits, Told, by_firm
from tests.portraits.oracles.money import round_half_up

MARKS = {"A": 4, "B": 3, "M": 2, "C": 1, "D": 0}


def people(told: Told, as_of: date) -> Portraits:
    """Return the traits of social security, of wages, and of both."""
    insured = by_firm(told["social_security"])
    paid = by_firm(told["payroll"])
    return {
        firm: _insured(_ended(insured[firm], as_of))
        | _wages(_ended(paid[firm], as_of))
        | _heads(_ended(paid[firm], as_of), _ended(insured[firm], as_of))
        for firm in insured.keys() | paid.keys()
    }


def _ended(rows: Sequence[Row], as_of: date) -> dict[int, Row]:
    """Return periods by the months ago that they ended."""
    ended = [row for row in rows if row["period_end"] <= as_of]
    months = {ago(row["period_end"], as_of): row for row in ended}
    return {month: row for month, row in months.items() if month >= 0}


def _sum(rows: Sequence[Row], name: str) -> int:
    return sum(row[name] for row in rows)


def _span(rows: dict[int, Row], first: int, last: int) -> list[Row]:
    return [row for month, row in rows.items() if first <= month <= last]


def _whole(part: int, whole: int) -> Number:
    return round_half_up(part, whole) if whole > 0 else None


def _mean_growth(rows: dict[int, Row], before: int) -> Number:
    now, then = _span(rows, 0, 2), _span(rows, before, before + 2)
    if not now or not then:
        return None
    means = (_sum(side, "headcount") / len(side) for side in (now, then))
    return growth(*means)


def _insured(rows: dict[int, Row]) -> Row:
    if not rows:
        return {}
    year = _span(rows, 0, 11)
    newest = min(rows)
    based = [row for row in year if row["base_fen"] is not None]
    late = [max((row["happened_on"] - row["due_on"]).days, 0) for row in year]
    unpaid = [max(row["due_fen"] - row["paid_fen"], 0) for row in year]
    return {
        "insured_now": rows[newest]["headcount"] if newest < 6 else None,
        "insured_growth_3m": _mean_growth(rows, 3),
        "insured_growth_12m": _mean_growth(rows, 12),
        "social_days_late_12m": share(sum(late), len(late)),
        "social_unpaid_share_12m": share(sum(unpaid), _sum(year, "due_fen")),
        "social_base_12m": _whole(_sum(based, "base_fen"), _sum(based, "headcount")),
    }


def _wages(rows: dict[int, Row]) -> Row:
    if not rows:
        return {}
    year, before = _span(rows, 0, 11), _span(rows, 12, 23)
    return {
        "wages_12m": _sum(year, "wages_fen"),
        "wages_growth_12m": growth(_sum(year, "wages_fen"), _sum(before, "wages_fen"))
        if max(rows) >= 23
        else None,
        "wage_12m": _whole(_sum(year, "wages_fen"), _sum(year, "headcount")),
    }


def _heads(paid: dict[int, Row], insured: dict[int, Row]) -> Row:
    both = [month for month in paid if month in insured and month < 12]
    return {
        "paid_insured_ratio_12m": share(
            sum(paid[month]["headcount"] for month in both),
            sum(insured[month]["headcount"] for month in both),
        )
    }


def grades(told: Told, as_of: date) -> Portraits:
    """Return the traits of the tax office's grades."""
    return {
        firm: _grades(sorted(rows, key=lambda row: -row["year"]), as_of)
        for firm, rows in by_firm(told["tax_credit"]).items()
    }


def _grades(rows: Sequence[Row], as_of: date) -> Row:
    marks = [MARKS[row["grade"]] for row in rows]
    lately = [
        mark
        for mark, row in zip(marks, rows, strict=True)
        if 0 <= ago(row["happened_on"], as_of) < 36
    ]
    fallen = [place for place, mark in enumerate(marks) if mark < 4]
    graded_a = {row["year"] for row in rows if row["grade"] == "A"}
    newest = rows[0]["year"]
    return {
        "tax_grade_now": marks[0],
        "tax_grade_change_now": marks[0] - marks[1] if len(marks) > 1 else None,
        "tax_grade_worst_36m": min(lately, default=None),
        "tax_a_years_all": fallen[0] if fallen else len(marks),
        "tax_a_unbroken_years_all": next(
            n for n in range(len(rows) + 1) if newest - n not in graded_a
        ),
    }
