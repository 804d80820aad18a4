"""First thing that runs in each child: makes sure that it never outlives its supervisor, then becomes its program.

The supervisor holds the other end of our standard input and never writes. When it goes away, however it goes, the read
below ends. That works on every system, unlike Linux's parent-death signal.
"""

from __future__ import annotations

import os
import runpy
import signal
import sys
import threading
import time

GRACE_SECONDS = 10.0  # the same that the supervisor itself allows
STANDARD_INPUT = 0
CHUNK = 1024


def main(arguments: list[str]) -> None:
    """Run the module named first with the other arguments, as ``python -m`` would."""
    module = arguments[0]
    threading.Thread(target=_follow_supervisor, name="supervisor-watch", daemon=True).start()
    sys.argv = arguments
    runpy.run_module(module, run_name="__main__", alter_sys=True)


def _follow_supervisor() -> None:
    while os.read(STANDARD_INPUT, CHUNK):
        pass
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(GRACE_SECONDS)
    os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    main(sys.argv[1:])
