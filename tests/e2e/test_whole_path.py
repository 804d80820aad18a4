"""The main job in two real browsers: a visitor is answered, gets stuck, and a person who knows the story takes over.

The screenshots of README are made here (set SCREENSHOTS=docs/images to renew them).
"""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, expect

from tests.e2e.people import AgentClient
from tests.e2e.product import Product
from tests.e2e.screens import Desk, Widget
from tests.support.browser import PHONE, look, open_page, shot

WITHIN_A_SECOND = 1000  # ms


def test_the_main_job_end_to_end(chromium: Browser, product: Product, complaints: list[str]) -> None:
    desk = Desk(chromium, complaints, product, "sanne").page

    shop = open_page(chromium, complaints)
    visitor = Widget(shop, f"{product.web}/order.html")
    visitor.say("how long does delivery take?")
    visitor.answered("assistant", "working days")
    visitor.say("where is my order?")
    visitor.answered("assistant", "order number")
    visitor.say("FW-104233")
    visitor.answered("assistant", "FW-104233")
    look(shop, "widget-assistant")
    visitor.say("this is useless, let me talk to a human")
    visitor.answered("assistant", "support team")
    expect(shop.locator("handoff-chat #title")).to_contain_text("Waiting")

    # the handoff appears on the desk by itself, and its card tells the whole story
    row = desk.locator(".row").filter(has_text="where an order is (FW-104233)")
    expect(row).to_be_visible()
    row.click()
    card = desk.locator("#card")
    for fact in (
        "where an order is",
        "FW-104233",
        "/webhooks/web/order.html",
        "High",
        "sounds frustrated",
        "asked for a person",
        "this is useless, let me talk to a human",
    ):
        expect(card).to_contain_text(fact, ignore_case=True)
    look(desk, "desk-queued")
    desk.get_by_role("button", name="Claim", exact=True).click()
    visitor_note = shop.locator(".panel li.system")
    expect(visitor_note.filter(has_text="Sanne de Vries")).to_be_visible()
    expect(shop.locator("handoff-chat #title")).to_contain_text("Sanne")

    desk.get_by_label("Reply to the visitor").fill("Hello, I see it: FW-104233 left our warehouse this morning.")
    desk.get_by_label("Reply to the visitor").press("Enter")
    visitor.answered("agent", "left our warehouse this morning", timeout=WITHIN_A_SECOND)
    expect(shop.locator(".panel li.agent .author").last).to_contain_text("Sanne")

    # the visitor's messages reach the agent once each, in order, and the assistant keeps silent
    before = visitor.bubbles("assistant").count()
    visitor.say("great, thank you")
    visitor.say("how long does delivery take?")
    visitor.say("/restart")
    expect(desk.locator(".message--visitor").last).to_contain_text("/restart")
    said = [text.strip() for text in desk.locator(".message--visitor .message__text").all_inner_texts()]
    assert said[-3:] == ["great, thank you", "how long does delivery take?", "/restart"]
    assert visitor.bubbles("assistant").count() == before
    look(shop, "widget-handoff")
    look(desk, "desk-conversation")

    desk.get_by_role("button", name="Hand back to assistant").click()
    expect(visitor_note.filter(has_text="assistant").last).to_be_visible()
    expect(shop.locator("handoff-chat #title")).to_contain_text("assistant", ignore_case=True)
    visitor.say("what does delivery cost?")
    visitor.answered("assistant", "5.95")
    assert complaints == []


def test_history_survives_a_reload_and_a_second_tab(chromium: Browser, product: Product, complaints: list[str]) -> None:
    shop = open_page(chromium, complaints)
    visitor = Widget(shop, f"{product.web}/")
    visitor.say("do you deliver to Norway?")
    visitor.answered("assistant", "Norway")
    shop.reload()
    expect(visitor.bubbles("visitor")).to_have_count(1)
    visitor.answered("assistant", "Norway")

    second = shop.context.new_page()
    second.goto(f"{product.web}/pricing.html")
    other = second.locator(".panel li.visitor .bubble")
    expect(other).to_have_count(1)
    visitor.say("and how much is it?")
    expect(other).to_have_count(2)
    assert complaints == []


def test_a_reply_sent_while_the_page_was_closed_is_there_on_return(
    chromium: Browser, product: Product, complaints: list[str], sanne: AgentClient
) -> None:
    shop = open_page(chromium, complaints)
    visitor = Widget(shop, f"{product.web}/")
    visitor.say("I'd like to talk to a person")
    expect(visitor.title).to_have_text("Waiting for a person")
    handoff = visitor.handoff(product)
    shop.goto("about:blank")
    sanne.act(handoff, "claim")
    sanne.reply(handoff, "I am here now.")
    shop.goto(f"{product.web}/")
    visitor.answered("agent", "I am here now.")
    sanne.act(handoff, "resolve")
    assert complaints == []


def test_the_rasa_server_restarts_while_a_visitor_writes(
    chromium: Browser, product: Product, complaints: list[str]
) -> None:
    shop = open_page(chromium, complaints)
    visitor = Widget(shop, f"{product.web}/")
    visitor.say("hello")
    expect(visitor.bubbles("assistant").nth(1)).to_be_visible()
    product.kill("rasa")
    box = shop.locator("handoff-chat textarea")
    for text in ("how long does delivery take?", "what does delivery cost?"):
        box.fill(text)
        box.press("Enter")
    product.start("rasa")
    visitor.answered("assistant", "working days", timeout=60_000)
    visitor.answered("assistant", "5.95", timeout=60_000)
    assert visitor.bubbles("visitor").all_inner_texts() == [
        "hello",
        "how long does delivery take?",
        "what does delivery cost?",
    ]


@pytest.mark.parametrize("page", ["", "pricing.html", "order.html"])
def test_the_demo_shop_fits_a_phone(chromium: Browser, product: Product, complaints: list[str], page: str) -> None:
    shop = open_page(chromium, complaints, PHONE)
    shop.goto(f"{product.web}/{page}")
    assert shop.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    shot(shop, f"shop-phone-{page.removesuffix('.html') or 'home'}")
    shop.get_by_role("button", name=re.compile("chat", re.IGNORECASE)).first.click()
    expect(shop.locator("handoff-chat textarea")).to_be_focused()
    shot(shop, f"widget-phone-{page.removesuffix('.html') or 'home'}")
    assert complaints == []
