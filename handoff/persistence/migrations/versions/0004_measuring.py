"""What is measured: visits, conversions, how messages were understood; and what the review decides."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Add columns and tables. What was said before has no visit: metrics begin with this version."""
    to_review = sa.text("doubt IS NOT NULL OR outcome IN ('not_understood', 'out_of_scope')")
    by_agents = sa.text("agent_id IS NOT NULL")
    op.create_table(
        "jobs",
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("last_at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_jobs")),
    )
    op.create_table(
        "conversions",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("conversation_id", sa.String(length=255), nullable=False),
        sa.Column("visit_id", sa.Integer(), nullable=True),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("reference", sa.String(length=255), nullable=False),
        sa.Column("value", sa.Float(), nullable=True),
        sa.Column("currency", sa.String(length=3), nullable=True),
        sa.Column("source", sa.String(length=16), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["conversation_id"], ["conversations.id"], name=op.f("fk_conversions_conversation_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_conversions")),
        sa.UniqueConstraint(
            "conversation_id", "name", "reference", name=op.f("uq_conversions_conversation_id_name_reference")
        ),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_conversions_at"), "conversions", ["at"], unique=False)
    op.create_index(op.f("ix_conversions_visit_id"), "conversions", ["visit_id"], unique=False)
    op.create_table(
        "review_changes",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("operations", sa.JSON(), nullable=False),
        sa.Column("preview", sa.JSON(), nullable=True),
        sa.Column("created_by", sa.String(length=36), nullable=True),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("decided_by", sa.String(length=36), nullable=True),
        sa.Column("decided_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(["created_by"], ["agents.id"], name=op.f("fk_review_changes_created_by")),
        sa.ForeignKeyConstraint(["decided_by"], ["agents.id"], name=op.f("fk_review_changes_decided_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review_changes")),
    )
    op.create_index(op.f("ix_review_changes_status"), "review_changes", ["status"], unique=False)
    op.create_table(
        "review_decisions",
        sa.Column("message_id", sa.String(length=255), nullable=False),
        sa.Column("conversation_id", sa.String(length=255), nullable=False),
        sa.Column("decision", sa.String(length=16), nullable=False),
        sa.Column("change_id", sa.String(length=36), nullable=True),
        sa.Column("agent_id", sa.String(length=36), nullable=True),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversations.id"], name=op.f("fk_review_decisions_conversation_id")
        ),
        sa.PrimaryKeyConstraint("message_id", name=op.f("pk_review_decisions")),
    )
    op.create_index(op.f("ix_review_decisions_change_id"), "review_decisions", ["change_id"], unique=False)
    op.create_index(op.f("ix_review_decisions_conversation_id"), "review_decisions", ["conversation_id"], unique=False)
    op.create_table(
        "visits",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("conversation_id", sa.String(length=255), nullable=False),
        sa.Column("channel", sa.String(length=64), nullable=False),
        sa.Column("page", sa.String(length=500), nullable=True),
        sa.Column("variant", sa.String(length=130), nullable=True),
        sa.Column("started_at", sa.DateTime(), nullable=False),
        sa.Column("last_at", sa.DateTime(), nullable=False),
        sa.Column("messages", sa.Integer(), nullable=False),
        sa.Column("answered", sa.Integer(), nullable=False),
        sa.Column("not_understood", sa.Integer(), nullable=False),
        sa.Column("out_of_scope", sa.Integer(), nullable=False),
        sa.Column("small_talk", sa.Integer(), nullable=False),
        sa.Column("frustrated", sa.Integer(), nullable=False),
        sa.Column("doubts", sa.Integer(), nullable=False),
        sa.Column("topic", sa.String(length=64), nullable=True),
        sa.Column("intent", sa.String(length=120), nullable=True),
        sa.Column("handoff_id", sa.String(length=36), nullable=True),
        sa.Column("handoff_at", sa.DateTime(), nullable=True),
        sa.Column("trigger", sa.String(length=32), nullable=True),
        sa.Column("returned_at", sa.DateTime(), nullable=True),
        sa.Column("last_message_id", sa.String(length=255), nullable=True),
        sa.Column("last_outcome", sa.String(length=16), nullable=True),
        sa.Column("rated_at", sa.DateTime(), nullable=True),
        sa.Column("score", sa.Integer(), nullable=True),
        sa.Column("comment", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["conversation_id"], ["conversations.id"], name=op.f("fk_visits_conversation_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_visits")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_visits_conversation_id_id"), "visits", ["conversation_id", "id"], unique=False)
    op.create_index(op.f("ix_visits_handoff_id"), "visits", ["handoff_id"], unique=False)
    op.create_index(op.f("ix_visits_started_at"), "visits", ["started_at"], unique=False)
    op.create_index(
        "ix_visits_in_variants",
        "visits",
        ["variant", "started_at"],
        unique=False,
        sqlite_where=sa.text("variant IS NOT NULL"),
        postgresql_where=sa.text("variant IS NOT NULL"),
    )
    op.create_index(op.f("ix_events_kind_at"), "events", ["kind", "at"], unique=False)
    op.add_column("handoffs", sa.Column("reply_open_seconds", sa.Integer(), nullable=True))
    op.add_column("handoffs", sa.Column("missed_at", sa.DateTime(), nullable=True))
    op.add_column("handoffs", sa.Column("left_from", sa.String(length=16), nullable=True))
    op.drop_index(op.f("ix_handoffs_status_queue"), table_name="handoffs")
    op.create_index("ix_handoffs_line", "handoffs", ["status", "queue", "urgency", "created_at", "id"])
    op.create_index(op.f("ix_handoffs_created_at"), "handoffs", ["created_at"], unique=False)
    op.add_column("messages", sa.Column("page", sa.String(length=500), nullable=True))
    op.add_column("messages", sa.Column("signals", sa.JSON(), nullable=True))
    op.add_column("messages", sa.Column("ranking", sa.JSON(), nullable=True))
    op.add_column("messages", sa.Column("in_form", sa.Boolean(), nullable=True))
    op.add_column("messages", sa.Column("known", sa.Float(), nullable=True))
    op.add_column("messages", sa.Column("outcome", sa.String(length=16), nullable=True))
    op.add_column("messages", sa.Column("doubt", sa.String(length=16), nullable=True))
    op.add_column("messages", sa.Column("response", sa.String(length=120), nullable=True))
    op.add_column("messages", sa.Column("visit_id", sa.Integer(), nullable=True))
    op.create_index(
        "ix_messages_by_agents", "messages", ["at"], unique=False, sqlite_where=by_agents, postgresql_where=by_agents
    )
    op.create_index(
        "ix_messages_to_review", "messages", ["at"], unique=False, sqlite_where=to_review, postgresql_where=to_review
    )
    op.create_index(op.f("ix_messages_visit_id"), "messages", ["visit_id"], unique=False)
