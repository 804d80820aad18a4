"""Messages arrive once and in order, whatever the network and the number of tabs."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.unit.widget.conftest import HANDOFF, OpenPage
from tests.unit.widget.fake_channel import FakeChannel


def write(page: Page, text: str) -> None:
    page.locator(".write textarea").fill(text)
    page.locator(".write textarea").press("Enter")
    expect(page.locator("li.visitor .bubble").last).to_have_text(text)


def test_tabs_show_the_same(visit: OpenPage, channel: FakeChannel) -> None:
    page = visit()
    other = visit(tab_of=page)
    write(page, "hello")
    channel.say("assistant", "Good day")
    channel.set_state(**HANDOFF, owner="human", status="assigned", agent={"name": "Sanne"})
    for tab in (page, other):
        expect(tab.locator("li.visitor .bubble")).to_have_text(["hello"])
        expect(tab.locator("li.assistant .bubble").last).to_have_text("Good day")
        expect(tab.locator("#title")).to_have_text("Sanne")


def test_what_is_read_in_one_tab_is_read_in_the_other(visit: OpenPage, channel: FakeChannel) -> None:
    channel.tag = "<handoff-chat title-badge></handoff-chat>"
    page = visit(opened=False)
    other = visit(tab_of=page, opened=False)
    channel.say("agent", "Hello", "Sanne")
    channel.say("agent", "Are you there?", "Sanne")
    for tab in (page, other):
        expect(tab.locator(".badge")).to_have_text("2")
        expect(tab).to_have_title("(2) Desk shop")
    expect(page.get_by_role("button", name="Open chat, 2 new messages")).to_be_visible()
    page.locator(".launcher").click()
    for tab in (page, other):
        expect(tab.locator(".badge")).to_be_hidden()
        expect(tab).to_have_title("Desk shop")


def test_the_page_keeps_its_title_without_the_attribute(visit: OpenPage, channel: FakeChannel) -> None:
    page = visit(opened=False)
    channel.say("agent", "Hello", "Sanne")
    expect(page.locator(".badge")).to_have_text("1")
    expect(page).to_have_title("Desk shop")


def test_what_is_written_offline_goes_out_once(visit: OpenPage, channel: FakeChannel, complaints: list[str]) -> None:
    page = visit()
    write(page, "first")
    expect(page.locator("li.pending")).to_have_count(0)
    page.context.set_offline(True)
    write(page, "second")
    write(page, "third")
    expect(page.locator(".banner")).to_contain_text("No connection at the moment")
    expect(page.locator("li.pending")).to_have_count(2)
    channel.say("agent", "Said meanwhile", "Sanne")
    page.context.set_offline(False)
    expect(page.locator("li.pending")).to_have_count(0)
    expect(page.locator("li.agent .bubble")).to_have_text("Said meanwhile")
    assert [message["text"] for message in channel.messages] == ["first", "Said meanwhile", "second", "third"]
    complaints.clear()  # the browser's own lines about the network


def test_a_dropped_socket_costs_no_message(visit: OpenPage, channel: FakeChannel) -> None:
    page = visit()
    write(page, "first")
    expect(page.locator("li.pending")).to_have_count(0)
    channel.drop_sockets()
    channel.say("agent", "Said meanwhile", "Sanne")
    write(page, "second")
    expect(page.locator("li.agent .bubble")).to_have_text("Said meanwhile")
    expect(page.locator("li.pending")).to_have_count(0)
    assert [message["text"] for message in channel.messages] == ["first", "Said meanwhile", "second"]


def test_a_network_without_websockets_is_enough(visit: OpenPage, channel: FakeChannel, complaints: list[str]) -> None:
    channel.sockets_allowed = False
    page = visit()
    write(page, "hello")
    expect(page.locator("li.pending")).to_have_count(0)
    channel.set_state(**HANDOFF, owner="human", status="assigned", agent={"name": "Sanne"})
    channel.say("agent", "Good day", "Sanne")
    expect(page.locator("li.agent .bubble")).to_have_text("Good day")
    expect(page.locator("#title")).to_have_text("Sanne")
    assert [message["text"] for message in channel.messages] == ["hello", "Good day"]
    complaints.clear()  # the policy's lines about the refused WebSocket
