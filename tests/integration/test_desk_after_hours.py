"""The desk while its queues are closed: what waits for the next opening, on the list and as a card."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from handoff.bootstrap import Services
from tests.conftest import Clock
from tests.support.browser import look
from tests.support.desk import hand_over, visitor_writes
from tests.support.desk_browser import (  # noqa: F401  # fixtures are used by their names
    Desks,
    chromium_fixture,
    desk_fixture,
    desks_fixture,
)

EVENING_SECONDS = 9 * 3600.0  # after the tests' Monday at eleven in Amsterdam: the team has gone home
MORNING_SECONDS = 14 * 3600.0


@pytest.fixture
def db_url(sqlite_url: str) -> str:
    """SQLite is enough here: what differs between databases is tested with the service."""
    return sqlite_url


def test_what_came_in_the_evening(desks: Desks, services: Services, clock: Clock) -> None:
    clock.advance(EVENING_SECONDS)
    handoff_id = hand_over(services, "evening", name="Lea Moreau").handoff_id
    visitor_writes(services, "I would be glad about an answer tomorrow.", "evening")
    page = desks.open("sanne", f"/desk/handoffs/{handoff_id}", now=clock.now)
    # 09:00 in Amsterdam, in the browser's own time
    expect(page.locator("#conversation-state")).to_contain_text("Waits until the queue opens tomorrow at 08:00")
    expect(page.get_by_role("button", name="Claim", exact=True)).to_be_visible()
    look(page, "desk-scheduled")


def test_in_the_morning_it_is_in_the_queue(desks: Desks, services: Services, clock: Clock) -> None:
    clock.advance(EVENING_SECONDS)
    handoff_id = hand_over(services, "evening", name="Lea Moreau").handoff_id
    clock.advance(MORNING_SECONDS)
    while services.sweep().run_once():
        pass
    page = desks.open("sanne", f"/desk/handoffs/{handoff_id}", now=clock.now)
    expect(page.locator("#conversation-state")).to_contain_text("Waiting")
    look(page, "desk-opened")
