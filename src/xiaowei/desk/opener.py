"""Run as a process of its own: opens one workbook within limits, prints it as JSON.

A process and not a fork or a pool: it inherits nothing of the bank's, and a caller's
own script is not run again.
"""

import json
import resource
import sys
from pathlib import Path
from typing import Final

from xiaowei.errors import InputError
from xiaowei.facts.workbook import open_workbook, text_of

MEMORY_BYTES: Final = 1024**3
CPU_SECONDS: Final = 30


def main(path: str) -> None:
    """Print {"sheet": rows of texts} or {"error": what, expected, remedy}."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    try:
        sheet = [[text_of(cell) for cell in row] for row in open_workbook(Path(path))]
    except InputError as error:
        told: dict[str, object] = {"error": [error.what, error.expected, error.remedy]}
    else:
        told = {"sheet": sheet}
    json.dump(told, sys.stdout)


if __name__ == "__main__":
    main(sys.argv[1])
