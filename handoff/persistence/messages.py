"""The lines of conversations, numbered without gaps."""

from __future__ import annotations

from sqlalchemy import Connection, Row, bindparam, select, update
from sqlalchemy.dialects import postgresql, sqlite

from handoff.domain.model import Message, Sender
from handoff.domain.visits import Doubt
from handoff.persistence.tables import conversations, messages
from handoff.service.ports import NOWHERE, NewMessage, Place

# Built once: this runs several times in each turn, and building a statement costs more than running it.
_LOCK = select(conversations.c.last_seq).where(conversations.c.id == bindparam("conversation")).with_for_update()
_COUNT = update(conversations).where(conversations.c.id == bindparam("conversation")).values(last_seq=bindparam("seq"))
_INSERT = {
    "sqlite": sqlite.insert(messages).on_conflict_do_nothing(index_elements=["id"]),
    "postgresql": postgresql.insert(messages).on_conflict_do_nothing(index_elements=["id"]),
}
_MESSAGE_FIELDS = frozenset(Message.__dataclass_fields__)
_FIND = select(messages).where(messages.c.id == bindparam("id"))
_REPLIES = select(messages).where(messages.c.in_reply_to == bindparam("id")).order_by(messages.c.seq)


class MessageStore:
    """See :class:`handoff.service.ports.Messages`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, message: NewMessage, place: Place = NOWHERE) -> Message | None:
        """Append; None when a message with this id exists already.

        The number comes from a counter on the conversation's row: its row lock makes numbers gapless and visible in
        order, which "everything after N" relies on.
        """
        last_seq = self._connection.execute(_LOCK, {"conversation": message.conversation_id}).scalar_one()
        values = dict(vars(message))
        told = {
            "seq": last_seq + 1,
            "sender": message.sender.value,
            "signals": list(message.signals) or None,
            "ranking": message.ranking or None,
            "visit_id": place.visit_id,
            "outcome": place.outcome.value if place.outcome else None,
        }
        stored = self._connection.execute(_INSERT[self._connection.dialect.name], values | told)
        if stored.rowcount == 0:
            return None
        self._connection.execute(_COUNT, {"conversation": message.conversation_id, "seq": last_seq + 1})
        return Message(seq=last_seq + 1, **{name: value for name, value in values.items() if name in _MESSAGE_FIELDS})

    def doubt(self, message_id: str, doubt: Doubt) -> None:
        """Say of a visitor's message that its answer was probably wrong."""
        self._connection.execute(update(messages).where(messages.c.id == message_id).values(doubt=doubt.value))

    def find(self, message_id: str) -> Message | None:
        """The message with this id."""
        row = self._connection.execute(_FIND, {"id": message_id}).first()
        return _message(row) if row else None

    def after(self, conversation_id: str, seq: int) -> list[Message]:
        """Messages with a higher ``seq``, ascending."""
        rows = self._connection.execute(
            select(messages)
            .where(messages.c.conversation_id == conversation_id, messages.c.seq > seq)
            .order_by(messages.c.seq)
        )
        return [_message(row) for row in rows]

    def replies_to(self, message_id: str) -> list[Message]:
        """The assistant's messages that answer this one, in order."""
        return [_message(row) for row in self._connection.execute(_REPLIES, {"id": message_id})]

    def offered_payloads(self, conversation_id: str) -> dict[str, str]:
        """Payload to title of every button that the conversation was shown."""
        rows = self._connection.execute(
            select(messages.c.buttons).where(
                messages.c.conversation_id == conversation_id, messages.c.sender == Sender.ASSISTANT.value
            )
        )
        return {button["payload"]: button["title"] for (buttons,) in rows for button in buttons}


def _message(row: Row) -> Message:  # type: ignore[type-arg]
    return Message(
        id=row.id,
        conversation_id=row.conversation_id,
        seq=row.seq,
        sender=Sender(row.sender),
        text=row.text,
        at=row.at,
        buttons=row.buttons,
        name=row.name,
        client_message_id=row.client_message_id,
        intent=row.intent,
        confidence=row.confidence,
        in_reply_to=row.in_reply_to,
        frustration=row.frustration,
    )
