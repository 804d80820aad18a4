"""Chatwoot: a handoff is a conversation in an API inbox, with the package as a private note.

Agents see what the visitor writes as incoming messages; what they answer comes back through :meth:`pull`, and webhooks
only say that it is time to pull. ``docs/connectors-chatwoot.md`` says how to set it up.
"""

from __future__ import annotations

from collections.abc import Sequence
from time import time
from typing import Any, ClassVar, Self

from handoff.connectors.base import (
    Attempt,
    Capabilities,
    Connector,
    Event,
    Finding,
    Link,
    Options,
    Pulled,
    Undeliverable,
    WebhookRequest,
)
from handoff.connectors.chatwoot_api import ChatwootApi
from handoff.connectors.chatwoot_check import findings
from handoff.connectors.chatwoot_events import pull_events
from handoff.connectors.chatwoot_opening import Opening, find_conversation
from handoff.connectors.chatwoot_options import ChatwootOptions
from handoff.connectors.chatwoot_text import closing_note, elsewhere_note, visitor_text
from handoff.connectors.chatwoot_webhooks import ring_of, verify
from handoff.domain.model import Message, Sender


class ChatwootConnector(Connector):
    """See the module. :attr:`Link.reference` is the number of the conversation in Chatwoot's addresses."""

    capabilities: ClassVar[Capabilities] = Capabilities(
        two_way=True, live=True, pulls=True, attachments=True, priority=True, queues=True, typing=True
    )
    options: ClassVar[type[Options]] = ChatwootOptions

    def __init__(self, name: str, options: ChatwootOptions, desk_url: str) -> None:
        super().__init__(name)
        self._options = options
        self._api = ChatwootApi(name, options)
        self._webhook_url = f"{desk_url.rstrip('/')}/webhooks/{name}"
        self._inbox_identifier: str | None = None  # looked up when somebody types for the first time

    @classmethod
    def create(cls, name: str, options: ChatwootOptions, desk_url: str) -> Self:
        """See the base."""
        return cls(name, options, desk_url)

    def open(self, package: dict[str, Any], attempt: Attempt) -> None:
        """Show it as a conversation: contact, team, priority, note, the visitor's last words."""
        team = self._options.teams.get(package["queue"])
        Opening(self._api.during(attempt), package, attempt, team).run()

    def send(self, message: Message, attempt: Attempt) -> None:
        """The visitor's as an incoming message, anybody else's as a private note that names who said it."""
        reference = _reference(attempt.link)
        api = self._api.during(attempt)
        if attempt.repeated and api.marks(reference, attempt.link.data.get("start", 0), {message.id}):
            return
        if message.sender is Sender.VISITOR:
            api.write(reference, message.id, visitor_text(message.text), private=False)
        else:
            api.write(reference, message.id, elsewhere_note(message), private=True)

    def typing(self, link: Link, on: bool) -> None:
        """Show the visitor as typing."""
        source = link.data.get("source")
        if link.reference is None or source is None:
            return
        if self._inbox_identifier is None:
            self._inbox_identifier = str(self._api.inbox().get("inbox_identifier") or "")
        if self._inbox_identifier:
            self._api.typing(self._inbox_identifier, source, link.reference, on)

    def close(self, reason: str, attempt: Attempt) -> None:
        """Say why in a note, and resolve it. What never came to be there needs no closing."""
        api = self._api.during(attempt)
        reference = attempt.link.reference
        if reference is None:
            contact = api.find_contact(attempt.link.conversation_id)
            found = find_conversation(api, contact[0], attempt.link.handoff_id) if contact else None
            if found is None:
                return
            reference = str(found["id"])
            attempt.remember(reference)
        data = attempt.link.data
        mark = f"{attempt.link.handoff_id}:closed"
        if not data.get("reasoned"):
            if not (attempt.repeated and api.marks(reference, data.get("start", 0), {mark})):
                api.write(reference, mark, closing_note(reason), private=True)
            attempt.remember(reasoned=True)
        api.set_status(reference, "resolved")
        attempt.remember(closed=True)

    def receive(self, request: WebhookRequest) -> Sequence[Event]:
        """Ring for answers, assignments and changes of the status in this inbox."""
        secret = self._options.webhook_secret
        verify(
            request,
            secret.get_secret_value() if secret else None,
            unsigned=self._options.unsigned_webhooks,
        )
        ring = ring_of(request.body, self._options.account_id, self._options.inbox_id)
        return [ring] if ring else []

    def delivery_id(self, request: WebhookRequest) -> str | None:
        """``X-Chatwoot-Delivery``. It is not signed: a forged one rings once more, which does no harm."""
        return request.headers.get("x-chatwoot-delivery") or None

    def pull(self, link: Link) -> Pulled:
        """See the base; a conversation that was deleted in Chatwoot is :class:`Undeliverable` (404)."""
        return pull_events(self._api, link, _reference(link), time())

    def check(self) -> list[Finding]:
        """See the base."""
        return findings(self._api, self._options, self._webhook_url)


def _reference(link: Link) -> str:
    if link.reference is None:
        raise Undeliverable(f"Handoff {link.handoff_id} has no conversation in Chatwoot.")
    return link.reference
