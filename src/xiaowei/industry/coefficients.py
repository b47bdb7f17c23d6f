"""Residuals of the score and priors in; a dated table of trades' coefficients out."""

import hashlib
import json
import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any, Final

import numpy as np
from scipy.special import gammaincinv

from xiaowei.errors import ConflictError, InputError
from xiaowei.industry.cells import Residuals, cells_of
from xiaowei.industry.classification import (
    LEVELS,
    SECTIONS,
    Level,
    industry_name,
    level_of,
    upwards,
)
from xiaowei.industry.tree import Node, Prior, Stated, blend
from xiaowei.policy.book import Book
from xiaowei.said import Said, percent

_TAILS: Final = (0.025, 0.975)
_MONTHS: Final = 12
_DIGITS: Final = 6
_LEVELS: Final[Mapping[Level, Said]] = {
    "market": Said("全部", "market"),
    "section": Said("门类", "section"),
    "division": Said("大类", "division"),
    "group": Said("中类", "group"),
}


@dataclass(frozen=True, slots=True)
class Rules:
    """The bank's numbers about coefficients.

    Args:
        stated: variances before any data; null for data alone.
        priors: code to the prior that the book states.
        cap: no coefficient is above it or below 1 / cap; above 1.
        months: how long a table holds.
    """

    stated: Stated | None
    priors: Mapping[str, Prior]
    cap: float
    months: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Coefficient:
    """One line of the table.

    Args:
        code: section, division or group; "" for all trades.
        coefficient: defaults per default that the score expects, within the cap.
        credibility: Z, 0..1, of the data of its own against the prior part.
        data: the data part, or null where it has none.
        prior: the prior part: what experts say, moved by what the trade above shows.
        low: lower end of the 95% interval, within the cap.
        high: upper end.
        firms: how many it was measured on.
        bads: how many of them defaulted (their weight, where firms are weighted).
        expected: how many the score expected.
        capped: whether the cap cut it.
    """

    code: str
    coefficient: float
    credibility: float
    data: float | None
    prior: float
    low: float
    high: float
    firms: int
    bads: float
    expected: float
    capped: bool

    @property
    def level(self) -> Said:
        """What kind of trade it is."""
        return _LEVELS[level_of(self.code)]

    @property
    def text(self) -> Said:
        """The line for people: Z stands beside the coefficient."""
        name = industry_name(self.code)
        numbers = f"{self.coefficient:.2f} [{self.low:.2f}, {self.high:.2f}]"
        z = percent(self.credibility, digits=0)
        data = "–" if self.data is None else f"{self.data:.2f}"
        return Said(
            f"{name.zh}：系数{numbers}，可信度Z={z}（数据{data}，专家先验{self.prior:.2f}；"
            f"{self.firms}户，违约{self.bads:g}，评分预期{self.expected:.1f}）",
            f"{name.en}: coefficient {numbers}, credibility Z={z} (data {data}, prior "
            f"{self.prior:.2f}; {self.firms} firms, {self.bads:g} defaults, "
            f"{self.expected:.1f} expected by the score)",
        )


@dataclass(frozen=True, slots=True)
class Table:
    """All coefficients of a day.

    Args:
        rows: code to its line, the market first, then by code.
        valid_from: first day it holds.
        expires_on: first day it no longer holds.
        version: hash of all that it states.
    """

    rows: Mapping[str, Coefficient]
    valid_from: date
    expires_on: date
    version: str

    def holds(self, on: date) -> bool:
        """Say whether it holds on a day."""
        return self.valid_from <= on < self.expires_on

    def row(self, code: str | None, *, on: date) -> Coefficient:
        """Return the line of a trade, or of the nearest that it lies in.

        Args:
            code: of GB/T 4754; null gives the market.
            on: the day asked for.

        Raises:
            TableNotInForceError: the table does not hold on that day.
        """
        if not self.holds(on):
            raise TableNotInForceError(self, on)
        return self.nearest(code)

    def nearest(self, code: str | None) -> Coefficient:
        """Return the line of a trade or of the nearest above it, whatever the day."""
        return next(self.rows[one] for one in upwards(code) if one in self.rows)


class TableNotInForceError(ConflictError):
    """A table of coefficients is used on a day on which it does not hold."""

    def __init__(self, table: Table, day: date) -> None:
        """Name the table, its days and the day."""
        super().__init__(
            f"coefficients {table.version} do not hold on {day}",
            expected=f"a day from {table.valid_from} until before {table.expires_on}",
            remedy="Measure the coefficients anew on outcomes known by that day",
        )


class TableTextError(InputError):
    """A text is no table of coefficients, or was changed after it was made."""

    def __init__(self, what: str) -> None:
        """Say what is wrong with it."""
        super().__init__(
            f"the table of coefficients cannot be used: {what}",
            expected="the JSON that 'table_text' wrote, to the letter",
            remedy="Read it from the journal again, or measure the coefficients anew",
        )


