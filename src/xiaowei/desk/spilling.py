"""A folder for what an engine puts out of memory, no two engines' the same."""

import fcntl
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

_NAME: Final = "spill-"
_BEGUN: Final = "begun"
_HELD: Final = "held"


@contextmanager
def spilling(root: Path) -> Iterator[Path]:
    """Hold a folder of its own for an engine; what killed ones left is removed.

    Without it DuckDB spills into `.tmp` of the folder one happens to work in, under
    names that another process there takes too: each reads the other's pages, and both
    may crash.

    Args:
        root: where it is made; it must be there.
    """
    for folder in root.glob(f"{_NAME}*"):
        _remove_if_left(folder)
    with TemporaryDirectory(prefix=_NAME, dir=root, ignore_cleanup_errors=True) as made:
        folder = Path(made)
        with (folder / _BEGUN).open("w") as held:
            # Named only once it is locked, or another process could take it for left.
            fcntl.flock(held, fcntl.LOCK_EX)
            (folder / _BEGUN).rename(folder / _HELD)
            yield folder


def _remove_if_left(folder: Path) -> None:
    """Remove a folder that no process holds; one just being made is left alone."""
    try:
        with (folder / _HELD).open() as held:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
            shutil.rmtree(folder, ignore_errors=True)
    except OSError:
        return
