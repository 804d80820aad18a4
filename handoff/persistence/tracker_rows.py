"""The table in which Rasa's SQL tracker store keeps conversations, read and emptied without loading Rasa."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Column, Connection, Float, Integer, MetaData, String, Table, Text, delete, func, inspect, select

from handoff.domain.errors import ConfigurationError

# As rasa.core.tracker_store.SQLTrackerStore.SQLEvent of Rasa 3.6 has it; its other columns repeat what is in `data`.
tracker_events = Table(
    "events",
    MetaData(),
    Column("id", Integer, primary_key=True),
    Column("sender_id", String),
    Column("timestamp", Float),
    Column("data", Text),
)


def has_table(connection: Connection) -> bool:
    """Whether Rasa has stored anything here yet.

    Raises:
        ConfigurationError: there is a table of that name which is not Rasa's.
    """
    inspector = inspect(connection)
    if not inspector.has_table(tracker_events.name):
        return False
    there = {column["name"] for column in inspector.get_columns(tracker_events.name)}
    if missing := sorted({column.name for column in tracker_events.c} - there):
        raise ConfigurationError(
            f"The table 'events' in the tracker store lacks {', '.join(missing)}, so it is not Rasa's. Correct the "
            "section 'tracker_store' of endpoints.yml."
        )
    return True


def count_events(connection: Connection, conversation_ids: Sequence[str]) -> int:
    """How many events Rasa has of these conversations."""
    query = select(func.count()).select_from(tracker_events)
    return connection.execute(query.where(tracker_events.c.sender_id.in_(conversation_ids))).scalar_one()


def events_of(connection: Connection, conversation_id: str) -> list[str]:
    """Rasa's events of a conversation as it wrote them (JSON), oldest first."""
    query = select(tracker_events.c.data).where(tracker_events.c.sender_id == conversation_id)
    return list(connection.execute(query.order_by(tracker_events.c.id)).scalars())


def senders_that_mention(connection: Connection, words: str) -> list[str]:
    """Conversations in whose events these words stand anywhere."""
    mentioned = func.lower(tracker_events.c.data).contains(words.lower(), autoescape=True)
    return sorted(connection.execute(select(tracker_events.c.sender_id).where(mentioned).distinct()).scalars())


def delete_events(connection: Connection, conversation_ids: Sequence[str], before: float | None = None) -> int:
    """Delete Rasa's events of these conversations, or those from before a Unix time; how many there were."""
    statement = delete(tracker_events).where(tracker_events.c.sender_id.in_(conversation_ids))
    if before is not None:
        statement = statement.where(tracker_events.c.timestamp < before)
    return connection.execute(statement).rowcount
