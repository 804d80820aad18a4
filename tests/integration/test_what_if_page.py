"""The page "What if" in a real browser: try a value, read what it would have changed, copy it."""

from __future__ import annotations

import random
import re

import pytest
import requests
from playwright.sync_api import Locator, Page, expect

from handoff.bootstrap import Services
from handoff.domain.model import Agent
from tests.conftest import Clock
from tests.integration.conftest import PASSWORD
from tests.integration.what_if.visitor import Visitor
from tests.support.browser import look
from tests.support.desk import AgentBrowser
from tests.support.desk_browser import (  # noqa: F401  # fixtures are used by their names
    Desks,
    chromium_fixture,
    desk_fixture,
    desks_fixture,
)

HOSTILE = "<img src=x onerror=alert(1)> still nothing"
OFFER = "Offer a person from this much frustration"
WORDS = ("How long does delivery take?", "It should have been here on Monday.", "I asked that already.", "Thank you.")
VISITS = 60
TALL = {"width": 1280, "height": 1480}  # for pictures that show the visits too


@pytest.fixture
def db_url(sqlite_url: str) -> str:
    """SQLite is enough here: what differs between databases is tested with the answers."""
    return sqlite_url


@pytest.fixture
def admin(services: Services) -> Agent:
    return services.agents.create("ada", "Ada Lindqvist", PASSWORD, role="admin")


@pytest.fixture
def visits(services: Services, clock: Clock) -> None:
    """Some days of a shop: most are calm, some are not."""
    chance = random.Random(4)
    clock.advance(-6 * 24 * 3600)
    for number in range(VISITS):
        one = Visitor(services, clock, f"v{number}")
        for words in WORDS[: chance.randint(1, len(WORDS))]:
            intent = chance.choice(["faq/delivery_time", "track_order", "nlu_fallback", "thank"])
            one.say(words, intent, min(1.0, abs(chance.gauss(0.2, 0.35))), known=round(chance.uniform(0.2, 1.0), 2))
        clock.advance(2 * 3600)
    hostile = Visitor(services, clock, "hostile")
    hostile.say(HOSTILE, score=0.65)


def field(page: Page, label: str) -> Locator:
    return page.get_by_label(label, exact=True)


def replay(page: Page) -> None:
    page.get_by_role("button", name="Replay the visits").click()
    expect(page.get_by_role("heading", name="What would have happened")).to_be_focused()


def test_a_value_is_tried_and_copied(
    desks: Desks, admin: Agent, visits: None, services: Services, clock: Clock
) -> None:
    page = desks.open("ada", "/desk/what-if", size=TALL, now=clock())
    expect(page).to_have_title(re.compile(r"What if - Handoff desk$"))
    expect(page.get_by_text("Now 0.7", exact=True)).to_be_visible()
    look(page, "desk-what-if-empty", dark=True, phone=True)
    page.get_by_role("button", name="Replay the visits").click()
    expect(page.get_by_role("alert").filter(has_text="Change a value first")).to_be_visible()
    field(page, OFFER).fill("0.6")
    expect(page.get_by_text("Now 0.7; you try 0.6")).to_be_visible()
    replay(page)
    expect(page.locator("#status")).to_have_text(re.compile(r"^61 visits replayed, 24 October . 22 November 2026\.$"))
    expect(page.locator("#said")).to_contain_text("A person would have been offered")
    expect(page.locator("#caveats")).to_contain_text("come out the same")
    expect(page.locator("pre")).to_have_text(re.compile(r"triggers:\s+frustration:\s+offer_from: 0.6 +# now 0.7"))
    hostile = page.locator("#visits .item").filter(has_text="<img src=x onerror=alert(1)>")
    expect(hostile).to_contain_text("A person would have been offered at message 1")
    expect(hostile).to_contain_text("Certain")
    expect(hostile.locator("img")).to_have_count(0)
    expect(hostile.get_by_role("link")).to_have_attribute("href", re.compile(r"^/desk/metrics\?visit=\d+$"))
    field(page, "Not understood in a row: bring in a person").fill("1")
    replay(page)
    expect(page.locator("#said")).to_contain_text("where none did")
    expect(page.locator("#visits .item").first).to_contain_text("A person would have come at message")
    look(page, "desk-what-if", dark=True, phone=True)
    page.get_by_role("button", name="Back to today's values").click()
    expect(field(page, OFFER)).to_have_value("0.7")


