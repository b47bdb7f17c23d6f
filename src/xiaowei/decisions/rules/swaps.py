"""Who is decided otherwise by other rules: swap sets, their money and bad rates.

The bad rate is that of the firms whose outcome is known. Of those whom the older rules
turned down it is mostly not known, and no rate is made up for them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal, TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from xiaowei.decisions.rules.grammar import OUTCOMES, Outcome
from xiaowei.decisions.rules.past import Bools, Ints, Told, past_of
from xiaowei.decisions.rules.settled import Settled
from xiaowei.decisions.rules.table import decide_all
from xiaowei.money import Fen, wan_text
from xiaowei.risk.measures import share_interval
from xiaowei.said import Said, percent

Swap: TypeAlias = Literal["both", "in", "out", "neither"]

SWAPS: Final[Mapping[Swap, Said]] = {
    "both": Said("新旧均通过", "approved by both"),
    "in": Said("换入：仅新规则通过", "swapped in: approved by the newer alone"),
    "out": Said("换出：仅旧规则通过", "swapped out: approved by the older alone"),
    "neither": Said("新旧均未通过", "approved by neither"),
}
"""What two versions may say of a firm, and how it is called."""

_NAMES: Final = tuple(OUTCOMES)
_NOTHING: Final = Told()


@dataclass(frozen=True, slots=True)
class Cell:
    """Firms that are decided alike.

    Args:
        firms: how many.
        before_fen: money that the older rules let be lent to them: what was applied
            for, or the cap where that is less; null where no amounts are given.
        after_fen: likewise by the newer rules.
        known: how many of them have a known outcome.
        bad: how many of those turned bad.
    """

    firms: int
    before_fen: Fen | None
    after_fen: Fen | None
    known: int
    bad: int

    @property
    def bad_rate(self) -> tuple[float, float, float] | None:
        """The bad rate with its 95% interval; null where no outcome is known."""
        if not self.known:
            return None
        return (self.bad / self.known, *share_interval(self.bad, self.known))

    @property
    def text(self) -> Said:
        """How many, how much and how bad, for people."""
        zh, en = [f"{self.firms:,} 户"], [f"{self.firms:,} firms"]
        if self.before_fen is not None and self.after_fen is not None:
            was, now = wan_text(self.before_fen), wan_text(self.after_fen)
            zh.append(f"金额由 {was} 万元变为 {now} 万元")
            en.append(f"money from {was} to {now}万 yuan")
        if self.bad_rate is None:
            zh.append("无已知结果")
            en.append("no outcome known")
        else:
            rate, low, high = (percent(one, digits=1) for one in self.bad_rate)
            zh.append(
                f"坏账率 {rate}（95%区间 {low} 至 {high}，已知 {self.known:,} 户）"
            )
            en.append(f"bad rate {rate} ({low} to {high}, of {self.known:,} known)")
        return Said("，".join(zh), ", ".join(en))

    def as_plain(self) -> dict[str, Any]:
        """Return it as JSON holds it."""
        rate = self.bad_rate
        return {
            "firms": self.firms,
            "before_fen": self.before_fen,
            "after_fen": self.after_fen,
            "known": self.known,
            "bad": self.bad,
            "bad_rate": None if rate is None else [round(one, 6) for one in rate],
        }


Cells: TypeAlias = Mapping[Swap, Cell]


@dataclass(frozen=True, slots=True)
class Swaps:
    """What other rules would have done.

    Args:
        moves: outcome before and after to the number of firms, of all nine.
        cells: of all firms.
        groups: column to value to cells; an empty text for firms without one.
    """

    moves: Mapping[tuple[Outcome, Outcome], int]
    cells: Cells
    groups: Mapping[str, Mapping[str, Cells]]

    @property
    def before(self) -> Cell:
        """Whom the older rules approve."""
        return _together(self.cells["both"], self.cells["out"])

    @property
    def after(self) -> Cell:
        """Whom the newer rules approve."""
        return _together(self.cells["both"], self.cells["in"])

    @property
    def lines(self) -> tuple[Said, ...]:
        """All firms, for people."""
        told = [
            (Said("旧规则通过", "approved by the older"), self.before),
            (Said("新规则通过", "approved by the newer"), self.after),
            *((SWAPS[swap], cell) for swap, cell in self.cells.items()),
        ]
        return tuple(
            Said(f"{name.zh}：{cell.text.zh}", f"{name.en}: {cell.text.en}")
            for name, cell in told
        )

    def as_plain(self) -> dict[str, Any]:
        """Return it as JSON holds it."""
        return {
            "moves": {f"{one}>{other}": n for (one, other), n in self.moves.items()},
            "before": self.before.as_plain(),
            "after": self.after.as_plain(),
            "cells": _cells_plain(self.cells),
            "groups": {
                column: {value: _cells_plain(cells) for value, cells in values.items()}
                for column, values in self.groups.items()
            },
        }


def swaps(
    before: Settled,
    after: Settled,
    table: Any,  # noqa: ANN401 - PyArrow ships no types
    *,
    told: Told = _NOTHING,
) -> Swaps:
    """Return what newer rules would have done to past applications.

    Args:
        before: the older rules, with numbers of a day.
        after: the newer, with those of a day of their own.
        table: Shape: a PyArrow table as `decide_all` takes it, for both.
        told: what its other columns tell.

    Raises:
        RowError: a column of the rules is not there or not of its kind.
        ToldError: another column is; every fault is named.
    """
    past = past_of(table, told)
    older, newer = decide_all(before, table), decide_all(after, table)
    places = [_places(one["outcome"]) for one in (older, newer)]
    approve = _NAMES.index("approve")
    mine, theirs = (one == approve for one in places)
    swap = np.where(mine, np.where(theirs, 0, 2), np.where(theirs, 1, 3))
    amounts = past.amounts
    money = (
        None
        if amounts is None
        else (
            _lent(amounts, older["cap_fen"], mine),
            _lent(amounts, newer["cap_fen"], theirs),
        )
    )
    moved = np.bincount(places[0] * len(_NAMES) + places[1], minlength=len(_NAMES) ** 2)
    sums = _Sums(swap, money, past.known, past.bad)
    return Swaps(
        moves={
            (one, other): int(moved[i * len(_NAMES) + j])
            for i, one in enumerate(_NAMES)
            for j, other in enumerate(_NAMES)
        },
        cells=sums.of(np.zeros(len(swap), dtype=np.int64), 1)[0],
        groups={
            name: dict(zip(values, sums.of(codes, len(values)), strict=True))
            for name, (values, codes) in past.groups.items()
        },
    )


@dataclass(frozen=True, slots=True)
class _Sums:
    """Sums over firms by what both versions say of them."""

    swap: Ints
    money: tuple[Ints, Ints] | None
    known: Bools
    bad: Bools

    def of(self, codes: Ints, groups: int) -> list[Cells]:
        """Return the cells of each group.

        Args:
            codes: the group of each firm, 0 on.
            groups: how many there are.
        """
        at, size = codes * len(SWAPS) + self.swap, groups * len(SWAPS)
        firms = np.bincount(at, minlength=size)
        known = np.bincount(at[self.known], minlength=size)
        bad = np.bincount(at[self.bad], minlength=size)
        paid = [_added(at, one, size) for one in self.money or ()]
        return [
            {
                swap: Cell(
                    int(firms[n]),
                    int(paid[0][n]) if paid else None,
                    int(paid[1][n]) if paid else None,
                    int(known[n]),
                    int(bad[n]),
                )
                for n, swap in enumerate(SWAPS, group * len(SWAPS))
            }
            for group in range(groups)
        ]


def _added(at: Ints, amounts: Ints, size: int) -> Ints:
    # Not bincount, whose weights are floats: money is added in whole fen.
    sums = np.zeros(size, dtype=np.int64)
    np.add.at(sums, at, amounts)
    return sums


def _lent(amounts: Ints, caps: Any, approved: Bools) -> Ints:  # noqa: ANN401 - no types
    most = pc.fill_null(caps, 2**62).to_numpy()
    return np.where(approved, np.minimum(amounts, most), 0).astype(np.int64)


def _places(outcomes: Any) -> Ints:  # noqa: ANN401 - no types
    one = outcomes.combine_chunks()
    chunks = one.chunks if isinstance(one, pa.ChunkedArray) else [one]
    codes = [chunk.indices.to_numpy() for chunk in chunks]
    return np.concatenate([np.zeros(0, np.int64), *codes]).astype(np.int64)


def _together(one: Cell, other: Cell) -> Cell:
    money = [
        None if mine is None or theirs is None else mine + theirs
        for mine, theirs in (
            (one.before_fen, other.before_fen),
            (one.after_fen, other.after_fen),
        )
    ]
    return Cell(
        one.firms + other.firms,
        money[0],
        money[1],
        one.known + other.known,
        one.bad + other.bad,
    )


def _cells_plain(cells: Cells) -> dict[str, Any]:
    return {swap: cell.as_plain() for swap, cell in cells.items()}
