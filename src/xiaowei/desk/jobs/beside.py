"""Workers beside a service: processes of their own, begun again where they end."""

import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from xiaowei.desk.jobs.working import Worker

_LOOK_SECONDS: Final = 2.0
_AGAIN_SECONDS: Final = 5.0
_LEAVE_SECONDS: Final = 20.0
"""So long a worker has to leave what it does to another; then it is killed."""


@contextmanager
def workers_beside(root: Path, count: int) -> Iterator[None]:
    """Keep workers running for as long as the block does.

    Args:
        root: folder of the home whose jobs they do.
        count: how many; none may be meant, where others work elsewhere.
    """
    over = threading.Event()
    keepers = [
        threading.Thread(target=_keep, args=(root, over), daemon=True)
        for _ in range(count)
    ]
    for keeper in keepers:
        keeper.start()
    try:
        yield
    finally:
        over.set()
        for keeper in keepers:
            keeper.join()


def stop_with_parent(worker: Worker, parent: int) -> None:
    """Have a worker stop when the process that began it is no more.

    Args:
        worker: of this process.
        parent: number of that one; it may be gone before this one looks.
    """

    def look() -> None:
        while os.getppid() == parent:
            time.sleep(_LOOK_SECONDS)
        worker.stop()

    threading.Thread(target=look, daemon=True).start()


def _keep(root: Path, over: threading.Event) -> None:
    words = [sys.executable, "-m", "xiaowei", "--home", str(root), "work"]
    words += ["--beside", str(os.getpid())]
    while not over.is_set():
        # Of a session of its own: what stops the service asks the worker itself.
        worker = subprocess.Popen(  # noqa: S603 - our own code
            words, stdin=subprocess.DEVNULL, start_new_session=True
        )
        while worker.poll() is None and not over.wait(_LOOK_SECONDS):
            pass
        if worker.poll() is None:
            _end(worker)
        # One that cannot even begin says so now and then, and not all the time.
        over.wait(_AGAIN_SECONDS)


def _end(worker: "subprocess.Popen[bytes]") -> None:
    worker.terminate()
    try:
        worker.wait(_LEAVE_SECONDS)
    except subprocess.TimeoutExpired:
        worker.kill()
        worker.wait()
