"""Applications and decisions whose process is killed: kept, done once, and ended."""

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pytest
from tests.desk.deciding.killed import MOMENTS

from xiaowei.records.applications import VIEW

ROOT: Final = Path(__file__).parents[3]
RANDOM_KILLS: Final = {"seed 1": 250, "seed 2": 250, "postgresql": 60}
NIGHTLY_KILLS: Final = 2_500
POINTS: Final = {f"{kind} {moment}" for kind in VIEW.takes for moment in MOMENTS}
"""Whatever is put on record of applications has crash points of its own."""
Asked = dict[str, list[str]]


@dataclass(frozen=True, slots=True)
class Killing:
    """What a run of kills came to."""

    kills: int
    homes: int = 0
    entries: int = 0
    points: tuple[str, ...] = ()


def killing(folder: Path, asked: Asked) -> dict[str, Killing]:
    """Kill side by side, each in a folder of its own, and return what it came to."""
    running = {}
    for name, (place, *how) in asked.items():
        own = folder / name
        own.mkdir(parents=True)
        words = [place or str(own), str(own), *how]
        running[name] = subprocess.Popen(  # noqa: S603 - our own code, killed on purpose
            [sys.executable, "-m", "tests.desk.deciding.killed", *words],
            stdout=subprocess.PIPE,
            cwd=ROOT,
            text=True,
        )
    outputs = {name: process.communicate()[0] for name, process in running.items()}
    assert {name: process.returncode for name, process in running.items()} == (
        dict.fromkeys(running, 0)
    )
    return {name: Killing(**json.loads(output)) for name, output in outputs.items()}


@pytest.fixture(scope="module")
def killed(
    tmp_path_factory: pytest.TempPathFactory, postgres: str
) -> dict[str, Killing]:
    """Kill at random moments, and at each point: at once what takes as long."""
    folder = tmp_path_factory.mktemp("killed")
    kills = {name: str(count) for name, count in RANDOM_KILLS.items()}
    first = killing(
        folder,
        {
            "seed 1": ["", kills["seed 1"], "1"],
            "seed 2": ["", kills["seed 2"], "2"],
        },
    )
    second = killing(
        folder,
        {
            "points": ["", "points"],
            "points of postgresql": [postgres, "names"],
            "postgresql": [postgres, kills["postgresql"], "3"],
        },
    )
    return first | second


class TestKill:
    """Each run of kills checks after every one what `afterwards` reads of it."""

    @pytest.mark.parametrize("seed", RANDOM_KILLS)
    def test_at_random_moments_loses_and_doubles_nothing(
        self, killed: dict[str, Killing], seed: str
    ) -> None:
        told = killed[seed]
        assert told.kills == RANDOM_KILLS[seed]
        # They come while there is work: a home sees several before it is done.
        assert told.kills / 40 < told.homes < told.kills / 2
        assert told.entries == 72 * told.homes

    @pytest.mark.parametrize("where", ["points", "points of postgresql"])
    def test_at_each_point_of_each_act_loses_and_doubles_nothing(
        self, killed: dict[str, Killing], where: str
    ) -> None:
        assert set(killed[where].points) == POINTS
        assert killed[where].kills >= len(POINTS)

    @pytest.mark.nightly
    def test_at_many_more_moments_loses_and_doubles_nothing(
        self, tmp_path: Path
    ) -> None:
        many = str(NIGHTLY_KILLS)
        told = killing(tmp_path, {"a": ["", many, "11"], "b": ["", many, "12"]})
        assert {one.kills for one in told.values()} == {NIGHTLY_KILLS}
