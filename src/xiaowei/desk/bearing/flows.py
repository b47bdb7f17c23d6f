"""The months of money of enterprises, as the lake knows them on a day."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any, Final, TypeAlias

import ibis.expr.types as ir
import numpy as np

from xiaowei.money import Fen
from xiaowei.offers.limits.assumptions import Assumptions
from xiaowei.offers.limits.habits import Norms
from xiaowei.offers.limits.history import History
from xiaowei.offers.limits.season import Floats, month_after
from xiaowei.portraits.cash import (
    FLOWS,
    TELLING,
    cash_months,
    invoice_cash,
    month_closes,
)
from xiaowei.portraits.moments import anchor_of
from xiaowei.portraits.plan import Rows, anew

Months: TypeAlias = Mapping[str, Mapping[int, int]]
"""Measure to month (counted from year 0) to fen, of one firm."""

_BANK: Final = "bank_flows"
_HALF: Final = 6
_YEAR: Final = 12


def banked(
    facts: Mapping[str, ir.Table],
    *,
    enterprises: Sequence[str] | None,
    as_of: date,
    rows: Rows = anew,
) -> dict[str, History]:
    """Return the months of those whose accounts the bank sees.

    A month without a flow between the first and the day is one of zero; loan service is
    the mean of the last half-year.

    Args:
        facts: a family's name to its facts known by the day, of those who agree.
        enterprises: whose; None for all that the facts are of.
        as_of: the day; months count that are complete by then.
        rows: by which they are read.
    """
    if _BANK not in facts or _nobody(enterprises):
        return {}
    last, flows = anchor_of(as_of) - 1, facts[_BANK]
    moved: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in rows("cash", lambda: cash_months(flows, enterprises=enterprises)):
        if _month(row["month"]) <= last:
            moved[row["enterprise_id"]].append(row)
    closes: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in rows("closes", lambda: month_closes(flows, enterprises=enterprises)):
        closes[row["enterprise_id"]].append(row)
    return {
        firm: _banked(months, closes[firm], last=last) for firm, months in moved.items()
    }


def invoice_months(
    facts: Mapping[str, ir.Table],
    *,
    enterprises: Sequence[str] | None,
    rows: Rows = anew,
) -> dict[str, Months]:
    """Return what invoices, wages and taxes of enterprises tell, month by month.

    Args:
        facts: as for `banked`.
        enterprises: likewise.
        rows: likewise.
    """
    found: dict[str, dict[str, dict[int, int]]] = defaultdict(lambda: defaultdict(dict))
    if _nobody(enterprises) or facts.keys().isdisjoint(TELLING):
        return {}
    for row in rows("told", lambda: invoice_cash(facts, enterprises=enterprises)):
        measures = found[row["enterprise_id"]]
        measures[row["measure"]][_month(row["month"])] = row["value"]
    return dict(found)


def told_from(found: Months, measure: str, *, first: date, months: int) -> Floats:
    """Return a measure in consecutive months, 0 where nothing was told.

    Args:
        found: of one firm.
        measure: e.g. `sold`.
        first: first day of the first month.
        months: how many.
    """
    told, start = found.get(measure, {}), _month(first)
    return np.array([told.get(start + n, 0) for n in range(months)], dtype=np.float64)


def invoiced(
    found: Months,
    *,
    as_of: date,
    norms: Norms,
    owed_fen: Fen | None,
    assumed: Assumptions,
) -> History | None:
    """Return the months of one whose accounts nobody sees, by its invoices.

    Money comes and goes as long after an invoice as policy says. Upkeep is what wages
    and social security tell, at least what the dearer firms of the trade spend, and
    what is owed to lenders is taken to fall due within a year.

    Args:
        found: what its invoices, wages and taxes tell.
        as_of: the day.
        norms: of its trade.
        owed_fen: what it owes all lenders; None where unknown.
        assumed: the policy's numbers.

    Returns:
        None where sales, upkeep or debts are not known: what is not seen may not count
        as nothing.
    """
    sold, bought = found.get("sold"), found.get("bought")
    unseen = np.isnan(norms.upkeep_high) and "wages" not in found
    if not sold or not bought or owed_fen is None or unseen:
        return None
    first = max(
        min(sold) + assumed.twin_collection_months,
        min(bought) + assumed.twin_payment_months,
    )
    count = anchor_of(as_of) - first
    if count <= 0:
        return None

    def shifted(measure: str, months: int = 0) -> Floats:
        start = _day(first - months)
        return np.maximum(told_from(found, measure, first=start, months=count), 0.0)

    received = shifted("sold", assumed.twin_collection_months)
    usual = 0.0 if np.isnan(norms.upkeep_high) else norms.upkeep_high
    return History(
        first=_day(first),
        received=received,
        bought=shifted("bought", assumed.twin_payment_months),
        upkeep=np.maximum(
            shifted("wages") + shifted("social"), usual * received.mean()
        ),
        taxes=shifted("taxes"),
        drawn=np.zeros(count),
        closes=np.full(count, np.nan),
        service_fen=-(-owed_fen // _YEAR),
        source="invoices",
    )


def _nobody(enterprises: Sequence[str] | None) -> bool:
    return enterprises is not None and not enterprises


def _banked(
    rows: Sequence[Mapping[str, Any]],
    closes: Iterable[Mapping[str, Any]],
    *,
    last: int,
) -> History:
    first = _month(rows[0]["month"])
    months = {name: np.zeros(last - first + 1) for name in FLOWS}
    for row in rows:
        for name, values in months.items():
            values[_month(row["month"]) - first] = row[name]
    service = months.pop("service")[-_HALF:]
    return History(
        first=_day(first),
        closes=_closes(closes, first=first, count=last - first + 1),
        service_fen=round(float(service.mean())),
        source="bank",
        **months,
    )


def _closes(rows: Iterable[Mapping[str, Any]], *, first: int, count: int) -> Floats:
    """Return the balance of all accounts at each month's end; NaN before any is told.

    An account without a flow in a month stands as it stood.
    """
    accounts: dict[str, Floats] = {}
    for row in rows:
        place = _month(row["month"]) - first
        if place < count:
            account = accounts.setdefault(row["account"], np.full(count, np.nan))
            account[place:] = row["close"]
    if not accounts:
        return np.full(count, np.nan)
    whole = np.vstack(list(accounts.values()))
    known = np.isfinite(whole).any(axis=0)
    return np.where(known, np.nansum(whole, axis=0), np.nan)


def _month(day: date) -> int:
    return day.year * _YEAR + day.month - 1


def _day(month: int) -> date:
    return month_after(date(1, 1, 1), months=month - _YEAR)
