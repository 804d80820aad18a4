"""Zammad: one ticket for each handoff; what agents answer in public goes back to the visitor.

Sources: Zammad's API documentation and its source. Nothing here was tried against a Zammad server. The package is an
internal note. What visitors write is a note by the customer: Zammad e-mails no notes, and the triggers that it is
installed with answer e-mails, calls and web forms only, so no e-mail can go round in circles.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, Self

from pydantic import Field, SecretStr, field_validator

from handoff.connectors.base import (
    Attempt,
    Capabilities,
    Connector,
    Event,
    Finding,
    Link,
    NotYet,
    Options,
    Pulled,
    Ring,
    Undeliverable,
    WebhookRequest,
)
from handoff.connectors.card import SPEAKERS, as_text, card_of
from handoff.connectors.http import KeptCalls, LiveChatHttp
from handoff.connectors.webhook_address import checked_address
from handoff.connectors.zammad_check import findings
from handoff.connectors.zammad_events import has_mark, mark, pull, ticket_of
from handoff.connectors.zammad_text import title_of
from handoff.connectors.zammad_webhook import DELIVERY, checked, ticket_in
from handoff.domain.model import Message, Sender

PRIORITIES: Mapping[str, str] = {"low": "1 low", "normal": "2 normal", "high": "3 high", "urgent": "3 high"}
"""Urgency -> the priorities that Zammad is installed with; it has no fourth."""
WAITING = "pending"
"""How the names of the states begin in which nobody looks at a ticket."""
MERGED = "merged"
"""A ticket that lives on in another one; to open it again would undo that."""
UNPROCESSABLE = 422


class ZammadOptions(Options):
    """Keys in endpoints.yml.

    Attributes:
        url: where Zammad is.
        token: access token of an agent's account; secret.
        webhook_token: signature token of the webhook; without it none is taken, and answers are only polled.
        group: where tickets go whose queue is not in ``groups``; id or name.
        groups: queue -> id or name of a group.
        priorities: urgency -> name of a priority.
        tags: what every ticket is tagged with.
        customer_email: the ticket is filed under the visitor's address, and Zammad can write to it. False: under their
            name only, so that answers travel through the chat alone.
        anonymous_customer: e-mail address of one customer whose tickets all visitors without an address become; without
            it each gets a customer of their own, who has a name and no address.
        open_state: what a ticket becomes that waits or is closed when the visitor writes.
        close_state: what it becomes when it is over on our side.
        closed_states: the states in which it is over.
    """

    url: str
    token: SecretStr
    webhook_token: SecretStr | None = None
    group: int | str
    groups: Mapping[str, int | str] = Field(default_factory=dict)
    priorities: Mapping[str, str] = Field(default_factory=lambda: dict(PRIORITIES))
    tags: tuple[str, ...] = ("handoff",)
    customer_email: bool = True
    anonymous_customer: str | None = None
    open_state: str = "open"
    close_state: str = "closed"
    closed_states: frozenset[str] = frozenset({"closed", MERGED})

    @field_validator("url")
    @classmethod
    def _is_address(cls, url: str) -> str:
        return checked_address(url)


class ZammadConnector(Connector):
    """See the module."""

    capabilities: ClassVar[Capabilities] = Capabilities(
        two_way=True, live=False, pulls=True, priority=True, queues=True
    )
    options: ClassVar[type[Options]] = ZammadOptions

    def __init__(self, name: str, options: ZammadOptions) -> None:
        super().__init__(name)
        self._options = options
        headers = {"Authorization": f"Token token={options.token.get_secret_value()}"}
        self._http = LiveChatHttp(options.url, headers, what=name)

    @classmethod
    def create(cls, name: str, options: ZammadOptions, desk_url: str) -> Self:
        """See the base; the link to the desk is in the package."""
        return cls(name, options)

    def open(self, package: dict[str, Any], attempt: Attempt) -> None:
        """Create the ticket, with the package as an internal note; Zammad does both in one transaction.

        Zammad knows no idempotency key. Repeated, it looks for the ticket by its ``note``, which agents do not see. A
        condition is looked up in the database; a query would be in the search index, which lags behind.
        """
        if attempt.link.reference:
            return
        calls = KeptCalls(self._http, attempt.keep)
        note = f"Handoff {package['handoff_id']}"
        if attempt.repeated:
            condition = {"ticket.note": {"operator": "is", "value": note}}
            search = {"condition": condition, "expand": True, "limit": 10}
            found = calls.call("POST", "/api/v1/tickets/search", json=search) or []
            # the same handoff may come back to Zammad: its ticket of the first time is closed, and is not meant
            if fresh := [ticket for ticket in found if ticket["state"] not in self._options.closed_states]:
                return self._remember(max(fresh, key=lambda ticket: int(ticket["id"])), attempt)
        card = card_of(package)
        level = package["urgency"]["level"]
        ticket = {
            "title": title_of(card.headline),
            **self._group(package["queue"]),
            **self._customer(package),
            "priority": self._options.priorities.get(level, PRIORITIES[level]),
            "note": note,
            "article": _note(as_text(card), f"open.{package['handoff_id']}"),
        }
        if self._options.tags:
            ticket["tags"] = ",".join(self._options.tags)
        self._remember(calls.call("POST", "/api/v1/tickets", json=ticket), attempt)

    def send(self, message: Message, attempt: Attempt) -> None:
        """Add what the visitor wrote as the customer's own words; it wakes a ticket that waits or is closed.

        What somebody else wrote outside Zammad is an internal note that says whose words they are.
        """
        calls = KeptCalls(self._http, attempt.keep)
        reference = _reference(attempt.link)
        if attempt.repeated and has_mark(calls.call, reference, message.id):
            return
        if message.sender is not Sender.VISITOR:
            who = message.name or SPEAKERS[message.sender.value]
            return self._add(calls, reference, _note(f"{who} (outside Zammad): {message.text}", message.id))
        article = _note(message.text, message.id) | {"internal": False, "sender": "Customer"}
        state = ticket_of(calls.call, reference)["state"]
        if state == MERGED:
            raise Undeliverable(f"{self.name}: ticket {reference} was merged into another one, which is not watched.")
        if state.startswith(WAITING) or state in self._options.closed_states:
            changes = {"state": self._options.open_state, "article": article}
            calls.call("PUT", f"/api/v1/tickets/{reference}", json=changes)
        else:
            self._add(calls, reference, article)

    def close(self, reason: str, attempt: Attempt) -> None:
        """Close the ticket with a note that says why.

        Where Zammad refuses (a field that must be filled in to close), the note stands alone and an agent closes it.
        """
        calls = KeptCalls(self._http, attempt.keep)
        reference, what = _reference(attempt.link), f"close.{attempt.link.handoff_id}"
        if attempt.repeated and has_mark(calls.call, reference, what):
            return
        if ticket_of(calls.call, reference)["state"] in self._options.closed_states:
            return
        changes = {"state": self._options.close_state, "article": _note(reason, what)}
        try:
            calls.call("PUT", f"/api/v1/tickets/{reference}", json=changes)
        except Undeliverable as error:
            if error.status != UNPROCESSABLE:
                raise
            self._add(calls, reference, _note(reason, what))

    def receive(self, request: WebhookRequest) -> Sequence[Event]:
        """A bell, except for our own articles: :meth:`pull` tells notes from answers."""
        checked(request, self._options.webhook_token, self.name)
        ticket = ticket_in(request.body)
        return [Ring(ticket)] if ticket else []

    def delivery_id(self, request: WebhookRequest) -> str | None:
        """``X-Zammad-Delivery``: the id of the job, the same when Zammad tries again."""
        return request.headers.get(DELIVERY)

    def pull(self, link: Link) -> Pulled:
        """Read the ticket and its articles."""
        return pull(self._http.call, link, self._options.closed_states)

    def check(self) -> list[Finding]:
        """Ask who we are, what we may, and for the names in the options."""
        options = self._options
        groups = {"every other queue": options.group, **options.groups}
        states = {options.open_state, options.close_state, *options.closed_states}
        return findings(self._http.call, groups, options.priorities.values(), states)

    def _add(self, calls: KeptCalls, reference: str, article: dict[str, Any]) -> None:
        calls.call("POST", "/api/v1/ticket_articles", json={"ticket_id": int(reference), **article})

    def _remember(self, ticket: dict[str, Any], attempt: Attempt) -> None:
        attempt.remember(str(ticket["id"]), group=ticket["group_id"])

    def _group(self, queue: str) -> dict[str, int | str]:
        group = self._options.groups.get(queue, self._options.group)
        return {"group_id": group} if isinstance(group, int) else {"group": group}

    def _customer(self, package: Mapping[str, Any]) -> dict[str, Any]:
        """Whose ticket it is. Zammad takes the customer with this address or login, and makes one if there is none."""
        visitor = package["visitor"]
        first, _, last = (visitor["name"] or "").strip().partition(" ")
        if visitor["email"] and self._options.customer_email:
            return {"customer": {"firstname": first, "lastname": last, "email": visitor["email"]}}
        if self._options.anonymous_customer:
            return {"customer_id": f"guess:{self._options.anonymous_customer}"}
        login = f"handoff-{package['conversation_id']}".lower()  # Zammad keeps logins in small letters
        return {"customer": {"login": login, "firstname": first or "Visitor", "lastname": last}}


def _note(text: str, what: str) -> dict[str, Any]:
    """An article that only agents see; plain text, which Zammad shows as it is."""
    return {"body": text, "content_type": "text/plain", "type": "note", "internal": True, "message_id": mark(what)}


def _reference(link: Link) -> str:
    if link.reference is None:
        raise NotYet("There is no ticket yet.")
    return link.reference
