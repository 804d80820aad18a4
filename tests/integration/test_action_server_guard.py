"""A real action server asks for its token, however it is started."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from tests.conftest import ROOT
from tests.integration.test_supervisor import free_port

TOKEN = "t0ken-of-the-test"
START_SECONDS = 60.0


def environment(var: Path, token: str | None) -> dict[str, str]:
    variables = {**os.environ, "SANIC_HOST": "127.0.0.1", "HANDOFF_VAR": str(var), "RASA_TELEMETRY_ENABLED": "false"}
    variables.pop("ACTIONS_TOKEN", None)
    return variables | ({"ACTIONS_TOKEN": token} if token else {})


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Address of an action server, started as `make run` starts it."""
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "-m", "handoff.supervisor.action_server", "--actions", "actions", "--port", str(port)],
        cwd=ROOT,
        env=environment(tmp_path_factory.mktemp("var"), TOKEN),
    )
    url = f"http://127.0.0.1:{port}"
    try:
        deadline = time.monotonic() + START_SECONDS
        while not _healthy(url):
            assert process.poll() is None, "the action server ended"
            assert time.monotonic() < deadline, "the action server does not answer"
            time.sleep(0.1)
        yield url
    finally:
        process.terminate()
        process.wait(START_SECONDS)


def _healthy(url: str) -> bool:
    try:
        return requests.get(f"{url}/health", timeout=5).ok
    except requests.ConnectionError:
        return False


@pytest.mark.parametrize("query", ["", "?token=", "?token=wrong", "?token=t0ken-of-the-tes", "?token=%C3%A9"])
@pytest.mark.parametrize(("method", "path"), [("POST", "/webhook"), ("GET", "/actions"), ("GET", "/nowhere")])
def test_nobody_gets_in_without_the_token(server: str, method: str, path: str, query: str) -> None:
    answer = requests.request(method, f"{server}{path}{query}", json={}, timeout=5)
    assert answer.status_code == 401
    assert answer.json() == {"error": "The action server needs its token."}


def test_a_token_in_another_place_does_not_count(server: str) -> None:
    answer = requests.post(f"{server}/webhook", json={"token": TOKEN}, headers={"token": TOKEN}, timeout=5)
    assert answer.status_code == 401


def test_rasa_gets_in(server: str) -> None:
    assert requests.get(f"{server}/actions", params={"token": TOKEN}, timeout=5).status_code == 200
    answer = requests.post(f"{server}/webhook", params={"token": TOKEN}, json={"next_action": "no_such"}, timeout=5)
    assert answer.status_code == 404  # past the guard, and no such action


@pytest.mark.parametrize("command", [["-m", "rasa_sdk", "--actions", "actions"], ["-m", "rasa", "run", "actions"]])
def test_refuses_to_start_without_a_token(tmp_path: Path, command: list[str]) -> None:
    result = subprocess.run(
        [sys.executable, *command, "--port", str(free_port())],
        cwd=ROOT,
        env=environment(tmp_path, None),
        capture_output=True,
        text=True,
        timeout=START_SECONDS,
        check=False,
    )
    assert result.returncode != 0
    assert "The action server needs ACTIONS_TOKEN, or anybody could call it. `make run`" in result.stderr
    assert "Traceback" not in result.stderr
