"""A folder in; its files with what each states, and those that state nothing known."""

from datetime import date
from pathlib import Path

from xiaowei.errors import InputError, NotFoundError
from xiaowei.facts.intake import Delivery
from xiaowei.facts.sources import UnknownSourceError, names_of_sources, source_of


class NoFolderError(NotFoundError):
    """A folder is not there."""

    def __init__(self, folder: Path) -> None:
        """Name the folder."""
        super().__init__(
            f"there is no folder '{folder}'",
            expected="a folder with files of the bank's sources",
            remedy="Check the path",
        )


class EmptyFolderError(InputError):
    """No file of a folder is of a known source."""

    def __init__(self, folder: Path, *, strangers: int) -> None:
        """Name the folder and the names its files could have."""
        super().__init__(
            f"folder '{folder}' has no file of a known source, {strangers} of others",
            expected=f"file names that begin with one of {names_of_sources()}",
            remedy="Put the files there, e.g. sales_invoices-2025.csv, or rename them",
        )


def deliveries_of_folder(
    folder: Path, *, received_on: date
) -> tuple[list[Delivery], list[UnknownSourceError]]:
    """Return the files of a folder, each with the source that its name states.

    Folders inside it are not entered, and hidden files are passed over.

    Args:
        folder: where the files lie.
        received_on: the day taken as known where their rows state none.

    Returns:
        deliveries by file name, and an error for each file whose name is that of no
        source; the rest goes on without it.

    Raises:
        NoFolderError: there is no such folder.
        EmptyFolderError: no file in it is of a known source.
    """
    if not folder.is_dir():
        raise NoFolderError(folder)
    deliveries: list[Delivery] = []
    strangers: list[UnknownSourceError] = []
    for path in sorted(folder.iterdir()):
        if path.name.startswith(".") or not path.is_file():
            continue
        try:
            source = source_of(path.name)
        except UnknownSourceError as error:
            strangers.append(error)
        else:
            deliveries.append(Delivery(path, source, received_on))
    if not deliveries:
        raise EmptyFolderError(folder, strangers=len(strangers))
    return deliveries, strangers
