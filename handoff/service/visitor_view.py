"""What a visitor may see of a conversation, as JSON: the words, never the assistant's analysis."""

from __future__ import annotations

from typing import Any

from handoff.domain.context import iso
from handoff.domain.model import ConversationState, Message, Sender


def message_json(message: Message) -> dict[str, Any]:
    """A message as visitors get it (channel `web`): nothing of the assistant's analysis is in it."""
    body: dict[str, Any] = {
        "id": message.id,
        "seq": message.seq,
        "from": message.sender.value,
        "text": message.text,
        "buttons": message.buttons,
        "name": message.name,
        "at": iso(message.at),
    }
    if message.client_message_id and message.sender is Sender.VISITOR:
        body["client_message_id"] = message.client_message_id
    return body


def state_json(state: ConversationState) -> dict[str, Any]:
    """Whom the visitor talks to, as the channel `web` says it."""
    return {
        "owner": state.owner.value,
        "status": state.status.value if state.status else None,
        "topic": state.topic,
        "agent": {"name": state.agent_name} if state.agent_name else None,
        "since": iso(state.since) if state.since else None,
    }
