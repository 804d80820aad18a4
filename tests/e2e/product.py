"""The product as a newcomer runs it: three real processes on a trained model, with ports and folders of their own."""

from __future__ import annotations

import os
import signal
import socket
import threading
import time
from collections import deque
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from handoff.bootstrap import build_services, ensure_first_agents
from handoff.settings import Settings
from handoff.supervisor.health import pending
from handoff.supervisor.process import ChildProcess
from handoff.supervisor.specs import ChildSpec, child_environment, project_children
from tests.conftest import ROOT

START_SECONDS = 120.0
WAIT_SECONDS = 20.0
LOOK_SECONDS = 0.02

T = TypeVar("T")


def free_ports(count: int) -> list[int]:
    """Ports that nobody listens on now."""
    sockets = [socket.socket() for _ in range(count)]
    try:
        for one in sockets:
            one.bind(("127.0.0.1", 0))
        return [one.getsockname()[1] for one in sockets]
    finally:
        for one in sockets:
            one.close()


def eventually(question: Callable[[], T | None], what: str, seconds: float = WAIT_SECONDS) -> T:
    """Ask until the answer is true, and return it; fail with ``what`` after ``seconds``."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        answer = question()
        if answer:
            return answer
        time.sleep(LOOK_SECONDS)
    raise AssertionError(f"not within {seconds:.0f} s: {what}")


class Product:
    """Rasa server, action server and desk; each can be killed and started again."""

    def __init__(self, folder: Path) -> None:
        rasa, actions, desk = free_ports(3)
        environ = {
            "HANDOFF_VAR": str(folder),
            "HANDOFF_RASA_PORT": str(rasa),
            "HANDOFF_ACTIONS_PORT": str(actions),
            "HANDOFF_DESK_PORT": str(desk),
        }
        self.settings = Settings.load(environ=environ)
        self.services = build_services(self.settings)
        self.passwords = dict(ensure_first_agents(self.services))
        self._specs: dict[str, ChildSpec] = {spec.name: spec for spec in project_children(self.settings)}
        self._children: dict[str, ChildProcess] = {}
        self._lines: deque[str] = deque(maxlen=400)
        self._lock = threading.Lock()

    @property
    def web(self) -> str:
        """Address of the visitors' channel."""
        return f"{self.settings.rasa_url}/webhooks/web"

    @property
    def desk(self) -> str:
        """Address of the desk."""
        return self.settings.desk_url

    def start(self, *names: str) -> None:
        """Start the named processes (default all) and wait until they answer."""
        for name in names or tuple(self._specs):
            self._children[name] = ChildProcess(self._specs[name], ROOT, child_environment(self.settings), self._note)
        for name in names or tuple(self._specs):
            spec = self._specs[name]
            eventually(
                lambda spec=spec: pending(spec.host, spec.port, spec.checks) is None,  # type: ignore[misc]
                f"the {spec.title} answers. Its last lines:\n{self.log()}",
                START_SECONDS,
            )

    def pid(self, name: str) -> int:
        """Process id of a process."""
        return self._children[name].pid

    def kill(self, name: str) -> None:
        """``kill -9``, and wait until it is gone."""
        child = self._children[name]
        os.kill(child.pid, signal.SIGKILL)
        eventually(child.exit_status, f"{name} is gone")

    def stop(self) -> None:
        """Stop everything."""
        for child in self._children.values():
            if child.exit_status() is None:
                os.kill(child.pid, signal.SIGKILL)
        self.services.engine.dispose()

    def log(self) -> str:
        """The latest lines of all processes."""
        with self._lock:
            return "\n".join(self._lines)

    def _note(self, name: str, text: str) -> None:
        with self._lock:
            self._lines.append(f"{name} | {text}")
