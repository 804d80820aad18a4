"""What a visitor may see of a conversation, as JSON: the words, never the assistant's analysis."""

from __future__ import annotations

from typing import Any

from handoff.domain.context import iso
from handoff.domain.model import Message, OpenRating, OpenVisitRating, Sender, VisitorState, Wait


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


def state_json(state: VisitorState) -> dict[str, Any]:
    """Whom the visitor talks to, as the channel `web` says it; docs/channel-web.md describes each key."""
    conversation = state.conversation
    return {
        "owner": conversation.owner.value,
        "status": conversation.status.value if conversation.status else None,
        "topic": conversation.topic,
        "team": state.team,
        "agent": {"name": conversation.agent_name} if conversation.agent_name else None,
        "since": iso(conversation.since) if conversation.since else None,
        "handoff_id": conversation.handoff_id,
        "wait": _wait_json(state.wait) if state.wait else None,
        "opens_at": iso(state.opens_at) if state.opens_at else None,
        "can_cancel": state.can_cancel,
        "email_known": state.email_known,
        "agent_online": state.agent_online,
        "agent_seen": state.agent_seen,
        "rating": _rating_json(state.rating) if state.rating else None,
    }


def _rating_json(rating: OpenRating | OpenVisitRating) -> dict[str, Any]:
    if isinstance(rating, OpenVisitRating):
        return {"visit_id": rating.visit_id}
    return {"handoff_id": rating.handoff_id, "agent": rating.agent_name}


def _wait_json(wait: Wait) -> dict[str, Any]:
    return {"position": wait.position, "minutes": wait.minutes, "late": wait.late}
