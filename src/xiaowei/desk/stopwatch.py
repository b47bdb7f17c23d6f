"""How long each stage takes and how much memory it needs at its peak."""

import resource
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

_RESET: Final = Path("/proc/self/clear_refs")
_STATUS: Final = Path("/proc/self/status")
_KIB_PER_MIB: Final = 1024

Progress = Callable[[str], None]
"""Is told what begins."""


@dataclass(slots=True)
class Stopwatch:
    """Times stages one after another.

    Args:
        progress: is told the name of each stage as it begins.
        stages: name to (seconds, peak MiB of the process while it ran). Where the
            system cannot reset its peak, the peak since the start stands instead.
    """

    progress: Progress
    stages: dict[str, tuple[float, float]] = field(default_factory=dict)

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Time what is done inside."""
        self.progress(name)
        _reset_peak()
        begun = time.perf_counter()
        yield
        self.stages[name] = (time.perf_counter() - begun, _peak_mib())


def _reset_peak() -> None:
    try:
        _RESET.write_text("5", encoding="ascii")
    except OSError:
        return


def _peak_mib() -> float:
    try:
        for line in _STATUS.read_text(encoding="ascii").splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) / _KIB_PER_MIB
    except OSError:
        pass
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / _KIB_PER_MIB
