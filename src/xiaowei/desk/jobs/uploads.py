"""A file as it comes in; whole in a folder of its own, or nothing of it."""

import os
import secrets
import shutil
import threading
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from xiaowei.desk.disk import settle
from xiaowei.errors import ConflictError, InputError, NotFoundError
from xiaowei.facts.sources import source_of

UPLOADS: Final = "uploads"
MOST_BYTES: Final = 2 * 1024**3
MOST_FILES: Final = 1_000
"""Uploads that are kept: those taken in are removed by their job."""
MOST_AT_ONCE: Final = 4
_FREE: Final = threading.BoundedSemaphore(MOST_AT_ONCE)
"""Whoever sends slowly holds up other files, and nothing else."""
_LONGEST_NAME: Final = 120
_MOST_NAME_BYTES: Final = 240
"""File systems take 255."""
_SUFFIXES: Final = (".csv", ".xlsx", ".parquet", ".txt")


class UploadNameError(InputError):
    """A file is not called as a file of a source may be."""

    def __init__(self, name: str) -> None:
        """Name it."""
        super().__init__(
            f"an upload cannot be called {name[:_LONGEST_NAME]!r}",
            expected=f"a plain name of at most {_LONGEST_NAME} characters and "
            f"{_MOST_NAME_BYTES} bytes that ends in {', '.join(_SUFFIXES)}",
            remedy="Rename the file, e.g. sales_invoices-2025.csv",
        )


class LargeUploadError(InputError):
    """A file is larger than is taken."""

    def __init__(self, name: str) -> None:
        """Name it and the bound."""
        super().__init__(
            f"'{name}' holds more than {MOST_BYTES:,} bytes",
            expected="a smaller file",
            remedy="Split it, or take its folder in by 'xiaowei take' on the server",
        )


class ManyUploadsError(ConflictError):
    """Too many files wait to be taken in."""

    status = 503

    def __init__(self) -> None:
        """Say how many may."""
        super().__init__(
            f"{MOST_FILES} uploads wait to be taken in already",
            expected="fewer that wait",
            remedy="Send it again when some are taken in",
        )


class CrowdedUploadsError(ConflictError):
    """As many files are being sent as are taken at once."""

    status = 503

    def __init__(self) -> None:
        """Say how many may be."""
        super().__init__(
            f"{MOST_AT_ONCE} files are being sent",
            expected="fewer at once",
            remedy="Send it again; nothing was kept",
        )


class UnknownUploadError(NotFoundError):
    """An upload is not there any more."""

    def __init__(self, number: str) -> None:
        """Name it."""
        super().__init__(
            f"there is no upload '{number}'",
            expected="a file that was sent and not taken in yet",
            remedy="Send the file again",
        )


def keep_upload(root: Path, name: str, chunks: Iterable[bytes]) -> str:
    """Keep a file, and return what it is known by.

    Args:
        root: folder of the home.
        name: as its sender calls it; it states the source.
        chunks: its bytes.

    Raises:
        UploadNameError: it is no plain name, or not that of a table.
        UnknownSourceError: it is not that of a source.
        LargeUploadError: there are too many bytes.
        ManyUploadsError: too many files wait.
        CrowdedUploadsError: too many are being sent.
    """
    _check_name(name)
    source_of(name)
    if not _FREE.acquire(blocking=False):
        raise CrowdedUploadsError
    try:
        return _kept(root, name, chunks)
    finally:
        _FREE.release()


def _kept(root: Path, name: str, chunks: Iterable[bytes]) -> str:
    place = root / UPLOADS
    place.mkdir(mode=0o700, exist_ok=True)
    if sum(1 for _ in place.iterdir()) >= MOST_FILES:
        raise ManyUploadsError
    token = secrets.token_hex(16)
    # A name with a point is no upload yet; it takes its own once it is whole.
    made = place / f".{token}"
    made.mkdir(mode=0o700)
    try:
        _write(made / name, chunks, name=name)
        made.rename(place / token)
        settle(place)
    except BaseException:
        shutil.rmtree(made, ignore_errors=True)
        raise
    return token


def upload_folder(root: Path, token: str) -> Path:
    """Return the folder in which an upload lies alone.

    Raises:
        UnknownUploadError: it is not there.
    """
    folder = root / UPLOADS / token
    if not token.isalnum() or not folder.is_dir():
        raise UnknownUploadError(token)
    return folder


def drop_upload(root: Path, token: str) -> None:
    """Remove an upload that was taken in; one that is not there is no fault."""
    shutil.rmtree(root / UPLOADS / token, ignore_errors=True)


def _check_name(name: str) -> None:
    plain = (
        0 < len(name) <= _LONGEST_NAME
        and name == Path(name).name
        and not name.startswith(".")
        and "\\" not in name
        and name.isprintable()
        and len(name.encode()) <= _MOST_NAME_BYTES
        and name.lower().endswith(_SUFFIXES)
    )
    if not plain:
        raise UploadNameError(name)


def _write(path: Path, chunks: Iterable[bytes], *, name: str) -> None:
    written = 0
    with path.open("xb") as file:
        for chunk in chunks:
            written += len(chunk)
            if written > MOST_BYTES:
                raise LargeUploadError(name)
            file.write(chunk)
        file.flush()
        os.fsync(file.fileno())
