"""Tables (SQLAlchemy Core). Migrations in ``migrations/`` create them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    Boolean,
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
    true,
)
from sqlalchemy.types import TypeDecorator

ID_LENGTH = 255  # Rasa's own limit for a sender_id
PAGE_LENGTH = 500  # an address without query and fragment; what is longer is cut off


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
    # the visitor's screen: when it was last heard from, and how far it has shown the conversation
    Column("visitor_here_at", UtcDateTime),
    Column("visitor_seen_seq", Integer, nullable=False, default=0, server_default="0"),
    Column("visitor_seen_at", UtcDateTime),
    Column("transcripts_sent", Integer, nullable=False, default=0, server_default="0"),
)

_TO_REVIEW = "doubt IS NOT NULL OR outcome IN ('not_understood', 'out_of_scope')"
_BY_AGENTS = "agent_id IS NOT NULL"
_IN_A_VARIANT = "variant IS NOT NULL"

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
    Column("frustration", Float),
    Column("at", UtcDateTime, nullable=False),
    # of visitors' messages: how they were understood, and what became of them (handoff.domain.visits)
    Column("page", String(PAGE_LENGTH)),
    Column("signals", JSON),
    Column("ranking", JSON),  # the likeliest intents: [{"name", "confidence"}], the likeliest first
    Column("in_form", Boolean),
    Column("known", Float),  # how likely the best answer is right; below a threshold the assistant says it is not sure
    Column("outcome", String(16)),
    Column("doubt", String(16)),  # the next message shows that the answer was probably wrong
    # of the assistant's messages: the name of the response in the domain
    Column("response", String(120)),
    Column("visit_id", Integer),
    UniqueConstraint("conversation_id", "seq"),
    Index(None, "in_reply_to"),
    Index(None, "visit_id"),
    Index("ix_messages_to_review", "at", sqlite_where=text(_TO_REVIEW), postgresql_where=text(_TO_REVIEW)),
    Index("ix_messages_by_agents", "at", sqlite_where=text(_BY_AGENTS), postgresql_where=text(_BY_AGENTS)),
)

# One stay of a visitor: messages with no long silence between them. Rates count these rows, so that their cost depends
# on the period that is asked for, and not on the history (handoff.domain.visits).
visits = Table(
    "visits",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("conversation_id", String(ID_LENGTH), ForeignKey("conversations.id"), nullable=False),
    Column("channel", String(64), nullable=False),
    Column("page", String(PAGE_LENGTH)),  # where it began
    Column("variant", String(130)),  # "experiment:variant" of the visitor's share in an experiment
    Column("started_at", UtcDateTime, nullable=False),
    Column("last_at", UtcDateTime, nullable=False),  # the latest message of anybody
    Column("messages", Integer, nullable=False),  # of the visitor
    # what became of those that the assistant heard, see Outcome; `messages` is more by what went to people
    Column("answered", Integer, nullable=False),
    Column("not_understood", Integer, nullable=False),
    Column("out_of_scope", Integer, nullable=False),
    Column("small_talk", Integer, nullable=False),  # and replies to forms
    Column("frustrated", Integer, nullable=False),  # of those that the assistant heard
    Column("doubts", Integer, nullable=False),  # answers that were probably wrong
    Column("topic", String(64)),  # of the handoff, or else of the first request
    Column("intent", String(120)),  # of the first request
    Column("handoff_id", String(36)),  # the first handoff that was made in it
    Column("handoff_at", UtcDateTime),
    Column("trigger", String(32)),
    Column("returned_at", UtcDateTime),  # when the same visitor's next visit began
    Column("last_message_id", String(ID_LENGTH)),  # of the visitor, with its outcome
    Column("last_outcome", String(16)),
    # what the visitor thought of it, where no person was in it
    Column("rated_at", UtcDateTime),
    Column("score", Integer),
    Column("comment", Text),
    Index(None, "conversation_id", "id"),
    Index(None, "started_at"),
    Index(None, "handoff_id"),
    Index(
        "ix_visits_in_variants",
        "variant",
        "started_at",
        sqlite_where=text(_IN_A_VARIANT),
        postgresql_where=text(_IN_A_VARIANT),
    ),
    sqlite_autoincrement=True,
)

# What visitors did that the shop wanted (an order, a booked demo), as the shop or its page told.
conversions = Table(
    "conversions",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("conversation_id", String(ID_LENGTH), ForeignKey("conversations.id"), nullable=False),
    Column("visit_id", Integer),  # the latest visit that began before, where it is not too long ago
    Column("name", String(64), nullable=False),
    Column("reference", String(ID_LENGTH), nullable=False),  # the shop's own, so that a repeat is recognised
    Column("value", Float),
    Column("currency", String(3)),
    Column("source", String(16), nullable=False),  # server | widget
    Column("at", UtcDateTime, nullable=False),
    UniqueConstraint("conversation_id", "name", "reference"),
    Index(None, "visit_id"),
    Index(None, "at"),
    sqlite_autoincrement=True,
)

_ONE_OPEN = "status IN ('queued', 'assigned', 'scheduled', 'missed', 'follow_up')"

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
    Column("queued_at", UtcDateTime),  # when it entered the queue last; the wait counts from here
    Column("opens_at", UtcDateTime),  # while scheduled: when its queue opens
    Column("assigned_at", UtcDateTime),
    Column("first_reply_at", UtcDateTime),
    Column("closed_at", UtcDateTime),
    Column("agent_seen_seq", Integer, nullable=False, default=0, server_default="0"),
    Column("search_text", Text, nullable=False, default="", server_default=""),
    Column("connector", String(64), nullable=False, default="desk", server_default="desk"),
    Column("told_seq", Integer, nullable=False, default=0, server_default="0"),  # the package tells all up to here
    Column("reply_open_seconds", Integer),  # of opening hours, from created_at to first_reply_at
    Column("missed_at", UtcDateTime),  # when nobody had taken it in time, the first time
    Column("left_from", String(16)),  # the status in which the visitor cancelled it
    Index(
        "ix_handoffs_line", "status", "queue", "urgency", "created_at", "id"
    ),  # a place in the queue, without the rows
    Index(None, "conversation_id"),
    Index(None, "agent_id", "status"),
    Index(None, "queue", "first_reply_at"),
    Index(None, "first_reply_at"),
    Index(None, "created_at"),
    # one open handoff a conversation: the database itself refuses a second one
    Index(
        "uq_handoffs_one_open",
        "conversation_id",
        unique=True,
        sqlite_where=text(_ONE_OPEN),
        postgresql_where=text(_ONE_OPEN),
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
    Index(None, "kind", "at"),
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
    Column("presence", String(16), nullable=False, default="online", server_default="online"),
    Column("active", Boolean, nullable=False, default=True, server_default=true()),
    # an agent of a live chat, who never logs in here: its connector; the username is then "connector:their id"
    Column("connector", String(64)),
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

timers = Table(
    "timers",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("kind", String(32), nullable=False),
    Column("conversation_id", String(ID_LENGTH), nullable=False),
    Column("handoff_id", String(36), ForeignKey("handoffs.id"), nullable=False),
    Column("due_at", UtcDateTime, nullable=False),
    Column("status", String(16), nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("fired_at", UtcDateTime),
    Index(None, "status", "due_at"),
    # one running timer of a kind for each handoff: setting it again moves it
    Index(
        "uq_timers_one_running",
        "handoff_id",
        "kind",
        unique=True,
        sqlite_where=text("status = 'running'"),
        postgresql_where=text("status = 'running'"),
    ),
    sqlite_autoincrement=True,
)

notes = Table(
    "notes",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("handoff_id", String(36), ForeignKey("handoffs.id"), nullable=False),
    Column("conversation_id", String(ID_LENGTH), nullable=False),
    Column("agent_id", String(36), ForeignKey("agents.id"), nullable=False),
    Column("text", Text, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Index(None, "handoff_id"),
)

canned_replies = Table(
    "canned_replies",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("shortcut", String(32), nullable=False, unique=True),
    Column("title", String(120), nullable=False),
    Column("text", Text, nullable=False),
    Column("queue", String(64)),
    Column("updated_by", String(36), ForeignKey("agents.id")),
    Column("updated_at", UtcDateTime, nullable=False),
)

ratings = Table(
    "ratings",
    metadata,
    Column("handoff_id", String(36), ForeignKey("handoffs.id"), primary_key=True),
    Column("conversation_id", String(ID_LENGTH), nullable=False),
    Column("score", Integer),  # 1 to 5; none: the visitor skipped it
    Column("comment", Text),
    Column("at", UtcDateTime, nullable=False),
    Index(None, "conversation_id"),
)

# What is worth knowing for seconds only: somebody types, a screen has shown a message. Old rows are swept.
signals = Table(
    "signals",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("conversation_id", String(ID_LENGTH), nullable=False),
    Column("handoff_id", String(36), nullable=False),
    Column("kind", String(32), nullable=False),
    Column("data", JSON, nullable=False, default=dict),
    Column("at", UtcDateTime, nullable=False),
    Index(None, "at"),
    sqlite_autoincrement=True,
)

# What ties a handoff to its counterpart in a live chat, and when that is asked next what happened.
links = Table(
    "links",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("handoff_id", String(36), ForeignKey("handoffs.id"), nullable=False),
    Column("conversation_id", String(ID_LENGTH), nullable=False),
    Column("connector", String(64), nullable=False),
    Column("reference", String(ID_LENGTH)),
    Column("data", JSON, nullable=False, default=dict),
    Column("cursor", Text),
    Column("status", String(16), nullable=False),
    Column("rings", Integer, nullable=False, default=0),  # counts webhooks, so that none is missed during a pull
    Column("failures", Integer, nullable=False, default=0),
    Column("pull_at", UtcDateTime),
    Column("last_error", Text),
    Column("created_at", UtcDateTime, nullable=False),
    UniqueConstraint("handoff_id", "connector"),
    Index(None, "connector", "reference"),
    Index(None, "status", "pull_at"),
    sqlite_autoincrement=True,
)

# Circuit breakers, shared by all workers.
connector_health = Table(
    "connector_health",
    metadata,
    Column("connector", String(64), primary_key=True),
    Column("failures", Integer, nullable=False, default=0),
    Column("down_since", UtcDateTime),
    Column("open_until", UtcDateTime),
    Column("last_error", Text),
    Column("last_ok_at", UtcDateTime),
)

# Webhooks that were accepted, for as long as a repetition could be accepted again.
webhooks_received = Table(
    "webhooks_received",
    metadata,
    Column("connector", String(64), primary_key=True),
    Column("delivery_id", String(ID_LENGTH), primary_key=True),
    Column("at", UtcDateTime, nullable=False),
    Index(None, "at"),
)

# What a designer decided about a message that went wrong; the page of the review leaves it out.
review_decisions = Table(
    "review_decisions",
    metadata,
    Column("message_id", String(ID_LENGTH), primary_key=True),
    Column("conversation_id", String(ID_LENGTH), ForeignKey("conversations.id"), nullable=False),
    Column("decision", String(16), nullable=False),  # intent | faq | out_of_scope | ignored
    Column("change_id", String(36)),
    Column("agent_id", String(36)),
    Column("at", UtcDateTime, nullable=False),
    Index(None, "change_id"),
    Index(None, "conversation_id"),
)

# Edits of the training data that the review proposes, until somebody accepts or drops them.
review_changes = Table(
    "review_changes",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("title", String(200), nullable=False),
    Column("status", String(16), nullable=False),  # draft | accepted | dropped
    Column("operations", JSON, nullable=False),
    Column("preview", JSON),
    Column("created_by", String(36), ForeignKey("agents.id")),
    Column("created_at", UtcDateTime, nullable=False),
    Column("decided_by", String(36), ForeignKey("agents.id")),
    Column("decided_at", UtcDateTime),
    Index(None, "status"),
)

# What happens once in a while, whoever does it: the weekly report.
jobs = Table(
    "jobs",
    metadata,
    Column("name", String(64), primary_key=True),
    Column("last_at", UtcDateTime, nullable=False),
)
