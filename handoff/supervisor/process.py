"""One child process: started in its own process group, its output read line by line, stopped with a time limit."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Callable
from pathlib import Path

from handoff.supervisor.specs import ChildSpec

LAST_LINES = 15  # enough for the end of a traceback
READ_SECONDS = 2.0  # for the rest of the output of a process that has ended


class ChildProcess:
    """A started child."""

    def __init__(
        self, spec: ChildSpec, root: Path, environment: dict[str, str], on_line: Callable[[str, str], None]
    ) -> None:
        """Start it; every line that it writes goes to ``on_line(name, text)``, called in a thread of its own."""
        self.spec = spec
        self._on_line = on_line
        self._last: deque[str] = deque(maxlen=LAST_LINES)
        self._process = subprocess.Popen(
            [sys.executable, "-m", "handoff.supervisor.child", spec.module, *spec.arguments],
            cwd=root,
            env={**environment, **spec.environment},
            stdin=subprocess.PIPE,  # never written: the child ends when this end closes, see child.py
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            errors="replace",
            process_group=0,  # Ctrl-C in the terminal reaches the supervisor only, which stops its children in order
        )
        self._reader = threading.Thread(target=self._read, name=f"{spec.name}-output", daemon=True)
        self._reader.start()

    @property
    def pid(self) -> int:
        """Process id."""
        return self._process.pid

    def exit_status(self) -> str | None:
        """How it ended, in words, or None while it runs."""
        code = self._process.poll()
        if code is None:
            return None
        if code < 0:
            return f"was killed by signal {signal.Signals(-code).name}"
        return f"ended with exit code {code}"

    def last_lines(self) -> list[str]:
        """The end of what it wrote; complete once it has ended."""
        if self._process.poll() is not None:
            self._reader.join(READ_SECONDS)
        return list(self._last)

    def ask_to_stop(self) -> None:
        """Let it finish what it is doing."""
        self._signal(signal.SIGTERM)

    def kill(self) -> None:
        """Stop it, and whatever it has started, at once."""
        self._signal(signal.SIGKILL)

    def wait(self, seconds: float) -> bool:
        """Wait for its end; False when it still runs after that time."""
        try:
            self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            return False
        self._reader.join(READ_SECONDS)
        return True

    def _signal(self, number: signal.Signals) -> None:
        if self._process.poll() is None:
            try:
                os.killpg(self._process.pid, number)
            except ProcessLookupError:
                return  # it ended in this moment

    def _read(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            text = line.rstrip()
            if text:
                self._last.append(text)
                self._on_line(self.spec.name, text)
