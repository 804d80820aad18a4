"""Persons, contacts, conversations and messages of a fake Chatwoot, and how the real one writes them as JSON."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from typing import Any

ACCOUNT, INBOX = 3, 14
KINDS = {"incoming": 0, "outgoing": 1, "activity": 2, "template": 3}
CHANNEL = "Channel::Api"


@dataclass
class Person:
    """An agent or administrator, whoever owns a token included."""

    id: int
    name: str
    role: str = "agent"

    def sender(self) -> dict[str, Any]:
        return {"id": self.id, "name": self.name, "available_name": self.name, "avatar_url": "", "type": "user"}

    def agent(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "account_id": ACCOUNT,
            "availability_status": "online",
            "email": f"agent{self.id}@fernway.example",
            "available_name": self.name,
            "name": self.name,
            "role": self.role,
        }


@dataclass
class Contact:
    id: int
    identifier: str | None
    name: str | None
    email: str | None
    phone_number: str | None
    custom_attributes: dict[str, Any]
    sources: dict[int, str] = field(default_factory=dict)

    def json(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "identifier": self.identifier,
            "name": self.name,
            "email": self.email,
            "phone_number": self.phone_number,
            "custom_attributes": self.custom_attributes,
            "contact_inboxes": [
                {"source_id": source, "inbox": {"id": inbox, "channel_type": CHANNEL}}
                for inbox, source in self.sources.items()
            ],
        }

    def sender(self) -> dict[str, Any]:
        return {"id": self.id, "name": self.name, "type": "contact"}


@dataclass
class Line:
    """A message."""

    id: int
    content: str
    message_type: str
    private: bool
    created_at: float
    sender: dict[str, Any] | None
    content_attributes: dict[str, Any]
    attachments: list[dict[str, Any]]

    def json(self, conversation: int) -> dict[str, Any]:
        known: dict[str, Any] = {
            "id": self.id,
            "content": self.content,
            "inbox_id": INBOX,
            "conversation_id": conversation,
            "message_type": KINDS[self.message_type],
            "content_type": "text",
            "status": "sent",
            "content_attributes": self.content_attributes,
            "created_at": int(self.created_at),
            "private": self.private,
            "source_id": None,
        }
        known |= {"sender": self.sender} if self.sender else {}
        return known | ({"attachments": self.attachments} if self.attachments else {})


@dataclass
class Conversation:
    id: int
    contact: Contact
    source_id: str
    status: str
    custom_attributes: dict[str, Any]
    additional_attributes: dict[str, Any]
    team: int | None = None
    assignee: Person | None = None
    priority: str | None = None
    uuid: str = field(default_factory=lambda: str(uuid.uuid4()))
    lines: list[Line] = field(default_factory=list)
    bot_handoffs: int = 0
    typing: list[str] = field(default_factory=list)
