"""What a trait is: one number of a portrait, and what a reader must know about it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final, Literal

import ibis
import ibis.expr.types as ir

Unit = Literal["fen", "share", "ratio", "count", "days", "months", "kwh"]
Direction = Literal["higher_is_riskier", "lower_is_riskier", "none"]

EVER: Final = 1200
"""A window of a hundred years: everything known."""


@dataclass(frozen=True, slots=True)
class Trait:
    """One number of a portrait and its entry in the dictionary.

    Args:
        name: unique, English; ends in its window where it has one.
        zh: a short title in Chinese.
        en: a short title in English, unique too.
        unit: what it is counted in; a share is 0..1 unless the meaning says otherwise.
        window: e.g. `12m`, rolling months up to the day, see `months_ago`; `all` is
            everything known.
        sources: the families of facts it rests on.
        direction: which way risk is expected to lie, said before any label was seen.
        meaning: how it is reckoned, in one sentence.
        value: the expression over the grain of its family.
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


def portrayed(grain: ir.Table, traits: Sequence[Trait]) -> ir.Table:
    """Return traits aggregated from their grain.

    Args:
        grain: Shape: rows with `enterprise_id` and what the traits' expressions read.
        traits: what to reckon.

    Returns:
        Shape: one row per enterprise that has a row in the grain; a column per trait,
        null where it cannot be known.
    """
    values: Mapping[str, ir.Value] = {
        trait.name: trait.value(grain) for trait in traits
    }
    return grain.group_by("enterprise_id").aggregate(**values)


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


def months_ago(day: ir.Value, *, as_of: date) -> ir.Value:
    """Return how many whole rolling months lie between a day and the day asked for.

    A rolling month begins the day after the same day of the month before. As of the
    last day of a month, rolling months are calendar months, so that what is dated at
    the end of each month falls into each month once.

    Args:
        day: days up to `as_of`.
        as_of: the day of the portrait; 0 is the month that ends on it.

    >>> m = months_ago(ibis.date(2020, 1, 22), as_of=date(2020, 2, 21))
    >>> n = months_ago(ibis.date(2020, 1, 21), as_of=date(2020, 2, 21))
    >>> int(m.to_pyarrow().as_py()), int(n.to_pyarrow().as_py())
    (0, 1)
    """
    whole = (as_of.year - day.year()) * 12 + (as_of.month - day.month())
    if (as_of + timedelta(days=1)).day == 1:
        return whole
    return whole - (day.day() > as_of.day).cast("int64")


def days_ago(day: ir.Value, *, as_of: date) -> ir.Value:
    """Return how many days lie between a day and the day asked for."""
    return ibis.literal(as_of).delta(day, unit="day")


def ratio(part: ir.Value, whole: ir.Value) -> ir.Value:
    """Return part / whole, null where the whole is 0 or negative."""
    return ibis.ifelse(whole > 0, part.cast("float64") / whole, ibis.null("float64"))


def total(value: ir.Value, where: ir.Value) -> ir.Value:
    """Return a sum over the rows that a condition keeps, 0 where it keeps none."""
    return value.sum(where=where).fill_null(0).cast("int64")


def growth(now: ir.Value, before: ir.Value) -> ir.Value:
    """Return (now - before) / (|now| + |before|), -1..1; null where both are 0.

    The same months of two years are compared, so the season cancels; the form stays
    bounded where one of them is 0.
    """
    return ratio(now - before, now.abs() + before.abs())


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


def variation(
    gaps: ir.Value, *, within: ir.Value, whole: ir.Value, seen: ir.Value
) -> ir.Value:
    """Return the standard deviation of monthly amounts over their mean.

    Args:
        gaps: per month with a row, `seen` times its amount less `whole`.
        within: which rows are months of the window, each month once.
        whole: the amounts of the window together.
        seen: how many months the window has; those without a row count as 0.

    Returns:
        0 or more; null where the amounts add up to 0 or less, or one month is seen.
    """
    absent = (seen - within.sum()) * whole.cast("float64") * whole
    squared = (squares(gaps, within) + absent) / seen
    known = (whole > 0) & (seen > 1)
    return ibis.ifelse(known, squared.sqrt() / whole, ibis.null("float64"))


def concentration(parts: ir.Value, *, whole: ir.Value) -> ir.Value:
    """Return the Herfindahl index: the sum of squared shares of a whole, 0..1.

    Args:
        parts: 0 or more.
        whole: their sum; null is returned where it is 0.
    """
    whole = whole.cast("float64")
    return ratio(squares(parts, parts > 0), whole * whole)
