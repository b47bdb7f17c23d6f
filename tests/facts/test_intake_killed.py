"""An intake killed at any point and done again leaves the lake as if undisturbed."""

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pytest

RANDOM_KILLS: Final = 50
LEAST_POINTS: Final = 20
SALES: Final = "企业代号,发票号码,开票日期,购方单位代号,金额,税额,价税合计,发票状态\n"
SCRIPT: Final = Path(__file__).with_name("killed.py")


@dataclass(frozen=True, slots=True)
class Told:
    """What a run of kills came to."""

    kills: int
    lakes: int
    digests: list[str]


def invoice(number: int, *, firm: str = "E1", state: str = "有效发票") -> str:
    return f"{firm},{number},2025-03-04,B1,100.00,13.00,113.00,{state}\n"


def write_files(folder: Path, *, firms: int) -> Path:
    """Write two files of invoices: good, bad, copied and corrected."""
    folder.mkdir()
    rows = [invoice(n, firm=f"E{1 + n % firms}") for n in range(30)]
    first = [*rows, rows[0], invoice(99).replace("03-04", "02-30")]
    second = [rows[1], invoice(0, state="作废发票"), invoice(77)]
    for number, lines in enumerate((first, second)):
        path = folder / f"sales_invoices-{number}.csv"
        path.write_text(SALES + "".join(lines), encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Told]:
    """Kill side by side: at each point in turn, and at random moments of two seeds."""
    folder = tmp_path_factory.mktemp("killed")
    many = write_files(folder / "many", firms=5)
    one = write_files(folder / "one", firms=1)
    asked = {
        "points": [one, "points"],
        "seed 1": [many, str(RANDOM_KILLS), "1"],
        "seed 2": [many, str(RANDOM_KILLS), "2"],
    }
    running = {}
    for name, (files, *how) in asked.items():
        (folder / name).mkdir()
        running[name] = subprocess.Popen(  # noqa: S603 - our own code, killed on purpose
            [
                sys.executable,
                str(SCRIPT),
                str(folder / name),
                str(files),
                *map(str, how),
            ],
            stdout=subprocess.PIPE,
            text=True,
        )
    outputs = {name: process.communicate()[0] for name, process in running.items()}
    assert {name: process.returncode for name, process in running.items()} == (
        dict.fromkeys(running, 0)
    )
    return {name: Told(**json.loads(output)) for name, output in outputs.items()}


class TestIntake:
    def test_that_ends_by_itself_without_being_done_fails_at_once(
        self, tmp_path: Path
    ) -> None:
        (tmp_path / "nothing").mkdir()

        ended = subprocess.run(  # noqa: S603 - our own code
            [sys.executable, SCRIPT, tmp_path, tmp_path / "nothing", "50", "1"],
            capture_output=True,
            text=True,
            check=False,
        )

        assert ended.returncode == 1
        assert "an intake ended with 1: neither done nor killed" in ended.stderr


class TestKill:
    @pytest.mark.parametrize("seed", ["seed 1", "seed 2"])
    def test_at_random_moments_changes_nothing_in_the_end(
        self, told: dict[str, Told], seed: str
    ) -> None:
        assert told[seed].kills == RANDOM_KILLS
        assert told[seed].lakes > 1
        assert len(told[seed].digests) == 1

    def test_is_the_same_for_whoever_takes_the_files(
        self, told: dict[str, Told]
    ) -> None:
        assert told["seed 1"].digests == told["seed 2"].digests
        assert told["seed 1"].digests != told["points"].digests

    def test_whenever_something_was_made_to_last_changes_nothing(
        self, told: dict[str, Told]
    ) -> None:
        assert told["points"].kills >= LEAST_POINTS
        assert len(told["points"].digests) == 1
