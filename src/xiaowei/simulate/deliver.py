"""What the sources would hand to the bank; nothing in it tells the truth apart."""

from collections.abc import Sequence
from typing import Final

import numpy as np

from xiaowei.facts.sources import (
    CREDIT_HISTORY,
    ELECTRICITY,
    ENTERPRISES,
    PURCHASES,
    SALES,
    TAX_FILINGS,
    Source,
)
from xiaowei.simulate.arrays import Flags, Ints
from xiaowei.simulate.credit import GRADES
from xiaowei.simulate.firms import PARKS
from xiaowei.simulate.history import County
from xiaowei.simulate.names import invoice_numbers
from xiaowei.simulate.sheets import Row, Sheet, yuan
from xiaowei.simulate.tax import DUE_DAY
from xiaowei.simulate.tickets import OUTSIDE

ENCODINGS: Final = {
    SALES.name: "utf-8-sig",
    PURCHASES.name: "gb18030",
    TAX_FILINGS.name: "utf-8-sig",
    ELECTRICITY.name: "utf-8",
}
"""As real banks get their files: from a web form, an old system, and a grid's API."""

_STATES: Final = ("有效发票", "作废发票")
_KNOWN: Final = "known_on"
_VAT: Final = "增值税"
_YES_NO: Final = ("否", "是")
_PROVINCE: Final = slice(2, 4)


def source_sheets(county: County, *, rng: np.random.Generator) -> list[Sheet]:
    """Return every file of every source.

    Args:
        county: what was lived.
        rng: where the numbers of invoices come from.
    """
    return [
        _enterprises(county),
        *_invoices(county, rng=rng),
        _filings(county),
        *_readings(county),
        _credit(county),
    ]


def _heads(source: Source) -> list[str]:
    """Return the first heading of each column, in the contract's order."""
    return [column.heads[0] for column in source.columns if column.name != _KNOWN]


def _dates(county: County) -> list[str]:
    days = county.world.days
    return [days.date_of(day).isoformat() for day in range(days.count)]


def _enterprises(county: County) -> Sheet:
    """Return the register: old firms were in it on the first day delivered."""
    firms = county.world.firms
    start = county.world.days.date_of(county.world.first_day)
    known = next(column for column in ENTERPRISES.columns if column.name == _KNOWN)
    rows: list[Row] = list(
        zip(
            firms.codes,
            firms.names,
            [trade.code for trade in firms.trades],
            firms.towns,
            [PARKS[park] for park in firms.park],
            firms.established,
            firms.staff.tolist(),
            [max(start, day) for day in firms.established],
            strict=True,
        )
    )
    heads = [*_heads(ENTERPRISES), known.heads[0]]
    return Sheet(f"{ENTERPRISES.zh}.xlsx", heads, rows)


def _invoices(county: County, *, rng: np.random.Generator) -> list[Sheet]:
    tickets = county.tickets
    sellers = county.codes_of(tickets.seller, tickets.partner)
    buyers = county.codes_of(tickets.buyer, tickets.partner)
    dates = _dates(county)
    day = [dates[place] for place in tickets.day.tolist()]
    years = np.array([int(text[:4]) for text in day], dtype=np.int64)
    provinces = [code[_PROVINCE] for code in sellers]
    numbers = invoice_numbers(provinces, years=years, rng=rng)
    amounts = [
        yuan(column.tolist()) for column in (tickets.net, tickets.tax, tickets.total)
    ]
    states = [_STATES[voided] for voided in tickets.voided.tolist()]
    sold = zip(sellers, numbers, day, buyers, *amounts, states, strict=True)
    bought = zip(buyers, numbers, day, sellers, *amounts, states, strict=True)
    return [
        *_by_year(SALES, list(sold), kept=tickets.seller != OUTSIDE, years=years),
        *_by_year(PURCHASES, list(bought), kept=tickets.buyer != OUTSIDE, years=years),
    ]


def _by_year(
    source: Source, rows: Sequence[Row], *, kept: Flags, years: Ints
) -> list[Sheet]:
    sheets = []
    for year in np.unique(years).tolist():
        chosen = np.flatnonzero(kept & (years == year)).tolist()
        sheets.append(
            Sheet(
                f"{source.zh}-{year}.csv",
                _heads(source),
                [rows[place] for place in chosen],
                ENCODINGS[source.name],
            )
        )
    return sheets


def _filings(county: County) -> Sheet:
    returns, days = county.life.taxes.returns, county.world.days
    filed = (returns.filed_on >= 0) & (returns.filed_on < days.count)
    month, firm = np.nonzero(filed)
    order = np.lexsort((firm, returns.filed_on[month, firm]))
    month, firm = month[order], firm[order]
    starts = [days.month_start(place) for place in range(days.months)]
    dates = _dates(county)
    codes = county.world.firms.codes
    rows: list[Row] = list(
        zip(
            [codes[place] for place in firm],
            [_VAT] * len(firm),
            [dates[starts[place]] for place in returns.first_month[month, firm]],
            [dates[starts[place + 1] - 1] for place in month],
            *(
                yuan(column[month, firm].tolist())
                for column in (returns.sales, returns.due, returns.paid)
            ),
            [dates[starts[place + 1]][:8] + f"{DUE_DAY}" for place in month],
            [dates[place] for place in returns.filed_on[month, firm]],
            strict=True,
        )
    )
    return Sheet(
        f"{TAX_FILINGS.zh}.csv", _heads(TAX_FILINGS), rows, ENCODINGS[TAX_FILINGS.name]
    )


def _readings(county: County) -> list[Sheet]:
    meters, read = county.world.meters, county.readings
    dates = _dates(county)
    codes = county.world.firms.codes
    day, meter = read.day.tolist(), read.meter.tolist()
    firm = meters.firm.tolist()
    rows: list[Row] = list(
        zip(
            [codes[firm[place]] for place in meter],
            [meters.codes[place] for place in meter],
            [dates[place] for place in day],
            yuan(read.hundredths.tolist()),
            strict=True,
        )
    )
    years = np.array([int(text[:4]) for text in dates], dtype=np.int64)[read.day]
    return _by_year(
        ELECTRICITY, rows, kept=np.ones(len(rows), dtype=np.bool_), years=years
    )


def _credit(county: County) -> Sheet:
    credit, dates = county.credit, _dates(county)
    rows: list[Row] = list(
        zip(
            [county.world.firms.codes[place] for place in credit.firm],
            [GRADES[place] for place in credit.grade],
            [_YES_NO[defaulted] for defaulted in credit.defaulted.tolist()],
            [dates[place] for place in credit.recorded_on],
            strict=True,
        )
    )
    return Sheet(f"{CREDIT_HISTORY.zh}.xlsx", _heads(CREDIT_HISTORY), rows)
