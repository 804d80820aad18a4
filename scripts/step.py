"""Run one step of the set-up: say what it is, show that it is alive while it is silent, say how long it took.

Usage: ``python scripts/step.py "Installing packages" COMMAND [ARGUMENT ...]``. Standard library only: it runs before
anything is installed.
"""

from __future__ import annotations

import subprocess
import sys
import threading
import time

HEARTBEAT_SECONDS = 10.0  # often enough to see that nothing hangs, seldom enough not to fill a log
FAILED_TO_START = 127  # what a shell answers for a command that it cannot find


def run_step(title: str, command: list[str]) -> int:
    """Run ``command`` with our own output streams; return its exit code."""
    started = time.monotonic()
    print(f"==> {title}", flush=True)
    done = threading.Event()
    heartbeat = threading.Thread(target=_beat, args=(title, started, done), daemon=True)
    heartbeat.start()
    try:
        code = subprocess.run(command, check=False).returncode
    except OSError as error:
        print(f"{command[0]} cannot be started: {error.strerror}", file=sys.stderr)
        code = FAILED_TO_START
    except KeyboardInterrupt:
        code = 130
    finally:
        done.set()
        heartbeat.join()
    seconds = time.monotonic() - started
    print(f"    {'done' if code == 0 else f'failed with exit code {code}'} after {seconds:.1f} s", flush=True)
    # a process that a signal ended has a negative code, which sys.exit would turn into nonsense
    return code if code >= 0 else 128 - code


def _beat(title: str, started: float, done: threading.Event) -> None:
    while not done.wait(HEARTBEAT_SECONDS):
        print(f"    still at it: {title} ({time.monotonic() - started:.0f} s)", flush=True)


def main(arguments: list[str]) -> int:
    """Parse ``TITLE COMMAND...`` and run it."""
    if len(arguments) < 2:
        print(__doc__, file=sys.stderr)
        return 2
    return run_step(arguments[0], arguments[1:])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
