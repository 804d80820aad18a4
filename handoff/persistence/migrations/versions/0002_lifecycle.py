"""The whole lifecycle: timers, notes, canned replies, ratings, signals, and what is known of both sides' screens."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

ONE_OPEN = sa.text("status IN ('queued', 'assigned', 'scheduled', 'missed', 'follow_up')")
RUNNING = sa.text("status = 'running'")


def upgrade() -> None:
    """Add columns and tables; what was there keeps its meaning."""
    _columns()
    _tables()


def _columns() -> None:
    for table, columns in {
        "conversations": (
            sa.Column("visitor_here_at", sa.DateTime(), nullable=True),
            sa.Column("visitor_seen_seq", sa.Integer(), nullable=False, server_default="0"),
            sa.Column("visitor_seen_at", sa.DateTime(), nullable=True),
            sa.Column("transcripts_sent", sa.Integer(), nullable=False, server_default="0"),
        ),
        "messages": (sa.Column("frustration", sa.Float(), nullable=True),),
        "handoffs": (
            sa.Column("queued_at", sa.DateTime(), nullable=True),
            sa.Column("opens_at", sa.DateTime(), nullable=True),
            sa.Column("agent_seen_seq", sa.Integer(), nullable=False, server_default="0"),
            sa.Column("search_text", sa.Text(), nullable=False, server_default=""),
        ),
        "agents": (
            sa.Column("presence", sa.String(length=16), nullable=False, server_default="online"),
            sa.Column("active", sa.Boolean(), nullable=False, server_default=sa.true()),
        ),
    }.items():
        for column in columns:
            op.add_column(table, column)
    op.execute("UPDATE handoffs SET queued_at = created_at")
    op.create_index(op.f("ix_handoffs_conversation_id"), "handoffs", ["conversation_id"])
    op.create_index(op.f("ix_handoffs_agent_id_status"), "handoffs", ["agent_id", "status"])
    op.create_index(op.f("ix_handoffs_queue_first_reply_at"), "handoffs", ["queue", "first_reply_at"])
    op.drop_index("uq_handoffs_one_open", table_name="handoffs")
    op.create_index(
        "uq_handoffs_one_open",
        "handoffs",
        ["conversation_id"],
        unique=True,
        sqlite_where=ONE_OPEN,
        postgresql_where=ONE_OPEN,
    )


def _tables() -> None:
    op.create_table(
        "timers",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("conversation_id", sa.String(length=255), nullable=False),
        sa.Column("handoff_id", sa.String(length=36), nullable=False),
        sa.Column("due_at", sa.DateTime(), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("fired_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(["handoff_id"], ["handoffs.id"], name=op.f("fk_timers_handoff_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_timers")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_timers_status_due_at"), "timers", ["status", "due_at"])
    op.create_index(
        "uq_timers_one_running",
        "timers",
        ["handoff_id", "kind"],
        unique=True,
        sqlite_where=RUNNING,
        postgresql_where=RUNNING,
    )
    op.create_table(
        "notes",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("handoff_id", sa.String(length=36), nullable=False),
        sa.Column("conversation_id", sa.String(length=255), nullable=False),
        sa.Column("agent_id", sa.String(length=36), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["handoff_id"], ["handoffs.id"], name=op.f("fk_notes_handoff_id")),
        sa.ForeignKeyConstraint(["agent_id"], ["agents.id"], name=op.f("fk_notes_agent_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notes")),
    )
    op.create_index(op.f("ix_notes_handoff_id"), "notes", ["handoff_id"])
    op.create_table(
        "canned_replies",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("shortcut", sa.String(length=32), nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("queue", sa.String(length=64), nullable=True),
        sa.Column("updated_by", sa.String(length=36), nullable=True),
        sa.Column("updated_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["updated_by"], ["agents.id"], name=op.f("fk_canned_replies_updated_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_canned_replies")),
        sa.UniqueConstraint("shortcut", name=op.f("uq_canned_replies_shortcut")),
    )
    op.create_table(
        "ratings",
        sa.Column("handoff_id", sa.String(length=36), nullable=False),
        sa.Column("conversation_id", sa.String(length=255), nullable=False),
        sa.Column("score", sa.Integer(), nullable=True),
        sa.Column("comment", sa.Text(), nullable=True),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["handoff_id"], ["handoffs.id"], name=op.f("fk_ratings_handoff_id")),
        sa.PrimaryKeyConstraint("handoff_id", name=op.f("pk_ratings")),
    )
    op.create_index(op.f("ix_ratings_conversation_id"), "ratings", ["conversation_id"])
    op.create_table(
        "signals",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("conversation_id", sa.String(length=255), nullable=False),
        sa.Column("handoff_id", sa.String(length=36), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signals")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_signals_at"), "signals", ["at"])
