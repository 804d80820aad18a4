"""The supervisor over real processes that it starts, loses and stops."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.fake_project import ROOT, SECRET

WAIT_SECONDS = 30.0


class Running:
    """A supervisor that runs beside the test."""

    def __init__(self, command: list[str], environment: dict[str, str] | None = None) -> None:
        self.process = subprocess.Popen(
            [sys.executable, *command],
            cwd=ROOT,
            env={**os.environ, **(environment or {}), "PYTHONUNBUFFERED": "1"},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.output = ""
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        with self.process.stdout as lines:
            for line in lines:
                self.output += line

    def until(self, text: str) -> str:
        """Wait until ``text`` was written; returns everything so far."""
        assert wait_for(lambda: text in self.output), f"never said {text!r}:\n{self.output}"
        return self.output

    def end(self) -> tuple[int, str]:
        """Wait for its end: exit code and everything that it wrote."""
        code = self.process.wait(WAIT_SECONDS)
        self._reader.join(WAIT_SECONDS)
        return code, self.output

    def pid_of(self, name: str) -> int:
        """Process id that the child has said."""
        found = re.search(rf"^{name} +\| pid (\d+)$", self.output, re.MULTILINE)
        assert found, self.output
        return int(found[1])


def wait_for(condition: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + WAIT_SECONDS
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(0.02)
    return False


def alive(pid: int) -> bool:
    try:
        # a process whose parent has not asked for its end yet is a zombie, and dead
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def start() -> Iterator[Callable[..., Running]]:
    """Start a supervisor over fake children ``name={options}``; it is gone after the test."""
    running: list[Running] = []

    def _start(**children: dict[str, Any]) -> Running:
        for options in children.values():
            options.setdefault("port", free_port())
        running.append(Running(["-m", "tests.support.fake_project", json.dumps(children)]))
        return running[-1]

    yield _start
    for item in running:
        if item.process.poll() is None:
            item.process.kill()
            item.process.wait()


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_says_when_all_are_ready_and_stops_all_when_asked(start: Callable[..., Running], how: signal.Signals) -> None:
    running = start(rasa={"arguments": ["--say", "hello"]}, desk={})
    output = running.until("All ready.")
    assert "rasa    | hello" in output
    assert re.search(r"handoff \| desk server is ready after \d+ s", output)
    pids = [running.pid_of("rasa"), running.pid_of("desk")]
    running.process.send_signal(how)
    code, output = running.end()
    assert code == 0, output
    assert "stopping the rasa server, the desk server" in output
    assert not any(map(alive, pids))


def test_a_child_that_ends_while_starting_stops_the_others(start: Callable[..., Running], tmp_path: Path) -> None:
    gate = tmp_path / "gate"
    running = start(
        rasa={"arguments": ["--status", "503"]}, desk={"arguments": ["--end-when", str(gate), "--end-with", "7"]}
    )
    assert wait_for(lambda: re.search(r"^rasa +\| pid", running.output, re.MULTILINE) is not None), "the other one runs"
    gate.touch()
    code, output = running.end()
    assert code == 1
    assert "The desk server (desk) failed. It ended with exit code 7." in output
    assert "the disk is full" in output.split("Its last lines:")[1]
    assert "All ready." not in output
    assert not alive(running.pid_of("rasa"))


def test_a_child_that_is_killed_later_stops_the_others(start: Callable[..., Running]) -> None:
    running = start(rasa={}, desk={})
    running.until("All ready.")
    os.kill(running.pid_of("rasa"), signal.SIGKILL)
    code, output = running.end()
    assert code == 1
    assert "The rasa server (rasa) failed. It was killed by signal SIGKILL." in output
    assert not alive(running.pid_of("desk"))


def test_children_do_not_outlive_a_killed_supervisor(start: Callable[..., Running]) -> None:
    running = start(rasa={}, desk={})
    running.until("All ready.")
    pids = [running.pid_of("rasa"), running.pid_of("desk")]
    running.process.kill()
    assert wait_for(lambda: not any(map(alive, pids)))


def test_a_second_ctrl_c_kills_a_child_that_does_not_stop(start: Callable[..., Running]) -> None:
    running = start(rasa={"arguments": ["--stubborn"]})
    running.until("All ready.")
    running.process.send_signal(signal.SIGINT)
    running.until("stopping the rasa server")
    time.sleep(0.5)  # the first signal alone must not do it
    assert alive(running.pid_of("rasa"))
    running.process.send_signal(signal.SIGINT)
    code, output = running.end()
    assert code == 0
    assert "the rasa server does not stop by itself and is killed" in output
    assert not alive(running.pid_of("rasa"))


def test_a_child_that_cannot_become_ready_is_named_with_the_remedy(start: Callable[..., Running]) -> None:
    running = start(rasa={"arguments": ["--status", "409"]}, desk={})
    code, output = running.end()
    assert code == 1
    assert "The rasa server (rasa) failed. Its model is broken. Remedy: make train" in output


def test_a_child_that_takes_too_long_is_named_with_what_is_missing(start: Callable[..., Running]) -> None:
    code, output = start(rasa={"arguments": ["--status", "503"], "start_seconds": 1.0}).end()
    assert code == 1
    assert "The rasa server (rasa) failed. It is not ready after 1 s: / answers 503." in output


def test_no_secret_is_shown(start: Callable[..., Running]) -> None:
    running = start(rasa={"arguments": ["--say", f"GET /status?token={SECRET} \x1b[31m500\x1b[0m"]})
    output = running.until("All ready.")
    assert "GET /status?token=[secret] 500\n" in output
    assert SECRET not in output


def test_goes_on_and_stops_well_when_nobody_reads_its_output() -> None:
    port = free_port()
    children = {"rasa": {"port": port, "arguments": ["--say", "x" * 100]}}
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.support.fake_project", json.dumps(children)], cwd=ROOT, stdout=subprocess.PIPE
    )
    assert process.stdout is not None
    process.stdout.close()
    assert wait_for(lambda: _answers(port))
    time.sleep(0.5)  # it has written, into nothing, by now
    assert process.poll() is None
    process.send_signal(signal.SIGTERM)
    assert process.wait(WAIT_SECONDS) == 0


def _answers(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def run_project(root: Path, **environment: str) -> tuple[int, str]:
    """`make run` without make, on an empty project."""
    variables = {"HANDOFF_ROOT": str(root), "HANDOFF_VAR": str(root / "var"), **environment}
    return Running(["-m", "handoff.supervisor"], variables).end()


def test_a_missing_model_is_said_before_anything_starts(tmp_path: Path) -> None:
    code, output = run_project(tmp_path, HANDOFF_RASA_PORT=str(free_port()))
    assert code == 1
    assert f"handoff: There is no trained model in {tmp_path}/models. Remedy: make train" in output
    assert "Traceback" not in output


def test_ports_in_use_are_named_with_who_needs_them(tmp_path: Path) -> None:
    (tmp_path / "models").mkdir()
    (tmp_path / "models" / "assistant.tar.gz").touch()
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        code, output = run_project(tmp_path, HANDOFF_RASA_PORT=str(free_port()), HANDOFF_DESK_PORT=str(port))
    assert code == 1
    assert f"Port {port} on 127.0.0.1 is in use; the desk needs it." in output
    assert f"HANDOFF_DESK_PORT={port + 1}" in output
    assert "Traceback" not in output
