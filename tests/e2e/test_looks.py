"""Every page of the desk, and the faces of the widget that no other test passes: no barriers, and pictures of each."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, ViewportSize, expect

from tests.e2e.product import Product
from tests.e2e.screens import Desk, Widget
from tests.support.browser import PHONE, WIDE, look, open_page

ARABIC = {
    "helpAssistant": "إجابات آلية. يمكنك طلب موظف في أي وقت.",
    "placeholder": "اكتب رسالة",
    "greeting": "مرحبا! اسألني عن أي شيء. إذا احتاج سؤالك إلى موظف فسينضم إليك هنا.",
}


def test_logging_in(chromium: Browser, product: Product, complaints: list[str]) -> None:
    page = open_page(chromium, complaints)
    page.goto(f"{product.desk}/desk")
    look(page, "desk-login")
    page.get_by_label("Username").fill("sanne")
    page.get_by_label("Password").fill("not the password")
    page.get_by_role("button", name="Log in").click()
    expect(page.get_by_role("alert")).to_be_visible()
    look(page, "desk-login-refused")
    assert complaints == []


def test_the_pages_beside_the_list(chromium: Browser, product: Product, complaints: list[str]) -> None:
    desk = Desk(chromium, complaints, product, "sanne", "/desk/admin")
    page = desk.page
    expect(page.locator("#queues")).to_contain_text("Billing")
    look(page, "desk-admin")
    page.get_by_role("button", name="Add an agent").click()
    expect(page.get_by_role("dialog", name="Add an agent")).to_be_visible()
    look(page, "desk-admin-add")
    page.keyboard.press("Escape")
    page.get_by_role("button", name=re.compile("^New password Jonas")).click()
    expect(page.get_by_role("dialog", name="New password")).to_be_visible()
    look(page, "desk-admin-password")
    page.goto(f"{product.desk}/desk/account")
    expect(page.locator("#live")).to_have_text("Live")
    look(page, "desk-account")
    page.goto(f"{product.desk}/desk/nothing-here")
    look(page, "desk-not-found")
    assert complaints == []


def test_menus_sheet_and_filters(chromium: Browser, product: Product, complaints: list[str]) -> None:
    desk = Desk(chromium, complaints, product, "sanne")
    page = desk.page
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keyboard shortcuts")).to_be_visible()
    look(page, "desk-shortcuts")
    page.keyboard.press("Escape")
    for name, picture in (("Sound and notifications", "desk-alerts"), (re.compile("Sanne de Vries"), "desk-menu")):
        page.get_by_role("button", name=name).click()
        look(page, picture)
        page.keyboard.press("Escape")
    page.get_by_role("button", name=re.compile("^Filter")).click()
    page.get_by_label("Search conversations").fill("zxqv")
    expect(page.locator("#queue-found")).to_contain_text("0 found")
    look(page, "desk-nothing-found")
    page.get_by_label("Search conversations").press("Escape")

    page.locator("#presence-button").click()
    page.get_by_role("button", name="Away", exact=True).click()
    expect(page.locator("#presence-word")).to_have_text("Away")
    expect(page.locator("#presence-help")).to_contain_text("back to the queue")
    look(page, "desk-away")
    page.get_by_role("button", name="Online", exact=True).click()
    expect(page.locator("#presence-word")).to_have_text("Online")
    assert complaints == []


def test_the_widget_before_and_after_the_first_words(
    chromium: Browser, product: Product, complaints: list[str]
) -> None:
    visitor = Widget(open_page(chromium, complaints), f"{product.web}/order.html")
    look(visitor.page, "widget-greeting", visitor.panel)
    visitor.say("qwfp arst zxcd")
    expect(visitor.page.get_by_role("button", name="Talk to a person")).to_be_enabled()
    look(visitor.page, "widget-choices", visitor.panel)
    visitor.page.get_by_role("button", name="More options").click()
    expect(visitor.page.get_by_role("button", name="Download transcript")).to_be_visible()
    look(visitor.page, "widget-menu", visitor.panel)
    visitor.page.get_by_role("button", name="Send it by e-mail").click()
    form = visitor.page.locator(".panel form.card")
    form.get_by_role("button", name="Send").click()
    expect(form).to_contain_text("Fill in your e-mail address.")
    look(visitor.page, "widget-transcript", visitor.panel)
    arrived = len(product.mail.messages)
    visitor.leave_email("lea.moreau@example.org")
    expect(visitor.panel).to_contain_text("The transcript is on its way")
    assert "qwfp arst zxcd" in product.mail.wait_for(arrived + 1)[-1].message.get_content()
    assert complaints == []


def test_a_closed_widget_counts_what_came(chromium: Browser, product: Product, complaints: list[str]) -> None:
    desk = Desk(chromium, complaints, product, "sanne")
    visitor = Widget(open_page(chromium, complaints), f"{product.web}/order.html")
    visitor.say("I'd like to talk to a person")
    desk.open(visitor.handoff(product))
    desk.claim()
    visitor.answered("system", "Sanne de Vries")
    visitor.page.get_by_role("button", name="Close chat").first.click()
    desk.reply("Hello, how can I help?")
    expect(visitor.page.get_by_role("button", name="Open chat, 1 new message")).to_be_visible()
    look(visitor.page, "widget-unread")
    visitor.open()
    visitor.answered("agent", "Hello, how can I help?")
    desk.button("resolve").click()
    visitor.page.locator(".panel form.card").get_by_role("button", name="Skip").click()
    expect(visitor.page.locator(".panel form.card")).to_have_count(0)
    assert complaints == []


def test_the_widget_in_dutch(chromium: Browser, product: Product, complaints: list[str]) -> None:
    page = open_page(chromium, complaints, locale="nl-NL")
    visitor = Widget(page, f"{product.web}/order.html")
    page.locator("handoff-chat").evaluate("(chat) => { chat.lang = 'nl'; }")
    expect(visitor.title).to_have_text("Assistent van Fernway")
    visitor.say("let me talk to a human please")
    expect(visitor.title).to_have_text("Wachten op een medewerker")
    look(page, "widget-dutch", visitor.panel)
    page.get_by_role("button", name="Verder met de assistent").click()
    expect(visitor.title).to_have_text("Assistent van Fernway")
    assert complaints == []


@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["wide", "phone"])
def test_the_widget_from_right_to_left(
    chromium: Browser, product: Product, complaints: list[str], size: ViewportSize
) -> None:
    page = open_page(chromium, complaints, size)
    page.add_init_script("addEventListener('DOMContentLoaded', () => { document.documentElement.dir = 'rtl'; })")
    visitor = Widget(page, f"{product.web}/order.html")
    page.locator("handoff-chat").evaluate("(chat, texts) => { chat.texts = texts; }", ARABIC)
    visitor.say("how long does delivery take?")
    visitor.answered("assistant", "working days")
    own, others = visitor.bubbles("visitor").bounding_box(), visitor.bubbles("assistant").last.bounding_box()
    assert own is not None
    assert others is not None
    ends = [box["x"] + box["width"] for box in (own, others)]
    assert ends[0] < ends[1], "what one says oneself stands at the end of the line"
    look(page, "widget-right-to-left" if size is WIDE else "widget-right-to-left-phone", visitor.panel)
    assert complaints == []
