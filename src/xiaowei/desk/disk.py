"""Waits until what was written is on the disk itself, where no power cut takes it."""

import os
import sys
from pathlib import Path


def settle(path: Path) -> None:
    """Wait until a file's content, or a folder's entries, are on the disk.

    Args:
        path: a file or a folder.
    """
    if sys.platform == "win32" and path.is_dir():
        # Windows opens no folder; it writes their entries as it goes.
        return
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
