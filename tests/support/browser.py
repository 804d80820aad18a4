"""Real browsers: the system's Chromium, pages that collect what their console complains about, and pictures of them."""

from __future__ import annotations

import io
import os
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Browser, ConsoleMessage, Locator, Page, ViewportSize

from tests.support.axe import hard_to_see, violations
from tests.support.chromium import STEP_MS, running_chromium

WIDE = ViewportSize(width=1280, height=800)
PHONE = ViewportSize(width=360, height=740)
COLOURS = 256  # of a picture: pages have few, and a palette makes the file a third as large


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """The system's browser."""
    with running_chromium() as browser:
        yield browser


@pytest.fixture
def complaints() -> list[str]:
    """What the browsers' consoles complain about."""
    return []


def open_page(
    chromium: Browser,
    complaints: list[str],
    size: ViewportSize = WIDE,
    *,
    dark: bool = False,
    at: datetime | None = None,
    **options: Any,
) -> Page:
    """A page in a browser of its own.

    Args:
        chromium: the fixture.
        complaints: gets what the console complains about.
        size: of the window.
        dark: whether the system asks for dark pages.
        at: what the clock of the browser shows now; None: the real time.
        options: others of ``Browser.new_context``.
    """
    settings: dict[str, Any] = {
        "viewport": size,
        "color_scheme": "dark" if dark else "light",
        "locale": "en-GB",
        "timezone_id": "Europe/Amsterdam",
        "reduced_motion": "reduce",
    }
    context = chromium.new_context(**(settings | options))
    context.set_default_timeout(STEP_MS)
    if at is not None:
        context.clock.set_system_time(at)
    page = context.new_page()
    watch(page, complaints)
    return page


def watch(page: Page, complaints: list[str]) -> None:
    """Collect what the console of a page complains about."""

    def note(message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"} and "Failed to load resource" not in message.text:
            complaints.append(message.text)

    page.on("console", note)
    page.on("pageerror", lambda error: complaints.append(str(error)))


def shot(page: Page, name: str, part: Locator | None = None) -> None:
    """Keep a picture of the page, or of a part of it, where SCREENSHOTS says; without it none is made."""
    folder = os.environ.get("SCREENSHOTS")
    if not folder:
        return
    raw = (part or page).screenshot(animations="disabled", caret="hide")
    picture = Image.open(io.BytesIO(raw)).convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE)
    picture.save(Path(folder) / f"{name}.png", optimize=True)


def look(page: Page, name: str, part: Locator | None = None, *, dark: bool = True, phone: bool = True) -> None:
    """See that nobody is kept out of the page as it is now, wide and on a phone, in both themes, and keep pictures.

    Args:
        page: what is looked at.
        name: of the pictures; ``-dark`` and ``-phone`` are added.
        part: what the picture shows on a wide screen, if not all.
        dark: whether a picture of the dark page is kept too; it is checked in any case.
        phone: whether it must fit a phone, and a picture of that is kept.
    """
    found = {"light": violations(page)}
    shot(page, name, part)
    page.emulate_media(color_scheme="dark")
    found["dark"] = hard_to_see(page)
    if dark:
        shot(page, f"{name}-dark", part)
    page.emulate_media(color_scheme="light")
    size = page.viewport_size
    assert size is not None, "the window has a size"
    if phone and size != PHONE:
        page.set_viewport_size(PHONE)
        found["phone"] = violations(page)
        wide = page.evaluate("document.documentElement.scrollWidth")
        shot(page, f"{name}-phone")
        page.set_viewport_size(size)
        assert wide <= PHONE["width"], f"{name}: {wide} pixels wide on a phone"
    barriers = {how: barriers for how, barriers in found.items() if barriers}
    assert not barriers, f"{name}: {barriers}"
