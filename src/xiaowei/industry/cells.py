"""Firms in; per trade what was expected and what came, added up along the tree."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from xiaowei.errors import InputError
from xiaowei.industry.classification import MARKET, industry_of
from xiaowei.industry.credibility import Floats

_NAMES: Final = ("expected", "defaulted", "weights")


@dataclass(frozen=True, slots=True)
class Residuals:
    """What a score expected of firms and what came.

    Args:
        codes: per firm its code of GB/T 4754, or null.
        expected: Shape: one per firm; the score's PD, above 0 and below 1, as it was
            said before the outcome was known.
        defaulted: Shape: one per firm; 1 where it defaulted, else 0.
        weights: Shape: one per firm; how much it counts, 0 or more; null for all alike.
    """

    codes: Sequence[str | None]
    expected: Floats
    defaulted: Floats
    weights: Floats | None = None

    def __post_init__(self) -> None:
        """Refuse what cannot be measured on.

        Raises:
            ResidualsError: every fault is named.
        """
        faults = list(_faults(self))
        if faults:
            raise ResidualsError(faults)


class ResidualsError(InputError):
    """Expected and observed defaults cannot be measured on."""

    def __init__(self, faults: Sequence[str]) -> None:
        """Name every fault."""
        super().__init__(
            "coefficients cannot be measured: " + "; ".join(faults),
            expected="per firm a PD above 0 and below 1 and an outcome of 0 or 1",
            remedy="Leave out firms whose outcome or PD is unknown, and measure again",
        )


@dataclass(frozen=True, slots=True)
class Cell:
    """The firms that are coded exactly so.

    Args:
        firms: how many.
        bads: weight of those that defaulted.
        expected: weighted sum of PDs.
        exposure: expected defaults of as many firms of equal weight; what the cell's
            ratio of bads to expected is as good as.
        squares: sum of squared PDs on the scale of the exposure.
    """

    firms: int = 0
    bads: float = 0.0
    expected: float = 0.0
    exposure: float = 0.0
    squares: float = 0.0

    def __add__(self, other: "Cell") -> "Cell":
        """Return the firms of both."""
        return Cell(
            self.firms + other.firms,
            self.bads + other.bads,
            self.expected + other.expected,
            self.exposure + other.exposure,
            self.squares + other.squares,
        )

    @property
    def ratio(self) -> float | None:
        """Bads over expected, or null where nothing was expected."""
        return self.bads / self.expected if self.expected > 0 else None


def cells_of(residuals: Residuals) -> dict[str, Cell]:
    """Return the firms of each trade, by the finest code that has a coefficient.

    Returns:
        code of a section, division or group to its firms; "" to those whose trade is
        unknown, which count for the market alone.
    """
    node = {code: _node(code) for code in set(residuals.codes)}
    codes = sorted(set(node.values()))
    rank = {code: place for place, code in enumerate(codes)}
    of = {code: rank[name] for code, name in node.items()}
    places = np.array([of[code] for code in residuals.codes], dtype=np.int64)
    weights = residuals.weights
    weights = np.ones(len(places)) if weights is None else weights
    pds = residuals.expected

    def summed(values: Floats) -> Floats:
        return np.bincount(places, values, minlength=len(codes)).astype(np.float64)

    firms = np.bincount(places, minlength=len(codes))
    bads, expected = summed(weights * residuals.defaulted), summed(weights * pds)
    spread, squares = summed(weights**2 * pds), summed((weights * pds) ** 2)
    worth = np.divide(expected, spread, out=np.zeros_like(spread), where=spread > 0)
    return {
        code: Cell(
            int(firms[place]),
            float(bads[place]),
            float(expected[place]),
            float(expected[place] * worth[place]),
            float(squares[place] * worth[place] ** 2),
        )
        for place, code in enumerate(codes)
    }


def added_up(cells: Mapping[str, Cell]) -> dict[str, Cell]:
    """Return the firms of each trade with all that lie in it, the market among them."""
    whole = {MARKET: Cell()}
    for code, cell in cells.items():
        industry = industry_of(code)
        for above in industry.path if industry else (MARKET,):
            whole[above] = whole.get(above, Cell()) + cell
    return whole


def _node(code: str | None) -> str:
    industry = industry_of(code)
    return industry.path[-1] if industry else MARKET


def _faults(residuals: Residuals) -> Iterable[str]:
    count = len(residuals.codes)
    for name in _NAMES:
        values = getattr(residuals, name)
        if values is not None and np.shape(values) != (count,):
            yield f"'{name}' has {np.size(values)} values for {count} firms"
    if not ((residuals.expected > 0) & (residuals.expected < 1)).all():
        yield "'expected' holds values that are no PD"
    if not np.isin(residuals.defaulted, (0, 1)).all():
        yield "'defaulted' holds values that are neither 0 nor 1"
    if (
        residuals.weights is not None
        and not (np.isfinite(residuals.weights) & (residuals.weights >= 0)).all()
    ):
        yield "'weights' holds values below 0 or none"
