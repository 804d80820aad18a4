"""The widget says for every state whom the visitor talks to, and what is to be expected."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.unit.widget.conftest import HANDOFF, OpenPage
from tests.unit.widget.fake_channel import FakeChannel

QUEUED = HANDOFF | {"owner": "human", "status": "queued", "agent_online": True}
ASSIGNED = HANDOFF | {"owner": "human", "status": "assigned", "agent": {"name": "Sanne de Vries"}}
TEAM_OPENS = 8  # o'clock UTC


def wait(position: int, minutes: int | None, late: bool = False) -> dict[str, Any]:
    return {"position": position, "minutes": minutes, "late": late}


@pytest.mark.parametrize(
    ("changes", "title", "told"),
    [
        ({}, "Fernway assistant", "Automated answers"),
        (QUEUED | {"wait": wait(2, 4)}, "Waiting for a person", "You are number 2 in line. About 4 minutes."),
        (QUEUED | {"wait": wait(1, 1)}, "Waiting for a person", "You are next in line. About 1 minute."),
        (QUEUED | {"wait": wait(3, None)}, "Waiting for a person", "You are number 3 in line."),
        (QUEUED | {"wait": wait(1, 4, late=True)}, "Waiting for a person", "longer than usual"),
        (QUEUED | {"wait": wait(1, None), "agent_online": False}, "Waiting for a person", "Nobody is online right now"),
        (QUEUED | {"wait": wait(1, None), "email_known": True}, "Waiting for a person", "also comes by e-mail"),
        (HANDOFF | {"status": "missed"}, "Fernway assistant", "Nobody was free to answer you"),
        (HANDOFF | {"status": "follow_up", "email_known": True}, "Fernway assistant", "writes to you by e-mail"),
        (ASSIGNED, "Sanne de Vries", "From our support team"),
    ],
)  # fmt: skip
def test_every_status_is_told(
    visit: OpenPage, channel: FakeChannel, changes: dict[str, Any], title: str, told: str
) -> None:
    page = visit()
    channel.set_state(**changes)
    expect(page.locator("#title")).to_have_text(title)
    expect(page.locator(".panel")).to_contain_text(told)


@pytest.mark.parametrize(("minutes", "somebody"), [(None, True), (4, False)])
def test_no_minutes_are_invented(visit: OpenPage, channel: FakeChannel, minutes: int | None, somebody: bool) -> None:
    page = visit()
    channel.set_state(**QUEUED | {"wait": wait(2, minutes), "agent_online": somebody})
    expect(page.locator("#help")).to_have_text("You are number 2 in line.")


@pytest.mark.parametrize(
    ("zone", "clock"), [("Europe/Amsterdam", "09:00"), ("America/New_York", "03:00"), ("Asia/Tokyo", "17:00")]
)
def test_the_opening_is_told_in_the_visitors_own_zone(
    visit: OpenPage, channel: FakeChannel, zone: str, clock: str
) -> None:
    page = visit(timezone_id=zone)
    # a winter's day far enough from now that it is named by its date
    opens = datetime(datetime.now(UTC).year + 1, 1, 18, TEAM_OPENS, tzinfo=UTC)
    channel.set_state(**HANDOFF, status="scheduled", opens_at=opens.isoformat())
    expect(page.locator(".strip")).to_contain_text("Our support team is back on")
    expect(page.locator(".strip")).to_contain_text(f"18 January at {clock}, your time")


def test_tomorrow_is_called_tomorrow(visit: OpenPage, channel: FakeChannel) -> None:
    page = visit(timezone_id="UTC")
    opens = (datetime.now(UTC) + timedelta(days=1)).replace(hour=TEAM_OPENS, minute=0)
    channel.set_state(**HANDOFF, status="scheduled", opens_at=opens.isoformat())
    expect(page.locator(".strip")).to_contain_text("tomorrow at 08:00, your time")


def test_a_falling_position_is_announced_and_a_minute_less_is_not(visit: OpenPage, channel: FakeChannel) -> None:
    page = visit()
    channel.set_state(**QUEUED, wait=wait(3, 6))
    log = page.locator("[role=log]")
    expect(log).to_contain_text("You are number 3 in line")
    channel.set_state(wait=wait(3, 5))
    channel.set_state(wait=wait(2, 5))
    expect(log).to_contain_text("You are number 2 in line")
    expect(log).not_to_contain_text("number 3 in line. About 5 minutes")


def test_the_visitor_goes_on_with_the_assistant(visit: OpenPage, channel: FakeChannel) -> None:
    page = visit()
    channel.set_state(**QUEUED, wait=wait(1, None))
    button = page.get_by_role("button", name="Go on with the assistant")
    button.wait_for()
    channel.state = channel.state | {"owner": "assistant", "status": None, "wait": None, "can_cancel": False}
    button.press("Enter")
    expect(page.locator("#title")).to_have_text("Fernway assistant")
    expect(page.locator(".strip")).to_be_hidden()
    assert channel.bodies("cancel") == [{}]
    expect(page.locator(".write textarea")).to_be_focused()


def test_what_the_agent_has_seen_is_marked(visit: OpenPage, channel: FakeChannel) -> None:
    page = visit()
    page.locator(".write textarea").fill("Are you there?")
    page.locator(".write textarea").press("Enter")
    meta = page.locator("li.visitor .meta").last
    expect(meta).to_contain_text("Sent")
    channel.set_state(**HANDOFF, owner="human", status="assigned", agent={"name": "Sanne"}, agent_seen=1)
    expect(meta).to_contain_text("Seen")


def test_typing_is_shown_and_told(visit: OpenPage, channel: FakeChannel) -> None:
    page = visit()
    page.clock.set_fixed_time(datetime.now(UTC))  # however long the keys take here, they are pressed at once
    field = page.locator(".write textarea")
    field.press_sequentially("hello")
    channel.set_state(**HANDOFF, owner="human", status="assigned", agent={"name": "Sanne de Vries"})
    channel.typing("agent", True)
    expect(page.locator("li.typing")).to_be_visible()
    expect(page.get_by_role("img", name="Sanne is typing")).to_be_visible()
    channel.say("agent", "Hello", "Sanne de Vries")
    expect(page.locator("li.typing")).to_have_count(0)
    field.press_sequentially(", are you there")
    field.press("Enter")
    expect(page.locator("li.visitor")).to_have_count(1)
    # one word however many keys, none while only the assistant was there, and one for the end
    assert channel.heard("typing", 2) == [{"on": True}, {"on": False}]


def test_an_agents_answer_in_sight_is_told_once(visit: OpenPage, channel: FakeChannel) -> None:
    page = visit()
    channel.set_state(**HANDOFF, owner="human", status="assigned", agent={"name": "Sanne"})
    channel.say("agent", "Hello", "Sanne")
    expect(page.locator("li.agent")).to_be_visible()
    channel.say("agent", "Still there?", "Sanne")
    expect(page.locator("li.agent")).to_have_count(2)
    page.wait_for_function(
        "() => Object.keys(localStorage).some((key) => key.endsWith(':seen') && localStorage[key] === '2')"
    )
    assert channel.bodies("seen")[-1] == {"seq": 2}
    assert channel.heard("here"), "somebody may wait for this visitor"
