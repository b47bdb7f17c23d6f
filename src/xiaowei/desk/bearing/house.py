"""What the bank allows and can spend on the day of a run."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from xiaowei.desk.bearing.ways import Ways, ways_on
from xiaowei.money import Fen
from xiaowei.offers.demand import Churn, Point, curves_on, fit_churn
from xiaowei.offers.terms import Meaning, Terms, terms_on
from xiaowei.policy.book import Book
from xiaowei.policy.strategy.strategy import Strategies


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    """What the bank allows and can spend on a day.

    Args:
        book: its numbers.
        day: the day they are asked for.
        budget_fen: what it can spend.
        terms: bounds and costs that held on the day.
        curves: grade to its churn curve.
        ways: its products and strategies.
    """

    book: Book
    day: date
    budget_fen: Fen
    terms: Terms
    curves: Mapping[str, Churn]
    ways: Ways


def house_on(
    book: Book,
    *,
    day: date,
    budget_fen: Fen,
    meaning: Meaning,
    points: Sequence[Point],
    strategies: Strategies | None = None,
) -> House:
    """Return what held on a day; churn fitted to points where a table was given.

    Args:
        book: the bank's numbers.
        day: the day.
        budget_fen: what it can spend.
        meaning: what the budget counts.
        points: a table of churn; empty for the policy's curves.
        strategies: the bank's own; null for those shipped.
    """
    terms = terms_on(book, on=day, meaning=meaning)
    curves = (
        {grade: fit.churn for grade, fit in fit_churn(points).items()}
        if points
        else curves_on(book, on=day)
    )
    return House(
        book=book,
        day=day,
        budget_fen=budget_fen,
        terms=terms,
        curves=curves,
        ways=ways_on(day, strategies=strategies),
    )
