"""``make shell``: a developer talks to the assistant in a terminal, and the handoff is made and told honestly."""

from __future__ import annotations

import os
import pty
import re
import signal
import subprocess
import sys
import threading
from pathlib import Path

from handoff.bootstrap import build_services
from handoff.settings import Settings
from handoff.supervisor.specs import child_environment
from tests.conftest import ROOT
from tests.e2e.product import eventually, free_ports, rules_by_day_and_night

START_SECONDS = 120.0
STOP_SECONDS = 20.0
ANSI = re.compile(rb"\x1b\[[0-9;?]*[A-Za-z]")


class Terminal:
    """A program in a terminal of its own."""

    def __init__(self, command: list[str], environment: dict[str, str]) -> None:
        self._master, slave = pty.openpty()
        self.process = subprocess.Popen(
            command, cwd=ROOT, env=environment, stdin=slave, stdout=slave, stderr=slave, start_new_session=True
        )
        os.close(slave)
        self._seen = b""
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        while True:
            try:
                piece = os.read(self._master, 4096)
            except OSError:
                return  # the program has ended
            self._seen += piece
            # prompt_toolkit asks where the cursor is and waits for the answer of a terminal
            if b"\x1b[6n" in piece:
                os.write(self._master, b"\x1b[1;1R")

    @property
    def text(self) -> str:
        return ANSI.sub(b"", self._seen).decode(errors="replace")

    def type(self, line: str) -> None:
        os.write(self._master, line.encode() + b"\r")

    def wait_for(self, words: str, seconds: float = 30.0) -> None:
        """Until ``words`` were written and the prompt stands after them."""
        said = re.compile(re.escape(words) + r".*Your input ->\s*$", re.DOTALL)
        eventually(lambda: said.search(self.text), f"{words!r}; so far:\n{self.text}", seconds)

    def stop(self) -> None:
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(STOP_SECONDS)


def test_the_shell_hands_over_honestly(tmp_path: Path) -> None:
    rasa, actions, desk = free_ports(3)
    settings = Settings.load(
        environ={
            "HANDOFF_VAR": str(tmp_path),
            "HANDOFF_RASA_PORT": str(rasa),
            "HANDOFF_ACTIONS_PORT": str(actions),
            "HANDOFF_DESK_PORT": str(desk),
            "HANDOFF_RULES": str(rules_by_day_and_night(tmp_path)),
        }
    )
    environment = child_environment(settings) | {"TERM": "xterm", "COLUMNS": "200", "LINES": "60"}
    shell = Terminal([sys.executable, "-m", "handoff.supervisor.shell"], environment)
    try:
        shell.wait_for("Bot loaded", START_SECONDS)
        shell.type("do you deliver to Norway?")
        shell.wait_for("10 working days")
        shell.type("I want to talk to a person")
        shell.wait_for("it goes by e-mail")
        services = build_services(settings)
        (row,) = services.desk.list()
        assert (row.trigger, row.status) == ("explicit_request", "queued")
        assert services.desk.get(row.id).package["channel"] == "cmdline"
        shell.type("tom@example.org")
        shell.wait_for("tom@example.org")
        email = services.desk.get(row.id).package["visitor"]["email"]
        assert email == "tom@example.org"
        services.engine.dispose()
    finally:
        shell.stop()
