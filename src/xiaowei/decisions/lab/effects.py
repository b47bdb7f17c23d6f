"""What newer rules change: swap set, bad rate, profit, by any group, with intervals.

All of it is counted over firms whose outcome is known. Of those whom the older rules
turned down it is mostly not known; how many are known stands beside each figure.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

import numpy as np

from xiaowei.decisions.lab.intervals import Floats, combined, weighted_shares
from xiaowei.decisions.lab.profit import Priced, Profit, Profits, profits_of
from xiaowei.decisions.rules.past import Told, past_of
from xiaowei.decisions.rules.settled import Settled
from xiaowei.decisions.rules.swaps import Cells, Swaps, swaps
from xiaowei.decisions.rules.table import decide_all
from xiaowei.said import Said, percent

Spread: TypeAlias = tuple[float, float, float]
_NOTHING: Final = Told()
_CELLS: Final = ("both", "in", "out")


@dataclass(frozen=True, slots=True)
class Effect:
    """What changes for some firms.

    Args:
        bad_change: bad rate of those approved by the newer rules less that of those
            approved by the older, with its 95% interval; null where one of both is not
            known.
        profit: of a year; null where no prices are given.
    """

    bad_change: Spread | None
    profit: Profit | None

    @property
    def lines(self) -> tuple[Said, ...]:
        """It, for people."""
        found = []
        if self.bad_change is not None:
            value, low, high = (percent(one, digits=2) for one in self.bad_change)
            found.append(
                Said(
                    f"坏账率变化 {value}（95%区间 {low} 至 {high}）",
                    f"bad rate changes by {value} ({low} to {high})",
                )
            )
        if self.profit is not None:
            found.append(self.profit.text)
        return tuple(found)

    def as_plain(self) -> dict[str, Any]:
        """Return it as JSON holds it."""
        bad = self.bad_change
        return {
            "bad_change": None if bad is None else [round(one, 6) for one in bad],
            "profit": None if self.profit is None else self.profit.as_plain(),
        }


@dataclass(frozen=True, slots=True)
class Effects:
    """What newer rules change.

    Args:
        swaps: who is decided otherwise.
        overall: what changes for all.
        groups: column to value to what changes for its firms.
    """

    swaps: Swaps
    overall: Effect
    groups: Mapping[str, Mapping[str, Effect]]

    @property
    def lines(self) -> tuple[Said, ...]:
        """All firms, for people."""
        return (*self.swaps.lines, *self.overall.lines, *self._unknown())

    def as_plain(self) -> dict[str, Any]:
        """Return it as JSON holds it."""
        return {
            "swaps": self.swaps.as_plain(),
            "overall": self.overall.as_plain(),
            "groups": {
                column: {value: one.as_plain() for value, one in values.items()}
                for column, values in self.groups.items()
            },
        }

    def _unknown(self) -> tuple[Said, ...]:
        """Say of how many swapped in nobody knows what would have become of them."""
        cell = self.swaps.cells["in"]
        left = cell.firms - cell.known
        if not left:
            return ()
        return (
            Said(
                f"换入中有 {left:,} 户结果未知，不计入坏账率和利润",
                f"of those swapped in {left:,} have no known outcome; neither bad rate "
                "nor profit counts them",
            ),
        )


def effects(
    before: Settled,
    after: Settled,
    table: Any,  # noqa: ANN401 - PyArrow ships no types
    *,
    told: Told = _NOTHING,
    priced: Priced | None = None,
) -> Effects:
    """Return what newer rules would have changed for past applications.

    Args:
        before: the older rules, with numbers of a day.
        after: the newer, with those of a day of their own.
        table: Shape: a PyArrow table as `decide_all` takes it, for both.
        told: what its other columns tell; with prices, `bad` and `amount` are due.
        priced: which columns tell prices; null for no profit.

    Raises:
        RowError: a column of the rules is not there or not of its kind.
        ToldError: another column is; every fault is named.
    """
    found = swaps(before, after, table, told=told)
    everybody = np.zeros(table.num_rows, dtype=np.int64)
    profits: Mapping[str, Profits] = {}
    if priced is not None:
        past = past_of(table, told)
        rulings = (decide_all(before, table), decide_all(after, table))
        codes = {
            name: (codes, len(values)) for name, (values, codes) in past.groups.items()
        }
        profits = profits_of(
            table, past, rulings, priced, {"": (everybody, 1), **codes}
        )
    return Effects(
        swaps=found,
        overall=_effects({"": found.cells}, profits.get(""))[""],
        groups={
            name: _effects(cells, profits.get(name))
            for name, cells in found.groups.items()
        },
    )


def _effects(groups: Mapping[str, Cells], profits: Profits | None) -> dict[str, Effect]:
    """Return the effect of each group of firms.

    Profits are in the order of the groups.
    """
    changes = _bad_changes(list(groups.values()))
    return {
        name: Effect(change, None if profits is None else profits[place])
        for place, (name, change) in enumerate(zip(groups, changes, strict=True))
    }


def _bad_changes(groups: list[Cells]) -> list[Spread | None]:
    """Return how the bad rate of those approved changes, of each group.

    Approved by both, by the newer alone and by the older alone are three samples apart;
    the change is a sum of their bad rates, each times its part in the two books.
    """
    shape = (len(groups), len(_CELLS))
    known, bad = (
        np.array(
            [[getattr(cells[one], what) for one in _CELLS] for cells in groups],
            dtype=np.float64,
        ).reshape(shape)
        for what in ("known", "bad")
    )
    both, new, old = known.T
    after, before = both + new, both + old
    parts: Floats = np.stack(
        [
            _part(both, after) - _part(both, before),
            _part(new, after),
            -_part(old, before),
        ],
        axis=1,
    )
    value, low, high = combined(parts, *weighted_shares(bad, known, known))
    there = (after > 0) & (before > 0)
    return [
        (float(value[n]), float(low[n]), float(high[n])) if there[n] else None
        for n in range(len(groups))
    ]


def _part(some: Floats, of: Floats) -> Floats:
    return np.asarray(some / np.where(of > 0, of, 1.0))
