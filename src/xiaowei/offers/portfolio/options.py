"""What each firm may be lent, as columns: one row per firm and option.

A firm gets at most one of its options, in whole lots between a least and a most. All
amounts are fen per lot. A lot earns `paid_fen` in the year if the firm repays and
costs `lost_fen` if it defaults, so that its profit is straight in the PD:

    profit(pd) = paid x (1 - pd) - lost x pd
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

import numpy as np
import numpy.typing as npt

from xiaowei.errors import InputError
from xiaowei.offers.demand import FloatArray
from xiaowei.offers.pricing import IntArray

Names: TypeAlias = npt.NDArray[np.str_]
Dimension: TypeAlias = Literal[
    "industry", "park", "group", "tier", "product", "newcomer"
]
"""By what firms or options are counted together; a newcomer is no borrower yet."""

DIMENSIONS: Final[tuple[Dimension, ...]] = (
    "industry",
    "park",
    "group",
    "tier",
    "product",
    "newcomer",
)
UNKNOWN: Final = "unknown"
"""The label of whatever is not stated; a limit on each label holds it, too."""

ALONE: Final = "-"
"""The group of a firm that is known to belong to none: it is one of its own."""

REALS: Final = ("pd", "pd_high", "width", "pd_a", "pd_b")
_AMOUNTS: Final = ("offered_fen", "drawn_fen", "capital_fen")
_LISTED: Final = 5
_MOST_FEN: Final = 10**12
_MOST_LOTS: Final = 10**5


@dataclass(frozen=True, slots=True)
class Labels:
    """To which of several labels each option belongs.

    Args:
        names: the labels, in order.
        codes: place of its label. Shape: one per option.
    """

    names: tuple[str, ...]
    codes: IntArray


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """Options of firms, sorted by firm and name. Shape of all but `firms`: per option.

    Args:
        firms: the firms in order. Shape: one per firm.
        firm: place of the firm.
        names: what the option is called; no firm has two of one name.
        least_lots: fewest lots, at least 1.
        most_lots: most lots, at least the fewest.
        offered_fen: money offered by a lot, above 0.
        drawn_fen: of it expected to be drawn, 0 to offered.
        capital_fen: capital that a lot binds, at least 0.
        paid_fen: what a lot earns in the year if the firm repays.
        lost_fen: what a lot costs if the firm defaults, at least 0.
        pd: probability of default, 0..1.
        pd_high: its upper quantile, at least `pd`; NaN where not known.
        width: standard deviation of the logit of the PD; NaN where not known.
        pd_a: PD learnt from one half of the cases; NaN where not known.
        pd_b: PD learnt from the other half.
        labels: dimension to labels, of every dimension.
    """

    firms: Names
    firm: IntArray
    names: Names
    least_lots: IntArray
    most_lots: IntArray
    offered_fen: IntArray
    drawn_fen: IntArray
    capital_fen: IntArray
    paid_fen: IntArray
    lost_fen: IntArray
    pd: FloatArray
    pd_high: FloatArray
    width: FloatArray
    pd_a: FloatArray
    pd_b: FloatArray
    labels: Mapping[Dimension, Labels]

    @property
    def count(self) -> int:
        """How many options there are."""
        return len(self.firm)

    @property
    def starts(self) -> IntArray:
        """Place of the first option of each firm."""
        found: IntArray = np.searchsorted(self.firm, np.arange(len(self.firms)))
        return found

    def profit_fen(self, pd: FloatArray) -> IntArray:
        """Return what a lot of each option earns at given PDs, in whole fen.

        Args:
            pd: probabilities, 0..1. Shape: one per option.
        """
        profit = self.paid_fen * (1.0 - pd) - self.lost_fen * pd
        return np.floor(profit + 0.5).astype(np.int64)


class OptionsError(InputError):
    """Options cannot be used; every kind of fault is named, with rows that have it."""

    def __init__(self, faults: Sequence[str]) -> None:
        """Name the faults."""
        super().__init__(
            "options have faults: " + "; ".join(faults),
            expected="each firm and name once, 1 <= least <= most lots, amounts of at "
            "least 0, 0 < offered, drawn <= offered, 0 <= pd <= pd_high <= 1",
            remedy="Correct these rows",
        )


def options_of(
    columns: Mapping[str, npt.ArrayLike],
    *,
    labels: Mapping[Dimension, Sequence[str | None] | npt.NDArray[np.object_]],
) -> Options:
    """Return options from columns in any order of rows.

    Args:
        columns: `enterprise_id` and `option` texts, `least_lots`, `most_lots`,
            `offered_fen`, `drawn_fen`, `capital_fen`, `paid_fen`, `lost_fen` whole
            numbers, `pd`, and `pd_high`, `width`, `pd_a`, `pd_b`, which may be left
            out.
        labels: dimension to label per row; null or empty where not known. A dimension
            left out is not known of any.

    Raises:
        OptionsError: rows have faults.
    """
    ids = np.asarray(columns["enterprise_id"], dtype=np.str_)
    names = np.asarray(columns["option"], dtype=np.str_)
    order = np.lexsort((names, ids))
    firms, firm = np.unique(ids[order], return_inverse=True)
    whole = {
        name: np.asarray(columns[name], dtype=np.int64)[order]
        for name in ("least_lots", "most_lots", *_AMOUNTS, "paid_fen", "lost_fen")
    }
    unknown = np.full(len(ids), np.nan)
    real = {
        name: np.asarray(columns.get(name, unknown), dtype=np.float64)[order]
        for name in REALS
    }
    firm = firm.astype(np.int64)
    found = Options(
        firms=firms,
        firm=firm,
        names=names[order],
        labels={
            name: _labels(labels.get(name), ids=ids, order=order) for name in DIMENSIONS
        },
        least_lots=whole["least_lots"],
        most_lots=whole["most_lots"],
        offered_fen=whole["offered_fen"],
        drawn_fen=whole["drawn_fen"],
        capital_fen=whole["capital_fen"],
        paid_fen=whole["paid_fen"],
        lost_fen=whole["lost_fen"],
        pd=real["pd"],
        pd_high=real["pd_high"],
        width=real["width"],
        pd_a=real["pd_a"],
        pd_b=real["pd_b"],
    )
    faults = _faults(found)
    if faults:
        raise OptionsError(faults)
    return found


def _labels(
    stated: Sequence[str | None] | npt.NDArray[np.object_] | None,
    *,
    ids: Names,
    order: IntArray,
) -> Labels:
    if stated is None:
        return Labels((UNKNOWN,), np.zeros(len(ids), dtype=np.int64))
    given = np.asarray(stated, dtype=object)
    texts = np.where((given == np.array(None)) | (given == ""), UNKNOWN, given)
    texts = texts.astype(np.str_)
    alone = texts == ALONE
    if alone.any():
        texts = np.where(alone, np.char.add(f"{ALONE}:", ids), texts)
    names, codes = np.unique(texts[order], return_inverse=True)
    return Labels(tuple(str(one) for one in names), codes.astype(np.int64))


def _faults(one: Options) -> list[str]:
    twice = np.zeros(one.count, dtype=np.bool_)
    twice[1:] = (one.firm[1:] == one.firm[:-1]) & (one.names[1:] == one.names[:-1])
    tests = {
        "an option stands twice": twice,
        "lots do not rise from 1": (one.least_lots < 1)
        | (one.most_lots < one.least_lots)
        | (one.most_lots > _MOST_LOTS),
        "an amount lies outside its bounds": (one.offered_fen < 1)
        | (one.offered_fen > _MOST_FEN)
        | (one.drawn_fen < 0)
        | (one.drawn_fen > one.offered_fen)
        | (one.capital_fen < 0)
        | (one.capital_fen > _MOST_FEN)
        | (one.lost_fen < 0)
        | (one.lost_fen > _MOST_FEN)
        | (np.abs(one.paid_fen) > _MOST_FEN),
        "a PD lies outside 0 to 1": ~((one.pd >= 0) & (one.pd <= 1)),
        "an upper PD lies outside pd to 1": (one.pd_high < one.pd) | (one.pd_high > 1),
        "a width is below 0": one.width < 0,
        "a PD of a half lies outside 0 to 1": (np.minimum(one.pd_a, one.pd_b) < 0)
        | (np.maximum(one.pd_a, one.pd_b) > 1),
    }
    return [
        f"{fault} ({int(bad.sum())}, of "
        + ", ".join(map(repr, one.firms[one.firm[bad]][:_LISTED].tolist()))
        + ")"
        for fault, bad in tests.items()
        if bad.any()
    ]