def coefficient_rules(book: Book, *, on: date) -> Rules:
    """Return the numbers about coefficients that held on a day.

    Args:
        book: the bank's numbers.
        on: the day asked for.

    Raises:
        UnknownNumberError: the book lacks one of them.
        NotYetSetError: the day lies before one's first value.
    """

    def number(name: str) -> float:
        return float(book.number(f"industry_{name}", on=on))

    between: dict[Level, float] = {
        level: number(f"{level}_sd") ** 2 for level in LEVELS[1:]
    }
    stated = Stated(number("market_sd") ** 2, between, number("doubt") ** 2)
    variance = number("prior_sd") ** 2
    priors = {
        letter: Prior(number(f"prior_{letter.lower()}"), variance)
        for letter in SECTIONS
    }
    return Rules(stated, priors, number("cap"), int(number("months")))


def measure(
    residuals: Residuals,
    *,
    rules: Rules,
    day: date,
    priors: Mapping[str, Prior] | None = None,
) -> Table:
    """Return the coefficients that outcomes and priors give.

    Args:
        residuals: firms with the score's PD and what came. As the score has used the
            firm's own figures already, only what it missed is laid to the trade.
        rules: the bank's numbers of the day.
        day: first day the table holds.
        priors: code to what experts say, in place of what the book states.

    Raises:
        NothingToBlendError: nothing is stated and the data hold too little.
    """
    both = {**rules.priors, **(priors or {})}
    nodes = blend(cells_of(residuals), priors=both, stated=rules.stated)
    rows = {code: _row(node, rules.cap) for code, node in nodes.items()}
    return _table(rows, valid_from=day, expires_on=_later(day, months=rules.months))


def table_text(table: Table) -> str:
    """Return a table as JSON, the same for the same table."""
    return _text({**_body(table), "version": table.version})


def read_table(text: str) -> Table:
    """Return the table that a text states.

    Raises:
        TableTextError: it is none, or its version is not that of what it states.
    """
    try:
        stated = json.loads(text)
        days = [date.fromisoformat(stated[k]) for k in ("valid_from", "expires_on")]
        rows = {row["code"]: Coefficient(**row) for row in stated["rows"]}
        table = _table(rows, valid_from=days[0], expires_on=days[1])
        version = stated["version"]
    except (ValueError, TypeError, KeyError) as error:
        raise TableTextError(f"{type(error).__name__} {error}") from error
    if table.version != version:
        raise TableTextError(f"it says version {version}, but is {table.version}")
    return table


def _row(node: Node, cap: float) -> Coefficient:
    def within(value: float) -> float:
        return round(min(max(value, 1 / cap), cap), _DIGITS)

    value = within(node.coefficient)
    low, high = _ends(node)
    return Coefficient(
        code=node.code,
        coefficient=value,
        credibility=round(node.credibility, _DIGITS),
        data=None if node.data is None else round(node.data, _DIGITS),
        prior=round(node.centre, _DIGITS),
        low=within(low),
        high=within(high),
        firms=node.cell.firms,
        bads=round(node.cell.bads, _DIGITS),
        expected=round(node.cell.expected, _DIGITS),
        capped=not math.isclose(value, node.coefficient, abs_tol=10**-_DIGITS),
    )


def _ends(node: Node) -> tuple[float, float]:
    """Return the 95% interval, of a gamma with the same mean and variance."""
    mean, variance = node.coefficient, node.variance
    if not (mean > 0 and variance > 0):
        return mean, mean
    low, high = gammaincinv(mean**2 / variance, np.array(_TAILS)) * variance / mean
    return float(low), float(high)


def _table(
    rows: Mapping[str, Coefficient], *, valid_from: date, expires_on: date
) -> Table:
    bare = Table(rows, valid_from, expires_on, "")
    version = hashlib.sha256(_text(_body(bare)).encode()).hexdigest()[:16]
    return Table(rows, valid_from, expires_on, version)


def _body(table: Table) -> dict[str, Any]:
    return {
        "valid_from": table.valid_from.isoformat(),
        "expires_on": table.expires_on.isoformat(),
        "rows": [asdict(row) for row in table.rows.values()],
    }


def _text(body: Mapping[str, Any]) -> str:
    return json.dumps(body, ensure_ascii=False, sort_keys=True, allow_nan=False)


def _later(day: date, *, months: int) -> date:
    year, month = divmod(day.year * _MONTHS + day.month - 1 + months, _MONTHS)
    # A day that the month lacks is the first of the next.
    try:
        return date(year, month + 1, day.day)
    except ValueError:
        return date(year + month // 11, (month + 1) % _MONTHS + 1, 1)
