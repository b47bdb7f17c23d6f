"""Files in; what became of each, and of those that could not be used at all."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

from xiaowei.desk.home import for_intake
from xiaowei.desk.sandbox import stage_safely
from xiaowei.errors import InputError, NotFoundError
from xiaowei.facts.folder import deliveries_of_folder
from xiaowei.facts.intake import Delivery, Receipt, take_in
from xiaowei.facts.lake import Lake
from xiaowei.facts.progress import Tell, silent
from xiaowei.facts.public import cumcm2020c

PUBLIC: Final = ("cumcm2020c",)


class UnknownSetError(NotFoundError):
    """There is no reader for a public data set of that name."""

    def __init__(self, name: str) -> None:
        """Name the sets that can be read."""
        super().__init__(
            f"no reader for the public set '{name}'",
            expected="one of " + ", ".join(PUBLIC),
            remedy="Write e.g. --public cumcm2020c=FOLDER",
        )


class NothingTakenError(InputError):
    """Not one file could be used."""

    def __init__(self, unusable: Sequence["Unusable"]) -> None:
        """Give each file's reason."""
        reasons = "; ".join(f"{one.file}: {one.reason}" for one in unusable)
        super().__init__(
            f"none of {len(unusable)} file(s) could be used ({reasons})",
            expected="at least one file of a known source",
            remedy="Mend the first one and hand it in again",
        )


@dataclass(frozen=True, slots=True)
class Unusable:
    """A file that could not be used as a whole, and why."""

    file: str
    reason: str


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of files.

    Args:
        receipts: one per file that was taken, in the order handed in.
        unusable: the others.
    """

    receipts: tuple[Receipt, ...]
    unusable: tuple[Unusable, ...]


def named_set(stated: str) -> tuple[str, Path]:
    """Return name and folder of a public set stated as NAME=FOLDER.

    Raises:
        UnknownSetError: no reader has that name.
    """
    name, _, folder = stated.partition("=")
    if name not in PUBLIC or not folder:
        raise UnknownSetError(name)
    return name, Path(folder)


def public_deliveries(folder: Path) -> list[Delivery]:
    """Return the files of the public set CUMCM 2020-C."""
    return cumcm2020c.deliveries(folder)


def take_folder(
    folder: Path, *, lake: Lake, received_on: date, progress: Tell = silent
) -> Taken:
    """Take all files of a folder whose names state a source.

    Args:
        folder: where they lie.
        lake: where their facts go.
        received_on: the day taken as known where their rows state none.
        progress: as in `take_all`.

    Raises:
        NoFolderError, EmptyFolderError: there is nothing to take.
        NothingTakenError: not one file could be used.
    """
    deliveries, strangers = deliveries_of_folder(folder, received_on=received_on)
    taken = take_all(deliveries, lake=lake, progress=progress)
    named = tuple(_unusable(error) for error in strangers)
    return Taken(taken.receipts, (*taken.unusable, *named))


def take_all(
    deliveries: Iterable[Delivery], *, lake: Lake, progress: Tell = silent
) -> Taken:
    """Take files one after another; one that cannot be used does not stop the rest.

    Broken off at any point and begun again, it goes on with the files not yet held.

    Args:
        deliveries: the files.
        lake: where their facts go.
        progress: is told how far each file has come; what it raises stops the intake.

    Raises:
        NothingTakenError: not one could be used.
        BusyLakeError: somebody else is adding files.
    """
    receipts: list[Receipt] = []
    unusable: list[Unusable] = []
    families: list[str] = []
    for delivery in deliveries:
        try:
            with for_intake(lake) as held:
                receipt = take_in(
                    delivery, lake=held, staged=stage_safely, tell=progress
                )
        except InputError as error:
            unusable.append(Unusable(delivery.path.name, str(error)))
        else:
            receipts.append(receipt)
            families.append(delivery.source.family)
    if not receipts:
        raise NothingTakenError(unusable)
    with for_intake(lake) as held:
        held.compact(families)
    return Taken(tuple(receipts), tuple(unusable))


def _unusable(error: InputError) -> Unusable:
    return Unusable(error.what.split("'")[1], str(error))
