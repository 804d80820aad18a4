"""A copy of the project that a test may change: what is taught to the assistant is written into its files."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

from handoff.settings import Settings
from handoff.supervisor.specs import child_environment
from tests.conftest import ROOT

FILES = ("config.yml", "credentials.yml", "domain.yml", "endpoints.yml", "rasa_sdk_plugins.py", "requirements.lock")
FOLDERS = ("actions", "data", "handoff", "models", "scripts", "widget", ".rasa")
DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
ALWAYS = "  weekly:\n" + "".join(f'    {day}: ["00:00-24:00"]\n' for day in DAYS)
TRAINING_SECONDS = 300.0  # 25 s on an idle machine


def copy_project(to: Path) -> Path:
    """Copy what the three processes and the training need; its team is there around the clock, so that tests pass at
    night too. Rasa's cache comes along: without it all six thousand sentences would be encoded again."""
    for name in FILES:
        shutil.copy2(ROOT / name, to / name)
    for name in FOLDERS:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, to / name, ignore=shutil.ignore_patterns("__pycache__"))
    rules = (ROOT / "handoff.yml").read_text(encoding="utf-8")
    rules = re.sub(r"^  weekly:\n(?:    .*\n)+", ALWAYS, rules, count=1, flags=re.MULTILINE)
    rules = re.sub(r"^  (?:holidays: .*|special:.*\n(?:    .*\n)+)", "", rules, flags=re.MULTILINE)
    (to / "handoff.yml").write_text(rules, encoding="utf-8")
    return to


def train(settings: Settings) -> None:
    """What `make train` does, in the copy."""
    done = subprocess.run(
        [sys.executable, "scripts/train.py"],
        cwd=settings.root,
        env=child_environment(settings),
        capture_output=True,
        text=True,
        check=False,
        timeout=TRAINING_SECONDS,
    )
    assert done.returncode == 0, done.stdout + done.stderr
