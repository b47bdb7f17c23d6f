"""One workspace: its lake, its records, its policy overlay, and where reports lie."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from xiaowei.desk.disk import settle
from xiaowei.desk.engines import engine
from xiaowei.desk.settings import settings_of
from xiaowei.desk.spilling import spilling
from xiaowei.errors import InputError
from xiaowei.facts.lake import SPILL, Lake
from xiaowei.policy.book import Book, load_book
from xiaowei.policy.strategy.reading import load_strategies
from xiaowei.policy.strategy.strategy import Strategies
from xiaowei.policy.trades.profile import Profiles
from xiaowei.policy.trades.reading import load_profiles
from xiaowei.records import applications, rule_sets
from xiaowei.records.access import reads, users
from xiaowei.records.journal import Journal
from xiaowei.records.opening import open_journal
from xiaowei.records.store import url_of
from xiaowei.records.views import View
from xiaowei.records.webhooks import deliveries

THREADS: Final = 2
MEMORY: Final = "1500MiB"
INTAKE_MEMORY: Final = "400MiB"
"""What the engine may hold while files are taken in; the rest goes to the disk."""
OVERLAY: Final = "policy.yaml"
STRATEGIES: Final = "strategy.yaml"
PROFILES: Final = "profiles.yaml"
ACCESS: Final = "access.yaml"
OVERLAYS: Final = (OVERLAY, STRATEGIES, PROFILES, ACCESS)
"""What a bank lays over the shipped policy, in its home."""
LAKE: Final = "lake"
RECORDS: Final = "records.sqlite"
"""Where a home keeps its records unless its settings say otherwise."""
VIEWS: Final[tuple[View, ...]] = (
    applications.VIEW,
    users.VIEW,
    reads.VIEW,
    rule_sets.VIEW,
    deliveries.VIEW,
)
"""The read models that follow the journal of every home."""


class HomeError(InputError):
    """A home cannot be used."""

    def __init__(self, root: Path, why: str) -> None:
        """Name the home."""
        super().__init__(
            f"home '{root}' cannot be used: {why}",
            expected="a folder that may be written to, or a path where one can be made",
            remedy="Give another one with --home",
        )


@dataclass(frozen=True, slots=True)
class Home:
    """What one workspace holds.

    Args:
        root: its folder.
        lake: its facts.
        book: the bank's numbers: those shipped, and over them `policy.yaml` of the
            home where there is one.
        journal: its records.
    """

    root: Path
    lake: Lake
    book: Book
    journal: Journal

    @property
    def strategies(self) -> Strategies:
        """How the bank lends to each tier: as shipped, and over it `strategy.yaml`.

        Raises:
            StrategiesError: the bank's file has faults.
        """
        return load_strategies(own_file(self.root, STRATEGIES))

    @property
    def profiles(self) -> Profiles:
        """What each trade is judged on: as shipped, and over it `profiles.yaml`.

        Raises:
            ProfilesError: the bank's file has faults.
        """
        return load_profiles(own_file(self.root, PROFILES))

    @property
    def report(self) -> Path:
        """Where the last report lies as one HTML file."""
        return self.root / "report.html"

    @property
    def workbook(self) -> Path:
        """Where the last report lies as a workbook."""
        return self.root / "report.xlsx"


@contextmanager
def open_home(root: Path) -> Iterator[Home]:
    """Open a workspace; it is made where there is none.

    Args:
        root: its folder.

    Raises:
        HomeError: the folder cannot be made or written to.
        PolicyFileError: its policy overlay has faults.
        SettingsError: its settings have.
        StoreUnreachableError: its records do not answer.
        NewerRecordsError: a later version of xiaowei wrote them.
    """
    book = book_of(root)
    try:
        root.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise HomeError(root, error.strerror or str(error)) from error
    with (
        open_journal(records_url(root), views=VIEWS) as journal,
        spilling(root) as spill,
        engine(threads=THREADS, memory=MEMORY, spill=spill) as opened,
    ):
        lake = Lake(root / LAKE, engine=opened, settle=settle)
        yield Home(root, lake, book, journal)


def book_of(root: Path) -> Book:
    """Return the bank's numbers as they stand now: as shipped, and over them its own.

    Raises:
        PolicyFileError: the overlay has faults.
    """
    return load_book(own_file(root, OVERLAY))


def own_file(root: Path, name: str) -> Path | None:
    """Return the bank's own file of that name; null where it has none."""
    own = root / name
    return own if own.exists() else None


def records_url(root: Path) -> str:
    """Return where the records of a home stand: as its settings say, else in it."""
    return settings_of(root).records or url_of(root / RECORDS)


@contextmanager
def for_intake(lake: Lake) -> Iterator[Lake]:
    """Open a lake by an engine of small memory that puts the rest on the disk.

    A lake is held by one intake at a time, which is rid of what an earlier one left, so
    each intake has such an engine of its own.

    Args:
        lake: where files are to be added.

    Yields:
        the same lake, to be used by one intake.
    """
    with engine(
        threads=THREADS,
        memory=INTAKE_MEMORY,
        spill=lake.root / SPILL,
        preserve_insertion_order=False,
    ) as opened:
        yield lake.through(opened)
