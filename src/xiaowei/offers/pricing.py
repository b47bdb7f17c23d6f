"""What a lot earns at every allowed rate, and the rate at which it earns most.

Of one yuan offered to an enterprise at rate r, the share kept(r) = 1 - churn(r) is
drawn. A drawn yuan earns r if the enterprise pays, and costs LGD if it defaults;
funding and operation cost the same in both cases:

    profit(r) = kept(r) x (r x (1 - PD) - LGD x PD - funding - operating cost)

The horizon is one year, interest is lost wholly at default, and PD depends neither on
the rate nor on who leaves. Profits are whole fen per lot, so that sums are exact; of
rates that earn the same to the fen the lowest is taken.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from xiaowei.errors import InputError
from xiaowei.offers.demand import Churn, FloatArray, fewest_kept
from xiaowei.offers.terms import GRADES, RATE_STEP, Terms

IntArray: TypeAlias = npt.NDArray[np.int64]
Rating: TypeAlias = str | None
"""A grade that is lent to, or None for an enterprise without one."""


@dataclass(frozen=True, slots=True)
class PriceTable:
    """The allowed rates and the share of customers kept at each.

    Args:
        terms: the terms they follow from.
        rates_bp: every allowed rate in basis points, rising. Shape: one per rate.
        kept: rating to the share kept, 0..1. Shape: one per rate.
    """

    terms: Terms
    rates_bp: IntArray
    kept: Mapping[Rating, FloatArray]


@dataclass(frozen=True, slots=True)
class LotValues:
    """What one lot earns and draws, for each enterprise at each rate.

    Args:
        profit_fen: expected profit of one lot. Shape: enterprises by rates.
        drawn_fen: expected drawn money of one lot, rounded up. Shape: the same.
    """

    profit_fen: IntArray
    drawn_fen: IntArray

    def best(self, budget_price: float = 0.0) -> IntArray:
        """Return which rate is worth most once the budget used has been paid for.

        Args:
            budget_price: profit in fen forgone per fen of drawn money, at least 0.

        Returns:
            Place of the rate, the lowest where several are worth the same. Shape: one
            per enterprise.
        """
        places: IntArray = np.argmax(self.worth(budget_price), axis=1)
        return places

    def worth(self, budget_price: float) -> FloatArray:
        """Return profit less the price of the budget used, in fen per lot.

        Args:
            budget_price: profit in fen forgone per fen of drawn money, at least 0.

        Returns:
            Shape: enterprises by rates.
        """
        worth: FloatArray = self.profit_fen - budget_price * self.drawn_fen
        return worth


@dataclass(frozen=True, slots=True)
class Prices:
    """The best rate of each enterprise and what a lot then earns and draws.

    Args:
        rates_bp: rate in basis points. Shape: one per enterprise, as all below.
        best_bp: the rate that is worth most, before anything moves it.
        kept: share of customers kept, 0..1.
        profit_fen: expected profit of one lot; below 0 where no rate pays.
        drawn_fen: expected drawn money of one lot.
    """

    rates_bp: IntArray
    best_bp: IntArray
    kept: FloatArray
    profit_fen: IntArray
    drawn_fen: IntArray


@dataclass(frozen=True, slots=True)
class Moves:
    """How strategy and product move the rate that is worth most.

    Args:
        added_bp: basis points added. Shape: one per enterprise, as all below.
        least_bp: the rate is raised to it.
        most_bp: then the rate is lowered to it.
    """

    added_bp: IntArray
    least_bp: IntArray
    most_bp: IntArray

    def of(self, places: IntArray, *, table: PriceTable) -> IntArray:
        """Return the places of the moved rates, within the rates of the terms.

        Args:
            places: of the rates that are worth most. Shape: one per enterprise.
            table: allowed rates.
        """
        rates = table.rates_bp
        moved = np.maximum(rates[places] + self.added_bp, self.least_bp)
        moved = np.minimum(moved, self.most_bp)
        found: IntArray = np.clip(moved - rates[0], 0, len(rates) - 1)
        return found


class MissingCurveError(InputError):
    """A grade that is lent to has no curve of churn."""

    def __init__(self, missing: Sequence[str]) -> None:
        """Name the grades."""
        super().__init__(
            f"there is no curve of churn for grade {', '.join(missing)}",
            expected=f"one for each of {', '.join(GRADES)}",
            remedy="Fit the table of churn, or take the curves of the policy book",
        )


def price_table(curves: Mapping[str, Churn], *, terms: Terms) -> PriceTable:
    """Return the allowed rates in steps of a basis point, and who stays at each.

    Args:
        curves: grade to curve of churn.
        terms: lowest and highest rate.

    Raises:
        MissingCurveError: a grade has no curve.
    """
    missing = [grade for grade in GRADES if grade not in curves]
    if missing:
        raise MissingCurveError(missing)
    low, high = (int(rate / RATE_STEP) for rate in (terms.min_rate, terms.max_rate))
    rates_bp = np.arange(low, high + 1, dtype=np.int64)
    rates = rates_bp * float(RATE_STEP)
    kept: dict[Rating, FloatArray] = {g: curves[g].kept(rates) for g in GRADES}
    kept[None] = fewest_kept({grade: curves[grade] for grade in GRADES}, rates)
    return PriceTable(terms, rates_bp, kept)


def lot_values(
    table: PriceTable, *, pds: npt.ArrayLike, ratings: Sequence[Rating]
) -> LotValues:
    """Return what one lot earns and draws, for each enterprise at each rate.

    Args:
        table: allowed rates.
        pds: probability of default, 0..1, one per enterprise.
        ratings: A, B, C or None, one per enterprise.
    """
    terms = table.terms
    pd = np.asarray(pds, dtype=np.float64)[:, np.newaxis]
    rates = table.rates_bp * float(RATE_STEP)
    margin = rates * (1.0 - pd) - float(terms.lgd) * pd - float(terms.cost_rate)
    none = np.empty((0, len(rates)))
    kept = np.stack([table.kept[name] for name in ratings]) if len(ratings) else none
    return LotValues(
        profit_fen=np.floor(kept * margin * terms.lot_fen + 0.5).astype(np.int64),
        drawn_fen=np.ceil(kept * terms.lot_fen).astype(np.int64),
    )


def best_prices(
    table: PriceTable,
    *,
    pds: npt.ArrayLike,
    ratings: Sequence[Rating],
    budget_price: float = 0.0,
) -> Prices:
    """Return the rate at which each enterprise is worth most.

    Args:
        table: allowed rates.
        pds: probability of default, 0..1, one per enterprise.
        ratings: A, B, C or None, one per enterprise.
        budget_price: profit in fen forgone per fen of drawn money, at least 0.
    """
    values = lot_values(table, pds=pds, ratings=ratings)
    return prices_at(table, values, ratings=ratings, budget_price=budget_price)


def prices_at(
    table: PriceTable,
    values: LotValues,
    *,
    ratings: Sequence[Rating],
    budget_price: float,
    moves: Moves | None = None,
) -> Prices:
    """Return the best rates when what each lot earns is known already.

    Args:
        table: allowed rates.
        values: what one lot earns and draws at each.
        ratings: A, B, C or None, one per enterprise.
        budget_price: profit in fen forgone per fen of drawn money, at least 0.
        moves: what moves the rate of each from its best; null for nothing.
    """
    places = best = values.best(budget_price)
    if moves is not None:
        places = moves.of(places, table=table)
    rows = np.arange(len(places))
    kept = [table.kept[name][at] for name, at in zip(ratings, places, strict=True)]
    return Prices(
        rates_bp=table.rates_bp[places],
        best_bp=table.rates_bp[best],
        kept=np.asarray(kept, dtype=np.float64),
        profit_fen=values.profit_fen[rows, places],
        drawn_fen=values.drawn_fen[rows, places],
    )
