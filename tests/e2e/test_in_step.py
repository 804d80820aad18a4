"""Several screens of one conversation: agents who race for it, the visitor's tabs, typing and seen marks both ways."""

from __future__ import annotations

import re

from playwright.sync_api import Browser, Route, expect

from tests.e2e.product import Product
from tests.e2e.screens import Desk, Widget
from tests.support.browser import look, open_page, watch

NAMES = {"sanne": "Sanne de Vries", "jonas": "Jonas Weber"}


def waiting(chromium: Browser, complaints: list[str], product: Product) -> Widget:
    """A visitor who waits for a person."""
    visitor = Widget(open_page(chromium, complaints), f"{product.web}/order.html")
    visitor.say("I'd like to talk to a person, please")
    expect(visitor.title).to_have_text("Waiting for a person")
    return visitor


def test_two_agents_race_and_the_one_who_loses_is_told_who_won(
    chromium: Browser, product: Product, complaints: list[str]
) -> None:
    desks = {name: Desk(chromium, complaints, product, username) for username, name in NAMES.items()}
    visitor = waiting(chromium, complaints, product)
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    for desk in desks.values():
        desk.open(visitor.handoff(product))
        desk.page.route("**/claim", hold)
        desk.button("claim").click()
    while len(held) < len(desks):  # both are on their way, and neither has heard of the other
        for desk in desks.values():
            desk.page.title()
    for route in held:
        route.continue_()
    expect(visitor.title).to_have_text(re.compile("|".join(desks)))
    winner = visitor.title.inner_text()
    won, (lost,) = desks[winner], [desk for name, desk in desks.items() if name != winner]
    expect(won.button("resolve")).to_be_visible()
    expect(lost.page.locator("#conversation-error")).to_contain_text(f"{winner} took this one")
    expect(lost.page.locator("#conversation-state")).to_have_text(f"With {winner}")
    expect(lost.page.locator("#actions button")).to_have_count(0)
    expect(won.page.locator("#conversation-error")).to_be_hidden()
    expect(visitor.bubbles("system")).to_have_count(1)
    look(lost.page, "desk-already-claimed")
    won.button("resolve").click()
    expect(visitor.title).to_have_text("Fernway assistant")
    assert complaints == []


def test_a_reload_and_a_second_tab_while_waiting(chromium: Browser, product: Product, complaints: list[str]) -> None:
    desk = Desk(chromium, complaints, product, "sanne")
    first = waiting(chromium, complaints, product)
    desk.open(first.handoff(product))
    before = first.page.locator(".panel .bubble").all_inner_texts()
    first.page.reload()
    expect(first.title).to_have_text("Waiting for a person")
    expect(first.page.locator(".panel .bubble")).to_have_text(before)

    page = first.page.context.new_page()
    watch(page, complaints)
    second = Widget(page, f"{product.web}/pricing.html")
    expect(second.title).to_have_text("Waiting for a person")
    second.say("it is about order FW-104233")
    first.answered("visitor", "it is about order FW-104233")
    expect(desk.transcript).to_contain_text("it is about order FW-104233")

    second.page.get_by_role("button", name="Go on with the assistant").click()
    for tab in (first, second):
        expect(tab.title).to_have_text("Fernway assistant")
        expect(tab.strip).to_be_hidden()
    expect(desk.page.locator("#conversation-state")).to_contain_text("Cancelled by the visitor")
    first.say("how long does delivery take?")
    second.answered("assistant", "working days")
    texts = first.page.locator(".panel .bubble").all_inner_texts()
    expect(second.page.locator(".panel .bubble")).to_have_text(texts)
    assert complaints == []


def test_typing_and_seen_both_ways(chromium: Browser, product: Product, complaints: list[str]) -> None:
    desk = Desk(chromium, complaints, product, "sanne")
    visitor = waiting(chromium, complaints, product)
    desk.open(visitor.handoff(product))
    desk.claim()
    expect(visitor.title).to_have_text("Sanne de Vries")

    field = visitor.page.locator("handoff-chat form.write textarea")
    field.press_sequentially("My parcel")
    expect(desk.page.locator("#transcript .typing")).to_have_text("The visitor is typing")
    visitor.say("My parcel is late")
    expect(desk.page.locator("#transcript .typing")).to_be_hidden()
    expect(visitor.page.locator(".panel li.visitor .meta").last).to_contain_text("Seen")

    desk.box.press_sequentially("I have a look")
    expect(visitor.page.locator(".panel li.typing.agent")).to_be_visible()
    look(visitor.page, "widget-typing", visitor.panel)
    desk.box.press("Enter")
    visitor.answered("agent", "I have a look")
    expect(visitor.page.locator(".panel li.typing")).to_have_count(0)
    expect(desk.page.locator(".message--agent .message__mark").last).to_have_text("Seen")
    desk.button("resolve").click()
    expect(visitor.title).to_have_text("Fernway assistant")
    assert complaints == []
