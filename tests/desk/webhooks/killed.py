"""Kills whoever decides and whoever sends, again and again, until all is told.

python -m tests.desk.webhooks.killed URL FOLDER RECEIVER JOBS KILLS SEED

Children are forked before any engine or thread is there, and killed by SIGKILL: some at
a point that is named, the others at random moments. Prints JSON.
"""

import json
import os
import random
import signal
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, Final

from tests.desk.deciding.course import (
    at_home,
    go_on,
    prepare,
    telling,
    told_in,
)

from xiaowei.desk.home import Home
from xiaowei.desk.webhooks import administering as admin
from xiaowei.desk.webhooks import sending
from xiaowei.desk.webhooks.sending import Sender
from xiaowei.policy.access.actor import Actor
from xiaowei.policy.access.permissions import Permit
from xiaowei.records.webhooks import outbox
from xiaowei.records.webhooks.events import EVENTS, event_in
from xiaowei.records.webhooks.outbox import Outbox

POINTS: Final = ("leased", "sent", "ended")
"""It is this sender's and nothing was sent; all was sent and nothing is on record; it
is on record and nobody was told."""
MOST_ALIVE, MOST_SECONDS = 0.5, 120
LEAVE: Final = Permit(
    Actor(login="boss", person="E0", roles={"administrator": "all"}),
    admin.CHANGE,
    "all",
)
Child = Callable[[Home], None]


def hasten() -> None:
    """Let a lease run out soon, and no event be given up for the kills of this test."""
    outbox.LEASE_SECONDS = 1  # type: ignore[misc]
    outbox.WAITS = (1,) * 1_000  # type: ignore[assignment, misc]
    sending._IDLE_SECONDS = 0.05  # type: ignore[misc]


def decide(told: Path, jobs: int, home: Home) -> None:
    """Send whatever somebody was not told of yet, as a program does."""
    with telling(told) as tell:
        go_on(home, jobs, told_in(told), tell)


def send(point: str, home: Home) -> None:
    """Tell receivers until killed, at a point where one is named."""
    if point:
        _killed_at(point)
    Sender(home).work(threading.Event())


def main(url: str, root: Path, receiver: str, *numbers: int) -> None:
    """Kill until all is told, and say what it came to."""
    jobs, kills, seed = numbers
    rng, told = random.Random(seed), root / "told"  # noqa: S311 - no secret
    hasten()
    prepare()
    told.touch()
    with at_home(url, root) as home:
        number = admin.register(home, LEAVE, receiver, admin.NAMES).receiver.number
    fork = partial(_forked, url, root)
    deciding: Child = partial(decide, told, jobs)
    done = Counter[str]()
    for kill in range(kills):
        point = POINTS[kill] if kill < len(POINTS) else ""
        done += _round(fork, deciding, point, rng.uniform(0.02, MOST_ALIVE))
    os.waitpid(fork(deciding), 0)
    last = fork(partial(send, ""))
    with at_home(url, root) as home:
        until = time.monotonic() + MOST_SECONDS
        while _open(home, number) and time.monotonic() < until:
            time.sleep(0.1)
        os.kill(last, signal.SIGKILL)
        os.waitpid(last, 0)
        sys.stdout.write(json.dumps({"kills": done, **_came_to(home, number)}))


def _round(
    fork: Callable[[Child], int], deciding: Child, point: str, alive: float
) -> Counter[str]:
    """Kill one who decides and one who sends; return how they died."""
    done, children = Counter[str](), [fork(deciding)]
    if point:
        # It is reached by whoever sends: something is decided first.
        time.sleep(MOST_ALIVE)
        _, status = os.waitpid(fork(partial(send, point)), 0)
        done[point] += os.WTERMSIG(status) == signal.SIGKILL
    else:
        children.append(fork(partial(send, "")))
    time.sleep(alive)
    for child in children:
        os.kill(child, signal.SIGKILL)
        _, status = os.waitpid(child, 0)
        done["random"] += os.WIFSIGNALED(status)
    return done


def _came_to(home: Home, number: int) -> dict[str, Any]:
    """Return what stands: events as the journal alone says, and their deliveries."""
    kinds = {event.kind for event in EVENTS}
    found = [
        event_in(entry, admin.NAMES)
        for entry in home.journal.entries()
        if entry.kind in kinds
    ]
    sent = admin.deliveries(home, number, most=10_000)
    return {
        "events": {one.id: one.body for one in found if one is not None},
        "states": Counter(one.state for one in sent),
        "ids": sorted(one.event_id for one in sent),
        "tries": sum(one.tries for one in sent),
        "entries": home.journal.verify(),
    }


def _killed_at(point: str) -> None:
    """Have this process be killed where the point is first reached."""

    def dies(*_: object, **__: object) -> None:
        os.kill(os.getpid(), signal.SIGKILL)

    lease, told = Outbox.lease, Outbox.told

    def leases(*args: Any, **more: Any) -> Any:  # noqa: ANN401
        if (turn := lease(*args, **more)) is not None:
            dies()
        return turn

    def tells(*args: Any, **more: Any) -> None:  # noqa: ANN401
        told(*args, **more)
        dies()

    if point == "leased":
        Outbox.lease = leases  # type: ignore[method-assign]
    else:
        Outbox.told = dies if point == "sent" else tells  # type: ignore[method-assign]


def _forked(url: str, root: Path, child: Child) -> int:
    number = os.fork()
    if number == 0:
        try:
            with at_home(url, root) as home:
                child(home)
        finally:
            os._exit(0)
    return number


def _open(home: Home, number: int) -> bool:
    sent = admin.deliveries(home, number, most=10_000)
    return any(one.state in ("waiting", "running") for one in sent)


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), sys.argv[3], *map(int, sys.argv[4:]))
