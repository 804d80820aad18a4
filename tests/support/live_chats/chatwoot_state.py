"""What a fake Chatwoot holds, and the webhooks that tell of its changes; every look-up takes the same time."""

from __future__ import annotations

import bisect
import hashlib
import hmac
import json
import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from tests.support.live_chats.base import Webhook, now
from tests.support.live_chats.chatwoot_things import ACCOUNT, CHANNEL, INBOX, Contact, Conversation, Line, Person


class State:
    """Contacts, conversations, messages, and the webhooks that tell of them."""

    def __init__(self, send: Callable[[Webhook], None], secret: str, teams: dict[int, str]) -> None:
        self.contacts: dict[int, Contact] = {}
        self.taken: dict[tuple[str, str], Contact] = {}
        """Contacts by ``identifier``, ``email`` and ``phone_number``, each of which is unique."""
        self.by_source: dict[str, Contact] = {}
        self.of_contact: dict[int, list[Conversation]] = {}
        self.conversations: dict[int, Conversation] = {}
        self.teams = teams
        self.people: dict[str, Person] = {}
        self.signs = True
        self.clock: Callable[[], float] = now
        self._send = send
        self._secret = secret
        self._last_message = 1000
        self._last_conversation = 0

    def person(self, name: str) -> Person:
        return self.people.setdefault(name, Person(50 + len(self.people), name))

    def next_message_id(self) -> int:
        self._last_message += 1
        return self._last_message

    def add_contact(self, fields: dict[str, Any]) -> Contact:
        contact = Contact(
            len(self.contacts) + 1,
            fields.get("identifier"),
            fields.get("name"),
            fields.get("email"),
            fields.get("phone_number"),
            fields.get("custom_attributes") or {},
        )
        self.contacts[contact.id] = contact
        for name in ("identifier", "email", "phone_number"):
            if fields.get(name):
                self.taken[name, fields[name].lower()] = contact
        return contact

    def add_source(self, contact: Contact, source: str | None = None) -> str:
        contact.sources[INBOX] = source or str(uuid.uuid4())
        self.by_source[contact.sources[INBOX]] = contact
        return contact.sources[INBOX]

    def add_conversation(self, contact: Contact, status: str, fields: dict[str, Any]) -> Conversation:
        self._last_conversation += 1
        made = Conversation(
            self._last_conversation,
            contact,
            contact.sources[INBOX],
            status,
            fields.get("custom_attributes") or {},
            fields.get("additional_attributes") or {},
            team=fields.get("team_id") if fields.get("team_id") in self.teams else None,
        )
        self.conversations[made.id] = made
        self.of_contact.setdefault(contact.id, []).append(made)
        return made

    def add_line(
        self,
        conversation: Conversation,
        content: str,
        message_type: str,
        sender: dict[str, Any] | None,
        *,
        private: bool = False,
        attributes: dict[str, Any] | None = None,
        attachments: list[dict[str, Any]] | None = None,
        id: int | None = None,
    ) -> Line:
        id = id if id is not None else self.next_message_id()
        at = self.clock()
        line = Line(id, content, message_type, private, at, sender, attributes or {}, attachments or [])
        bisect.insort(conversation.lines, line, key=lambda one: one.id)
        if message_type != "activity":
            self._tell_message(conversation, line)
        return line

    def lines_after(self, conversation: Conversation, after: int) -> list[Line]:
        start = bisect.bisect_right(conversation.lines, after, key=lambda one: one.id)
        return sorted(conversation.lines[start:], key=lambda one: one.created_at)

    def activity(self, conversation: Conversation, content: str) -> None:
        self.add_line(conversation, content, "activity", None)

    def set_status(self, conversation: Conversation, status: str, by: str) -> None:
        before = conversation.status
        if before == status:
            return
        conversation.status = status
        self.activity(conversation, f"Conversation was marked {status} by {by}")
        change = [{"status": {"previous_value": before, "current_value": status}}]
        self._tell_conversation(conversation, "conversation_status_changed", change)
        self._tell_conversation(conversation, "conversation_updated", change)

    def set_assignee(self, conversation: Conversation, person: Person | None, by: str) -> None:
        before = conversation.assignee
        if before is person:
            return
        conversation.assignee = person
        self.activity(conversation, f"Assigned to {person.name} by {by}" if person else f"Unassigned by {by}")
        ids = {"previous_value": before and before.id, "current_value": person and person.id}
        self._tell_conversation(conversation, "conversation_updated", [{"assignee_id": ids}])

    def set_team(self, conversation: Conversation, team: int | None, by: str) -> None:
        before = conversation.team
        if before == team:
            return
        conversation.team = team
        self.activity(conversation, f"Assigned to {self.teams[team]} by {by}" if team else f"Unassigned by {by}")
        ids = {"previous_value": before, "current_value": team}
        self._tell_conversation(conversation, "conversation_updated", [{"team_id": ids}])

    def conversation_json(self, conversation: Conversation) -> dict[str, Any]:
        """As GET and POST answer it."""
        meta: dict[str, Any] = {"sender": conversation.contact.json(), "channel": CHANNEL, "hmac_verified": False}
        if conversation.assignee:
            meta |= {"assignee": conversation.assignee.agent(), "assignee_type": "User"}
        if conversation.team:
            meta["team"] = {"id": conversation.team, "name": self.teams[conversation.team]}
        return {
            "meta": meta,
            "id": conversation.id,
            "uuid": conversation.uuid,
            "account_id": ACCOUNT,
            "inbox_id": INBOX,
            "status": conversation.status,
            "priority": conversation.priority,
            "custom_attributes": conversation.custom_attributes,
            "additional_attributes": conversation.additional_attributes,
            "messages": [line.json(conversation.id) for line in conversation.lines[-1:]],
            "can_reply": True,
            "labels": [],
        }

    def _webhook_json(self, conversation: Conversation) -> dict[str, Any]:
        known = self.conversation_json(conversation)
        del known["account_id"]  # not in the webhook's
        person, team = conversation.assignee, known["meta"].get("team")
        meta = {"sender": conversation.contact.sender(), "assignee": person and person.sender(), "team": team}
        source = {"source_id": conversation.source_id}
        return known | {"meta": meta, "channel": CHANNEL, "contact_inbox": source, "unread_count": 0}

    def _tell_message(self, conversation: Conversation, line: Line) -> None:
        payload = {
            "event": "message_created",
            "id": line.id,
            "content": line.content,
            "content_type": "text",
            "content_attributes": line.content_attributes,
            "additional_attributes": {},
            "message_type": line.message_type,
            "private": line.private,
            "created_at": datetime.fromtimestamp(line.created_at, UTC).isoformat(),
            "source_id": None,
            "sender": line.sender,
            "inbox": {"id": INBOX, "name": "Website"},
            "account": {"id": ACCOUNT, "name": "Fernway"},
            "conversation": self._webhook_json(conversation),
        }
        self.tell(payload | ({"attachments": line.attachments} if line.attachments else {}))

    def _tell_conversation(self, conversation: Conversation, event: str, changes: list[dict[str, Any]]) -> None:
        self.tell(self._webhook_json(conversation) | {"event": event, "changed_attributes": changes})

    def tell(self, payload: dict[str, Any]) -> None:
        """Send a webhook."""
        body = json.dumps(payload, separators=(",", ":")).encode()
        headers = {"Content-Type": "application/json", "X-Chatwoot-Delivery": str(uuid.uuid4())}
        if self.signs:
            timestamp = str(int(now()))
            digest = hmac.new(self._secret.encode(), f"{timestamp}.".encode() + body, hashlib.sha256).hexdigest()
            headers |= {"X-Chatwoot-Timestamp": timestamp, "X-Chatwoot-Signature": f"sha256={digest}"}
        self._send(Webhook(headers, body))
