"""Opens files that can be made to hurt in a process of its own, within limits."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Final

from xiaowei.desk.opener import MEMORY_BYTES, cpu_seconds_of, staged_bytes_of
from xiaowei.errors import InputError
from xiaowei.facts.progress import Progress, Tell, silent
from xiaowei.facts.staging import UnreadableFileError, stage

_PACKED: Final = (".xlsx", ".parquet")
_WAIT_PER_CPU: Final = 4
"""Seconds on the clock for one of the processor: the machine may be busy."""


class HostileFileError(InputError):
    """A file took more memory, time or room than one of its size is given."""

    def __init__(self, path: Path) -> None:
        """Name the file and its limits."""
        cpu = cpu_seconds_of(path)
        super().__init__(
            f"'{path.name}' could not be opened within the limits",
            expected=f"a file that opens with {MEMORY_BYTES // 2**20} MiB of memory, "
            f"{cpu} seconds of one processor within {cpu * _WAIT_PER_CPU} on the "
            f"clock, and {staged_bytes_of(path) // 2**20} MiB on the disk",
            remedy="Save it as CSV UTF-8 and hand that in",
        )


def stage_safely(path: Path, into: Path, tell: Tell = silent) -> tuple[str, ...]:
    """Put a file into one plain form; one that is packed, in a process with limits.

    A workbook or a Parquet file may unpack to far more than it is; a text is no larger
    than it looks, and is read as it comes.

    Args:
        path: the file.
        into: where its plain form goes.
        tell: is told the bytes read.

    Raises:
        InputError: with the words of the errors of `stage`.
        HostileFileError: the process ran out of memory, time or room.
    """
    if path.suffix.lower() not in _PACKED:
        return stage(path, into, tell)
    if not path.is_file():
        raise UnreadableFileError(path.name)
    size = path.stat().st_size
    tell(Progress(path.name, 0, size, "bytes"))
    heads = _staged_by_child(path, into)
    tell(Progress(path.name, size, size, "bytes"))
    return heads


def _staged_by_child(path: Path, into: Path) -> tuple[str, ...]:
    # The child is handed an open file, not its name: one that outlives us, if we are
    # killed, cannot write into what the next intake puts under that name.
    with into.open("wb") as file:
        files = [str(path.absolute()), f"/dev/fd/{file.fileno()}"]
        try:
            done = subprocess.run(  # noqa: S603 - our own module, paths as arguments
                [sys.executable, "-m", "xiaowei.desk.opener", *files],
                capture_output=True,
                timeout=cpu_seconds_of(path) * _WAIT_PER_CPU,
                check=False,
                pass_fds=(file.fileno(),),
            )
        except subprocess.TimeoutExpired as error:
            raise HostileFileError(path) from error
    if done.returncode != 0:
        raise HostileFileError(path)
    told = json.loads(done.stdout)
    if "error" in told:
        what, expected, remedy = told["error"]
        raise InputError(what, expected=expected, remedy=remedy)
    return tuple(told["heads"])
