"""The command line in processes of its own, and a county judged once for many."""

import fcntl
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

import pytest
from typer.testing import CliRunner

from xiaowei.surfaces.cli import app

# The provider of identities is a script: Django knows one set-up in a process.
collect_ignore = ["identities.py", "identities_site.py"]

ROOT = Path(__file__).parents[2]
Xiaowei = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(scope="session")
def xiaowei(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Xiaowei]:
    """Return what runs `xiaowei` with a home and arguments, in a process of its own."""
    folder, number = tmp_path_factory.mktemp("said"), count()
    forking = [sys.executable, "-m", "tests.journeys.forking"]
    with subprocess.Popen(  # noqa: S603 - our own code
        forking, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=ROOT, text=True
    ) as server:
        taken, said = server.stdin, server.stdout
        assert taken is not None
        assert said is not None

        def call(home: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
            words = ["--home", str(home), *arguments]
            out, err = (folder / f"{next(number)}" for _ in range(2))
            asked = {"words": words, "out": str(out), "err": str(err)}
            taken.write(f"{json.dumps(asked)}\n")
            taken.flush()
            code = int(said.readline())
            texts = [one.read_text(encoding="utf-8") for one in (out, err)]
            return subprocess.CompletedProcess(words, code, *texts)

        yield call


@pytest.fixture(scope="module")
def judged(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Copy a place with `county` of 200 firms, and `home`, where they were judged.

    It is made once, by whichever process of the suite comes first.
    """
    root = tmp_path_factory.getbasetemp()
    # Whether several processes share the suite is the runner's to say.
    if os.environ.get("PYTEST_XDIST_WORKER"):  # noqa: TID251
        root = root.parent
    made = root / "judged"
    with (root / "judged.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not made.exists():
            _judge(root / "judging")
            (root / "judging").rename(made)
    place = tmp_path_factory.mktemp("judged")
    shutil.copytree(made, place, dirs_exist_ok=True)
    return place


def _judge(place: Path) -> None:
    shutil.rmtree(place, ignore_errors=True)
    county = str(place / "county")
    of = ("--enterprises", "200", "--months", "26", "--seed", "3")
    for words in (
        ("simulate", county, *of),
        ("run", f"{county}/sources", "--budget", "30000000"),
    ):
        done = CliRunner().invoke(app, ["--home", str(place / "home"), *words])
        assert done.exit_code == 0, done.output
