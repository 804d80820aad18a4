"""Tables (SQLAlchemy Core). Migrations in ``migrations/`` create them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    Column,
    DateTime,
    Dialect,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.types import TypeDecorator

ID_LENGTH = 255  # Rasa's own limit for a sender_id


class UtcDateTime(TypeDecorator[datetime]):
    """Timezone-aware datetimes, stored in UTC; SQLite has no time zones of its own."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:
        """Take the zone off after converting to UTC."""
        return None if value is None else value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        """Put the zone back on."""
        return None if value is None else value.replace(tzinfo=UTC)


metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)

conversations = Table(
    "conversations",
    metadata,
    Column("id", String(ID_LENGTH), primary_key=True),
    Column("channel", String(64), nullable=False),
    Column("owner", String(16), nullable=False),
    Column("last_seq", Integer, nullable=False, default=0),
    Column("locale", String(35)),
    Column("timezone", String(64)),
    Column("created_at", UtcDateTime, nullable=False),
)

messages = Table(
    "messages",
    metadata,
    Column("id", String(ID_LENGTH), primary_key=True),
    Column("conversation_id", String(ID_LENGTH), ForeignKey("conversations.id"), nullable=False),
    Column("seq", Integer, nullable=False),
    Column("sender", String(16), nullable=False),
    Column("text", Text, nullable=False),
    Column("buttons", JSON, nullable=False, default=list),
    Column("name", String(120)),
    Column("agent_id", String(36)),
    Column("handoff_id", String(36)),
    Column("client_message_id", String(64)),
    Column("in_reply_to", String(ID_LENGTH)),
    Column("intent", String(120)),
    Column("confidence", Float),
    Column("at", UtcDateTime, nullable=False),
    UniqueConstraint("conversation_id", "seq"),
    Index(None, "in_reply_to"),
)

handoffs = Table(
    "handoffs",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("conversation_id", String(ID_LENGTH), ForeignKey("conversations.id"), nullable=False),
    Column("status", String(16), nullable=False),
    Column("trigger", String(32), nullable=False),
    Column("topic", String(64), nullable=False),
    Column("queue", String(64), nullable=False),
    Column("urgency", String(16), nullable=False),
    Column("package", JSON, nullable=False),
    Column("trigger_message_id", String(ID_LENGTH)),
    Column("opened_seq", Integer, nullable=False),
    Column("agent_id", String(36), ForeignKey("agents.id")),
    Column("created_at", UtcDateTime, nullable=False),
    Column("assigned_at", UtcDateTime),
    Column("first_reply_at", UtcDateTime),
    Column("closed_at", UtcDateTime),
    Index(None, "status", "queue"),
    # one open handoff a conversation: the database itself refuses a second one
    Index(
        "uq_handoffs_one_open",
        "conversation_id",
        unique=True,
        sqlite_where=text("status IN ('queued', 'assigned')"),
        postgresql_where=text("status IN ('queued', 'assigned')"),
    ),
)

events = Table(
    "events",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("conversation_id", String(ID_LENGTH), nullable=False),
    Column("handoff_id", String(36)),
    Column("kind", String(32), nullable=False),
    Column("actor", String(64), nullable=False),
    Column("data", JSON, nullable=False, default=dict),
    Column("at", UtcDateTime, nullable=False),
    Index(None, "handoff_id"),
    sqlite_autoincrement=True,
)

outbox = Table(
    "outbox",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("target", String(64), nullable=False),
    Column("kind", String(32), nullable=False),
    Column("conversation_id", String(ID_LENGTH), nullable=False),
    Column("handoff_id", String(36)),
    Column("payload", JSON, nullable=False),
    Column("dedupe_key", String(ID_LENGTH), nullable=False, unique=True),
    Column("status", String(16), nullable=False),
    Column("attempts", Integer, nullable=False, default=0),
    Column("due_at", UtcDateTime, nullable=False),
    Column("last_error", Text),
    Column("created_at", UtcDateTime, nullable=False),
    Column("delivered_at", UtcDateTime),
    Index(None, "status", "due_at"),
    Index(None, "conversation_id", "target", "status"),
    sqlite_autoincrement=True,
)

agents = Table(
    "agents",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("username", String(64), nullable=False, unique=True),
    Column("display_name", String(120), nullable=False),
    Column("role", String(16), nullable=False),
    Column("topics", JSON, nullable=False, default=list),
    Column("password_hash", String(255), nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("last_seen_at", UtcDateTime),
)

agent_sessions = Table(
    "agent_sessions",
    metadata,
    Column("token_hash", String(64), primary_key=True),
    Column("agent_id", String(36), ForeignKey("agents.id"), nullable=False),
    Column("csrf", String(64), nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("expires_at", UtcDateTime, nullable=False),
)
