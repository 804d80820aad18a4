"""How long a newcomer waits: from `git clone` to the first answer of the demo page, with `make run` alone.

Clones the committed state of this checkout into a temporary folder, runs `make run` there on free ports, asks the demo
page until it answers, stops everything and prints one JSON line and a sentence. Downloads count; how long they take
depends on the network and on the package manager's cache, which the line names.

    make bench-fresh
"""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
GIVE_UP_SECONDS = 1800.0  # a slow network; beyond this nobody waits
LOOK_SECONDS = 0.2
REQUEST_SECONDS = 5.0
STOP_SECONDS = 30.0
OK = 200


def main() -> int:
    """Measure once; returns the exit code."""
    with tempfile.TemporaryDirectory(prefix="fresh-clone-") as folder:
        started = time.monotonic()
        clone = Path(folder) / "clone"
        subprocess.run(["git", "clone", "--quiet", str(ROOT), str(clone)], check=True)
        rasa, actions, desk = _free_ports(3)
        environment = {name: value for name, value in os.environ.items() if not name.startswith("HANDOFF_")}
        environment |= {
            "HANDOFF_RASA_PORT": str(rasa),
            "HANDOFF_ACTIONS_PORT": str(actions),
            "HANDOFF_DESK_PORT": str(desk),
        }
        with subprocess.Popen(["make", "run"], cwd=clone, env=environment, start_new_session=True) as product:
            try:
                answered = _wait(product, f"http://127.0.0.1:{rasa}/webhooks/web/", started)
            finally:
                _stop(product)
        if not answered:
            print("The demo page did not answer; see the output above.", file=sys.stderr)
            return 1
        seconds = answered - started
        print(json.dumps({"measured": "fresh clone to demo page", "seconds": round(seconds, 1), "cache": _cache()}))
        print(f"{seconds / 60:.1f} minutes from git clone to the demo page (package cache: {_cache()}).")
        return 0


def _wait(product: subprocess.Popen[bytes], address: str, started: float) -> float | None:
    """The moment at which the page answered, or None when the product ended or took too long."""
    while product.poll() is None and time.monotonic() - started < GIVE_UP_SECONDS:
        try:
            with urllib.request.urlopen(address, timeout=REQUEST_SECONDS) as answer:
                if answer.status == OK:
                    return time.monotonic()
        except (urllib.error.URLError, OSError):
            pass  # nobody listens yet
        time.sleep(LOOK_SECONDS)
    return None


def _stop(product: subprocess.Popen[bytes]) -> None:
    if product.poll() is None:
        os.killpg(product.pid, signal.SIGTERM)
        product.wait(STOP_SECONDS)


def _cache() -> str:
    """Whether packages had been downloaded before; an empty cache is what a new machine has."""
    return "empty" if os.environ.get("UV_NO_CACHE") else "as found"


def _free_ports(count: int) -> list[int]:
    sockets = [socket.socket() for _ in range(count)]
    try:
        for one in sockets:
            one.bind(("127.0.0.1", 0))
        return [one.getsockname()[1] for one in sockets]
    finally:
        for one in sockets:
            one.close()


if __name__ == "__main__":
    sys.exit(main())
