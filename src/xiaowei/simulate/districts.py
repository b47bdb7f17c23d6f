"""One district after another, each from its own chance, each with files of its own."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

import numpy as np
import pyarrow as pa

from xiaowei.simulate.books import source_books
from xiaowei.simulate.deliver import deliver_parquet, deliver_texts
from xiaowei.simulate.firms import draw_firms
from xiaowei.simulate.history import County, told
from xiaowei.simulate.places import Place
from xiaowei.simulate.seasons import days_between
from xiaowei.simulate.sheets import Sheet, lines_of, write_csv, write_parquet
from xiaowei.simulate.truth import truth_tables
from xiaowei.simulate.world import Plan, begin

Form = Literal["csv", "parquet"]

DISTRICT: Final = 1_000
"""Firms that live together; what one district needs of memory is all that is needed."""

_NEIGHBOURS: Final = 60
"""Firms of the next district that may be partners; their codes are real ones."""


@dataclass(frozen=True, slots=True)
class District:
    """One district to be simulated and written.

    Args:
        plan: what it is asked to be.
        districts: how many the county has.
        form: of the files of the sources.
        daily: share of meters that are read every day.
    """

    plan: Plan
    districts: int
    form: Form
    daily: float

    @property
    def part(self) -> str:
        """Return what ends the names of its files, empty where it is the only one."""
        return f"-{self.plan.place.number:04d}" if self.districts > 1 else ""


def sizes_of(firms: int) -> list[int]:
    """Share the firms of a county out to its districts.

    >>> sizes_of(300), sizes_of(2_500)
    ([300], [834, 833, 833])
    """
    count = max(-(-firms // DISTRICT), 1)
    return [firms // count + (number < firms % count) for number in range(count)]


def lived(plan: Plan) -> County:
    """Let one district live.

    Args:
        plan: what it is asked to be.
    """
    return told(begin(plan, rng=_chance(plan, 0)), rng=_chance(plan, 1))


def write_district(district: District, *, folder: Path) -> dict[str, int]:
    """Simulate a district and write its files.

    Args:
        district: which, and how.
        folder: has the folders `sources` and `truth`.

    Returns:
        Rows of each file of the sources.
    """
    county = lived(district.plan)
    books = source_books(county, daily=district.daily)
    sources, truth = folder / "sources", folder / "truth"
    tables = truth_tables(county)
    if district.form == "parquet":
        rows = deliver_parquet(books, folder=sources, part=district.part)
        for name, table in tables.items():
            path = truth / f"{name}{district.part}.parquet"
            write_parquet(table, heads=table.column_names, path=path)
        return rows
    rows, dirt = deliver_texts(books, folder=sources, rng=_chance(district.plan, 5))
    names = ("file", "line", "kind", "outcome")
    tables["dirty"] = pa.table(
        {name: [getattr(one, name) for one in dirt] for name in names}
    )
    for name, table in tables.items():
        sheet = Sheet(f"{name}.csv", table.column_names, lines_of(table))
        write_csv(sheet, folder=truth)
    return rows


def neighbours_of(plan: Plan, *, sizes: list[int], number: int) -> tuple[str, ...]:
    """Return the codes of some firms of the next district.

    Args:
        plan: of the county; its place is that of the first district.
        sizes: firms of each district.
        number: of the district whose neighbours are asked for.
    """
    if len(sizes) == 1:
        return ()
    other = (number + 1) % len(sizes)
    place = Place(other, sum(sizes[:other]), plan.seed)
    days = days_between(plan.start, plan.end)
    # The same stream as in `begin`, so that the codes are those of real firms there.
    of_firms = np.random.Generator(np.random.PCG64([plan.seed, other, 0])).spawn(1)[0]
    firms = draw_firms(sizes[other], days=days, first_day=0, place=place, rng=of_firms)
    return tuple(firms.codes[:_NEIGHBOURS])


def _chance(plan: Plan, use: int) -> np.random.Generator:
    words = [plan.seed, plan.place.number, use]
    return np.random.Generator(np.random.PCG64(words))
