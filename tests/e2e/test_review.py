"""What a person answered once becomes the assistant's answer: from the chat over the desk into the training data."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Locator, expect

from tests.e2e.people import Visitor
from tests.e2e.product import Product
from tests.e2e.project_copy import copy_project, train
from tests.e2e.screens import Desk, Widget
from tests.support.browser import look, open_page

pytestmark = pytest.mark.timeout(600)  # it trains once: half a minute, or minutes on a busy machine

ASKED = (
    "do you take away my old desk?",
    "do you pick up old desks",
    "my old desk, can you pick it up?",
)
ASKED_LATER = "can my old desk be picked up"
ANSWER = "Yes, our driver takes one old desk along when the new one comes. It costs €25; tell us when you order."
MOST_CLICKS = 4  # from the open review to the accepted change


@pytest.fixture(scope="module")
def product(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    """A product on a project of its own, which may be changed."""
    running = Product(tmp_path_factory.mktemp("var"), copy_project(tmp_path_factory.mktemp("project")))
    try:
        running.start()
        yield running
    finally:
        running.stop()


class Clicks:
    """Presses buttons, and counts."""

    def __init__(self) -> None:
        self.made = 0

    def on(self, button: Locator) -> None:
        button.click()
        self.made += 1


def ask_in_vain(chromium: Browser, complaints: list[str], product: Product) -> Widget:
    """Three visitors ask the same in their own words; the last one stays."""
    for words in ASKED[:2]:
        Visitor(product.web).say(words)
    third = Widget(open_page(chromium, complaints), f"{product.web}/order.html")
    third.say(ASKED[2])
    return third


def answer(desk: Desk, visitor: Widget) -> None:
    """The visitor asks for a person, who answers."""
    visitor.say("can I talk to a person please")
    expect(visitor.title).to_have_text("Waiting for a person")
    desk.open(visitor.handoff(desk.product))
    desk.claim()
    desk.reply("Hello, Sanne here.")
    desk.reply(ANSWER)
    visitor.answered("agent", ANSWER)
    desk.button("resolve").click()
    expect(visitor.title).to_have_text("Fernway assistant")


def restart(product: Product) -> None:
    """Stop it, train, start it again, as `make run` does."""
    product.end("rasa", "actions", "desk")
    train(product.settings)
    product.start()


def test_a_persons_answer_becomes_the_assistants(chromium: Browser, complaints: list[str], product: Product) -> None:
    desk = Desk(chromium, complaints, product, "sanne")
    visitor = ask_in_vain(chromium, complaints, product)
    answer(desk, visitor)

    page, clicks = desk.page, Clicks()
    page.goto(f"{product.desk}/desk/review")
    group = page.locator(".review-group")
    expect(group).to_have_count(1)
    for words in ASKED:
        expect(group).to_contain_text(words)
    expect(group).to_contain_text("3 messages: not understood")
    expect(group).to_contain_text(ANSWER)
    look(page, "desk-review")

    clicks.on(group.get_by_role("button", name="Make an FAQ"))
    dialog = page.get_by_role("dialog", name="Make an FAQ")
    expect(dialog.get_by_label("What the assistant will answer")).to_have_value(ANSWER)
    expect(dialog.get_by_label("Name")).to_have_value(re.compile("^[a-z0-9_]+$"))
    clicks.on(dialog.get_by_role("button", name="Preview"))
    expect(page.get_by_role("progressbar", name="How far the check is")).to_be_visible()
    clicks.on(page.get_by_role("button", name="Accept"))
    expect(page.get_by_role("heading", name="Written into the files.")).to_be_focused()
    assert clicks.made <= MOST_CLICKS

    expect(page.locator(".outcome__next")).to_contain_text("make run")
    for context in chromium.contexts:
        context.close()
    restart(product)
    later = Widget(open_page(chromium, complaints), f"{product.web}/")
    later.say(ASKED_LATER)
    later.answered("assistant", ANSWER)
    assert complaints == []
