"""A county with known truth: simulate it, and write what its sources deliver."""

from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final, TypeAlias

import numpy as np

from xiaowei.errors import ConflictError, InputError
from xiaowei.simulate.deliver import deliver_parquet, deliver_texts
from xiaowei.simulate.districts import (
    District,
    Form,
    lived,
    neighbours_of,
    sizes_of,
    write_district,
)
from xiaowei.simulate.history import County
from xiaowei.simulate.lending import Terms
from xiaowei.simulate.places import Place
from xiaowei.simulate.surroundings import surrounding_books
from xiaowei.simulate.world import WARM_UP_MONTHS, Plan, climate_of, days_of

FEWEST_FIRMS: Final = 20
FEWEST_MONTHS: Final = 12
MOST_FIRMS: Final = 400_000
DAILY_OF_MANY: Final = 0.1
"""Share of meters read daily in larger counties."""

Told: TypeAlias = Callable[[int, int], None]
"""Is told how many districts are written, of how many."""


@dataclass(frozen=True, slots=True)
class CountyFiles:
    """Where a county was written.

    Args:
        sources: folder of what the sources deliver.
        truth: folder of what is true.
        last_day: last day of the county's life.
        rows: rows below the heading in each file of the sources.
    """

    sources: Path
    truth: Path
    last_day: date
    rows: dict[str, int]


class PlanError(InputError):
    """No county can be simulated as asked."""

    def __init__(self, faults: list[str]) -> None:
        """Gather all that is wrong with the request."""
        super().__init__(
            "no county can be simulated: " + "; ".join(faults),
            expected=f"{FEWEST_FIRMS} to {MOST_FIRMS:,} firms, {FEWEST_MONTHS} months "
            "or more, shares from 0 to 1, CSV for one district only",
            remedy="Change the numbers and simulate again",
        )


class FolderTakenError(ConflictError):
    """The folder for a county exists already."""

    def __init__(self, folder: Path) -> None:
        """Name the folder."""
        super().__init__(
            f"'{folder}' exists already",
            expected="a folder that does not exist yet",
            remedy="Name another folder or move this one away",
        )


@dataclass(frozen=True, slots=True)
class Knobs:
    """What may be turned to ask how a method fares in another world.

    Args:
        terms: what a loan does to its borrower.
        training_effect: what a first course adds to yearly log growth; 0 for none.
    """

    terms: Terms = field(default_factory=Terms)
    training_effect: float = 0.0


def simulate_county(
    *,
    seed: int,
    firms: int,
    months: int,
    until: date,
    fraud_share: float,
    knobs: Knobs | None = None,
) -> County:
    """Simulate one district in memory; the same arguments give the same county.

    Args:
        seed: of all chance.
        firms: how many firms, 20 or more.
        months: how many months, 12 or more; the last may be cut short.
        until: the county's last day.
        fraud_share: of the firms that deceive, 0..1.
        knobs: what else may be turned.

    Raises:
        PlanError: no county can be simulated as asked.
        UnknownYearError: the calendar does not reach so far.
    """
    plan = _plan(seed, firms, months, until, fraud_share)
    return lived(_turned(plan, knobs))


