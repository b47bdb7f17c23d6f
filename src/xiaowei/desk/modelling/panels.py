"""The lake in; a table to learn from out: portraits of many days with what became."""

import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Final

import ibis.expr.types as ir
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from xiaowei.desk.home import Home
from xiaowei.desk.knowledge import facts_held, known_facts
from xiaowei.desk.modelling.became import Became, Fate, became
from xiaowei.desk.modelling.groups import groups_of
from xiaowei.desk.portraying.daily import Portraits
from xiaowei.errors import InputError
from xiaowei.facts.lake import Lake
from xiaowei.portraits.profile import profiles
from xiaowei.risk.sample import Ints

Told = Callable[[int, int], None]
"""Is told how many days are written, of how many."""

OUTCOME: Final = "defaulted"
DECIDED: Final = "as_of"
GROUP: Final = "group"
WHOSE: Final = "enterprise_id"
_OUTCOMES: Final[Mapping[Fate, int]] = {"defaulted": 1, "sound": 0}
_INDUSTRY: Final = "industry"
_REGION: Final = "region"


class PanelError(InputError):
    """A panel cannot be made as asked."""

    def __init__(self, why: str) -> None:
        """Say why."""
        super().__init__(
            f"no panel can be made: {why}",
            expected="a first and a last day in this order, by both of which facts "
            "were known, and a name in .parquet",
            remedy="Name other days or another file",
        )


@dataclass(frozen=True, slots=True)
class Panel:
    """A table that was written.

    Args:
        path: the file.
        days: of the portraits.
        cases: rows.
        bads: of them that defaulted within the window.
        unknown: of them whose outcome is not known: no credit was looked at, or the
            window is not over.
        gone: firms left out as they had defaulted by the day.
    """

    path: Path
    days: tuple[date, ...]
    cases: int
    bads: int
    unknown: int
    gone: int


def days_between(first: date, last: date, *, months: int) -> tuple[date, ...]:
    """Return month ends from one day to another, so many months apart.

    Args:
        first: the month end at or after it is the first.
        last: none is later.
        months: 1 or more.

    Raises:
        PanelError: there is none.

    >>> days_between(date(2024, 1, 31), date(2024, 7, 30), months=3)
    (datetime.date(2024, 1, 31), datetime.date(2024, 4, 30))
    """
    month = first.year * 12 + first.month - 1
    found = []
    while (day := _month_end(month)) <= last:
        found.append(day)
        month += months
    if not found:
        raise PanelError(f"no month ends between {first} and {last}")
    return tuple(found)


def write_panel(
    home: Home,
    path: Path,
    *,
    days: Sequence[date],
    today: date,
    window_months: int = 12,
    told: Told = lambda _done, _of: None,
) -> Panel:
    """Write portraits of many days with whether the firm defaulted within the window.

    One day after another is worked out and written, so that memory holds one day's
    portraits. The file stands only when it is whole.

    Each row has `enterprise_id`, `as_of`, `group` (firms that have an owner in common
    have one), `industry`, `region`, the traits of the portrait, and `defaulted`: 1, 0,
    or null where it is not known: the window is not over today, or no credit of the
    firm was looked at within it. Firms that had defaulted before are left out.

    Args:
        home: whose lake.
        path: of Parquet, replaced where it stands.
        days: of the portraits, rising.
        today: outcomes are those known by it.
        window_months: how long a default counts, 1 or more.
        told: is told after each day.

    Raises:
        PanelError: nothing can be written.
    """
    if path.suffix.lower() != ".parquet":
        raise PanelError(f"'{path.name}' is not named as Parquet")
    facts = facts_held(home.lake)
    if not facts:
        raise PanelError("no fact is held")
    found = became(home.lake, facts, today=today)
    fresh = path.with_name(f".{path.name}.new")
    tally = np.zeros(4, dtype=np.int64)
    with _scratch(fresh, path.with_name(f".{path.name}.portraits")) as scratch:
        kept = Portraits(scratch, lake=home.lake)
        with _Writer(fresh) as writer:
            for done, day in enumerate(days, start=1):
                table = _day(home.lake, kept, facts, day)
                rows, gone = _beside(table, found, day, months=window_months)
                writer.add(rows)
                tally += _tally(rows, gone)
                told(done, len(days))
        if not tally[0]:
            raise PanelError("nothing was known by any of the days")
        fresh.replace(path)
    cases, bads, unknown, left_out = tally.tolist()
    return Panel(path, tuple(days), cases, bads, unknown, left_out)


