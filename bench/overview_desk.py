"""A desk in a process of its own, and a browser in which its administrator is logged in."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import requests
from playwright.sync_api import Page, sync_playwright

from bench.projects import free_port
from bench.traffic_player import ADMIN, PASSWORD
from scripts.train import ROOT

READY_SECONDS = 60.0
LOOK_SECONDS = 0.05
CPU_FIELDS = slice(11, 13)  # user and system time among what follows the name in /proc/PID/stat, see proc(5)
BROWSERS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")


@dataclass(frozen=True)
class RunningDesk:
    """Where a desk answers, and its process."""

    address: str
    pid: int

    def cpu_seconds(self) -> float:
        """Processor time that its process has used so far."""
        fields = Path(f"/proc/{self.pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
        return sum(map(int, fields[CPU_FIELDS])) / os.sysconf("SC_CLK_TCK")


@contextmanager
def running_desk(url: str, folder: Path) -> Iterator[RunningDesk]:
    """A desk in a process of its own, without a worker: nobody is to be answered."""
    port = free_port()
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("HANDOFF_")},
        "HANDOFF_VAR": str(folder),
        "HANDOFF_DB_URL": url,
        "HANDOFF_RULES": str(folder / "handoff.yml"),
        "HANDOFF_DESK_PORT": str(port),
    }
    address = f"http://127.0.0.1:{port}"
    with (folder / "desk.log").open("ab") as log:
        command = [sys.executable, "-m", "handoff.cli", "serve", "--no-worker"]
        process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=log)
    try:
        deadline = time.monotonic() + READY_SECONDS
        while not _answers(address):
            if process.poll() is not None or time.monotonic() > deadline:
                raise SystemExit(f"The desk did not start:\n{(folder / 'desk.log').read_text(encoding='utf-8')}")
            time.sleep(LOOK_SECONDS)
        yield RunningDesk(address, process.pid)
    finally:
        process.terminate()
        process.wait()


def _answers(address: str) -> bool:
    try:
        return requests.get(f"{address}/healthz", timeout=READY_SECONDS).ok
    except requests.ConnectionError:
        return False


@contextmanager
def logged_in_browser(address: str) -> Iterator[Page]:
    """A browser in which the administrator is logged in."""
    path = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, BROWSERS)), None)
    if path is None:
        raise SystemExit("Chromium is not installed (CHROMIUM names another one). Run scripts/ensure_chromium.sh.")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1440, "height": 860})
        page.goto(f"{address}/desk/metrics")
        page.get_by_label("Username").fill(ADMIN)
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Log in").click()
        page.wait_for_selector("#live")
        yield page
        browser.close()
