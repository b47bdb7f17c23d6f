"""What a trait is: one number of a portrait, and what a reader must know about it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

import ibis
import ibis.expr.types as ir

from xiaowei.portraits.moments import Moments

Unit = Literal["fen", "share", "ratio", "count", "days", "months", "kwh", "m3", "grade"]
Direction = Literal["higher_is_riskier", "lower_is_riskier", "none"]

EVER: Final = 1200
"""A window of a hundred years: everything known."""
_YEAR: Final = 12
_WHOLE: Final = {"fen", "count", "months"}
_WIDE: Final = "decimal(19, 0)"
_FEW: Final = "decimal(2, 0)"


@dataclass(frozen=True, slots=True)
class Trait:
    """One number of a portrait and its entry in the dictionary.

    Args:
        name: unique, English; ends in its window where it has one.
        zh: a short title in Chinese.
        en: a short title in English, unique too.
        unit: what it is counted in; a share is 0..1 unless the meaning says otherwise.
        window: e.g. `12m`, the last complete months of the calendar; `all` is
            everything known, `now` how things stand.
        sources: the families of facts it rests on.
        direction: which way risk is expected to lie, said before any label was seen.
        meaning: how it is reckoned, in one sentence.
        value: the expression over the grain of its part.
        ages: whether the value is a day, and the trait how many days ago that was; so
            a portrait grows older without being reckoned anew.
    """

    name: str
    zh: str
    en: str
    unit: Unit
    window: str
    sources: tuple[str, ...]
    direction: Direction
    meaning: str
    value: Callable[[ir.Table], ir.Value]
    ages: bool = False

    @property
    def kind(self) -> str:
        """The type of its values, the same whether its sources are silent or not."""
        if self.ages:
            return "date"
        return "int64" if self.unit in _WHOLE else "float64"


Facts: TypeAlias = Mapping[str, ir.Table]
"""A family's name to its facts; a family that is not there is silent."""


@dataclass(frozen=True, slots=True)
class Part:
    """Traits that are reckoned from one grain.

    Args:
        families: what they rest on; where one of them is silent, so are they.
        grain: facts and days to the rows from which the traits are added up.
        traits: what is reckoned, each an aggregate over the grain by the days' keys.
        alone: whether an enterprise's own facts are enough; else others' are looked at,
            too, such as who else is registered at its address.
    """

    families: tuple[str, ...]
    grain: Callable[[Facts, Moments], ir.Table]
    traits: tuple[Trait, ...]
    alone: bool = True


@dataclass(frozen=True, slots=True)
class Grain:
    """What several parts look at, so that it had better be worked out once for them.

    Args:
        name: under which they look for it among the facts, before they reckon it.
        family: what it rests on.
        rows: facts and days to its rows.
    """

    name: str
    family: str
    rows: Callable[[Facts, Moments], ir.Table]


def portrayed(part: Part, facts: Facts, moments: Moments) -> ir.Table:
    """Return the traits of a part.

    Returns:
        Shape: one row per key that has a row in the grain; a column per trait, null
        where it cannot be known; a day where the trait ages.
    """
    grain = part.grain(facts, moments)
    values = {trait.name: trait.value(grain).cast(trait.kind) for trait in part.traits}
    return grain.group_by(list(moments.keys)).aggregate(**values)


def window_text(months: int) -> tuple[str, str, str]:
    """Return a window's short name and its words in English and Chinese.

    >>> window_text(12), window_text(EVER)[0]
    (('12m', 'of the last 12 months', '近12月'), 'all')
    """
    if months == EVER:
        return "all", "of all months known", "累计"
    return f"{months}m", f"of the last {months} months", f"近{months}月"


def span_title(months: int) -> str:
    """Return a window as it stands in an English title.

    >>> span_title(12), span_title(EVER)
    ('12 months', 'all months')
    """
    return "all months" if months == EVER else f"{months} months"


def inside(ago: ir.Value, months: int) -> ir.BooleanValue:
    """Return whether months lie in a window of the last complete ones.

    Args:
        ago: see `Moments.cells`.
        months: how long the window is; EVER holds the month not over yet as well.
    """
    return ago < months if months == EVER else ago.between(0, months - 1)


def unknown(where: ir.Value, value: ir.Value) -> ir.Value:
    """Return a value where a condition holds, else null."""
    return ibis.ifelse(where, value, ibis.null(value.type()))


def ratio(part: ir.Value, whole: ir.Value) -> ir.Value:
    """Return part / whole, null where the whole is 0 or negative."""
    return ibis.ifelse(whole > 0, part.cast("float64") / whole, ibis.null("float64"))


def days_between(first: ir.Value, last: ir.Value) -> ir.Value:
    """Return how many days lie between two days, below 0 where the last is earlier."""
    return last.delta(first, unit="day").cast("int64")


def total(value: ir.Value, where: ir.Value) -> ir.Value:
    """Return a sum over the rows that a condition keeps, 0 where it keeps none."""
    return value.sum(where=where).fill_null(0).cast("int64")


def growth(now: ir.Value, before: ir.Value) -> ir.Value:
    """Return (now - before) / (|now| + |before|), -1..1; null where both are 0.

    The same months of two years are compared, so the season cancels; the form stays
    bounded where one of them is 0.
    """
    return ratio(now - before, now.abs() + before.abs())


def grown(t: ir.Table, amounts: ir.Value, *, months: int) -> ir.Value:
    """Return how amounts grew over the last complete months since a year before.

    Args:
        t: Shape: rows with `ago`.
        amounts: of each row.
        months: how many, up to 12.

    Returns:
        see `growth`; null unless the first row is as old as the months compared.
    """
    before = total(amounts, t.ago.between(_YEAR, _YEAR + months - 1))
    grew = growth(total(amounts, inside(t.ago, months)), before)
    return unknown(t.ago.max() >= _YEAR + months - 1, grew)


def months_seen(t: ir.Table, *, months: int) -> ir.Value:
    """Return how many complete months of a window have been since the first row."""
    return ibis.least(t.ago.max() + 1, months)


def squares(value: ir.Value, where: ir.Value) -> ir.Value:
    """Return a sum of squares of whole numbers over the rows that a condition keeps.

    The squares are added as decimals, so the sum does not depend on the order in which
    an engine adds them.

    Args:
        value: whole, below 10**19.
        where: which rows.
    """
    wide = value.cast("decimal(19, 0)")
    return (wide * wide).sum(where=where).cast("float64")


def variation(amounts: ir.Value, *, within: ir.Value, seen: ir.Value) -> ir.Value:
    """Return the standard deviation of monthly amounts over their mean.

    Reckoned from whole numbers, n * sum(x**2) - sum(x)**2, so nothing is lost to
    rounding however even the months are.

    Args:
        amounts: whole, one per month that has any.
        within: which of them are months of the window.
        seen: how many months the window has; those without a row count as 0.

    Returns:
        0 or more; null where the amounts add up to 0 or less, or one month is seen.
    """
    wide = amounts.cast(_WIDE)
    squared = (wide * wide).sum(where=within)
    whole = amounts.sum(where=within).cast(_WIDE)
    spread = (squared * seen.cast(_FEW) - whole * whole).cast("float64").sqrt()
    return unknown((whole > 0) & (seen > 1), spread / whole.cast("float64"))


def concentration(parts: ir.Value, *, whole: ir.Value) -> ir.Value:
    """Return the Herfindahl index: the sum of squared shares of a whole, 0..1.

    Args:
        parts: 0 or more.
        whole: their sum; null is returned where it is 0.
    """
    whole = whole.cast("float64")
    return ratio(squares(parts, parts > 0), whole * whole)