def write_county(  # noqa: PLR0913 - the one door to the county
    folder: Path,
    *,
    seed: int,
    firms: int = 300,
    months: int = 36,
    until: date = date(2025, 6, 30),
    fraud_share: float = 0.06,
    form: Form | None = None,
    daily_meters: float | None = None,
    processes: int = 2,
    knobs: Knobs | None = None,
    progress: Told | None = None,
) -> CountyFiles:
    """Simulate a county and write its sources and, apart from them, its truth.

    A large county is made of districts of about a thousand firms, written one after
    another, so that memory does not grow with it. Everything is written beside the
    folder first and then renamed, so that no half of a county ever stands there.

    Args:
        folder: where to write; must not exist.
        seed: of all chance; the same seed gives the same bytes, whatever the number of
            processes.
        firms: how many firms, 20 or more.
        months: how many months, 12 or more; the last may be cut short.
        until: the county's last day.
        fraud_share: of the firms that deceive, 0..1.
        form: of the files of the sources; by default CSV and workbooks for a county of
            one district, Parquet for more.
        daily_meters: share of meters read daily, 0..1; the others are read by month.
            By default all in a county of one district, else a tenth.
        processes: how many districts are simulated at a time.
        knobs: what else may be turned.
        progress: is told after each district.

    Raises:
        FolderTakenError: the folder exists.
        PlanError: no county can be simulated as asked.
        UnknownYearError: the calendar does not reach so far.
    """
    if folder.exists():
        raise FolderTakenError(folder)
    plan = _turned(_plan(seed, firms, months, until, fraud_share), knobs)
    sizes = sizes_of(firms)
    many = len(sizes) > 1
    chosen: Form = form or ("parquet" if many else "csv")
    daily = daily_meters if daily_meters is not None else _daily(many=many)
    if many and chosen == "csv":
        raise PlanError([f"{firms} firms are too many for CSV"])
    folder.parent.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(prefix=f".{folder.name}-", dir=folder.parent) as place:
        whole = Path(place) / "county"
        for part in ("sources", "truth"):
            (whole / part).mkdir(parents=True)
        rows: dict[str, int] = {}
        jobs = _districts(plan, sizes, form=chosen, daily=daily)
        written = _written(jobs, whole, processes=processes if many else 1)
        for done, files in enumerate(written, start=1):
            rows |= files
            if progress is not None:
                progress(done, len(sizes))
        rows |= _write_surroundings(plan, whole / "sources", form=chosen)
        _put(whole, folder)
    return CountyFiles(
        sources=folder / "sources",
        truth=folder / "truth",
        last_day=until,
        rows=dict(sorted(rows.items())),
    )


def _daily(*, many: bool) -> float:
    return DAILY_OF_MANY if many else 1.0


def _plan(seed: int, firms: int, months: int, until: date, fraud_share: float) -> Plan:
    faults = [
        fault
        for wrong, fault in (
            (firms < FEWEST_FIRMS, f"{firms} firms are too few"),
            (firms > MOST_FIRMS, f"{firms} firms are too many"),
            (months < FEWEST_MONTHS, f"{months} months are too few"),
            (not 0 <= fraud_share <= 1, f"{fraud_share} is no share"),
        )
        if wrong
    ]
    if faults:
        raise PlanError(faults)
    end = until + timedelta(days=1)
    start = np.datetime64(until, "M") + 1 - months
    return Plan(
        firms=firms,
        start=start.astype("datetime64[D]").item(),
        end=end,
        fraud_share=fraud_share,
        seed=seed,
        place=Place(county_seed=seed),
    )


def _turned(plan: Plan, knobs: Knobs | None) -> Plan:
    turned = knobs or Knobs()
    return replace(plan, terms=turned.terms, training_effect=turned.training_effect)


def _districts(
    plan: Plan, sizes: list[int], *, form: Form, daily: float
) -> Iterator[District]:
    first = 0
    for number, size in enumerate(sizes):
        place = Place(
            number=number,
            first=first,
            county_seed=plan.seed,
            neighbours=neighbours_of(plan, sizes=sizes, number=number),
        )
        first += size
        own = replace(plan, firms=size, place=place)
        yield District(own, len(sizes), form, daily)


def _written(
    jobs: Iterator[District], folder: Path, *, processes: int
) -> Iterator[dict[str, int]]:
    """Write districts, several at a time; each is its own, so order does not matter."""
    if processes == 1:
        for job in jobs:
            yield write_district(job, folder=folder)
        return
    # A fresh interpreter per worker: forking one with running threads may hang.
    with ProcessPoolExecutor(processes, mp_context=get_context("spawn")) as pool:
        asked = [pool.submit(write_district, job, folder=folder) for job in jobs]
        for done in as_completed(asked):
            yield done.result()


def _write_surroundings(plan: Plan, folder: Path, *, form: Form) -> dict[str, int]:
    """Write series and parks, which all districts share, with no dirty row."""
    days = days_of(plan)
    rng = np.random.Generator(np.random.PCG64([plan.seed, 6]))
    books = surrounding_books(
        days,
        climate_of(plan, days),
        first_day=days.month_start(WARM_UP_MONTHS),
        rng=rng,
    )
    if form == "parquet":
        return deliver_parquet(books, folder=folder, part="")
    rows, _ = deliver_texts(books, folder=folder, rng=rng)
    return rows


def _put(written: Path, folder: Path) -> None:
    try:
        written.rename(folder)
    except OSError as error:
        if folder.exists():
            raise FolderTakenError(folder) from error
        raise