@contextmanager
def _scratch(fresh: Path, folder: Path) -> Iterator[Path]:
    """Remove what is half made, however it ends."""
    try:
        yield folder
    finally:
        fresh.unlink(missing_ok=True)
        shutil.rmtree(folder, ignore_errors=True)


class _Writer:
    """Parquet, a group of rows per day; columns are those of the first."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._open: pq.ParquetWriter | None = None

    def __enter__(self) -> "_Writer":
        return self

    def __exit__(self, *_: object) -> None:
        if self._open is not None:
            self._open.close()

    def add(self, rows: pa.Table) -> None:
        self._open = self._open or pq.ParquetWriter(self._path, rows.schema)
        self._open.write_table(rows.cast(self._open.schema))


def _tally(rows: pa.Table, gone: int) -> Ints:
    """Return cases, bads, unknown outcomes and firms left out."""
    outcome = rows[OUTCOME]
    bads = pc.sum(outcome).as_py() or 0
    return np.array([rows.num_rows, bads, outcome.null_count, gone], dtype=np.int64)


def _beside(
    table: pa.Table, found: Became, day: date, *, months: int
) -> tuple[pa.Table, int]:
    """Return the firms not gone by a day with what became of them, and how many went.

    >>> seen = pa.table({"enterprise_id": ["B"], "day": [date(2024, 5, 1)]})
    >>> found = Became(date(2025, 1, 1), {"A": date(2023, 1, 1)}, seen)
    >>> rows = pa.table({"enterprise_id": ["A", "B", "C"]})
    >>> kept, gone = _beside(rows, found, date(2023, 12, 31), months=12)
    >>> kept["defaulted"].to_pylist(), gone
    ([0, None], 1)
    """
    fates = found.of(table[WHOSE].to_pylist(), day, months=months)
    outcome = pa.array([_OUTCOMES.get(fate) for fate in fates], pa.int8())
    here = pa.array([fate != "gone" for fate in fates], pa.bool_())
    kept = table.append_column(OUTCOME, outcome).filter(here)
    return kept, len(fates) - kept.num_rows


def _day(
    lake: Lake, kept: Portraits, facts: Mapping[str, ir.Table], day: date
) -> pa.Table:
    """Return everybody's portrait with who they are, in the order of their codes."""
    kept.renew(as_of=day)
    rows = lake.engine.to_pyarrow(kept.table().order_by(WHOSE))
    known = known_facts(facts, as_of=day)
    firms = rows[WHOSE].to_pylist()
    who = _who(lake, known)
    group = groups_of(known, firms, engine=lake.engine)
    traits = [name for name in rows.column_names if name != WHOSE]
    return pa.table(
        {
            WHOSE: pa.array(firms, pa.string()),
            DECIDED: pa.array([day] * len(firms), pa.date32()),
            GROUP: pa.array(group, pa.string()),
            **{
                name: pa.array([who.get(f, {}).get(name) for f in firms], pa.string())
                for name in (_INDUSTRY, _REGION)
            },
            **{name: rows[name] for name in traits},
        }
    )


def _who(lake: Lake, known: Mapping[str, ir.Table]) -> dict[str, dict[str, str | None]]:
    if "enterprises" not in known:
        return {}
    rows = lake.engine.to_pyarrow(profiles(known["enterprises"])).to_pylist()
    return {row[WHOSE]: row for row in rows}


def _month_end(month: int) -> date:
    later = month + 1
    return date(later // 12, later % 12 + 1, 1) - timedelta(days=1)
