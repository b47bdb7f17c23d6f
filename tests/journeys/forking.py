"""Run as a process of its own: does what `xiaowei` does, each time in a fork of itself.

Reading the program's modules takes longer than most of what journeys ask for; here
they are read once, before any engine or thread is there. Takes a line of JSON for each
command, with the files that its output goes to, and says how it ended.
"""

import json
import os
import signal
import sys
import traceback
from typing import Final

from xiaowei.surfaces.cli import main

MOST_SECONDS: Final = 600


def become(words: list[str], out: str, err: str) -> None:
    """Do what the command line is told, with standard output and error in files."""
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    for path, standard in ((out, 1), (err, 2)):
        os.dup2(os.open(path, os.O_WRONLY | os.O_CREAT, 0o600), standard)
    sys.argv = ["xiaowei", *words]
    signal.alarm(MOST_SECONDS)
    code = 1
    try:
        main()
        code = 0
    except SystemExit as end:
        code = int(end.code or 0)
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        # Libraries mourn threads that they began when they were read, before the fork.
        os._exit(code)


def serve() -> None:
    """Do what each line says, until there are no more."""
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            become(**json.loads(line))
        _, status = os.waitpid(child, 0)
        sys.stdout.write(f"{os.waitstatus_to_exitcode(status)}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    serve()
