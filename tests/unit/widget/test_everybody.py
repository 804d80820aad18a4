"""The widget is for everybody: by eye and ear, wide and narrow, light and dark, in both directions and languages."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.support.axe import violations
from tests.unit.widget.conftest import HANDOFF, OpenPage
from tests.unit.widget.fake_channel import FakeChannel

QUEUED = HANDOFF | {
    "owner": "human",
    "status": "queued",
    "agent_online": False,
    "wait": {"position": 2, "minutes": 4, "late": True},
}
STATES: dict[str, dict[str, Any]] = {
    "assistant": {},
    "queued": QUEUED,
    "assigned": HANDOFF | {"owner": "human", "status": "assigned", "agent": {"name": "Sanne de Vries"}},
    "scheduled": HANDOFF | {"status": "scheduled", "opens_at": "2030-01-07T08:00:00Z"},
    "missed": HANDOFF | {"status": "missed"},
    "rating": {"rating": {"visit_id": 7}},
}
NARROWEST = {"width": 320, "height": 568}
LONG = "Donaudampfschifffahrtselektrizitaetenhauptbetriebswerkbauunterbeamtengesellschaft"


def talk(channel: FakeChannel) -> None:
    channel.add(
        "assistant", "Good day. What can I do?", buttons=[{"title": "Where is my order?", "payload": "/track_order"}]
    )
    channel.add("visitor", f"My order is late. {LONG}")
    channel.add("agent", "I have a look at https://shop.example/orders.", "Sanne de Vries")


def sideways(page: Page) -> int:
    """Pixels by which something in the panel is too wide for it."""
    parts = "[panel, ...panel.querySelectorAll('*')].map((one) => one.getBoundingClientRect().right)"
    script = f"(panel) => Math.max(...{parts}) - innerWidth"
    return round(page.locator(".panel").evaluate(script))


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", STATES)
def test_no_barriers_in_any_state(visit: OpenPage, channel: FakeChannel, name: str, scheme: str) -> None:
    talk(channel)
    page = visit(color_scheme=scheme)
    expect(page.locator("li.agent")).to_be_visible()
    channel.set_state(**STATES[name])
    if name == "rating":
        page.get_by_role("radio", name="Very bad").check(force=True)
    if name == "missed":
        page.get_by_role("button", name="Send", exact=True).click()  # with an error in sight
    if name == "assigned":
        channel.typing("agent", True)
        expect(page.locator("li.typing")).to_be_visible()
    assert violations(page) == []


@pytest.mark.parametrize("direction", ["ltr", "rtl"])
@pytest.mark.parametrize("name", STATES)
def test_everything_fits_on_the_narrowest_phone(
    visit: OpenPage, channel: FakeChannel, name: str, direction: str
) -> None:
    channel.direction = direction
    talk(channel)
    page = visit(viewport=NARROWEST)
    expect(page.locator("li.agent")).to_be_visible()
    channel.set_state(**STATES[name])
    if name in {"rating", "missed", "scheduled"}:
        page.get_by_role("button", name="Send", exact=True).scroll_into_view_if_needed()
    assert sideways(page) <= 0
    assert page.locator(".panel").evaluate("(panel) => panel.scrollWidth <= panel.clientWidth")
    room = page.locator(".scroll").bounding_box()
    assert room is not None
    assert room["height"] >= 150, "the conversation itself stays readable"


def test_a_page_from_right_to_left_mirrors_the_widget(visit: OpenPage, channel: FakeChannel) -> None:
    channel.direction = "rtl"
    channel.add("visitor", "Hello")
    channel.add("agent", "Good day", "Sanne")
    page = visit()
    expect(page.locator("li.agent")).to_be_visible()
    launcher = page.locator(".launcher").bounding_box()
    mine = page.locator("li.visitor .bubble").bounding_box()
    theirs = page.locator("li.agent .bubble").bounding_box()
    assert launcher is not None
    assert mine is not None
    assert theirs is not None
    assert launcher["x"] < 100
    assert mine["x"] < theirs["x"]


def test_a_dutch_page_gets_dutch(visit: OpenPage, channel: FakeChannel) -> None:
    channel.language = "nl"
    page = visit(locale="nl-NL")
    expect(page.locator("#title")).to_have_text("Assistent van Fernway")
    expect(page.get_by_role("button", name="Chat sluiten").first).to_be_visible()
    channel.set_state(**STATES["scheduled"])
    expect(page.locator(".strip")).to_contain_text("Ons supportteam is maandag 7 januari om 09:00 terug")
    expect(page.locator(".panel")).to_have_attribute("lang", "nl")


def test_other_languages_get_english_read_as_english(visit: OpenPage, channel: FakeChannel) -> None:
    channel.language = "fi"
    page = visit()
    expect(page.locator(".panel")).to_have_attribute("lang", "en")
    expect(page.get_by_placeholder("Write a message")).to_be_visible()


def test_the_page_can_replace_texts_and_colours(visit: OpenPage, channel: FakeChannel) -> None:
    channel.tag = (
        """<handoff-chat texts='{"placeholder": "Ask about desks", "missed": "Nobody, {team}."}'></handoff-chat>"""
    )
    page = visit()
    expect(page.get_by_placeholder("Ask about desks")).to_be_visible()
    channel.set_state(**STATES["missed"])
    expect(page.locator(".strip p")).to_have_text("Nobody, our support team.")
    page.evaluate("document.querySelector('handoff-chat').style.setProperty('--handoff-accent', 'rgb(120, 20, 20)')")
    expect(page.locator(".launcher")).to_have_css("background-color", "rgb(120, 20, 20)")


def test_closing_gives_the_focus_back(visit: OpenPage, channel: FakeChannel) -> None:
    page = visit()
    expect(page.locator(".write textarea")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator(".panel")).to_be_hidden()
    expect(page.locator(".launcher")).to_be_focused()


def test_forced_colours_leave_everything_visible(visit: OpenPage, channel: FakeChannel) -> None:
    page = visit(forced_colors="active")
    channel.set_state(**STATES["rating"])
    page.get_by_role("radio", name="Good", exact=True).check(force=True)
    chosen, other = page.locator(".faces svg").nth(3), page.locator(".faces svg").nth(0)
    colour = "(face) => getComputedStyle(face).backgroundColor"
    assert chosen.evaluate(colour) != other.evaluate(colour)
