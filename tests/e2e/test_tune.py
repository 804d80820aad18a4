"""`handoff tune` on the project's own training data, as a designer runs and reads it.

The screenshot of docs/nlu.md is made here (set SCREENSHOTS=docs/images to renew it).
"""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml
from playwright.sync_api import Browser, ViewportSize, expect

from tests.conftest import ROOT
from tests.support.browser import PHONE, open_page, shot

pytestmark = pytest.mark.timeout(600)  # it trains six times: half a minute, or minutes on a busy machine

WIDE = ViewportSize(width=1280, height=1176)
LOG = "text,intent\nwhere is my parcel,track_order\nhow long is the guarantee on the motor,faq/warranty\n,\n"


@dataclass(frozen=True)
class Tuned:
    """What the command printed, and the page that it wrote."""

    data: dict[str, Any]
    page: Path


@pytest.fixture(scope="module")
def tuned(tmp_path_factory: pytest.TempPathFactory) -> Tuned:
    folder = tmp_path_factory.mktemp("tune")
    (folder / "log.csv").write_text(LOG, encoding="utf-8")
    command = [sys.executable, "-m", "handoff.cli", "tune", "--json", "--out", str(folder / "tune.html")]
    command += ["--messages", str(folder / "log.csv")]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return Tuned(json.loads(done.stdout), folder / "tune.html")


def test_the_numbers_are_those_of_the_project(tuned: Tuned) -> None:
    config = yaml.safe_load((ROOT / "config.yml").read_text(encoding="utf-8"))
    allowed = next(entry["wrong_answers"] for entry in config["pipeline"] if "wrong_answers" in entry)
    data = tuned.data
    assert data["chosen"]["wrong_answers"] == allowed
    assert 0 < data["outcome"]["wrong_share"] <= allowed
    assert data["headline"]["right_intents"] >= data["headline"]["right_labels"] > 0.5
    assert data["headline"]["examples"] == sum(score["examples"] for score in data["intents"])
    mistakes = sum(pair["forth"] + pair["back"] for pair in data["pairs"])
    assert mistakes == round(data["headline"]["examples"] * (1 - data["headline"]["right_labels"]))
    parcel, motor, nothing = data["messages"]["rows"]
    assert (parcel["right"], motor["right"]) == (True, True)
    assert nothing["outcome"] == "nothing"


@pytest.mark.parametrize(
    ("name", "size", "dark"),
    [("tune-report", WIDE, False), ("tune-dark", WIDE, True), ("tune-phone", PHONE, False)],
)
def test_the_page_of_the_project(
    chromium: Browser, complaints: list[str], tuned: Tuned, name: str, size: ViewportSize, dark: bool
) -> None:
    page = open_page(chromium, complaints, size, dark=dark)
    page.goto(tuned.page.as_uri())
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    page.get_by_role("slider").press("ArrowLeft")
    expect(page.locator("#changes-none")).to_be_hidden()
    page.get_by_role("button", name="Back to").click()
    page.evaluate("document.activeElement.blur(); scrollTo(0, 0)")
    shot(page, name)
    assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]
    assert complaints == []
