"""A day at the desk in real browsers: two visitors wait, two agents have one conversation, and it is rated."""

from __future__ import annotations

import re

from playwright.sync_api import Browser, expect

from tests.e2e.product import Product
from tests.e2e.screens import Desk, Widget
from tests.support.browser import look, open_page

NOTE = "60 rooms in three buildings; Jonas wrote their contract last year."
FOR_JONAS = "They renew in March. Please name the volume price."
COMMENT = "Two people, and I never had to repeat myself."


def add_canned_reply(desk: Desk) -> None:
    page = desk.page
    page.goto(f"{desk.product.desk}/desk/canned")
    look(page, "desk-canned-empty")
    page.get_by_role("button", name="Add a reply").click()
    editor = page.get_by_role("dialog", name="Add a reply")
    editor.get_by_label("Shortcut").fill("volume")
    editor.get_by_label("Title").fill("Volume price")
    editor.get_by_label("Text").fill("From 50 rooms on we make you a price of your own. {agent_name}")
    look(page, "desk-canned-editor")
    editor.get_by_role("button", name="Save").click()
    expect(page.locator("#items")).to_contain_text("/volume")
    look(page, "desk-canned")
    page.goto(f"{desk.product.desk}/desk")
    expect(page.locator("#live")).to_have_text("Live")


def insert_canned_reply(desk: Desk) -> None:
    desk.box.press("/")
    expect(desk.page.get_by_role("option", name="/volume")).to_be_visible()
    look(desk.page, "desk-canned-picker")
    desk.page.keyboard.type("vol")
    desk.page.keyboard.press("Enter")
    expect(desk.box).to_have_value("From 50 rooms on we make you a price of your own. Sanne de Vries")
    desk.box.press("Enter")


def transfer(desk: Desk, target: str, note: str = "", name: str = "") -> None:
    """Through the dialog; ``name``: of the pictures of it."""
    desk.button("transfer").click()
    dialog = desk.page.get_by_role("dialog", name="Transfer this conversation")
    dialog.get_by_role("radio", name=re.compile(target)).check()
    dialog.get_by_label(re.compile("^Note for whoever")).fill(note)
    if name:
        look(desk.page, name)
    dialog.get_by_role("button", name="Transfer", exact=True).click()
    expect(dialog).to_be_hidden()


def test_from_the_line_through_two_agents_to_a_rating(
    chromium: Browser, product: Product, complaints: list[str]
) -> None:
    sanne, jonas = (Desk(chromium, complaints, product, name) for name in ("sanne", "jonas"))
    add_canned_reply(sanne)
    first = Widget(open_page(chromium, complaints), f"{product.web}/pricing.html")
    first.say("let me talk to your sales team please")
    expect(first.title).to_have_text("Waiting for a person")
    expect(first.help).to_contain_text("You are next in line.")
    second = Widget(open_page(chromium, complaints), f"{product.web}/")
    second.say("I'd like to speak with sales")
    expect(second.help).to_contain_text("You are number 2 in line.")
    look(second.page, "widget-waiting", second.panel)

    one, other = first.handoff(product), second.handoff(product)
    expect(sanne.row(other)).to_be_visible()
    look(sanne.page, "desk-list")
    sanne.open(one)
    expect(sanne.card).to_contain_text("Asked for a person")
    look(sanne.page, "desk-card")
    sanne.claim()
    first.answered("system", "Sanne de Vries")
    expect(first.title).to_have_text("Sanne de Vries")
    expect(second.help).to_contain_text("You are next in line.")

    sanne.note(NOTE)
    sanne.reply("Hello, I see that you look at Fernway Rooms. How many rooms is it for?")
    first.answered("agent", "How many rooms is it for?")
    first.say("60 rooms, in three buildings")
    expect(sanne.page.locator(".message--visitor").last).to_contain_text("60 rooms, in three buildings")
    look(sanne.page, "desk-note")
    look(first.page, "widget-agent", first.panel)
    insert_canned_reply(sanne)
    first.answered("agent", "From 50 rooms on we make you a price of your own.")

    transfer(sanne, "Jonas Weber", FOR_JONAS, name="desk-transfer")
    expect(first.title).to_have_text("Jonas Weber")
    first.answered("system", "Jonas Weber")
    jonas.open(one)
    expect(jonas.card).to_contain_text(FOR_JONAS)
    expect(jonas.transcript).to_contain_text(NOTE)
    jonas.reply("Hello, this is Jonas. For 60 rooms it is 2.10 a month for each.")
    first.answered("agent", "this is Jonas")
    for internal in (NOTE, FOR_JONAS):
        expect(first.panel).not_to_contain_text(internal)

    jonas.button("resolve").click()
    expect(first.title).to_have_text("Fernway assistant")
    first.page.get_by_role("radio", name="Very good").check(force=True)
    first.page.get_by_label("What made it so?").fill(COMMENT)
    look(first.page, "widget-rating", first.panel)
    first.page.locator(".panel form.card").get_by_role("button", name="Send").click()
    expect(first.panel).to_contain_text("Thank you for telling us.")
    expect(jonas.card).to_contain_text("5 of 5")
    expect(jonas.card).to_contain_text(COMMENT)
    look(jonas.page, "desk-rated")
    first.page.reload()
    expect(first.bubbles("agent").last).to_contain_text("this is Jonas")
    expect(first.page.locator(".panel form.card")).to_have_count(0)

    # whoever waits can be sent to the right team too, before anybody has claimed it
    jonas.open(other)
    transfer(jonas, "^Support")
    expect(second.panel).to_contain_text("support team")
    expect(second.title).to_have_text("Waiting for a person")
    expect(jonas.row(other)).to_contain_text("Support")
    second.page.get_by_role("button", name="Go on with the assistant").click()
    expect(jonas.page.locator("#conversation-state")).to_contain_text("Cancelled by the visitor")
    assert complaints == []
