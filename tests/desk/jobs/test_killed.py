"""Workers that are killed lose nothing and do nothing twice."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest
from tests.desk.jobs.invoices import ROWS

ROOT: Final = Path(__file__).parents[3]
FILES, KILLS = 6, 7
NIGHTLY_FILES, NIGHTLY_KILLS = 80, 100


def killed(url: str, folder: Path, *, files: int, kills: int) -> None:
    done = subprocess.run(  # noqa: S603 - our own code
        [
            sys.executable, "-m", "tests.desk.jobs.killed",
            url, str(folder), str(files), str(kills), "1",
        ],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)

    assert told["states"] == ["done"]
    assert told["jobs"] == files
    # Some were lost with their worker and taken up again.
    assert told["kills"] >= kills / 2
    assert told["tries"] > files
    numbers = sorted(str(n * 100 + row) for n in range(files) for row in range(ROWS))
    assert told["held"] == numbers
    assert told["uploads"] == 0
    assert told["entries"] == 2 * files


class TestKill:
    def test_loses_and_doubles_nothing(self, url: str, tmp_path: Path) -> None:
        killed(url, tmp_path, files=FILES, kills=KILLS)

    @pytest.mark.nightly
    def test_loses_and_doubles_nothing_at_night(
        self,
        url: str,
        tmp_path: Path,
    ) -> None:
        killed(url, tmp_path, files=NIGHTLY_FILES, kills=NIGHTLY_KILLS)
