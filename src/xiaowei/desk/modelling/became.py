"""The lake in; what became of firms within some months of a day, as far as is known."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

import ibis.expr.types as ir
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from xiaowei.desk.knowledge import known_facts
from xiaowei.facts.lake import Lake
from xiaowei.risk.cases import plus_months
from xiaowei.risk.outcomes import defaults, watched

Fate = Literal["defaulted", "sound", "unknown", "gone"]
"""Defaulted within the window; looked at within it and did not; nobody knows, as the
window is not over or no credit was looked at; had defaulted before."""

_WHOSE = "enterprise_id"


@dataclass(frozen=True, slots=True)
class Became:
    """First defaults by firm, and the days on which credit was looked at.

    Args:
        today: by which all of it was known.
        first: enterprise to the day of its first default.
        seen: `enterprise_id` and `day`, one row per look.
    """

    today: date
    first: Mapping[str, date]
    seen: pa.Table

    def of(self, firms: Iterable[str], day: date, *, months: int) -> list[Fate]:
        """Return what became of firms, in their order.

        Args:
            firms: which.
            day: from which on.
            months: how long a default counts, 1 or more.
        """
        until = later(day, months)
        ripe = until <= self.today
        within = (pc.field("day") > day) & (pc.field("day") <= until)
        known = set(self.seen.filter(within)[_WHOSE].to_pylist())
        return [self._fate(firm, day, until, known if ripe else None) for firm in firms]

    def between(self, day: date, until: date) -> int:
        """Return how many first defaulted after a day, until another."""
        return sum(day < first <= until for first in self.first.values())

    def looked_by(self, day: date) -> bool:
        """Test whether anybody's credit had been looked at by a day.

        Where not, a first default that is found later may be older than the day.
        """
        return bool(self.seen.filter(pc.field("day") <= day).num_rows)

    def _fate(self, firm: str, day: date, until: date, known: set[str] | None) -> Fate:
        first = self.first.get(firm)
        if first is not None and first <= day:
            return "gone"
        if known is None:
            return "unknown"
        if first is not None and first <= until:
            return "defaulted"
        return "sound" if firm in known else "unknown"


def became(lake: Lake, facts: Mapping[str, ir.Table], *, today: date) -> Became:
    """Return what is known by a day of how firms fared.

    Args:
        lake: where the facts are.
        facts: a family's name to its facts.
        today: the day.
    """
    mine = known_facts(facts, as_of=today)
    first = lake.engine.to_pyarrow(defaults(mine, as_of=today))
    days = zip(first[_WHOSE].to_pylist(), first["day"].to_pylist(), strict=True)
    seen = lake.engine.to_pyarrow(watched(mine, as_of=today))
    return Became(today, dict(days), seen)


def later(day: date, months: int) -> date:
    """Return the same day some months later, below 0 earlier, or the last of the month.

    >>> later(date(2024, 2, 29), -12)
    datetime.date(2023, 2, 28)
    """
    moved: date = plus_months(np.array([day], "datetime64[D]"), months)[0].item()
    return moved
