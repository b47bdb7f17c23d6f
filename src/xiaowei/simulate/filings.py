"""The tax office's files: returns of a month or a quarter, and the yearly grade."""

from datetime import date
from typing import Final

import numpy as np

from xiaowei.facts.sources import TAX_CREDIT, TAX_FILINGS
from xiaowei.simulate.arrays import Ints
from xiaowei.simulate.columns import counts, dates, money, picked, words
from xiaowei.simulate.observed import Book, Observer
from xiaowei.simulate.tax import DUE_DAY

GRADES: Final = "ABMCD"
_TAXES: Final = ("vat", "income")
_GRADED: Final = (4, 8)
_LATE_COSTS: Final = 5
_LATE_DAYS_COST: Final = 0.3
_UNPAID_COSTS: Final = 11
_FULL: Final = 97.0
_NOISE: Final = 5.0
_BOUNDS: Final = (90.0, 70.0, 40.0)
_A_AFTER_DAYS: Final = 3 * 365
_MONTHS: Final = 12


def tax_books(seen: Observer) -> list[Book]:
    """Return the files of returns and grades.

    Args:
        seen: what becomes known.
    """
    return [_filings(seen), _grades(seen)]


def _filings(seen: Observer) -> Book:
    county = seen.county
    returns, days = county.life.taxes.returns, county.world.days
    filed = (returns.filed_on >= 0) & (returns.filed_on < days.count)
    month, firm = np.nonzero(filed)
    quarter = returns.income_sales[month, firm] != 0
    income_month, income_firm = month[quarter], firm[quarter]
    join = np.concatenate
    tax = join([0 * month, 0 * income_month + 1])
    first = join([returns.first_month[month, firm], np.maximum(income_month - 2, 0)])
    months, firms = join([month, income_month]), join([firm, income_firm])
    amounts = {
        "sales_fen": (returns.sales, returns.income_sales),
        "due_fen": (returns.due, returns.income),
        "paid_fen": (returns.paid, returns.income_paid),
    }
    happened = returns.filed_on[months, firms]
    order = np.lexsort((firms, happened))
    starts = days.starts
    end = starts[months + 1]
    first = np.maximum(first, county.first_month)
    return seen.book(
        TAX_FILINGS,
        firm=firms[order],
        happened=happened[order],
        columns={
            "tax": words(TAX_FILINGS, "tax", tax[order], ours=_TAXES),
            "period_start": dates(days, starts[first][order]),
            "period_end": dates(days, (end - 1)[order]),
            "due_on": dates(days, (end + DUE_DAY - 1)[order]),
            **{
                name: money(
                    join([vat[month, firm], income[income_month, income_firm]])[order]
                )
                for name, (vat, income) in amounts.items()
            },
        },
    )


def _grades(seen: Observer) -> Book:
    """Return a grade per firm and year from what it filed and paid in that year.

    M stands for firms in their first year; A asks for a life of three years. Sales that
    are hidden cost nothing, for nobody has found them.
    """
    county, rng = seen.county, seen.chance("tax_credit")
    world, days = county.world, county.world.days
    firms = world.firms
    years = range(days.first.year + 1, days.date_of(days.count - 1).year + 1)
    rows: list[tuple[Ints, Ints, Ints, Ints]] = []
    born = firms.born(days)
    for year in years:
        graded = (date(year, 1, 1) - days.first).days
        points = _FULL - _costs(seen, year - 1) + rng.normal(0, _NOISE, firms.count)
        grade = np.searchsorted(-np.array(_BOUNDS), -points)
        grade = np.array((0, 1, 3, 4))[grade]
        young = born > graded - _A_AFTER_DAYS
        grade = np.where(young & (grade == 0), 1, grade)
        new = born > graded - 365
        grade = np.where(new & (grade <= 1), 2, grade)
        day = graded + 30 * rng.integers(*_GRADED, firms.count) + 5
        there = np.flatnonzero((born < graded) & (day < days.count))
        rows.append((there, grade[there], day[there], np.full(len(there), year - 1)))
    firm, grade, day, year_of = (
        np.concatenate([row[place] for row in rows]) for place in range(4)
    )
    return seen.book(
        TAX_CREDIT,
        firm=firm,
        happened=day,
        columns={"year": counts(year_of), "grade": picked(GRADES, grade)},
    )


def _costs(seen: Observer, year: int) -> Ints:
    """Return the points that each firm lost in a year by late and unpaid returns."""
    returns, days = seen.county.life.taxes.returns, seen.county.world.days
    starts = days.starts
    in_year = np.array([days.date_of(int(start)).year == year for start in starts[:-1]])
    filed = (returns.filed_on >= 0) & in_year[:, None]
    late = returns.filed_on - (starts[1:] + DUE_DAY - 1)[:, None]
    days_late = np.where(filed, np.clip(late, 0, None), 0)
    short = filed & (returns.paid + returns.income_paid < returns.due + returns.income)
    return np.asarray(
        _LATE_COSTS * (days_late > 0).sum(axis=0)
        + _LATE_DAYS_COST * days_late.sum(axis=0)
        + _UNPAID_COSTS * short.sum(axis=0)
    )
