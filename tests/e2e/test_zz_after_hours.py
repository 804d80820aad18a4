"""A Saturday evening and the Monday after it. The clock only goes forward, so this comes late among the tests."""

from __future__ import annotations

import re
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from playwright.sync_api import Browser, expect

from tests.e2e.product import Product
from tests.e2e.screens import Desk, Widget
from tests.support.browser import look, open_page

TEAM = ZoneInfo("Europe/Amsterdam")
SATURDAY = 5
EMAIL = "lea.moreau@example.org"
OPENED = re.compile("The team is (back|working again|there again)")


def next_saturday_evening(now: datetime) -> datetime:
    """20:15 in Amsterdam."""
    today = now.astimezone(TEAM).date()
    saturday = today + timedelta(days=(SATURDAY - today.weekday()) % 7 or 7)
    return datetime.combine(saturday, time(20, 15), TEAM)


def test_a_question_on_saturday_is_answered_on_monday(
    chromium: Browser, product: Product, complaints: list[str]
) -> None:
    evening = next_saturday_evening(product.now)
    morning = datetime.combine(evening.date() + timedelta(days=2), time(9, 0, 1), TEAM)
    product.move_clock(evening)
    opening = f"on Monday {morning.day} {morning:%B} at 09:00"
    visitor = Widget(open_page(chromium, complaints, at=evening), f"{product.web}/order.html")
    visitor.say("let me talk to the billing team about my refund")
    visitor.answered("assistant", re.compile(f"back {opening}"))
    expect(visitor.title).to_have_text("Fernway assistant")
    expect(visitor.strip).to_contain_text(f"Our billing team is back {opening}")
    look(visitor.page, "widget-scheduled", visitor.panel)
    visitor.leave_email(EMAIL)
    expect(visitor.strip).to_contain_text("the answer also comes by e-mail")
    visitor.say("how long does delivery take?")
    visitor.answered("assistant", "working days")

    # agents see on Saturday what Monday brings
    handoff = visitor.handoff(product)
    jonas = Desk(chromium, complaints, product, "jonas", at=evening)
    jonas.open(handoff)
    expect(jonas.row(handoff)).to_contain_text("Opens Monday 09:00")
    expect(jonas.page.locator("#situation")).to_contain_text(f"Outside opening hours; the visitor was told {opening}")
    look(jonas.page, "desk-scheduled")
    jonas.quit()

    product.move_clock(morning)
    expect(visitor.title).to_have_text("Waiting for a person")
    visitor.answered("system", OPENED)
    expect(visitor.strip).not_to_contain_text("is back")
    sanne = Desk(chromium, complaints, product, "sanne", at=morning)
    sanne.open(handoff)
    expect(sanne.transcript).to_contain_text("let me talk to the billing team about my refund")
    expect(sanne.transcript).to_contain_text("how long does delivery take?")
    expect(sanne.transcript).to_contain_text("The queue has opened")
    expect(sanne.card).to_contain_text(EMAIL)
    look(sanne.page, "desk-monday")
    sanne.claim()
    sanne.reply("Good morning. Your refund left us on Friday; it takes up to five working days.")
    visitor.answered("agent", "Your refund left us on Friday")
    expect(visitor.title).to_have_text("Sanne de Vries")
    sanne.button("resolve").click()
    expect(visitor.title).to_have_text("Fernway assistant")
    assert complaints == []
