"""What those approved earned in a year, by the older rules and by the newer.

A firm that repaid earns what it was lent times the rate; one that turned bad costs what
it was lent times the loss given default. The rate is the margin that the bank counts,
over funding and costs, and the add-on of the rule comes on top. The intervals are for
the luck of who turned bad; whom the bank may meet otherwise is in none of them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from xiaowei.decisions.lab.intervals import Floats, combined, weighted_shares
from xiaowei.decisions.rules.past import Bools, Ints, Past, ToldError
from xiaowei.money import Fen, wan_text
from xiaowei.said import Said

Spread: TypeAlias = tuple[Fen, Fen, Fen]
_UNCAPPED: Final = 2**62
_SWAPS: Final = 4
_SIGNS: Final = 2


@dataclass(frozen=True, slots=True)
class Priced:
    """Which columns tell prices.

    Args:
        rate: margin of a year, as a share of what is lent.
        lgd: loss given default, 0..1.
    """

    rate: str
    lgd: str


@dataclass(frozen=True, slots=True)
class Profit:
    """Profit of a year from firms whose outcome is known, each with its 95% interval.

    Args:
        before: by the older rules, in fen.
        after: by the newer.
        change: the newer less the older; what both lend alike has no part in it.
    """

    before: Spread
    after: Spread
    change: Spread

    @property
    def text(self) -> Said:
        """How it changes, for people."""
        was, now = wan_text(self.before[0]), wan_text(self.after[0])
        value, low, high = (wan_text(one) for one in self.change)
        return Said(
            f"年利润由 {was} 万元变为 {now} 万元，变化 {value} 万元"
            f"（95%区间 {low} 至 {high}）",
            f"profit of a year from {was} to {now}万 yuan, "
            f"by {value} ({low} to {high})",
        )

    def as_plain(self) -> dict[str, Any]:
        """Return it as JSON holds it."""
        return {
            "before_fen": list(self.before),
            "after_fen": list(self.after),
            "change_fen": list(self.change),
        }


Profits: TypeAlias = Sequence[Profit]


def profits_of(
    table: Any,  # noqa: ANN401 - PyArrow ships no types
    past: Past,
    rulings: tuple[Any, Any],
    priced: Priced,
    groups: Mapping[str, tuple[Ints, int]],
) -> dict[str, Profits]:
    """Return the profit of each group of firms, by name of the grouping.

    Args:
        table: Shape: past applications with the columns of prices.
        past: their outcomes and amounts.
        rulings: what the older and the newer rules say of them, as `decide_all` does.
        priced: which columns tell prices.
        groups: name to the group of each firm, 0 on, and how many groups there are.

    Raises:
        ToldError: amounts or outcomes are not told, or a price is no number; every
            fault is named.
    """
    rate, lgd = _prices(table, past, priced)
    lent = [_Lent.of(past, ruling, rate) for ruling in rulings]
    swap = 2 * lent[0].approved + lent[1].approved
    gains, stakes = [one.gain for one in lent], [one.stake(lgd) for one in lent]
    asked = (
        (gains[0], stakes[0]),
        (gains[1], stakes[1]),
        (gains[1] - gains[0], stakes[1] - stakes[0]),
    )
    found: dict[str, Profits] = {}
    for name, (codes, count) in groups.items():
        at = codes * _SWAPS + swap
        spreads = [_sums(at, count, *one, past=past) for one in asked]
        found[name] = [Profit(*(spread[n] for spread in spreads)) for n in range(count)]
    return found


@dataclass(frozen=True, slots=True)
class _Lent:
    """What one version lends to whom.

    Args:
        approved: 1 for those approved, else 0.
        amounts: lent to each, in fen; 0 where nothing is.
        rates: of each.
    """

    approved: Ints
    amounts: Floats
    rates: Floats

    @classmethod
    def of(cls, past: Past, ruling: Any, rate: Floats) -> "_Lent":  # noqa: ANN401
        approved = pc.equal(ruling["outcome"].cast(pa.string()), "approve").to_numpy()
        caps = pc.fill_null(ruling["cap_fen"], _UNCAPPED).to_numpy()
        amounts = np.minimum(np.asarray(past.amounts), caps) * approved
        added = ruling["rate_add"].cast(pa.float64()).to_numpy()
        return cls(approved.astype(np.int64), amounts.astype(np.float64), rate + added)

    @property
    def gain(self) -> Floats:
        """What each earns if it repays, in fen."""
        return self.amounts * self.rates

    def stake(self, lgd: Floats) -> Floats:
        """Return what turning bad costs of each, the lost earnings with it, in fen."""
        return self.amounts * (self.rates + lgd)


def _sums(
    at: Ints, count: int, gain: Floats, stake: Floats, *, past: Past
) -> list[Spread]:
    """Return gains less the stakes of those who turned bad, per group.

    Bad rates differ between those whom both versions approve, the newer alone and the
    older alone, and stakes may rise for some and fall for others: each is a sample of
    its own, whose share of bad stakes has its own interval.

    Args:
        at: the group of each firm, and in it which versions approve it.
        count: how many groups there are.
        gain: of each firm if it repays, in fen.
        stake: likewise, what turning bad takes away, of either sign.
        past: outcomes.
    """
    known, size = past.known, count * _SWAPS * _SIGNS
    place = (at * _SIGNS + (stake < 0))[known]
    gained, staked, bad = gain[known], np.abs(stake[known]), past.bad[known]

    def added(values: Floats) -> Floats:
        sums = np.bincount(place, weights=values, minlength=size)
        return np.asarray(sums, dtype=np.float64).reshape(count, -1)

    sums = added(staked)
    shares = weighted_shares(added(staked * bad), sums, added(staked**2))
    signs = np.tile([-1.0, 1.0], _SWAPS)
    value, low, high = combined(sums * signs, *shares)
    total = added(gained).sum(axis=1)
    ends = np.stack([total + value, total + low, total + high], axis=1)
    return [(round(one), round(down), round(up)) for one, down, up in ends.tolist()]


def _prices(table: Any, past: Past, priced: Priced) -> tuple[Floats, Floats]:  # noqa: ANN401
    faults = []
    if past.amounts is None:
        faults.append("profit needs the column of amounts")
    if not past.known.any():
        faults.append("profit needs outcomes, and none is known")
    found = [_price(table, name, faults) for name in (priced.rate, priced.lgd)]
    if not faults and ((found[1] < 0) | (found[1] > 1)).any():
        faults.append(f"'{priced.lgd}' holds losses outside 0 to 1")
    if not faults and (found[0] < -found[1]).any():
        faults.append(f"'{priced.rate}' holds rates below what is lost by a default")
    if faults:
        raise ToldError(faults)
    return found[0], found[1]


def _price(table: Any, name: str, faults: list[str]) -> Floats:  # noqa: ANN401
    if name not in table.column_names:
        faults.append(f"there is no column '{name}'")
        return np.zeros(0)
    column = table[name]
    numeric: Bools = pa.types.is_floating(column.type) or pa.types.is_integer(
        column.type
    )
    if not numeric or column.null_count:
        faults.append(f"'{name}' is {column.type} with {column.null_count} missing")
        return np.zeros(0)
    values = np.asarray(column.cast(pa.float64()).to_numpy())
    if not np.isfinite(values).all():
        faults.append(f"'{name}' holds what is no finite number")
    return values
