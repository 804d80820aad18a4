"""The desk in a real browser: fixtures that tests of its pages import."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, Route, expect

from handoff.bootstrap import Services
from handoff.domain.model import Agent
from tests.support.chromium import running_chromium
from tests.support.desk import running_desk

PASSWORD = "correct horse battery"  # of the agents in tests/integration/conftest.py
PHONE = {"width": 360, "height": 740}
WIDE = {"width": 1440, "height": 860}
MILLISECONDS = 20_000  # for one step, on a machine that does much else


@pytest.fixture(name="desk")
def desk_fixture(services: Services, sanne: Agent, jonas: Agent) -> Iterator[str]:
    """The address of a desk with two agents."""
    with running_desk(services) as base:
        yield base


@pytest.fixture(name="chromium", scope="module")
def chromium_fixture() -> Iterator[Browser]:
    """The system's browser."""
    with running_chromium() as browser:
        yield browser


class Desks:
    """Opens the desk for agents, each in a browser of their own, and collects what the console complains about."""

    def __init__(self, chromium: Browser, base: str) -> None:
        self.chromium = chromium
        self.base = base
        self.complaints: list[str] = []

    def open(
        self,
        username: str,
        path: str = "/desk",
        size: dict[str, int] = WIDE,
        scheme: str = "light",
        script: str = "",
        password: str = PASSWORD,
        now: datetime | None = None,
        live: bool = True,
    ) -> Page:
        """A page that is logged in, and ``live`` unless that is not waited for; ``script`` runs before the page's own
        on each load, ``now`` stops its calendar."""
        context = self.chromium.new_context(viewport=size, color_scheme=scheme)  # type: ignore[arg-type]
        context.set_default_timeout(MILLISECONDS)
        if script:
            context.add_init_script(script)
        page = context.new_page()
        if now:
            page.clock.set_fixed_time(now)
        page.on("console", self._note)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.goto(self.base + path)
        page.get_by_label("Username").fill(username)
        page.get_by_label("Password").fill(password)
        page.get_by_role("button", name="Log in").click()
        if live:
            expect(page.locator("#live")).to_have_text("Live", timeout=MILLISECONDS)
        return page

    def _note(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"} and "Failed to load resource" not in message.text:
            self.complaints.append(message.text)


class Held:
    """Holds back requests of a page until they are released; later ones pass."""

    def __init__(self, page: Page, pattern: str) -> None:
        self._waiting: list[Route] = []
        self._released = False
        page.route(pattern, self._on_request)

    def release(self) -> None:
        self._released = True
        for route in self._waiting:
            route.continue_()

    def _on_request(self, route: Route) -> None:
        if self._released:
            route.continue_()
        else:
            self._waiting.append(route)


@pytest.fixture(name="desks")
def desks_fixture(chromium: Browser, desk: str) -> Iterator[Desks]:
    """Opens desks, and fails the test when a page complained on its console."""
    opened = Desks(chromium, desk)
    yield opened
    for context in chromium.contexts:
        context.close()
    assert not opened.complaints, opened.complaints


def fits(page: Page) -> bool:
    """Whether nothing sticks out to the side."""
    return bool(page.evaluate("document.documentElement.scrollWidth <= innerWidth"))
