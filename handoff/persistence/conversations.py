"""Conversations and who owns them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, bindparam, select, update

from handoff.domain.lifecycle import OPEN, Status
from handoff.domain.model import ConversationState, Owner
from handoff.persistence.insert_new import insert_new
from handoff.persistence.tables import agents, conversations, handoffs
from handoff.service.ports import VisitorScreen

# Built once: these run in each turn, and building a statement costs more than running it.
_LOCK = select(conversations.c.id).where(conversations.c.id == bindparam("conversation")).with_for_update()
_LAST_SEQ = select(conversations.c.last_seq).where(conversations.c.id == bindparam("conversation"))
_LOCALE = select(conversations.c.locale, conversations.c.timezone).where(
    conversations.c.id == bindparam("conversation")
)
_SET_OWNER = update(conversations).where(conversations.c.id == bindparam("conversation")).values(owner=bindparam("to"))
_STATE = (
    select(
        conversations.c.owner,
        handoffs.c.id,
        handoffs.c.status,
        handoffs.c.topic,
        handoffs.c.trigger_message_id,
        handoffs.c.created_at,
        handoffs.c.assigned_at,
        handoffs.c.connector,
        agents.c.display_name,
    )
    .select_from(
        conversations.outerjoin(
            handoffs,
            (handoffs.c.conversation_id == conversations.c.id)
            & handoffs.c.status.in_([status.value for status in OPEN]),
        ).outerjoin(agents, agents.c.id == handoffs.c.agent_id)
    )
    .where(conversations.c.id == bindparam("conversation"))
)


class ConversationStore:
    """See :class:`handoff.service.ports.Conversations`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def ensure(self, conversation_id: str, channel: str, now: datetime) -> None:
        """Create the conversation unless it exists, and let no other transaction write to it until this one ends."""
        if self._connection.execute(_LOCK, {"conversation": conversation_id}).first() is not None:
            return
        values = {
            "id": conversation_id,
            "channel": channel,
            "owner": Owner.ASSISTANT.value,
            "last_seq": 0,
            "created_at": now,
        }
        if not insert_new(self._connection, conversations, **values):  # a new row is ours anyway
            self._connection.execute(_LOCK, {"conversation": conversation_id}).one()

    def lock(self, conversation_id: str) -> bool:
        """Let no other transaction write to the conversation until this one ends; False when there is none."""
        return self._connection.execute(_LOCK, {"conversation": conversation_id}).first() is not None

    def last_seq(self, conversation_id: str) -> int:
        """The number of the latest message, 0 when there is none."""
        return self._connection.execute(_LAST_SEQ, {"conversation": conversation_id}).scalar() or 0

    def locale_of(self, conversation_id: str) -> tuple[str | None, str | None]:
        """(locale, timezone) that the visitor's browser told, if any."""
        row = self._connection.execute(_LOCALE, {"conversation": conversation_id}).first()
        return (row.locale, row.timezone) if row else (None, None)

    def set_locale(self, conversation_id: str, locale: str | None, timezone: str | None) -> None:
        """Remember what the visitor's browser told."""
        self._connection.execute(
            update(conversations).where(conversations.c.id == conversation_id).values(locale=locale, timezone=timezone)
        )

    def set_owner(self, conversation_id: str, owner: Owner) -> None:
        """Say who answers the visitor from now on."""
        self._connection.execute(_SET_OWNER, {"conversation": conversation_id, "to": owner.value})

    def state(self, conversation_id: str) -> ConversationState:
        """Who owns the conversation and how far its open handoff is; an unknown one belongs to the assistant."""
        row = self._connection.execute(_STATE, {"conversation": conversation_id}).first()
        if row is None:
            return ConversationState(Owner.ASSISTANT)
        if row.id is None:
            return ConversationState(Owner(row.owner))
        return ConversationState(
            owner=Owner(row.owner),
            status=Status(row.status),
            topic=row.topic,
            handoff_id=row.id,
            agent_name=row.display_name,
            since=row.assigned_at or row.created_at,
            trigger_message_id=row.trigger_message_id,
            connector=row.connector,
        )

    def screen(self, conversation_id: str) -> VisitorScreen:
        """What is known of the visitor's screen; of an unknown conversation nothing."""
        row = self._connection.execute(
            select(
                conversations.c.visitor_here_at, conversations.c.visitor_seen_seq, conversations.c.visitor_seen_at
            ).where(conversations.c.id == conversation_id)
        ).first()
        return VisitorScreen(row.visitor_here_at, row.visitor_seen_seq, row.visitor_seen_at) if row else _NO_SCREEN

    def here(self, conversation_id: str, now: datetime) -> None:
        """The visitor's page was heard from."""
        self._connection.execute(
            update(conversations).where(conversations.c.id == conversation_id).values(visitor_here_at=now)
        )

    def seen(self, conversation_id: str, seq: int, now: datetime) -> bool:
        """The visitor's page has shown everything up to ``seq``; False when that was known, or is not true."""
        done = self._connection.execute(
            update(conversations)
            .where(
                conversations.c.id == conversation_id,
                conversations.c.visitor_seen_seq < seq,
                conversations.c.last_seq >= seq,
            )
            .values(visitor_seen_seq=seq, visitor_seen_at=now, visitor_here_at=now)
        )
        return done.rowcount == 1

    def count_transcript(self, conversation_id: str, most: int) -> bool:
        """Count a transcript that is sent by e-mail; False when there were ``most`` already."""
        done = self._connection.execute(
            update(conversations)
            .where(conversations.c.id == conversation_id, conversations.c.transcripts_sent < most)
            .values(transcripts_sent=conversations.c.transcripts_sent + 1)
        )
        return done.rowcount == 1


_NO_SCREEN = VisitorScreen(None, 0, None)
