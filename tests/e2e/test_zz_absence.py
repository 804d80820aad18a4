"""Nobody is there, or somebody is no longer: what becomes of a conversation as time passes.

These tests move the product's clock, so they come last. Times are those of ``waiting`` and ``visitor`` in handoff.yml.
"""

from __future__ import annotations

import re

from playwright.sync_api import Browser, expect

from tests.e2e.product import Product, eventually
from tests.e2e.screens import Desk, Widget
from tests.support.browser import look, open_page
from tests.support.smtp_server import Received

EMAIL = "lea.moreau@example.org"
LONGER = 1.0  # s past a limit
BATCH = 10.0  # s in which an agent's lines become one e-mail
NOBODY = re.compile("nobody from our sales team is online|None of my colleagues is online", re.IGNORECASE)


def gone_home(product: Product) -> None:
    """Whoever had the desk open in an earlier test no longer counts as online."""
    product.skip(product.services.rules.online_seconds + LONGER)


def asks_for_sales(chromium: Browser, complaints: list[str], product: Product) -> Widget:
    visitor = Widget(open_page(chromium, complaints, at=product.now), f"{product.web}/pricing.html")
    visitor.say("let me talk to your sales team please")
    expect(visitor.title).to_have_text("Waiting for a person")
    return visitor


def closes_the_page(visitor: Widget, product: Product) -> None:
    visitor.page.close()
    product.skip(product.services.rules.visitor.gone_after + LONGER)


def answer_by_email(desk: Desk, product: Product, text: str) -> Received:
    """Claim what is open and answer; the e-mail that comes of it."""
    desk.claim()
    expect(desk.page.locator("#composer-hint")).to_contain_text(f"has left. Your reply is sent to {EMAIL} by e-mail.")
    arrived = len(product.mail.messages)
    desk.reply(text)
    product.skip(BATCH + LONGER)
    return product.mail.wait_for(arrived + 1)[-1]


def check_email(mail: Received, reply: str, *quoted: str) -> None:
    """The reply, and below it what was said before."""
    assert mail.recipient == EMAIL
    assert mail.message["From"].addresses[0].addr_spec == "help@fernway.example"
    before, _, after = mail.message.get_content().partition("What was said before")
    assert reply in before
    for words in quoted:
        assert re.search(f"^> .*{re.escape(words)}", after, re.MULTILINE), after


def test_nobody_is_online_and_the_answer_comes_by_email(
    chromium: Browser, product: Product, complaints: list[str]
) -> None:
    gone_home(product)
    visitor = asks_for_sales(chromium, complaints, product)
    visitor.answered("assistant", NOBODY)
    expect(visitor.strip).to_contain_text("Nobody is online right now")
    look(visitor.page, "widget-nobody-online", visitor.panel)

    product.skip(product.services.rules.waiting.missed_after + LONGER)
    expect(visitor.title).to_have_text("Fernway assistant")
    expect(visitor.strip).to_contain_text("Nobody was free to answer you")
    look(visitor.page, "widget-missed", visitor.panel)
    visitor.leave_email(EMAIL)
    expect(visitor.strip).to_contain_text("Our sales team writes to you by e-mail.")
    visitor.say("how long does delivery take?")
    visitor.answered("assistant", "working days")
    look(visitor.page, "widget-follow-up", visitor.panel)
    handoff = visitor.handoff(product)
    closes_the_page(visitor, product)

    amira = Desk(chromium, complaints, product, "amira", at=product.now)
    expect(
        amira.page.get_by_role("region", name=re.compile("^Follow up")).locator(f'[data-id="{handoff}"]')
    ).to_be_visible()
    amira.open(handoff)
    expect(amira.page.locator("#situation")).to_contain_text(f"the visitor left {EMAIL}")
    look(amira.page, "desk-follow-up")
    reply = "Hello, and sorry that nobody was here. Which plan do you have in mind?"
    check_email(answer_by_email(amira, product, reply), reply, "let me talk to your sales team please")
    amira.button("resolve").click()
    expect(amira.page.locator("#conversation-state")).to_contain_text("Resolved by you")
    assert complaints == []


def test_a_visitor_leaves_an_address_and_goes(chromium: Browser, product: Product, complaints: list[str]) -> None:
    visitor = asks_for_sales(chromium, complaints, product)
    visitor.page.get_by_role("button", name="Leave my e-mail and go").click()
    expect(visitor.page.get_by_label("E-mail address")).to_be_focused()
    look(visitor.page, "widget-email-form", visitor.panel)
    visitor.leave_email(EMAIL)
    expect(visitor.strip).to_contain_text("You can close this page: the answer also comes by e-mail.")
    handoff, context = visitor.handoff(product), visitor.page.context
    closes_the_page(visitor, product)

    sanne = Desk(chromium, complaints, product, "sanne", at=product.now)
    sanne.open(handoff)
    reply = "Hello, for 60 rooms it is 2.10 a month for each."
    mail = answer_by_email(sanne, product, reply)
    check_email(mail, reply, "let me talk to your sales team please")

    def said_so() -> bool:
        sanne.go(handoff)
        return f"Sent by e-mail to {EMAIL}" in sanne.transcript.inner_text()

    eventually(said_so, "the desk says which way the reply went")
    look(sanne.page, "desk-visitor-left")
    back = Widget(context.new_page(), f"{product.web}/pricing.html")
    back.answered("agent", reply)
    expect(back.title).to_have_text("Sanne de Vries")
    sanne.button("resolve").click()
    expect(back.title).to_have_text("Fernway assistant")
    assert complaints == []


def test_an_agents_browser_dies_and_a_colleague_goes_on(
    chromium: Browser, product: Product, complaints: list[str]
) -> None:
    jonas = Desk(chromium, complaints, product, "jonas", at=product.now)
    visitor = asks_for_sales(chromium, complaints, product)
    handoff = visitor.handoff(product)
    jonas.open(handoff)
    jonas.claim()
    jonas.reply("Hello, this is Jonas.")
    visitor.answered("agent", "this is Jonas")
    jonas.quit()

    product.skip(product.services.rules.waiting.agent_away_after + LONGER)
    expect(visitor.title).to_have_text("Waiting for a person")
    expect(visitor.bubbles("system").last).to_contain_text("Jonas Weber")
    look(visitor.page, "widget-requeued", visitor.panel)
    sanne = Desk(chromium, complaints, product, "sanne", at=product.now)
    sanne.open(handoff)
    expect(sanne.transcript).to_contain_text("Back in the queue: Jonas Weber was away")
    sanne.claim()
    sanne.reply("Sanne here. I go on where Jonas stopped.")
    visitor.answered("agent", "I go on where Jonas stopped.")
    expect(visitor.title).to_have_text("Sanne de Vries")
    sanne.button("resolve").click()
    expect(visitor.title).to_have_text("Fernway assistant")
    assert complaints == []
