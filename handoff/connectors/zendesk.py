"""Zendesk: one ticket for each handoff; what agents answer in public goes back to the visitor.

Sources: Zendesk's documentation of tickets, ticket audits, users, groups, idempotency and webhooks. Nothing here was
tried against a Zendesk account. The package is an internal note, and so is what visitors write, in their name: a note
is never e-mailed to the requester, so no e-mail can go round in circles.
"""

from __future__ import annotations

import base64
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
from handoff.connectors.zendesk_audits import MARK, OVER, has_mark, pull
from handoff.connectors.zendesk_check import findings, groups_of
from handoff.connectors.zendesk_text import html_of, package_html, subject_of
from handoff.connectors.zendesk_webhook import SIGNATURE, checked, ticket_in
from handoff.domain.model import Message, Sender

SLEEPING = frozenset({"pending", "hold", "solved"})
"""States in which nobody looks at a ticket: what the visitor writes opens it again, as their e-mail would."""
UNPROCESSABLE = 422
OPENED = "open"
CLOSED = "close"


class ZendeskOptions(Options):
    """Keys in endpoints.yml.

    Attributes:
        url: ``https://NAME.zendesk.com``.
        email: the agent account that the API token is used with.
        api_token: secret.
        webhook_secret: signing secret of the webhook; without it none is taken, and answers are only polled.
        groups: queue -> id or name of a group in Zendesk; other queues' tickets have none.
        tags: what every ticket is tagged with, for views and triggers.
        requester_email: the ticket is filed under the visitor's address, and Zendesk can write to it. False: under
            their name only, so that answers travel through the chat alone.
    """

    url: str
    email: str
    api_token: SecretStr
    webhook_secret: SecretStr | None = None
    groups: Mapping[str, int | str] = Field(default_factory=dict)
    tags: tuple[str, ...] = ("handoff",)
    requester_email: bool = True

    @field_validator("url")
    @classmethod
    def _is_address(cls, url: str) -> str:
        return checked_address(url)


