"""The page of deliveries in a real browser, and handoffs of other live chats on the desk."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from handoff.bootstrap import Services
from handoff.connectors.registry import BUILT_IN
from handoff.domain.model import Agent
from handoff.service.counterpart import AgentOfLiveChat, DeliveryState, Transferred
from handoff.service.delivery import NotYet, Undeliverable
from handoff.service.history import happened
from tests.integration.conftest import PASSWORD
from tests.integration.test_live_chats import Office, ring
from tests.integration.test_live_chats import office as office_fixture
from tests.integration.test_service import said
from tests.support.browser import look
from tests.support.desk import hand_over
from tests.support.desk_browser import (  # noqa: F401  # fixtures are used by their names
    PHONE,
    Desks,
    chromium_fixture,
    desk_fixture,
    desks_fixture,
    fits,
)

office = office_fixture

POLLED_OFTEN = """const slow = window.setInterval;
window.setInterval = (call, every, ...more) => slow(call, every === 10000 ? 200 : every, ...more);"""
"""Ten seconds become a fifth of one."""
HOSTILE = "<img src=x onerror=alert(1)> 403"


@pytest.fixture
def db_url(sqlite_url: str) -> str:
    """SQLite is enough here: what differs between databases is tested with the API."""
    return sqlite_url


@pytest.fixture
def services(office: Office) -> Services:
    """The product with live chats; see :class:`Office`."""
    return office.services


@pytest.fixture
def admin(services: Services) -> Agent:
    return services.agents.create("ada", "Ada Lindqvist", PASSWORD, role="admin")


def card(page: Page, name: str) -> Locator:
    return page.locator("#connectors .item, #own .item").filter(has=page.get_by_role("heading", name=name, exact=True))


def open_page(desks: Desks, office: Office) -> Page:
    """The page, at the time at which the office is."""
    return desks.open("ada", "/desk/deliveries", now=office.clock())


def closing_fails(office: Office, error: str = HOSTILE) -> str:
    handoff_id = hand_over(office.services).handoff_id
    office.deliver()
    office["team"].failures = [Undeliverable(error, 403)]
    office.services.cancel("c1")
    office.deliver()
    return handoff_id


def test_all_is_well(desks: Desks, admin: Agent, office: Office) -> None:
    page = desks.open("ada", "/desk/admin")
    page.get_by_role("navigation", name="Administration").get_by_role("link", name="Deliveries").click()
    expect(page).to_have_title("Deliveries - Handoff desk")
    expect(page.get_by_text("Nothing was given up.")).to_be_visible()
    expect(card(page, "team")).to_contain_text("Works")
    expect(card(page, "team")).to_contain_text(re.compile("Serves.*Sales.*If down.*second takes over"))
    expect(card(page, "tickets")).to_contain_text("Billing and every queue that is closed")
    expect(card(page, "bell")).to_contain_text("it is told of each new handoff")
    expect(card(page, "Chat")).to_contain_text(re.compile("Works.*Waiting.*Nothing"))
    expect(card(page, "E-mail")).to_be_visible()


def test_trouble_is_shown_as_it_comes_and_goes(desks: Desks, admin: Agent, office: Office) -> None:
    page = desks.open("ada", "/desk/deliveries", script=POLLED_OFTEN)
    expect(card(page, "team")).to_contain_text("Works")
    office["team"].failures = [NotYet("503 from there", 40.0)]
    office.hand_over()
    office.services.record([said("hello?")], "web")
    office.deliver()
    expect(card(page, "team")).to_contain_text(re.compile(r"Has trouble since .*\d\d:00, tried again in \d\d s\."))
    expect(card(page, "team")).to_contain_text("503 from there")
    expect(card(page, "team")).to_contain_text(re.compile(r"Waiting\s*2, the first since .*\d\d:00"))
    office["team"].always = NotYet("down")
    office.clock.advance(40)
    for _ in range(10):
        office.deliver()
        office.clock.advance(1)
    expect(card(page, "team")).to_contain_text("Left alone")
    expect(card(page, "team")).to_contain_text(re.compile(r"left alone until \d\d:\d\d:\d\d\."))
    office["team"].always = None
    office.later(60)
    expect(card(page, "team")).to_contain_text("Works")


def test_what_was_given_up_is_tried_again(desks: Desks, admin: Agent, office: Office) -> None:
    handoff_id = closing_fails(office)
    page = open_page(desks, office)
    letter = page.locator("#dead .item")
    expect(letter).to_contain_text(HOSTILE)
    expect(letter.locator("img")).to_have_count(0)
    expect(letter).to_contain_text("That a handoff is over")
    expect(letter).to_contain_text("given up after 1 attempt")
    expect(letter.get_by_role("link")).to_have_attribute("href", f"/desk/handoffs/{handoff_id}")
    letter.get_by_role("button", name="Retry").click()
    expect(page.get_by_role("status").filter(has_text="Tried again now")).to_be_visible()
    expect(page.get_by_text("Nothing was given up.")).to_be_visible()
    expect(page.get_by_role("heading", name="Given up")).to_be_focused()
    office["team"].failures = [Undeliverable("404: gone", 404)]
    office.deliver()
    page.reload()
    expect(letter).to_contain_text("404: gone")
    letter.get_by_role("button", name="Retry").click()
    expect(letter).to_have_count(0)
    office.deliver()
    assert office["team"].only().closed_because is not None
    page.goto(f"{desks.base}/desk/handoffs/{handoff_id}")
    page.locator(".history summary").click()
    expect(page.locator(".history")).to_contain_text("Delivery tried again: that a handoff is over, to team")
    expect(page.locator(".history")).to_contain_text("Ada Lindqvist")


def test_what_was_given_up_is_settled_by_keyboard(desks: Desks, admin: Agent, office: Office) -> None:
    handoff_id = closing_fails(office)
    page = desks.open("ada", "/desk/deliveries", script=POLLED_OFTEN)
    settled = page.get_by_role("button", name="Settled")
    settled.focus()
    page.keyboard.press("Enter")
    yes = page.get_by_role("button", name="Yes, it is settled")
    expect(yes).to_be_focused()
    page.wait_for_timeout(500)  # the list is asked for twice meanwhile
    expect(yes).to_be_focused()
    page.keyboard.press("Escape")
    expect(settled).to_be_focused()
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Keep it").click()
    expect(page.locator("#dead .item")).to_have_count(1)
    settled.focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Nothing was given up.")).to_be_visible()
    assert [one for one in office.kinds(handoff_id) if one in {"retried", "dropped"}] == ["dropped"]


def test_what_somebody_else_has_can_only_be_settled(desks: Desks, admin: Agent, office: Office) -> None:
    office["team"].failures = [Undeliverable("401 from there", 401)]
    office.hand_over()
    office.deliver()
    page = open_page(desks, office)
    letter = page.locator("#dead .item")
    expect(letter).to_contain_text("second has this handoff now, with everything that was said.")
    expect(letter.get_by_role("button")).to_have_count(1)


def test_somebody_else_was_faster(desks: Desks, admin: Agent, office: Office, services: Services) -> None:
    closing_fails(office)
    page = open_page(desks, office)
    expect(page.locator("#dead .item")).to_have_count(1)

    def somebody_settles_it(route: Route) -> None:
        """In the moment between the click and the server."""
        with services.uow.write() as tx:
            (one,) = tx.outbox.dead_letters(5)
            tx.outbox.drop(one.id)
        route.continue_()

    page.route("**/api/admin/deliveries/*/retry", somebody_settles_it)
    page.get_by_role("button", name="Retry").click()
    expect(page.get_by_role("alert")).to_contain_text("not in the list any more")
    expect(page.locator("#dead .item")).to_have_count(0)


def test_taking_over_from_another_live_chat_is_asked_first(desks: Desks, office: Office) -> None:
    handoff_id = office.hand_over()
    office.deliver()
    page = desks.open("sanne", f"/desk/handoffs/{handoff_id}")
    expect(page.locator(".row").first).to_contain_text("In team")
    expect(page.locator("#card")).to_contain_text("In team")
    expect(page.locator("#conversation-state")).to_contain_text("Waiting in team")
    page.keyboard.press("c")
    dialog = page.get_by_role("dialog", name="Take it over?")
    expect(dialog).to_contain_text("The team in team has this. Taking it over closes it there.")
    dialog.get_by_role("button", name="Leave it there").click()
    expect(dialog).to_be_hidden()
    assert office.status(handoff_id) == "queued"
    look(page, "desk-elsewhere")
    page.locator("#actions").get_by_role("button", name="Claim").click()
    look(page, "desk-take-over")
    dialog.get_by_role("button", name="Take it over").click()
    expect(page.locator("#conversation-state")).to_have_text("You are in this conversation")
    expect(page.locator("#reply")).to_be_focused()
    expect(page.locator("#card")).not_to_contain_text("In team")
    expect(page.locator(".row").first).not_to_contain_text("In team")
    office.deliver()
    assert "Sanne de Vries" in (office["team"].only().closed_because or "")


def test_one_of_our_own_is_claimed_at_once(desks: Desks, office: Office, services: Services) -> None:
    handoff_id = office.hand_over()
    office.deliver()
    office["team"].always = office["second"].always = Undeliverable("404", 404)
    services.record([said("and?")], "web")
    office.later(15)
    page = desks.open("sanne", f"/desk/handoffs/{handoff_id}")
    expect(page.locator("#transcript")).to_contain_text("team could not be reached; second has this now")
    expect(page.locator("#transcript")).to_contain_text("second could not be reached; the desk has this now")
    page.keyboard.press("c")
    expect(page.locator("#conversation-state")).to_have_text("You are in this conversation")


def test_an_agent_elsewhere_can_be_read_along(desks: Desks, office: Office) -> None:
    handoff_id = office.hand_over()
    office.deliver()
    office["team"].agent_says("Hello")
    ring(office)
    office.deliver()
    page = desks.open("sanne", f"/desk/handoffs/{handoff_id}", size=PHONE)
    expect(page.locator("#conversation-state")).to_have_text("With Maya Okafor in team")
    expect(page.locator("#composer-hint")).to_contain_text("Maya Okafor answers this in team. You can read along.")
    expect(page.locator("#actions").get_by_role("button")).to_have_count(0)
    assert fits(page)


def test_what_happens_elsewhere_is_told_in_plain_words(desks: Desks, office: Office, services: Services) -> None:
    handoff_id = office.hand_over()
    office.deliver()
    office["team"].agent_says("Hello")
    office["team"].agent_says("I take over", AgentOfLiveChat("8", "Tom Berg"))
    ring(office)
    office.deliver()
    with services.uow.read() as tx:
        (link,) = [tx.links.find(handoff_id, "team")]
    assert link is not None
    services.deliveries.inbound.apply(link, Transferred(link.reference or "", "Second level <b>"))
    services.deliveries.inbound.apply(link, DeliveryState(link.reference or "", "m1", "failed", "the room is full"))
    with services.uow.write() as tx:
        record = tx.handoffs.get(handoff_id)
        agent = tx.agents.of_live_chat("team", "8", "Tom Berg", office.clock())
        happened(tx, "reply_not_shown", record, agent, office.clock(), error="The channel is closed.")
        happened(tx, "dropped", record, agent, office.clock(), target="email", what="reply", error="550")
    page = desks.open("sanne", f"/desk/handoffs/{handoff_id}")
    said_there = page.locator("#transcript")
    expect(said_there).to_contain_text("Tom Berg took over")
    expect(said_there).to_contain_text("Passed on to Second level <b>, in team")
    expect(said_there).to_contain_text("A message could not be shown in team: the room is full")
    expect(said_there).to_contain_text(
        "Tom Berg\u2019s answer could not be shown to the visitor: The channel is closed."
    )
    page.locator(".history summary").click()
    expect(page.locator(".history")).to_contain_text("Delivery given up for good: a reply by e-mail, to e-mail")
    expect(page.locator(".history")).not_to_contain_text("By itself")


def test_where_a_transfer_leads_to(desks: Desks, office: Office, services: Services, sanne: Agent) -> None:
    handoff_id = office.hand_over()
    services.claim(handoff_id, sanne.id)
    page = desks.open("sanne", f"/desk/handoffs/{handoff_id}")
    page.get_by_role("button", name="Transfer").click()
    dialog = page.get_by_role("dialog", name="Transfer this conversation")
    billing = dialog.get_by_text(re.compile("^Billing"))
    expect(dialog).to_contain_text("in tickets")
    billing.click()
    expect(dialog).to_contain_text("Its agents work in tickets; they get it there, with everything said so far.")


def test_no_barriers_in_both_themes_and_on_a_phone(
    desks: Desks, admin: Agent, office: Office, services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, kind in (("chatwoot", "MemoryChat"), ("zendesk", "MemoryTickets"), ("slack", "MemoryBell")):
        monkeypatch.setitem(BUILT_IN, name, f"tests.support.memory_chat.{kind}")  # for the pictures
    page = open_page(desks, office)
    expect(page.get_by_text("Nothing was given up.")).to_be_visible()
    look(page, "desk-deliveries-well")
    closing_fails(office, "403: the token may not close conversations; give its account the role 'agent'")
    office["team"].always = NotYet(f"503 from https://chat.fernway.example/{'conversations/' * 9}", 40.0)
    hand_over(services, "c2", "Tom Berg")
    office.deliver()
    page.reload()
    expect(page.locator("#dead .item")).to_have_count(1)
    look(page, "desk-deliveries")
    page.get_by_role("button", name="Settled").click()
    look(page, "desk-deliveries-settled")
