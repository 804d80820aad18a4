"""The pages beside the desk in a real browser: administration, canned replies, the agent's own account."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from handoff.bootstrap import Services
from handoff.canned import CannedDraft, CannedReplies
from handoff.domain.model import Agent
from tests.integration.conftest import PASSWORD
from tests.support.axe import violations
from tests.support.desk import hand_over
from tests.support.desk_browser import (  # noqa: F401  # fixtures are used by their names
    PHONE,
    WIDE,
    Desks,
    chromium_fixture,
    desk_fixture,
    desks_fixture,
    fits,
)

NEW_PASSWORD = "four new words here"


@pytest.fixture
def db_url(sqlite_url: str) -> str:
    """SQLite is enough here: what differs between databases is tested with the service."""
    return sqlite_url


@pytest.fixture
def admin(services: Services) -> Agent:
    return services.agents.create("ada", "Ada Lindqvist", PASSWORD, role="admin")


@pytest.fixture
def greeting(services: Services) -> None:
    canned = CannedReplies(services.uow, services.rules, services.clock)
    canned.add(CannedDraft("hello", "Greeting", "Hello {visitor_name}, this is {agent_name}."), None)
    canned.add(CannedDraft("refund-days", "How long a refund takes", "It takes five days.", "billing"), None)


def agent_item(page: Page, name: str) -> Locator:
    return page.locator("#agents .item").filter(has_text=name)


def test_an_administrator_adds_an_agent_who_can_log_in(desks: Desks, admin: Agent) -> None:
    page = desks.open("ada", "/desk/admin")
    page.get_by_role("button", name="Add an agent").click()
    dialog = page.get_by_role("dialog", name="Add an agent")
    dialog.get_by_role("button", name="Save").click()
    expect(dialog.get_by_role("alert")).to_contain_text("A username has at least one character")
    dialog.get_by_label("Username").fill("Mira")
    dialog.get_by_label("Name", exact=True).fill("Mira Okonkwo")
    dialog.get_by_label("Billing").check()
    dialog.get_by_role("button", name="Save").click()
    told = page.get_by_role("dialog", name="The password")
    expect(told).to_contain_text("Mira Okonkwo")
    password = told.locator("#told-password").inner_text()
    assert re.fullmatch(r"[a-z2-6]{4}(-[a-z2-6]{4}){3}", password)
    told.get_by_role("button", name="Done").click()
    expect(page.locator("#told-password")).to_have_text("")
    assert password not in page.content()
    expect(agent_item(page, "Mira Okonkwo")).to_contain_text("Billing")
    desks.open("mira", password=password)


def test_an_administrator_changes_closes_and_gives_a_new_password(
    desks: Desks, admin: Agent, jonas: Agent, services: Services
) -> None:
    handoff_id = hand_over(services).handoff_id
    services.claim(handoff_id, jonas.id)
    page = desks.open("ada", "/desk/admin")
    item = agent_item(page, "Jonas Weber")
    expect(item).to_contain_text("1 open conversation")
    item.get_by_role("button", name="New password").click()
    reset = page.get_by_role("dialog", name="New password for Jonas Weber")
    reset.get_by_label("Let me type one").check()
    reset.get_by_label("Password", exact=True).fill("short")
    reset.get_by_role("button", name="Set the password").click()
    expect(reset.get_by_role("alert")).to_contain_text("at least 10 characters")
    reset.get_by_label("Password", exact=True).fill(NEW_PASSWORD)
    reset.get_by_role("button", name="Set the password").click()
    page.get_by_role("button", name="Done").click()
    assert services.agents.authenticate("jonas", NEW_PASSWORD) is not None

    item.get_by_role("button", name="Edit").click()
    edit = page.get_by_role("dialog", name="Edit Jonas Weber")
    expect(edit.get_by_label("Sales")).to_be_checked()
    edit.get_by_label("Name", exact=True).fill("Jonas W.")
    edit.get_by_label("Active").uncheck()
    edit.get_by_role("button", name="Save").click()
    closed = agent_item(page, "Jonas W.")
    expect(closed).to_contain_text("Not active")
    expect(closed).to_contain_text("0 open conversations")
    assert services.agents.authenticate("jonas", NEW_PASSWORD) is None
    expect(page.locator("#queues .item").filter(has_text="Support")).to_contain_text(re.compile(r"Waiting\s*1"))


def test_only_administrators_find_the_page(desks: Desks) -> None:
    page = desks.open("sanne", "/desk/account")
    expect(page.get_by_text("An administrator can change these.")).to_be_visible()
    expect(page.get_by_role("link", name="Administration")).to_have_count(0)
    page.keyboard.press("g")
    page.keyboard.press("m")  # leads nowhere for agents
    page.goto(f"{desks.base}/desk/admin")
    expect(page.get_by_role("heading", name="There is nothing here")).to_be_visible()


def test_the_queues_say_when_they_are_open(desks: Desks, admin: Agent) -> None:
    page = desks.open("ada", "/desk/admin")
    queue = page.locator("#queues .item").filter(has_text="our support team")
    expect(queue).to_contain_text(re.compile(r"Open\s*Closes|Closed\s*Opens|Always open"))
    expect(queue).to_contain_text("1 agent")
    expect(page.get_by_text("handoff.yml")).to_be_visible()


def test_canned_replies_are_written_with_a_preview(desks: Desks, greeting: None) -> None:
    page = desks.open("sanne", "/desk/canned")
    expect(page.locator("#items .item")).to_have_count(2)
    page.get_by_role("button", name="Add a reply").click()
    editor = page.get_by_role("dialog", name="Add a reply")
    editor.get_by_label("Shortcut").fill("two words")
    editor.get_by_role("button", name="Save").click()
    expect(editor.get_by_role("alert")).to_contain_text("no blanks")
    expect(editor.get_by_label("Shortcut")).to_be_focused()
    editor.get_by_label("Shortcut").fill("hello")
    editor.get_by_label("Title").fill("Looking it up")
    editor.get_by_label("Text").fill("Dear ")
    editor.get_by_role("button", name="{visitor_name}").click()
    page.keyboard.type(", <b>wait</b>")
    expect(editor.locator("#preview")).to_have_text("Dear Lea Moreau, <b>wait</b>")
    editor.get_by_role("button", name="Save").click()
    expect(editor.get_by_role("alert")).to_contain_text("Another canned reply has the shortcut")
    editor.get_by_label("Shortcut").fill("look")
    editor.get_by_role("button", name="Save").click()
    expect(editor).to_be_hidden()
    expect(page.locator("#items .item").filter(has_text="/look")).to_contain_text("Dear {visitor_name}, <b>wait</b>")

    page.get_by_role("button", name="Edit /look").click()
    page.get_by_label("Title").fill("Found it")
    page.get_by_role("dialog").get_by_label("Queue").select_option("Sales")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("button", name="Edit /look")).to_be_focused()
    item = page.locator("#items .item").filter(has_text="Found it")
    expect(item).to_contain_text("Sales")
    expect(item).to_contain_text("Last changed by Sanne de Vries")


def test_a_deleted_reply_can_be_brought_back(desks: Desks, greeting: None) -> None:
    page = desks.open("sanne", "/desk/canned")
    page.get_by_label("Find").fill("refund")
    expect(page.locator("#items .item")).to_have_count(1)
    page.get_by_label("Find").fill("")
    page.get_by_role("button", name="Delete /refund-days").click()
    expect(page.locator("#items .item")).to_have_count(1)
    undo = page.get_by_role("button", name="Undo")
    expect(undo).to_be_focused()
    page.reload()
    expect(page.locator("#items .item")).to_have_count(1)  # it is really gone
    page.get_by_role("button", name="Delete /hello").click()
    undo.click()
    expect(page.locator("#items .item")).to_contain_text("Hello {visitor_name}, this is {agent_name}.")
    expect(undo).to_be_hidden()


def test_a_password_is_changed_by_who_knows_it(desks: Desks, services: Services) -> None:
    page = desks.open("sanne", "/desk/account")

    def change(current: str, new: str, again: str) -> None:
        page.get_by_label("Current password").fill(current)
        page.get_by_label("New password", exact=True).fill(new)
        page.get_by_label("New password, once more").fill(again)
        page.get_by_role("button", name="Change password").click()

    change(PASSWORD, NEW_PASSWORD, "something else")
    expect(page.get_by_role("alert")).to_have_text("The two new passwords are not the same.")
    change("wrong words here", NEW_PASSWORD, NEW_PASSWORD)
    expect(page.get_by_role("alert")).to_contain_text("The current password is wrong.")
    change(PASSWORD, "short", "short")
    expect(page.get_by_role("alert")).to_contain_text("at least 10 characters")
    change(PASSWORD, NEW_PASSWORD, NEW_PASSWORD)
    expect(page.get_by_text("Your password is changed.")).to_be_visible()
    assert services.agents.authenticate("sanne", NEW_PASSWORD) is not None
    page.reload()
    expect(page.locator("#live")).to_have_text("Live")  # this login goes on


def test_preferences_hold_on_the_desk(desks: Desks) -> None:
    page = desks.open("sanne", "/desk/account")
    page.locator("#preferred-theme").get_by_role("button", name="Dark").click()
    page.locator("#preferred-alerts").get_by_label("Sound for new work").check()
    page.locator("#preferred-shortcuts").uncheck()
    page.goto(f"{desks.base}/desk")
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    expect(page.locator("#alerts-button")).to_have_attribute("data-on", "true")
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_have_count(0)


def test_whoever_is_on_another_page_still_counts_and_hears_of_work(desks: Desks, services: Services) -> None:
    page = desks.open("sanne", "/desk/canned")
    hand_over(services)
    expect(page).to_have_title("(1) Canned replies - Handoff desk")
    expect(page.locator("#announcer")).to_contain_text("New handoff: Lea Moreau")
    assert [agent.username for agent in services.agents_online()] == ["sanne"]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["wide", "phone"])
def test_no_barriers_on_any_page(desks: Desks, admin: Agent, greeting: None, size: dict[str, int], scheme: str) -> None:
    found: dict[str, list[str]] = {}

    def look(name: str) -> None:
        found[name] = violations(page)
        assert fits(page), name

    page = desks.open("ada", "/desk/admin", size=size, scheme=scheme)
    expect(page.locator("#agents .item")).to_have_count(3)
    look("admin")
    page.get_by_role("button", name="Add an agent").click()
    page.get_by_label("Let me type one").first.check()
    page.get_by_role("button", name="Save").click()
    look("add an agent")
    page.keyboard.press("Escape")
    page.get_by_role("button", name="New password Jonas Weber").click()
    page.get_by_role("button", name="Set the password").click()
    expect(page.get_by_role("dialog", name="The password")).to_be_visible()
    look("the password")
    page.goto(f"{desks.base}/desk/canned")
    expect(page.locator("#items .item")).to_have_count(2)
    look("canned")
    page.get_by_role("button", name="Edit /hello").click()
    look("editor")
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Delete /hello").click()
    expect(page.get_by_role("button", name="Undo")).to_be_focused()
    look("deleted")
    page.goto(f"{desks.base}/desk/account")
    page.get_by_role("button", name="Change password").click()
    look("account")
    page.goto(f"{desks.base}/desk/nothing")
    look("not found")
    page.context.clear_cookies()
    page.goto(f"{desks.base}/desk/login")
    page.get_by_role("button", name="Log in").click()
    look("login")
    assert found == dict.fromkeys(found, [])
