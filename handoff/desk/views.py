"""From the service's values of a handoff to what the API shows."""

from __future__ import annotations

from datetime import datetime, timedelta

from handoff.desk.handoff_schemas import (
    AgentRef,
    DeliveryOut,
    EarlierOut,
    EventOut,
    HandedOnOut,
    HandoffDetailOut,
    LastMessage,
    MessageOut,
    NoteOut,
    RatingOut,
    Row,
    SuggestionOut,
    UrgencyOut,
    VisitorOut,
)
from handoff.domain.channels import can_show_replies
from handoff.domain.lifecycle import WAITING, Status
from handoff.domain.model import Message, Note, Sender
from handoff.domain.rules import HandoffRules
from handoff.service.desk_view import Delivery, HandoffDetail, HandoffRow, Surroundings
from handoff.service.ports import VisitorScreen
from handoff.service.unseen_replies import WIDGET_CHANNEL


def row_out(row: HandoffRow, rules: HandoffRules, now: datetime) -> Row:
    """A line of the queue; the waiting time is counted here, since browsers' clocks are wrong."""
    last, handed = row.last_message, row.handed_on
    return Row(
        id=row.id,
        conversation_id=row.conversation_id,
        status=Status(row.status),
        claimable=row.status in WAITING,
        queue=row.queue,
        topic=row.topic,
        team=rules.team_of(row.topic),
        urgency=UrgencyOut(level=row.urgency_level, reasons=row.urgency_reasons),
        trigger=row.trigger,
        headline=row.headline,
        visitor_name=row.visitor_name,
        visitor_email=row.visitor_email is not None,
        agent=AgentRef(id=row.agent_id, name=row.agent_name or "A former agent") if row.agent_id else None,
        created_at=row.created_at,
        assigned_at=row.assigned_at,
        first_reply_at=row.first_reply_at,
        closed_at=row.closed_at,
        opens_at=row.opens_at,
        waiting_seconds=max(0, int((now - row.waiting_since).total_seconds())) if row.waiting_since else None,
        agent_seen_seq=row.agent_seen_seq,
        unread=row.unread,
        last_message=LastMessage(from_=last.sender.value, text=last.text, at=last.at) if last else None,
        handed_on=HandedOnOut(by=handed.by, note=handed.note, at=handed.at) if handed else None,
        page_url=row.page_url,
        page_title=row.page_title,
        connector=row.connector,
    )


def message_out(message: Message, delivery: Delivery | None = None) -> MessageOut:
    """A line of a conversation as agents see it: with what the assistant understood, and how far a reply came."""
    shown = delivery if message.sender is Sender.AGENT else None
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
        frustration=message.frustration,
        delivery=DeliveryOut(chat=shown.chat, email=shown.email, error=shown.error) if shown else None,
    )


def note_out(note: Note) -> NoteOut:
    """A note for colleagues."""
    return NoteOut(id=note.id, agent_name=note.agent_name, text=note.text, at=note.at)


def detail_out(
    detail: HandoffDetail, around: Surroundings, rules: HandoffRules, now: datetime, *, email_enabled: bool
) -> HandoffDetailOut:
    """One handoff with everything about it."""
    channel = detail.package["channel"]
    intents = {message.intent for message in detail.messages if message.intent}
    if detail.package["intent"]["name"]:
        intents.add(detail.package["intent"]["name"])
    rating = around.rating
    return HandoffDetailOut(
        handoff=row_out(detail.handoff, rules, now),
        package=detail.package,
        messages=[message_out(message, around.deliveries.get(message.id)) for message in detail.messages],
        events=[EventOut(kind=e.kind, actor=e.actor, at=e.at, data=e.data) for e in detail.events],
        notes=list(map(note_out, around.notes)),
        earlier=[EarlierOut(**vars(one)) for one in around.earlier],
        suggestions=[
            SuggestionOut(label=rules.phrase(one.intent), text=one.text, intent=one.intent)
            for one in around.suggestions
        ],
        visitor=_visitor_out(around.screen, channel, rules, now),
        rating=RatingOut(score=rating.score, comment=rating.comment, at=rating.at) if rating else None,
        intent_labels={intent: rules.phrase(intent) for intent in sorted(intents)},
        can_show_replies=can_show_replies(channel),
        email_enabled=email_enabled,
    )


def _visitor_out(screen: VisitorScreen, channel: str, rules: HandoffRules, now: datetime) -> VisitorOut:
    here = None
    if channel == WIDGET_CHANNEL:
        gone_after = timedelta(seconds=rules.visitor.gone_after)
        here = screen.here_at is not None and now - screen.here_at <= gone_after
    return VisitorOut(here=here, seen_seq=screen.seen_seq, seen_at=screen.seen_at)
