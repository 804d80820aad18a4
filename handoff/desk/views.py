"""From the service's values to what the API shows."""

from __future__ import annotations

from datetime import datetime

from handoff.desk.schemas import (
    AgentOut,
    AgentRef,
    EventOut,
    HandoffDetailOut,
    LastMessage,
    MessageOut,
    Row,
    UrgencyOut,
)
from handoff.domain.channels import can_show_replies
from handoff.domain.model import Agent, Message
from handoff.domain.rules import HandoffRules
from handoff.service.desk_view import HandoffDetail, HandoffRow


def agent_out(agent: Agent) -> AgentOut:
    """An agent, without anything secret."""
    return AgentOut(
        id=agent.id,
        username=agent.username,
        display_name=agent.display_name,
        role=agent.role,
        topics=list(agent.topics),
    )


def row_out(row: HandoffRow, now: datetime) -> Row:
    """A line of the queue; the waiting time is counted here, since browsers' clocks are wrong."""
    last = row.last_message
    return Row(
        id=row.id,
        conversation_id=row.conversation_id,
        status=row.status,
        queue=row.queue,
        topic=row.topic,
        urgency=UrgencyOut(level=row.urgency_level, reasons=row.urgency_reasons),
        trigger=row.trigger,
        headline=row.headline,
        visitor_name=row.visitor_name,
        agent=AgentRef(id=row.agent_id, name=row.agent_name or "A former agent") if row.agent_id else None,
        created_at=row.created_at,
        closed_at=row.closed_at,
        waiting_seconds=max(0, int((now - row.waiting_since).total_seconds())) if row.waiting_since else None,
        unread=row.unread,
        last_message=LastMessage(from_=last.sender.value, text=last.text, at=last.at) if last else None,
        page_url=row.page_url,
        page_title=row.page_title,
    )


def message_out(message: Message) -> MessageOut:
    """A line of a conversation as agents see it: with what the assistant understood."""
    return MessageOut(
        id=message.id,
        seq=message.seq,
        from_=message.sender.value,
        text=message.text,
        buttons=message.buttons,
        name=message.name,
        at=message.at,
        client_message_id=message.client_message_id,
        intent=message.intent,
        confidence=message.confidence,
    )


def detail_out(detail: HandoffDetail, rules: HandoffRules, now: datetime) -> HandoffDetailOut:
    """One handoff with everything about it."""
    intents = {message.intent for message in detail.messages if message.intent}
    if detail.package["intent"]["name"]:
        intents.add(detail.package["intent"]["name"])
    return HandoffDetailOut(
        handoff=row_out(detail.handoff, now),
        package=detail.package,
        messages=[message_out(message) for message in detail.messages],
        events=[EventOut(kind=e.kind, actor=e.actor, at=e.at, data=e.data) for e in detail.events],
        intent_labels={intent: rules.phrase(intent) for intent in sorted(intents)},
        can_show_replies=can_show_replies(detail.package["channel"]),
    )
