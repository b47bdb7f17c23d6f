"""Opens a workbook in a child process with limits, so that none can hurt the bank."""

import multiprocessing
import resource
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Final

from xiaowei.errors import InputError
from xiaowei.facts.workbook import Sheet, open_workbook

MEMORY_BYTES: Final = 1024**3
CPU_SECONDS: Final = 30
_WAIT_SECONDS: Final = 90


class HostileWorkbookError(InputError):
    """A workbook took more memory or time than one is given."""

    def __init__(self, file: str) -> None:
        """Name the file and the limits."""
        super().__init__(
            f"'{file}' could not be opened within the limits",
            expected=f"a workbook that opens with {MEMORY_BYTES // 2**20} MiB of "
            f"memory and {CPU_SECONDS} seconds of one processor",
            remedy="Save it as CSV UTF-8 and hand that in",
        )


def open_in_child(path: Path) -> Sheet:
    """Return the first sheet of a workbook, read by a process that has limits.

    Raises:
        InputError: with the words of the errors of `open_workbook`.
        HostileWorkbookError: the child ran out of memory or time.
    """
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe(duplex=False)
    child = context.Process(target=_read, args=(path, theirs), daemon=True)
    child.start()
    theirs.close()
    try:
        if not ours.poll(_WAIT_SECONDS):
            raise HostileWorkbookError(path.name)
        return _told(ours.recv())
    except EOFError as error:
        raise HostileWorkbookError(path.name) from error
    finally:
        child.kill()
        child.join()
        ours.close()


def _told(answer: tuple[Sheet | None, tuple[str, str, str]]) -> Sheet:
    sheet, (what, expected, remedy) = answer
    if sheet is None:
        raise InputError(what, expected=expected, remedy=remedy)
    return sheet


def _read(path: Path, answer: Connection) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    try:
        answer.send((open_workbook(path), ("", "", "")))
    except InputError as error:
        answer.send((None, (error.what, error.expected, error.remedy)))
