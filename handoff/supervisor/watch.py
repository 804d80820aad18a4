"""Watches a set of children: until all are ready, until one ends, until somebody stops them."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Callable
from pathlib import Path
from types import FrameType

from handoff.supervisor.console import Console
from handoff.supervisor.health import NeverReady, pending
from handoff.supervisor.process import ChildProcess
from handoff.supervisor.specs import ChildSpec

LOOK_SECONDS = 0.2
PROGRESS_SECONDS = 5.0
GRACE_SECONDS = 10.0  # a turn that waits for an action may take 8 s
STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

STOPPED = 0
FAILED = 1


class Supervisor:
    """Runs children together: all of them, or none."""

    def __init__(self, specs: list[ChildSpec], root: Path, environment: dict[str, str], console: Console) -> None:
        """Prepare; :meth:`run` starts them."""
        self._specs = specs
        self._root = root
        self._environment = environment
        self._console = console
        self._children: list[ChildProcess] = []
        self._stopping = threading.Event()
        self._signals = 0

    def run(self, on_ready: Callable[[float], None]) -> int:
        """Start all, call ``on_ready(seconds)`` once all answer, and stay until Ctrl-C or until one ends.

        Returns:
            0 when somebody stopped us, 1 when a child ended by itself or did not start.
        """
        before = {number: signal.signal(number, self._stop) for number in STOP_SIGNALS}
        try:
            for spec in self._specs:
                child = ChildProcess(spec, self._root, self._environment, self._console.line)
                self._children.append(child)
            started = time.monotonic()
            if not self._wait_until_ready(started):
                return STOPPED if self._stopping.is_set() else FAILED
            on_ready(time.monotonic() - started)
            while not self._stopping.wait(LOOK_SECONDS):
                if self._somebody_ended():
                    return FAILED
            return STOPPED
        finally:
            self._stop_all()
            for number, handler in before.items():
                signal.signal(number, handler)

    def _wait_until_ready(self, started: float) -> bool:
        """True once every child answers; False, with the reason said, when that will not happen."""
        waiting = list(self._children)
        told = started
        while waiting:
            if self._stopping.wait(LOOK_SECONDS) or self._somebody_ended():
                return False
            now = time.monotonic()
            missing: dict[str, str] = {}
            for child in list(waiting):
                spec = child.spec
                try:
                    reason = pending(spec.host, spec.port, spec.checks)
                except NeverReady as error:
                    self._say_failed(child, str(error))
                    return False
                if reason is None:
                    waiting.remove(child)
                    self._console.say(f"{spec.title} is ready after {now - started:.0f} s")
                elif now - started > spec.start_seconds:
                    self._say_failed(child, f"It is not ready after {spec.start_seconds:.0f} s: {reason}.")
                    return False
                else:
                    missing[spec.title] = reason
            if missing and now - told >= PROGRESS_SECONDS:
                told = now
                self._console.say(f"starting for {now - started:.0f} s, waiting for the {', the '.join(missing)}")
        return True

    def _somebody_ended(self) -> bool:
        for child in self._children:
            status = child.exit_status()
            if status is not None and not self._stopping.is_set():
                self._say_failed(child, f"It {status}.")
                return True
        return False

    def _say_failed(self, child: ChildProcess, reason: str) -> None:
        last = [f"  {self._console.clean(line)}" for line in child.last_lines()] or ["  (it wrote nothing)"]
        self._console.block([f"The {child.spec.title} ({child.spec.name}) failed. {reason}", "Its last lines:", *last])

    def _stop(self, _number: int, _frame: FrameType | None) -> None:
        self._signals += 1
        self._stopping.set()

    def _stop_all(self) -> None:
        running = [child for child in self._children if child.exit_status() is None]
        if running:
            self._console.say(f"stopping the {', the '.join(child.spec.title for child in running)}")
        for child in running:
            child.ask_to_stop()
        asked = self._signals
        deadline = time.monotonic() + GRACE_SECONDS
        # a second Ctrl-C means: now
        while running and time.monotonic() < deadline and self._signals <= asked:
            running = [child for child in running if not child.wait(LOOK_SECONDS)]
        for child in running:
            self._console.say(f"the {child.spec.title} does not stop by itself and is killed")
            child.kill()
            child.wait(GRACE_SECONDS)
        self._console.say("stopped")
