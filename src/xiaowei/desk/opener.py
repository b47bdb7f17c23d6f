"""Run as a process of its own: stages one file within limits, prints its heading.

A process and not a fork or a pool: it inherits nothing of the bank's, and a caller's
own script is not run again.
"""

import json
import resource
import sys
from pathlib import Path
from typing import Final

import pyarrow as pa

from xiaowei.errors import InputError
from xiaowei.facts.staging import stage

MEMORY_BYTES: Final = 1024**3
CPU_SECONDS: Final = 30
BYTES_PER_CPU_SECOND: Final = 2 * 2**20
"""A large file may take longer than a small one, in proportion."""
STAGED_BYTES: Final = 2 * 1024**3
STAGED_PER_BYTE: Final = 64
"""The plain form may be larger than a packed file, though not without end."""


def cpu_seconds_of(path: Path) -> int:
    """Return the seconds of one processor that a file may take."""
    return CPU_SECONDS + size_of(path) // BYTES_PER_CPU_SECOND


def staged_bytes_of(path: Path) -> int:
    """Return how large the plain form of a file may be."""
    return max(STAGED_BYTES, size_of(path) * STAGED_PER_BYTE)


def size_of(path: Path) -> int:
    """Return the bytes of a file, 0 where there is none."""
    return path.stat().st_size if path.exists() else 0


def main(path: Path, into: Path) -> None:
    """Stage a file, then print {"heads": texts} or {"error": what, expected, remedy}.

    Args:
        path: the file.
        into: where its plain form goes.
    """
    told: dict[str, object]
    try:
        _limit(path)
        told = {"heads": stage(path, into)}
    except InputError as error:
        told = {"error": [error.what, error.expected, error.remedy]}
    json.dump(told, sys.stdout)


def _limit(path: Path) -> None:
    # Threads and pools of Arrow's own set address space aside that nobody uses.
    pa.set_memory_pool(pa.system_memory_pool())
    pa.set_cpu_count(1)
    pa.set_io_thread_count(1)
    limits = {
        resource.RLIMIT_AS: MEMORY_BYTES,
        resource.RLIMIT_CPU: cpu_seconds_of(path),
        resource.RLIMIT_FSIZE: staged_bytes_of(path),
        resource.RLIMIT_CORE: 0,
    }
    for kind, most in limits.items():
        resource.setrlimit(kind, (most, most))


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
