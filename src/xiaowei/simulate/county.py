"""A small county with known truth: simulate it, and write what its sources deliver."""

from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import numpy as np

from xiaowei.errors import ConflictError, InputError
from xiaowei.simulate.deliver import source_sheets
from xiaowei.simulate.dirt import soil
from xiaowei.simulate.history import County, told
from xiaowei.simulate.sheets import write_sheet
from xiaowei.simulate.truth import truth_sheets
from xiaowei.simulate.world import Plan, begin

FEWEST_FIRMS: Final = 20
FEWEST_MONTHS: Final = 12


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
            expected=f"{FEWEST_FIRMS} firms and {FEWEST_MONTHS} months or more that "
            "end on the last day of a month, and a fraud share from 0 to 1",
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


def simulate_county(
    *, seed: int, firms: int, months: int, until: date, fraud_share: float
) -> County:
    """Simulate a county in memory; the same arguments give the same county.

    Args:
        seed: of all chance.
        firms: how many firms, 20 or more.
        months: how many months, 12 or more.
        until: the county's last day, the last of a month.
        fraud_share: of the firms that deceive, 0..1.

    Raises:
        PlanError: no county can be simulated as asked.
        UnknownYearError: the calendar does not reach so far.
    """
    faults = [
        fault
        for wrong, fault in (
            (firms < FEWEST_FIRMS, f"{firms} firms are too few"),
            (months < FEWEST_MONTHS, f"{months} months are too few"),
            ((until + timedelta(days=1)).day != 1, f"{until} does not end a month"),
            (not 0 <= fraud_share <= 1, f"{fraud_share} is no share"),
        )
        if wrong
    ]
    if faults:
        raise PlanError(faults)
    end = until + timedelta(days=1)
    start = np.datetime64(end, "M") - months
    plan = Plan(firms, start.astype("datetime64[D]").item(), end, fraud_share)
    of_world, of_history = np.random.Generator(np.random.PCG64(seed)).spawn(2)
    return told(begin(plan, rng=of_world), rng=of_history)


def write_county(
    folder: Path,
    *,
    seed: int,
    firms: int = 300,
    months: int = 36,
    until: date = date(2025, 6, 30),
    fraud_share: float = 0.06,
) -> CountyFiles:
    """Simulate a county and write its sources and, apart from them, its truth.

    Everything is written beside the folder first and then renamed, so that no half of
    a county ever stands there.

    Args:
        folder: where to write; must not exist.
        seed: of all chance; the same seed gives the same bytes.
        firms: how many firms, 20 or more.
        months: how many months, 12 or more.
        until: the county's last day, the last of a month.
        fraud_share: of the firms that deceive, 0..1.

    Raises:
        FolderTakenError: the folder exists.
        PlanError: no county can be simulated as asked.
    """
    if folder.exists():
        raise FolderTakenError(folder)
    county = simulate_county(
        seed=seed, firms=firms, months=months, until=until, fraud_share=fraud_share
    )
    of_numbers, of_dirt = np.random.Generator(np.random.PCG64([seed, 1])).spawn(2)
    sheets = source_sheets(county, rng=of_numbers)
    truth = truth_sheets(county, dirt=soil(sheets, rng=of_dirt))
    folder.parent.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(prefix=f".{folder.name}-", dir=folder.parent) as place:
        whole = Path(place) / "county"
        for part, files in (("sources", sheets), ("truth", truth)):
            (whole / part).mkdir(parents=True)
            for sheet in files:
                write_sheet(sheet, folder=whole / part)
        _put(whole, folder)
    return CountyFiles(
        sources=folder / "sources",
        truth=folder / "truth",
        last_day=until,
        rows={sheet.file: len(sheet.rows) for sheet in sheets},
    )


def _put(written: Path, folder: Path) -> None:
    try:
        written.rename(folder)
    except OSError as error:
        if folder.exists():
            raise FolderTakenError(folder) from error
        raise
