"""The two sides of a conversation as people see them: the widget on the shop's pages, and the desk."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

from playwright.sync_api import Browser, Locator, Page, ViewportSize, expect

from tests.e2e.product import Product
from tests.support.browser import STEP_MS, WIDE, open_page

CONVERSATION = """() => {
  const key = Object.keys(localStorage).find((one) => one.startsWith('handoff-chat:') && one.endsWith(':session'));
  return JSON.parse(localStorage.getItem(key)).conversation_id;
}"""


class Widget:
    """The visitor's side: opens ``page`` of the shop, and the chat on it."""

    def __init__(self, page: Page, address: str) -> None:
        self.page = page
        page.goto(address)
        self.open()
        self.panel = page.locator(".panel")
        self.title = page.locator("handoff-chat #title")
        self.help = page.locator("handoff-chat #help")
        self.strip = page.locator("handoff-chat .strip")

    def open(self) -> None:
        """Open the chat."""
        self.page.get_by_role("button", name=re.compile("^(open chat|chat openen)", re.IGNORECASE)).click()

    def bubbles(self, sender: str) -> Locator:
        """What somebody said: visitor, assistant, agent or system."""
        return self.page.locator(f".panel li.{sender} .bubble")

    def say(self, text: str) -> None:
        """Write and send, and wait until it has arrived."""
        box = self.page.locator("handoff-chat form.write textarea")
        box.fill(text)
        box.press("Enter")
        expect(self.bubbles("visitor").last).to_have_text(text)
        expect(self.page.locator(".panel li.pending")).to_have_count(0)

    def answered(self, sender: str, text: str | re.Pattern[str], timeout: float = STEP_MS) -> None:
        """Wait until somebody has said this."""
        expect(self.bubbles(sender).filter(has_text=text).last).to_be_visible(timeout=timeout)

    @property
    def conversation(self) -> str:
        """Id of the conversation that this browser is in."""
        return str(self.page.evaluate(CONVERSATION))

    def handoff(self, product: Product) -> str:
        """Id of the conversation's handoff."""
        found = product.services.state(self.conversation).handoff_id
        assert found is not None, "somebody was asked for"
        return found

    def leave_email(self, address: str) -> None:
        """Fill in the form that is open, and send it."""
        form = self.page.locator(".panel form.card")
        form.get_by_label("E-mail address").fill(address)
        form.get_by_role("button", name="Send").click()
        expect(form).to_have_count(0)


class Desk:
    """The agent's side, logged in, in a browser of its own."""

    def __init__(
        self,
        chromium: Browser,
        complaints: list[str],
        product: Product,
        username: str,
        path: str = "/desk",
        size: ViewportSize = WIDE,
        at: datetime | None = None,
        **options: Any,
    ) -> None:
        self.product = product
        self.page = open_page(chromium, complaints, size, at=at, **options)
        self.page.goto(f"{product.desk}{path}")
        self.page.get_by_label("Username").fill(username)
        self.page.get_by_label("Password").fill(product.passwords[username])
        self.page.get_by_role("button", name="Log in").click()
        expect(self.page.locator("#live")).to_have_text("Live")
        self.card = self.page.locator("#card")
        self.box = self.page.locator("#reply")
        self.transcript = self.page.locator("#transcript")

    def row(self, handoff_id: str) -> Locator:
        """The line of a handoff in the list."""
        return self.page.locator(f'.row[data-id="{handoff_id}"]')

    def open(self, handoff_id: str) -> None:
        """Open a conversation from the list."""
        self.row(handoff_id).click()
        expect(self.page.locator("#conversation-title")).to_be_visible()

    def go(self, handoff_id: str) -> None:
        """Open a conversation by its address."""
        self.page.goto(f"{self.product.desk}/desk/handoffs/{handoff_id}")
        expect(self.page.locator("#conversation-title")).to_be_visible()

    def button(self, action: str) -> Locator:
        """A button of the conversation, by what it does: claim, transfer, release, hand_back, resolve."""
        return self.page.locator(f"#actions [data-action={action}]")

    def claim(self) -> None:
        """Take the conversation that is open."""
        self.button("claim").click()
        expect(self.button("resolve")).to_be_visible()

    def reply(self, text: str) -> None:
        """Answer the visitor."""
        self.box.fill(text)
        self.box.press("Enter")
        expect(self.page.locator(".message--agent").filter(has_text=text)).to_be_visible()

    def note(self, text: str) -> None:
        """Write an internal note, and go back to replying."""
        self._mode("Internal note")
        self.box.fill(text)
        self.box.press("Enter")
        expect(self.page.locator(".message--note").filter(has_text=text)).to_be_visible()
        self._mode("Reply")

    def quit(self) -> None:
        """The browser is gone, without a word."""
        self.page.context.close()

    def _mode(self, name: str) -> None:
        self.page.locator("#composer").get_by_text(name, exact=True).click()