def test_all_of_it_by_keyboard(desks: Desks, admin: Agent, visits: None, clock: Clock) -> None:
    page = desks.open("ada", "/desk/what-if", now=clock())
    slider = page.get_by_label("Answer from this much certainty on, slider")
    slider.focus()
    page.keyboard.press("End")
    expect(field(page, "Answer from this much certainty on")).to_have_value("1")
    page.get_by_text("Only somebody who can look it up may answer").focus()
    page.keyboard.press("Enter")
    group = page.get_by_role("group", name="Only somebody who can look it up may answer").last
    box = group.get_by_role("checkbox", name="where an order is")
    box.focus()
    page.keyboard.press("Space")
    expect(page.get_by_text("You try it without where an order is")).to_be_visible()
    field(page, OFFER).focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="What would have happened")).to_be_focused()
    expect(page.locator("#said")).to_contain_text("answers would not have been given")
    expect(page.locator("#snippets")).to_contain_text("account_intents: [cancel_order, change_order")
    expect(page.locator("#snippets")).to_contain_text("threshold: 1")


def test_a_value_that_cannot_be_is_explained(desks: Desks, admin: Agent, clock: Clock) -> None:
    page = desks.open("ada", "/desk/what-if", now=clock())
    field(page, OFFER).fill("0.95")
    page.get_by_role("button", name="Replay the visits").click()
    alert = page.get_by_role("alert").filter(has_text="triggers.frustration.hand_off_from: 0.9 is less than offer_from")
    expect(alert).to_be_visible()
    field(page, OFFER).fill("0.6")
    expect(alert).to_have_count(0)
    replay(page)
    expect(page.locator("#said")).to_contain_text("There were no visits in these days")


def test_it_is_for_administrators(desk: str, admin: Agent, visits: None) -> None:
    sanne = AgentBrowser(desk, "sanne", PASSWORD)
    assert sanne.get(f"{desk}/desk/what-if").status_code == 404
    for answer in (sanne.get(f"{desk}/api/what-if/settings"), sanne.post(f"{desk}/api/what-if", json={})):
        assert (answer.status_code, answer.json()["error"]["code"]) == (403, "only_for_admins")
    assert requests.get(f"{desk}/api/what-if/settings", timeout=10).status_code == 401


def test_programs_ask_too(desk: str, admin: Agent, visits: None, clock: Clock) -> None:
    ada = AgentBrowser(desk, "ada", PASSWORD)
    settings = ada.get(f"{desk}/api/what-if/settings").json()
    values = {one["key"]: one["value"] for one in settings["settings"]}
    assert values["triggers.frustration.offer_from"] == 0.7
    assert 0.2 <= settings["abstain_below"]["value"] <= 1
    same = ada.post(f"{desk}/api/what-if", json={}).json()
    assert same["visits_changed_total"] == 0
    assert same["agreement"]["reproduced"] == same["agreement"]["decisions"] > 0
    asked = {"set": {"triggers.low_confidence.consecutive": 1}, "from": str(clock().date())}
    answer = ada.post(f"{desk}/api/what-if", json=asked).json()
    assert (answer["period"]["days"], answer["after"]) == (1, answer["before"] + answer["changes"]["more"]["total"])
    wrong = ada.post(f"{desk}/api/what-if", json={"set": {"hours.timezone": "UTC"}})
    assert (wrong.status_code, wrong.json()["error"]["code"]) == (400, "invalid_input")
    assert "hours.timezone cannot be tried" in wrong.json()["error"]["message"]
