"""The lines of conversations, numbered without gaps."""

from __future__ import annotations

from dataclasses import asdict

from sqlalchemy import Connection, Row, insert, select, update

from handoff.domain.model import Message, Sender
from handoff.persistence.tables import conversations, messages
from handoff.service.ports import NewMessage


class MessageStore:
    """See :class:`handoff.service.ports.Messages`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, message: NewMessage) -> Message | None:
        """Append; None when a message with this id exists already.

        The number comes from a counter on the conversation's row: its row lock makes numbers gapless and visible in
        order, which "everything after N" relies on.
        """
        counter = (
            update(conversations)
            .where(conversations.c.id == message.conversation_id)
            .values(last_seq=conversations.c.last_seq + 1)
            .returning(conversations.c.last_seq)
        )
        # the row lock comes before the look-up, so that two writers of one id cannot both find nothing
        lock = select(conversations.c.id).where(conversations.c.id == message.conversation_id).with_for_update()
        self._connection.execute(lock).one()
        if self.find(message.id) is not None:
            return None
        seq = self._connection.execute(counter).scalar_one()
        values = asdict(message) | {"seq": seq, "sender": message.sender.value}
        self._connection.execute(insert(messages).values(**values))
        return self.find(message.id)

    def find(self, message_id: str) -> Message | None:
        """The message with this id."""
        row = self._connection.execute(select(messages).where(messages.c.id == message_id)).first()
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
        rows = self._connection.execute(
            select(messages).where(messages.c.in_reply_to == message_id).order_by(messages.c.seq)
        )
        return [_message(row) for row in rows]

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
    )
