"""A real browser, and a server that does what the test says."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, expect

from tests.support.chromium import running_chromium
from tests.unit.widget.fake_channel import QUIET, TOKEN, FakeChannel

TIMEOUT_MS = 10_000
HANDOFF = {"handoff_id": "h1", "topic": "support", "team": "our support team", "can_cancel": True}

OpenPage = Callable[..., Page]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with running_chromium() as started:
        yield started


@pytest.fixture
def channel() -> Iterator[FakeChannel]:
    running = FakeChannel()
    running.start()
    yield running
    running.stop()


@pytest.fixture
def complaints() -> list[str]:
    """What the browser's console complains about; a test that expects none leaves it alone."""
    return []


@pytest.fixture
def visit(browser: Browser, channel: FakeChannel, complaints: list[str]) -> Iterator[OpenPage]:
    """Open the shop with the chat open: ``visit(**options of the context)``; again for another tab: ``tab_of=page``."""
    contexts: list[BrowserContext] = []

    def note(message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            complaints.append(message.text)

    def open_page(*, tab_of: Page | None = None, begun: bool = True, opened: bool = True, **options: Any) -> Page:
        if tab_of is None:
            settings: dict[str, Any] = {
                "locale": "en-GB",
                "timezone_id": "Europe/Amsterdam",
                "reduced_motion": "reduce",
                "viewport": {"width": 1000, "height": 760},
            }
            context = browser.new_context(**(settings | options))
            context.set_default_timeout(TIMEOUT_MS)
            contexts.append(context)
            if begun:
                key = f"handoff-chat:{channel.server}:session"
                session = '{"conversation_id": "c1", "token": "' + TOKEN + '"}'
                context.add_init_script(f"localStorage.setItem({key!r}, {session!r})")
        else:
            context = tab_of.context
        page = context.new_page()
        page.on("console", note)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(channel.shop)
        if opened:
            page.locator(".launcher").click()
            expect(page.locator(".panel")).to_be_visible()
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert complaints == []


def state(**changes: Any) -> dict[str, Any]:
    """A whole state of the conversation."""
    return QUIET | changes