class ZendeskConnector(Connector):
    """See the module."""

    capabilities: ClassVar[Capabilities] = Capabilities(
        two_way=True, live=False, pulls=True, attachments=True, priority=True, queues=True
    )
    options: ClassVar[type[Options]] = ZendeskOptions

    def __init__(self, name: str, options: ZendeskOptions) -> None:
        super().__init__(name)
        self._options = options
        login = f"{options.email}/token:{options.api_token.get_secret_value()}"
        basic = base64.b64encode(login.encode()).decode()
        self._http = LiveChatHttp(options.url, {"Authorization": f"Basic {basic}"}, what=name)

    @classmethod
    def create(cls, name: str, options: ZendeskOptions, desk_url: str) -> Self:
        """See the base; the link to the desk is in the package."""
        return cls(name, options)

    def open(self, package: dict[str, Any], attempt: Attempt) -> None:
        """Create the ticket, with the package as an internal note.

        Repeated, it looks for the ticket by ``external_id`` first; the idempotency key covers what is too fresh to be
        found (how long Zendesk keeps keys was not re-verified).
        """
        if attempt.link.reference:
            return
        calls = KeptCalls(self._http, attempt.keep)
        id = str(package["handoff_id"])
        if attempt.repeated:
            answer = calls.call("GET", "/api/v2/tickets.json", params={"external_id": id})
            if answer["tickets"]:
                return self._remember(min(answer["tickets"], key=lambda ticket: int(ticket["id"])), attempt)
        card = card_of(package)
        ticket: dict[str, Any] = {
            "subject": subject_of(card.headline),
            "comment": {"html_body": package_html(as_text(card), card.desk_url), "public": False},
            "priority": package["urgency"]["level"],
            "external_id": id,
            "tags": list(self._options.tags),
            "metadata": {MARK: OPENED},
            **self._requester(package, attempt, calls),
        }
        if (group := self._group(package["queue"], calls)) is not None:
            ticket["group_id"] = group
        answer = calls.call("POST", "/api/v2/tickets.json", json={"ticket": ticket}, headers={"Idempotency-Key": id})
        self._remember(answer["ticket"], attempt)

    def send(self, message: Message, attempt: Attempt) -> None:
        """Add what the visitor wrote as an internal note in their name; it wakes a ticket that waits or is solved.

        What somebody else wrote outside Zendesk is a note of our account that says whose words they are.
        """
        calls = KeptCalls(self._http, attempt.keep)
        reference = _reference(attempt.link)
        if attempt.repeated and has_mark(calls.call, reference, message.id):
            return
        ticket = calls.call("GET", f"/api/v2/tickets/{reference}.json")["ticket"]
        comment: dict[str, Any] = {"public": False}
        if message.sender is Sender.VISITOR:
            comment |= {"html_body": html_of(message.text), "author_id": ticket["requester_id"]}
        else:
            who = message.name or SPEAKERS[message.sender.value]
            comment |= {"html_body": html_of(f"{who} (outside Zendesk): {message.text}")}
        changes: dict[str, Any] = {"comment": comment, "metadata": {MARK: message.id}}
        if message.sender is Sender.VISITOR and ticket["status"] in SLEEPING:
            changes["status"] = "open"
        calls.call("PUT", f"/api/v2/tickets/{reference}.json", json={"ticket": changes})

    def close(self, reason: str, attempt: Attempt) -> None:
        """Solve the ticket with a note that says why.

        A ticket nobody has becomes our account's, since Zendesk solves none without an assignee. Where Zendesk still
        refuses (a field that must be filled in to solve), the note stands alone and an agent solves it.
        """
        calls = KeptCalls(self._http, attempt.keep)
        reference = _reference(attempt.link)
        if attempt.repeated and has_mark(calls.call, reference, CLOSED):
            return
        ticket = calls.call("GET", f"/api/v2/tickets/{reference}.json")["ticket"]
        if ticket["status"] in OVER:
            return
        note = {"comment": {"html_body": html_of(reason), "public": False}, "metadata": {MARK: CLOSED}}
        solved: dict[str, Any] = {**note, "status": "solved"}
        if ticket["assignee_id"] is None:
            solved["assignee_id"] = calls.call("GET", "/api/v2/users/me.json")["user"]["id"]
        try:
            calls.call("PUT", f"/api/v2/tickets/{reference}.json", json={"ticket": solved})
        except Undeliverable as error:
            if error.status != UNPROCESSABLE:
                raise
            calls.call("PUT", f"/api/v2/tickets/{reference}.json", json={"ticket": note})

    def receive(self, request: WebhookRequest) -> Sequence[Event]:
        """A bell: :meth:`pull` tells notes and our own updates from answers."""
        checked(request, self._options.webhook_secret, self.name)
        ticket = ticket_in(request.body)
        return [Ring(ticket)] if ticket else []

    def delivery_id(self, request: WebhookRequest) -> str | None:
        """The signature: it covers time and body, so a copy has the same, and no other part of a copy can hide it."""
        return request.headers.get(SIGNATURE)

    def pull(self, link: Link) -> Pulled:
        """Read the audits since the cursor."""
        return pull(self._http.call, link)

    def check(self) -> list[Finding]:
        """Ask who we are, which groups there are, and for the tickets of a handoff that does not exist."""
        return findings(self._http.call, self._options.groups)

    def _remember(self, ticket: dict[str, Any], attempt: Attempt) -> None:
        attempt.remember(str(ticket["id"]), requester=ticket["requester_id"])

    def _requester(self, package: Mapping[str, Any], attempt: Attempt, calls: KeptCalls) -> dict[str, Any]:
        """Whose ticket it is. Without an address it is a person of this conversation, whom Zendesk cannot write to."""
        visitor = package["visitor"]
        name = visitor["name"] or visitor["email"] or "Visitor"
        if visitor["email"] and self._options.requester_email:
            return {"requester": {"name": name, "email": visitor["email"]}}
        if "requester" in attempt.link.data:
            return {"requester_id": attempt.link.data["requester"]}
        if not visitor["name"]:
            name = "Visitor"
        person = {"name": name, "external_id": f"handoff-{package['conversation_id']}", "role": "end-user"}
        user = calls.call("POST", "/api/v2/users/create_or_update.json", json={"user": person})["user"]
        attempt.remember(requester=user["id"])
        return {"requester_id": user["id"]}

    def _group(self, queue: str, calls: KeptCalls) -> int | None:
        """The group of a queue. One that Zendesk does not know gives none: better unsorted than not there."""
        wanted = self._options.groups.get(queue)
        if wanted is None or isinstance(wanted, int):
            return wanted
        return groups_of(calls.call).get(wanted)


def _reference(link: Link) -> str:
    if link.reference is None:
        raise NotYet("There is no ticket yet.")
    return link.reference
