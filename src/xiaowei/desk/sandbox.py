"""Opens a workbook in a process of its own, so that none can hurt the bank."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Final

from xiaowei.desk.opener import CPU_SECONDS, MEMORY_BYTES
from xiaowei.errors import InputError
from xiaowei.facts.workbook import Sheet

_WAIT_SECONDS: Final = 120


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
    """Return the first sheet of a workbook as texts, read by a process with limits.

    Raises:
        InputError: with the words of the errors of `open_workbook`.
        HostileWorkbookError: the process ran out of memory or time.
    """
    asked = [sys.executable, "-m", "xiaowei.desk.opener", str(path.absolute())]
    try:
        done = subprocess.run(  # noqa: S603 - our own module, the path as one argument
            asked, capture_output=True, timeout=_WAIT_SECONDS, check=False
        )
    except subprocess.TimeoutExpired as error:
        raise HostileWorkbookError(path.name) from error
    if done.returncode != 0:
        raise HostileWorkbookError(path.name)
    told = json.loads(done.stdout)
    if "error" in told:
        what, expected, remedy = told["error"]
        raise InputError(what, expected=expected, remedy=remedy)
    sheet: Sheet = told["sheet"]
    return sheet
