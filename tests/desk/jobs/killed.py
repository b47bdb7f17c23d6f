"""Kills workers, again and again, until all that was asked for is done.

python -m tests.desk.jobs.killed URL FOLDER FILES KILLS SEED
"""

import json
import os
import random
import signal
import subprocess
import sys
import time
from contextlib import suppress
from datetime import date
from pathlib import Path
from typing import Final

from tests.desk.jobs.invoices import held, invoices

from xiaowei.desk.home import Home, open_home
from xiaowei.desk.jobs import asking, working
from xiaowei.desk.jobs.handlers import TAKE, take_upload
from xiaowei.desk.jobs.uploads import keep_upload
from xiaowei.records.jobs import queue

LEASE: Final = 2
"""Seconds; shorter than in life, so that a kill costs the test no minute."""
MOST_ALIVE, MOST_SECONDS = 0.8, 300
DAY: Final = date(2025, 7, 1)


def hasten() -> None:
    """Let a lease run out soon, and no job be given up for the kills of this test."""
    for place, name, value in (
        (queue, "LEASE_SECONDS", LEASE),
        (queue, "MOST_TRIES", 1_000),
        (working, "LEASE_SECONDS", LEASE),
        (working, "_IDLE_SECONDS", 0.2),
    ):
        setattr(place, name, value)


def work(root: Path) -> None:
    """Do what is due until killed."""
    hasten()
    with open_home(root) as home:
        sys.stdout.write("ready\n")
        sys.stdout.flush()
        working.Worker(home, {TAKE: take_upload}).work()


def main(url: str, folder: Path, files: int, kills: int, seed: int) -> None:
    """Ask for files, kill until all are taken in, and say what it came to."""
    root = folder / "home"
    root.mkdir()
    (root / "settings.yaml").write_text(f"records: {json.dumps(url)}\n", "utf-8")
    rng, done = random.Random(seed), 0  # noqa: S311 - no secret
    with open_home(root) as home:
        for number in range(files):
            name = f"sales_invoices-{number}.csv"
            upload = keep_upload(root, name, [invoices(number)])
            asking.ask_to_take(home, upload, received_on=DAY, by="li.na")
        while done < kills and _open(home):
            worker = _begun(root)
            time.sleep(rng.uniform(0.05, MOST_ALIVE))
            _kill(worker)
            done += 1
        workers = [_begun(root) for _ in range(2)]
        until = time.monotonic() + MOST_SECONDS
        while _open(home) and time.monotonic() < until:
            time.sleep(0.2)
        for worker in workers:
            _kill(worker)
        jobs = asking.jobs(home, most=1_000)
        told = {
            "kills": done,
            "states": sorted({job.state for job in jobs}),
            "jobs": len(jobs),
            "tries": sum(job.tries for job in jobs),
            "held": held(home),
            "uploads": len(list((root / "uploads").iterdir())),
            "entries": home.journal.verify(),
        }
    sys.stdout.write(json.dumps(told))


def _begun(root: Path) -> subprocess.Popen[str]:
    words = [sys.executable, "-m", "tests.desk.jobs.killed", "work", str(root)]
    made = subprocess.Popen(  # noqa: S603 - our own code, killed on purpose
        words, stdout=subprocess.PIPE, text=True, start_new_session=True
    )
    assert made.stdout is not None
    made.stdout.readline()
    return made


def _kill(worker: subprocess.Popen[str]) -> None:
    # The child that reads a file is of the same session, and dies with it.
    with suppress(ProcessLookupError):
        os.killpg(worker.pid, signal.SIGKILL)
    worker.communicate()


def _open(home: Home) -> bool:
    states = {job.state for job in asking.jobs(home, most=1_000)}
    return bool(states & {"waiting", "running"})


if __name__ == "__main__":
    if sys.argv[1] == "work":
        work(Path(sys.argv[2]))
    else:
        main(sys.argv[1], Path(sys.argv[2]), *map(int, sys.argv[3:]))
