"""The list of the desk and what is around it: groups, filters, search, order, presence, sound, shortcuts, theme."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from handoff.bootstrap import Services
from handoff.domain.lifecycle import Status
from handoff.domain.model import Agent
from tests.conftest import Clock
from tests.support.axe import violations
from tests.support.desk import hand_over, visitor_writes
from tests.support.desk_browser import (  # noqa: F401  # fixtures are used by their names
    PHONE,
    WIDE,
    Desks,
    chromium_fixture,
    desk_fixture,
    desks_fixture,
    fits,
)

EVENING_SECONDS = 9 * 3600.0  # after the tests' Monday at eleven in Amsterdam: the team has gone home
# what the pages do is counted where a test can wait for it
COUNT_TONES = """let tones = 0;
const start = OscillatorNode.prototype.start;
OscillatorNode.prototype.start = function (...when) {
  document.documentElement.dataset.tones = ++tones;
  return start.apply(this, when);
};"""
ASK_NOTHING = """let asked = 0;
class Notification extends EventTarget {
  constructor(title, { body }) {
    super();
    document.documentElement.dataset.shown = `${title} | ${body}`;
  }
  static permission = "default";
  static async requestPermission() {
    document.documentElement.dataset.asked = ++asked;
    Notification.permission = "granted";
    return "granted";
  }
}
window.Notification = Notification;
document.hasFocus = () => false;"""


@pytest.fixture
def db_url(sqlite_url: str) -> str:
    """SQLite is enough here: what differs between databases is tested with the service."""
    return sqlite_url


@pytest.fixture
def evening(services: Services, sanne: Agent, jonas: Agent, clock: Clock) -> dict[str, str]:
    """Handoffs in every state that a list has, and their ids by name."""
    ids = {"Missed": hand_over(services, "missed", name="Missed").handoff_id}
    clock.advance(services.rules.waiting.missed_after + 1)
    while services.sweep().run_once():
        pass
    for name in ("Waits", "Newer", "Mine", "Theirs", "Done"):
        ids[name] = hand_over(services, name, name=name).handoff_id
        clock.advance(60)
    services.claim(ids["Mine"], sanne.id)
    services.claim(ids["Theirs"], jonas.id)
    services.claim(ids["Done"], sanne.id)
    services.resolve(ids["Done"], sanne.id)
    clock.advance(EVENING_SECONDS)
    ids["Tomorrow"] = hand_over(services, "tomorrow", name="Tomorrow").handoff_id
    assert services.desk.row(ids["Missed"]).status == Status.FOLLOW_UP
    assert services.desk.row(ids["Tomorrow"]).status == Status.SCHEDULED
    return ids


def names(page: Page) -> list[str]:
    """Who is in the list, from top to bottom."""
    return [line.split(":")[0] for line in page.locator(".row__headline").all_inner_texts()]


def groups(page: Page) -> list[str]:
    return [re.sub(r"\d+$", "", title).strip() for title in page.locator(".queue__title").all_inner_texts()]


def filters(page: Page) -> None:
    page.get_by_role("button", name="Filter").click()


def test_the_list_says_what_is_whose_and_what_is_due(desks: Desks, evening: dict[str, str], clock: Clock) -> None:
    page = desks.open("sanne", now=clock.now)
    expect(page.locator(".row")).to_have_count(6)
    assert groups(page) == ["Yours", "Waiting", "Follow up", "Scheduled", "With colleagues"]
    assert names(page) == ["Mine", "Waits", "Newer", "Missed", "Tomorrow", "Theirs"]
    expect(page.locator(".row", has_text="Tomorrow")).to_contain_text(re.compile(r"Opens tomorrow \d\d:\d\d"))
    expect(page.locator(".row", has_text="Missed")).to_contain_text("Reply due")
    expect(page.locator(".row", has_text="Missed").get_by_text("E-mail left")).to_have_count(1)
    expect(page.get_by_role("button", name="Open 6")).to_have_attribute("aria-pressed", "true")
    expect(page).to_have_title("(2) Handoff desk")


def test_filters_and_order_are_chosen_and_kept(desks: Desks, evening: dict[str, str]) -> None:
    page = desks.open("sanne")
    page.get_by_role("button", name="Mine").click()
    assert names(page) == ["Mine"]
    page.get_by_role("button", name="Closed").click()
    expect(page.locator(".row")).to_have_count(1)
    expect(page.locator(".row")).to_contain_text("Resolved by you")
    page.get_by_role("button", name="Open").click()
    filters(page)
    page.get_by_label("Order").select_option("Newest first")
    assert names(page)[1:3] == ["Newer", "Waits"]
    page.locator("#status-filter").select_option("Scheduled")
    assert names(page) == ["Tomorrow"]
    page.locator("#queue-filter").select_option("Sales")
    expect(page.get_by_text("Nothing matches these filters.")).to_be_visible()
    page.reload()
    expect(page.get_by_text("Nothing matches these filters.")).to_be_visible()  # the queue is kept while the tab is
    page.get_by_role("button", name="Clear filters").click()
    expect(page.locator(".row")).to_have_count(6)
    expect(page.get_by_label("Order")).to_have_value("newest")


def test_the_search_finds_open_and_closed_ones(desks: Desks, evening: dict[str, str], services: Services) -> None:
    visitor_writes(services, "it squeaks like a zeppelin", "Mine")
    page = desks.open("sanne")
    expect(page.locator(".row")).to_have_count(6)
    page.keyboard.press("/")
    box = page.get_by_role("searchbox", name="Search conversations")
    expect(box).to_be_focused()
    page.keyboard.type("done")
    expect(page.get_by_text("1 found for")).to_be_visible()
    assert (names(page), groups(page)) == (["Done"], ["Closed"])
    box.fill("zeppelin")
    expect(page.locator(".row")).to_contain_text("Mine")
    page.keyboard.press("ArrowDown")
    expect(page.locator(".row")).to_be_focused()
    box.fill("nobody has said this")
    expect(page.get_by_text("Nothing was found.")).to_be_visible()
    page.keyboard.press("Escape")
    expect(box).to_have_value("")
    expect(page.locator(".row")).to_have_count(6)
    page.locator(".row", has_text="Mine").click()
    page.locator("#reply").fill("either")
    page.keyboard.type("/or")  # in a text it is a stroke
    expect(page.locator("#reply")).to_have_value("either/or")
    expect(box).not_to_be_focused()


def test_keys_walk_open_and_claim(desks: Desks, services: Services, clock: Clock) -> None:
    ids = []
    for number in range(3):
        ids.append(hand_over(services, f"c{number}", name=f"Visitor {number}").handoff_id)
        clock.advance(1)
    page = desks.open("sanne")
    expect(page.locator(".row")).to_have_count(3)
    for key in ("j", "j", "j", "k"):
        page.keyboard.press(key)
    expect(page.locator(".row:focus")).to_contain_text("Visitor 1")
    page.keyboard.press("Enter")
    expect(page.locator("#conversation-title")).to_be_focused()
    page.keyboard.press("e")  # there is nothing to resolve yet
    page.keyboard.press("c")
    expect(page.locator("#conversation-state")).to_contain_text("You are in this conversation")
    page.locator("#conversation-title").focus()
    page.keyboard.press("r")
    expect(page.locator("#reply")).to_be_focused()
    page.keyboard.type("be quick")  # letters in a text are letters
    expect(page.locator("#reply")).to_have_value("be quick")
    assert services.desk.row(ids[1]).status == Status.ASSIGNED
    page.locator("#reply").fill("")
    page.locator("#conversation-title").focus()
    page.keyboard.press("e")
    expect(page.locator("#conversation-state")).to_contain_text("Resolved")


def test_the_help_sheet_and_switching_single_keys_off(desks: Desks, services: Services) -> None:
    hand_over(services)
    page = desks.open("sanne")
    expect(page.locator(".row")).to_have_count(1)
    page.keyboard.press("?")
    sheet = page.get_by_role("dialog", name="Keyboard shortcuts")
    expect(sheet).to_be_visible()
    page.keyboard.press("j")  # nothing happens behind it
    expect(page.locator(".row:focus")).to_have_count(0)
    sheet.get_by_role("checkbox").uncheck()
    page.keyboard.press("Escape")
    expect(sheet).to_be_hidden()
    page.reload()
    expect(page.locator(".row")).to_have_count(1)
    page.keyboard.press("?")
    page.keyboard.press("j")
    expect(sheet).to_be_hidden()
    expect(page.locator(".row:focus")).to_have_count(0)
    page.get_by_role("button", name="Sanne de Vries").click()
    page.get_by_role("button", name="Keyboard shortcuts").click()  # without keys there is still a button
    sheet.get_by_role("checkbox").check()
    sheet.get_by_role("button", name="Close").click()
    page.keyboard.press("g")
    page.keyboard.press("a")
    expect(page.get_by_role("heading", name="Account and preferences")).to_be_visible()


def test_a_sound_only_for_those_who_want_it_and_for_their_work(desks: Desks, services: Services) -> None:
    page = desks.open("sanne", script=COUNT_TONES)
    other = desks.open("jonas", script=COUNT_TONES)  # looks after sales only
    hand_over(services, "c1", name="First")
    expect(page.locator(".row")).to_have_count(1)
    expect(page.locator("html")).not_to_have_attribute("data-tones", re.compile("."))
    for one in (page, other):
        one.get_by_role("button", name="Sound and notifications").click()
        one.get_by_label("Sound for new work").check()
        expect(one.locator("html")).to_have_attribute("data-tones", "2")  # what it sounds like
        one.evaluate("localStorage.removeItem('desk.sounded')")  # that was long ago
    hand_over(services, "c2", name="Second")
    expect(page.locator("html")).to_have_attribute("data-tones", "4")
    expect(other.locator(".row")).to_have_count(2)
    expect(other.locator("html")).to_have_attribute("data-tones", "2")
    page.reload()
    page.get_by_role("button", name="Sound and notifications").click()
    expect(page.get_by_label("Sound for new work")).to_be_checked()


def test_the_browser_is_asked_for_notifications_after_a_click_only(desks: Desks, services: Services) -> None:
    page = desks.open("sanne", script=ASK_NOTHING)
    page.get_by_role("button", name="Sound and notifications").click()
    expect(page.locator("html")).not_to_have_attribute("data-asked", re.compile("."))
    page.get_by_label("Browser notifications").check()
    expect(page.locator("html")).to_have_attribute("data-asked", "1")
    hand_over(services)
    expect(page.locator("html")).to_have_attribute("data-shown", re.compile(r"^New handoff: Support \| Lea Moreau"))


def test_away_is_seen_by_colleagues_and_says_what_happens(desks: Desks, services: Services, sanne: Agent) -> None:
    services.claim(hand_over(services).handoff_id, sanne.id)
    page = desks.open("sanne")
    other = desks.open("jonas")
    other.get_by_role("button", name="You are Online").click()
    here = other.get_by_role("list", name="Who is here").get_by_role("listitem").filter(has_text="Sanne de Vries")
    expect(here).to_contain_text("1 open")
    page.get_by_role("button", name="You are Online").click()
    page.get_by_role("button", name="Away", exact=True).click()
    expect(page.locator("#presence-help")).to_contain_text("your open conversation goes back to the queue")
    expect(page.locator("#presence-help")).to_contain_text("After 2 min")
    expect(here).to_contain_text("away")
    page.reload()
    expect(page.get_by_role("button", name="You are Away")).to_be_visible()


def test_work_that_a_colleague_hands_over_is_news(desks: Desks, services: Services, sanne: Agent, jonas: Agent) -> None:
    handoff_id = hand_over(services).handoff_id
    services.claim(handoff_id, jonas.id)
    page = desks.open("sanne")
    expect(page.locator(".row")).to_have_count(1)
    services.transfer(handoff_id, jonas.id, to_agent_id=sanne.id, note="speaks French")
    expect(page.locator("#announcer")).to_contain_text("Handed to you: Lea Moreau")
    expect(page.locator(".row")).to_contain_text("From Jonas Weber: speaks French")


def test_the_theme_is_kept_and_there_before_the_first_picture(desks: Desks) -> None:
    page = desks.open("sanne")
    dark = "getComputedStyle(document.documentElement).colorScheme === 'dark'"
    assert not page.evaluate(dark)
    page.get_by_role("button", name="Sanne de Vries").click()
    page.get_by_role("button", name="Dark").click()
    assert page.evaluate(dark)
    page.get_by_role("button", name="Log out").click()
    page.wait_for_url("**/desk/login")
    assert page.evaluate(dark)
    in_head = page.evaluate("[...document.head.querySelectorAll('script')].map(one => [one.src, one.async, one.type])")
    assert in_head[0] == [f"{desks.base}/desk/static/theme.js", False, ""], "it must hold the page up until it is done"


def test_menus_close_and_give_the_focus_back(desks: Desks) -> None:
    page = desks.open("sanne")
    for name in ("You are Online", "Sound and notifications", "Sanne de Vries"):
        button = page.get_by_role("button", name=name)
        button.focus()
        page.keyboard.press("Enter")
        expect(button).to_have_attribute("aria-expanded", "true")
        page.keyboard.press("Tab")
        page.keyboard.press("Escape")
        expect(button).to_have_attribute("aria-expanded", "false")
        expect(button).to_be_focused()
        page.keyboard.press("Enter")
        page.locator(".queue__list").click()
        expect(button).to_have_attribute("aria-expanded", "false")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["wide", "phone"])
def test_no_barriers_in_any_state(desks: Desks, evening: dict[str, str], size: dict[str, int], scheme: str) -> None:
    page = desks.open("sanne", size=size, scheme=scheme)
    expect(page.locator(".row")).to_have_count(6)
    found = {"list": violations(page)}
    for name in ("You are Online", "Sound and notifications", "Sanne de Vries"):
        page.get_by_role("button", name=name).click()
        found[name] = violations(page)
        assert fits(page), name
        page.keyboard.press("Escape")
    filters(page)
    page.locator("#status-filter").select_option("Waiting")
    found["filters"] = violations(page)
    assert fits(page)
    page.get_by_role("searchbox").fill("nobody has said this")
    expect(page.get_by_text("Nothing was found.")).to_be_visible()
    found["nothing found"] = violations(page)
    page.get_by_role("button", name="Sanne de Vries").click()
    page.get_by_role("button", name="Keyboard shortcuts").click()
    found["help sheet"] = violations(page)
    assert fits(page)
    assert found == dict.fromkeys(found, [])
