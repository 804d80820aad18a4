"""``handoff tune`` hands over to a process that loads Rasa."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from handoff import cli
from tests.conftest import ROOT


class Process:
    """Stands in for the process: notes what was started, and ends with a code."""

    def __init__(self, code: int) -> None:
        self.code = code
        self.command: list[str] = []
        self.folder = Path()

    def __call__(self, command: list[str], *, cwd: Path, check: bool) -> subprocess.CompletedProcess[bytes]:
        self.command, self.folder = command, cwd
        return subprocess.CompletedProcess(command, self.code)


@pytest.fixture
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HANDOFF_VAR", str(tmp_path / "var"))
    return tmp_path


def test_files_are_those_of_the_users_folder(elsewhere: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    process = Process(0)
    monkeypatch.setattr(cli.subprocess, "run", process)
    assert cli.main(["tune", "--out", "page.html", "--messages", "log.csv", "--json"]) == 0
    assert process.command[:3] == [sys.executable, "-m", "handoff.nlu.tune"]
    expected = ["--out", str(elsewhere / "page.html"), "--json", "--messages", str(elsewhere / "log.csv")]
    assert process.command[3:] == expected
    assert process.folder == ROOT


def test_the_page_goes_into_results_of_this_folder(elsewhere: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    process = Process(1)
    monkeypatch.setattr(cli.subprocess, "run", process)
    assert cli.main(["tune"]) == 1, "the code of the process is passed on"
    assert process.command[3:] == ["--out", str(elsewhere / "results" / "tune.html")]


def test_ctrl_c_needs_no_traceback(elsewhere: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: Any, **__: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(cli.subprocess, "run", interrupted)
    assert cli.main(["tune"]) == cli.INTERRUPTED
