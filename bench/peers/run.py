"""One measured run in a process of its own: a function of a peer, its time and memory.

    python bench/peers/run.py MODULE FUNCTION ARGUMENTS

ARGUMENTS is a JSON object. The last line printed tells seconds of the clock, seconds of
the processor, peak MiB of the process, and what the function returned. Nothing but the
standard library is needed here, so that a peer may run under another interpreter.
"""

import importlib
import json
import resource
import sys
import time
from pathlib import Path


def main() -> None:
    """Import the module, then run and measure the function."""
    _script, module, function, stated = sys.argv
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
    run = getattr(importlib.import_module(f"bench.peers.{module}"), function)
    begun, busy = time.perf_counter(), time.process_time()
    told = run(**json.loads(stated))
    cost = {
        "seconds": time.perf_counter() - begun,
        "cpu": time.process_time() - busy,
        "peak_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        "told": told,
    }
    print(json.dumps(cost))


if __name__ == "__main__":
    main()
