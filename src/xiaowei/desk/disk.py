"""Waits until what was written is on the disk itself, where no power cut takes it."""

import os
from pathlib import Path


def settle(path: Path) -> None:
    """Wait until a file's content, or a folder's entries, are on the disk.

    Args:
        path: a file or a folder.
    """
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
