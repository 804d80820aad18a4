"""What the shop's page tells of a visitor reaches the server once, whatever the network; and the shop's page learns
whose it is."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Page, expect

from tests.unit.widget.conftest import OpenPage
from tests.unit.widget.fake_channel import FakeChannel

ORDER = {"name": "order", "reference": "1001", "value": 549, "currency": "EUR"}
KEPT = "() => Object.keys(localStorage).filter((key) => key.includes(':track:')).length"


def track(page: Page, name: str, **details: Any) -> bool:
    script = "([name, details]) => document.querySelector('handoff-chat').track(name, details)"
    told: bool = page.evaluate(script, [name, details])
    return told


def test_the_page_tells_of_an_order(visit: OpenPage, channel: FakeChannel) -> None:
    page = visit(opened=False)
    assert track(page, "order", reference=1001, value=549, currency="EUR")
    page.wait_for_function(f"() => !({KEPT})()")
    assert channel.bodies("track") == [ORDER]
    assert page.evaluate("() => document.querySelector('handoff-chat').track('demo_booked')")
    page.wait_for_function(f"() => !({KEPT})()")
    (_, demo) = channel.bodies("track")
    assert demo["name"] == "demo_booked"
    assert len(demo["reference"]) > 30, "without a reference of the shop's, a repeat is recognised all the same"


def test_who_never_wrote_is_not_followed(visit: OpenPage, channel: FakeChannel) -> None:
    page = visit(begun=False)
    assert not track(page, "order", reference="1001")
    assert page.evaluate("() => document.querySelector('handoff-chat').conversationId") is None
    assert page.evaluate(KEPT) == 0
    assert channel.told == []


def test_what_is_told_offline_is_kept_over_pages_and_goes_out_once(
    visit: OpenPage, channel: FakeChannel, complaints: list[str]
) -> None:
    page = visit()
    expect(page.locator(".write textarea")).to_be_visible()
    channel.refuse["track"] = (503, {"code": "storage_unavailable", "message": "Not now."})
    with page.expect_console_message(lambda message: "503" in message.text):
        assert track(page, "order", reference="1001", value=549, currency="EUR")
    assert page.evaluate(KEPT) == 1
    del channel.refuse["track"]
    page.reload()
    page.wait_for_function(f"() => !({KEPT})()")
    assert channel.bodies("track") == [ORDER, ORDER], "the first was refused"
    complaints.clear()  # the browser's own line about the 503


def test_a_connection_that_comes_back_takes_it_along(
    visit: OpenPage, channel: FakeChannel, complaints: list[str]
) -> None:
    page = visit()
    page.context.set_offline(True)
    assert track(page, "order", reference="1001", value=549, currency="EUR")
    expect(page.locator(".banner")).to_contain_text("No connection at the moment")
    assert channel.bodies("track") == []
    page.context.set_offline(False)
    page.wait_for_function(f"() => !({KEPT})()")
    assert channel.bodies("track") == [ORDER]
    complaints.clear()  # the browser's own lines about the network


def test_what_can_never_be_right_is_not_tried_again(
    visit: OpenPage, channel: FakeChannel, complaints: list[str]
) -> None:
    page = visit(opened=False)
    channel.refuse["track"] = (400, {"code": "invalid_input", "message": "'name' says what it was."})
    with page.expect_console_message(lambda message: "'name' says" in message.text) as warned:
        track(page, "An order!")
    assert warned.value.type == "warning"
    page.wait_for_function(f"() => !({KEPT})()")
    complaints.clear()


def test_the_shops_page_learns_whose_conversation_it_is(visit: OpenPage, channel: FakeChannel) -> None:
    page = visit(begun=False)
    listen = "({ detail }) => (window.told = detail.conversation_id)"
    page.evaluate(f"() => document.addEventListener('handoff-conversation', {listen})")
    page.locator(".write textarea").fill("hello")
    page.locator(".write textarea").press("Enter")
    page.wait_for_function("() => window.told === 'c1'")
    assert page.evaluate("() => document.querySelector('handoff-chat').conversationId") == "c1"
