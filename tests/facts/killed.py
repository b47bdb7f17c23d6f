"""Run as a process of its own: takes files in, is killed at it, and does it again.

Each intake is a child of its own, forked before any engine or thread is there; what it
does is what the desk does, and it is killed by SIGKILL. Prints JSON.
"""

import json
import os
import shutil
import signal
import sys
import time
from collections.abc import Callable
from datetime import date
from functools import partial
from pathlib import Path

import ibis
import numpy as np

from xiaowei.desk.disk import settle
from xiaowei.desk.taking import take_all
from xiaowei.facts.folder import deliveries_of_folder
from xiaowei.facts.lake import Lake

RECEIVED_ON = date(2026, 6, 30)


def intake(root: Path, files: Path, settled: Callable[[Path], None]) -> None:
    """Take all files in, merge what they left in many parts, and write the digest."""
    deliveries, _ = deliveries_of_folder(files, received_on=RECEIVED_ON)
    lake = Lake(root, engine=ibis.duckdb.connect(threads=1), settle=settled)
    take_all(deliveries, lake=lake)
    lake.compact(["invoices"], many=1)
    digest = lake.digest()
    (root.parent / f"{root.name}.digest").write_text(digest, encoding="utf-8")


def in_child(work: Callable[[], None], *, kill_after: float | None = None) -> int:
    """Do some work in a child; return its exit code, negative for a signal's number."""
    child = os.fork()
    if child == 0:
        code = 1
        try:
            work()
            code = 0
        finally:
            os._exit(code)
    if kill_after is not None:
        time.sleep(kill_after)
        os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    return os.waitstatus_to_exitcode(status)


def was_killed(code: int) -> bool:
    """Tell whether an intake was killed or came through; it may end in no other way."""
    if code not in {0, -signal.SIGKILL}:
        raise SystemExit(f"an intake ended with {code}: neither done nor killed")
    return code != 0


def whole(root: Path, files: Path) -> str:
    """Take all files in without being disturbed and return the digest."""
    if was_killed(in_child(partial(intake, root, files, settle))):
        raise SystemExit("an undisturbed intake was killed")
    return digest_of(root)


def digest_of(root: Path) -> str:
    """Return the digest that an intake which came through wrote."""
    return (root.parent / f"{root.name}.digest").read_text(encoding="utf-8")


def at_random(folder: Path, files: Path, *, kills: int, seed: int) -> dict[str, object]:
    """Kill intakes at random moments; a lake is left once an intake of it came through.

    Args:
        folder: where the lakes go.
        files: what is taken in.
        kills: how many intakes are to be killed.
        seed: of the moments.
    """
    moments = np.random.default_rng(seed)
    begun = time.perf_counter()
    digests = {whole(folder / "whole", files)}
    span = time.perf_counter() - begun
    done, root, lakes = 0, folder / "lake-0", 1
    while done < kills:
        after = float(moments.uniform(0, span))
        code = in_child(partial(intake, root, files, settle), kill_after=after)
        killed = was_killed(code)
        done += killed
        if not killed or done == kills:
            digests.add(whole(root, files) if killed else digest_of(root))
            shutil.rmtree(root)
            root, lakes = folder / f"lake-{lakes}", lakes + 1
    return {"kills": done, "lakes": lakes, "digests": sorted(digests)}


def at_each_point(folder: Path, files: Path) -> dict[str, object]:
    """Kill an intake each time that something has just been made to last."""
    digests = {whole(folder / "whole", files)}
    done = 0
    while True:
        root = folder / f"lake-{done}"
        left = [done + 1]

        def settled(path: Path, left: list[int] = left) -> None:
            settle(path)
            left[0] -= 1
            if not left[0]:
                os.kill(os.getpid(), signal.SIGKILL)

        if not was_killed(in_child(partial(intake, root, files, settled))):
            return {"kills": done, "lakes": done, "digests": sorted(digests)}
        done += 1
        digests.add(whole(root, files))
        shutil.rmtree(root)


if __name__ == "__main__":
    place, handed, how = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3]
    if how == "points":
        told = at_each_point(place, handed)
    else:
        told = at_random(place, handed, kills=int(how), seed=int(sys.argv[4]))
    json.dump(told, sys.stdout)
