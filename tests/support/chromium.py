"""The browser of the tests: the system's Chromium, without windows."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

# The first is Chromium without the parts that draw its own windows: a page opens in a quarter of the time.
NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")

STEP_MS = 20_000  # for one step, on a machine that does much else


@contextmanager
def running_chromium() -> Iterator[Browser]:
    """Start it until the end of the block; without one the test is skipped, in CI failed.

    For a fixture of a module and not of a session: while it runs, its thread can run no other event loop.
    """
    path = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)
    if path is None or shutil.which(path) is None:
        message = f"{path or 'Chromium'} is not installed (CHROMIUM names another one)"
        if os.environ.get("CI") == "true":
            pytest.fail(message)
        pytest.skip(message)
    with sync_playwright() as playwright:
        expect.set_options(timeout=STEP_MS)
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield browser
        browser.close()
