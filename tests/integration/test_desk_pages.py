"""The desk's pages in a real browser, on real services."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from handoff.bootstrap import Services
from handoff.domain.model import Agent
from tests.conftest import Clock
from tests.support.desk import free_port, hand_over, running_desk, visitor_writes
from tests.support.desk_browser import (  # noqa: F401  # fixtures are used by their names
    PASSWORD,
    PHONE,
    Desks,
    Held,
    chromium_fixture,
    desk_fixture,
    desks_fixture,
    fits,
)


@pytest.fixture
def db_url(sqlite_url: str) -> str:
    """SQLite is enough here: what differs between databases is tested with the service."""
    return sqlite_url


def reply(page: Page, text: str) -> None:
    page.get_by_label("Reply to the visitor").fill(text)
    page.keyboard.press("Enter")


def test_a_wrong_password_is_said_and_the_way_back_is_kept(
    chromium: Browser, desk: str, desks: Desks, services: Services
) -> None:
    handoff_id = hand_over(services).handoff_id
    page = chromium.new_context().new_page()
    page.goto(f"{desk}/desk/handoffs/{handoff_id}")
    page.get_by_label("Username").fill("sanne")
    page.get_by_label("Password").fill("wrong")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_have_text("Username or password is wrong.")
    page.get_by_label("Password").fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.locator("#conversation-title")).to_contain_text("Lea Moreau: where an order is (FW-104233)")


def test_the_whole_path_of_an_agent(desks: Desks, services: Services) -> None:
    page = desks.open("sanne")
    expect(page.get_by_text("Nobody is waiting.")).to_be_visible()
    hand_over(services)
    expect(page.locator(".row")).to_have_count(1)
    expect(page).to_have_title("(1) Handoff desk")
    expect(page.locator("#announcer")).to_contain_text("New handoff: Lea Moreau")

    page.locator(".row").click()
    card = page.get_by_role("complementary", name="Context")
    for words in (
        "where an order is",
        "sounds frustrated",
        "Asked for a person",
        "this is useless, let me talk to a human",
        "lea.moreau@example.org",
        "FW-104233",
    ):
        expect(card).to_contain_text(words)
    link = card.get_by_role("link", name="Your order")
    assert link.get_attribute("rel") == "noopener noreferrer"
    expect(page.get_by_label("Reply to the visitor")).to_be_hidden()
    expect(page.locator("#composer-hint")).to_contain_text("Claim this conversation to write in it.")

    page.get_by_role("button", name="Claim", exact=True).click()
    expect(page.locator("#conversation-state")).to_have_text("You are in this conversation")
    expect(page).to_have_title("Handoff desk")
    reply(page, "Hello Lea,")
    reply(page, "I look it up.")
    expect(page.locator(".message--agent .message__text")).to_have_text(["Hello Lea,", "I look it up."])
    visitor_writes(services, "thank you!")
    expect(page.locator(".message--visitor").last).to_contain_text("thank you!")

    page.get_by_role("button", name="Hand back to assistant").click()
    expect(page.locator("#conversation-state")).to_contain_text("Handed back to the assistant by you")
    expect(page.get_by_text("Nobody is waiting.")).to_be_visible()
    page.get_by_role("button", name="Closed").click()
    expect(page.locator(".row")).to_contain_text("Handed back by you")
    stored = [message.text for message in services.desk.get(page.url.rsplit("/", 1)[1]).messages]
    assert stored.count("Hello Lea,") == stored.count("I look it up.") == 1


def test_two_agents_and_one_handoff(desks: Desks, services: Services, jonas: Agent) -> None:
    handoff_id = hand_over(services).handoff_id
    page = desks.open("sanne", f"/desk/handoffs/{handoff_id}")
    button = page.get_by_role("button", name="Claim", exact=True)
    expect(button).to_be_visible()
    # the news that Jonas was faster is on its way when Sanne presses the button
    news = Held(page, f"**/api/handoffs/{handoff_id}")
    services.claim(handoff_id, jonas.id)
    page.locator("#actions [data-action=claim]").evaluate("button => button.click()")
    news.release()
    expect(page.locator("#conversation-error")).to_contain_text("Jonas Weber took this one")
    expect(page.locator("#conversation-state")).to_have_text("With Jonas Weber")
    expect(page.locator("#composer-hint")).to_contain_text("You can read along.")
    visitor_writes(services, "anybody?")
    expect(page.locator(".message--visitor").last).to_contain_text("anybody?")


def test_a_reply_that_cannot_be_sent_is_never_lost_or_doubled(desks: Desks, services: Services, sanne: Agent) -> None:
    handoff_id = hand_over(services).handoff_id
    services.claim(handoff_id, sanne.id)
    page = desks.open("sanne", f"/desk/handoffs/{handoff_id}")

    def answer_lost(route: Route) -> None:
        route.fetch()  # it reaches the server, the answer does not come back
        route.abort()

    page.route("**/reply", answer_lost, times=1)
    reply(page, "first")
    expect(page.locator(".message--agent .message__who")).to_have_count(1)
    expect(page.locator(".message--agent")).to_have_count(1)

    page.route("**/reply", lambda route: route.abort())
    reply(page, "second")
    expect(page.locator(".message--failed")).to_contain_text("Not sent.")
    page.get_by_label("Reply to the visitor").fill("a draft")
    page.reload()
    expect(page.locator(".message--failed")).to_contain_text("second")
    expect(page.get_by_label("Reply to the visitor")).to_have_value("a draft")
    page.get_by_role("button", name="Resolve").click()
    expect(page.locator("#conversation-error")).to_contain_text("There is a reply that was not sent.")
    visitor_writes(services, "are you there?")  # the conversation is loaded anew, and what was said still stands
    expect(page.locator(".message--visitor").last).to_contain_text("are you there?")
    expect(page.locator("#conversation-error")).to_contain_text("There is a reply that was not sent.")
    page.unroute("**/reply")
    page.get_by_role("button", name="Try again").click()
    expect(page.locator(".message--failed")).to_have_count(0)
    expect(page.locator(".message--agent .message__text")).to_have_text(["first", "second"])
    expect(page.locator(".message--agent .message__who")).to_have_count(2)  # the server has answered
    sent = [message.text for message in services.desk.get(handoff_id).messages if message.sender == "agent"]
    assert sent == ["first", "second"]


def test_a_desk_that_restarts_is_said_and_caught_up_with(chromium: Browser, services: Services, sanne: Agent) -> None:
    port = free_port()
    with running_desk(services, port) as base:
        handoff_id = hand_over(services).handoff_id
        services.claim(handoff_id, sanne.id)
        page = Desks(chromium, base).open("sanne", f"/desk/handoffs/{handoff_id}")
        expect(page.locator("#conversation-state")).to_have_text("You are in this conversation")
    expect(page.locator("#live")).to_have_text("Reconnecting")
    visitor_writes(services, "written while the desk was away")
    hand_over(services, "c2", name="Tom")
    with running_desk(services, port):
        expect(page.locator("#live")).to_have_text("Live", timeout=20_000)
        expect(page.locator(".message--visitor").last).to_contain_text("written while the desk was away")
        expect(page.locator(".row", has_text="Tom")).to_be_visible()
        reply(page, "Here I am again.")
        expect(page.locator(".message--agent .message__who")).to_have_count(1)
        page.context.close()


def test_what_visitors_write_is_text(desks: Desks, services: Services) -> None:
    evil = '<img src=x onerror="document.title=1"><script>document.title=2</script>'
    handoff_id = hand_over(services, name=evil).handoff_id
    visitor_writes(services, evil)
    page = desks.open("sanne", f"/desk/handoffs/{handoff_id}")
    expect(page.locator(".message--visitor").last).to_contain_text(evil)
    expect(page.locator(".row")).to_contain_text(evil)
    assert page.locator(".message img, .row img, .card img, main script").count() == 0
    expect(page).to_have_title(re.compile("Handoff desk"))


def test_on_a_phone_list_and_conversation_take_turns(desks: Desks, services: Services) -> None:
    hand_over(services)
    page = desks.open("sanne", size=PHONE)
    expect(page.locator("#conversation")).to_be_hidden()
    page.locator(".row").click()
    expect(page.locator("#queue")).to_be_hidden()
    expect(page.get_by_role("button", name="Claim", exact=True)).to_be_in_viewport()
    expect(page.locator(".card__text")).to_be_in_viewport()
    assert fits(page)
    page.get_by_role("link", name="Back to the list").click()
    expect(page.locator(".row")).to_be_visible()
    assert fits(page)
    page.goto(page.url.rstrip("/") + "/handoffs/none")
    expect(page.get_by_text("This handoff does not exist")).to_be_visible()
    page.get_by_role("link", name="Back to the list").click()
    expect(page.locator(".row")).to_be_visible()


def test_everything_works_by_keyboard(desks: Desks, services: Services, clock: Clock) -> None:
    for number in range(3):
        hand_over(services, f"c{number}", name=f"Visitor {number}")
        clock.advance(1)
    page = desks.open("sanne")
    expect(page.locator(".row")).to_have_count(3)
    page.locator(".row").first.focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("End")
    page.keyboard.press("ArrowUp")
    hand_over(services, "c9", name="Visitor 9")  # news do not take the focus away
    expect(page.locator(".row")).to_have_count(4)
    focused = page.locator(".row:focus")
    expect(focused).to_contain_text("Visitor 1")
    page.keyboard.press("Enter")
    expect(page.locator("#conversation-title")).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Claim", exact=True)).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_label("Reply to the visitor")).to_be_focused()
    page.keyboard.type("one")
    page.keyboard.press("Shift+Enter")
    page.keyboard.type("two")
    page.keyboard.press("Enter")
    expect(page.locator(".message--agent .message__text")).to_have_text("one\ntwo")
    page.keyboard.press("Escape")
    expect(page.locator(".row:focus")).to_contain_text("Visitor 1")


def test_a_session_that_ended_leads_to_the_login_and_back(desks: Desks, services: Services, sanne: Agent) -> None:
    handoff_id = hand_over(services).handoff_id
    services.claim(handoff_id, sanne.id)
    page = desks.open("sanne", f"/desk/handoffs/{handoff_id}")
    page.get_by_label("Reply to the visitor").fill("a long answer")
    page.context.clear_cookies()
    page.get_by_role("button", name="Closed").click()
    page.wait_for_url("**/desk/login?next=*")
    page.get_by_label("Username").fill("sanne")
    page.get_by_label("Password").fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_label("Reply to the visitor")).to_have_value("a long answer")
