"""Live chats: which one has a handoff, links to their counterparts, health of connectors, webhooks received."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Add columns and tables; every handoff so far is the desk's."""
    op.add_column("handoffs", sa.Column("connector", sa.String(length=64), nullable=False, server_default="desk"))
    op.add_column("handoffs", sa.Column("told_seq", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("agents", sa.Column("connector", sa.String(length=64), nullable=True))
    # the desk reads what is stored: nothing is sent to it any more
    op.execute("DELETE FROM outbox WHERE target = 'connector:desk'")
    op.create_table(
        "links",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("handoff_id", sa.String(length=36), nullable=False),
        sa.Column("conversation_id", sa.String(length=255), nullable=False),
        sa.Column("connector", sa.String(length=64), nullable=False),
        sa.Column("reference", sa.String(length=255), nullable=True),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.Column("cursor", sa.Text(), nullable=True),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("rings", sa.Integer(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("pull_at", sa.DateTime(), nullable=True),
        sa.Column("last_error", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["handoff_id"], ["handoffs.id"], name=op.f("fk_links_handoff_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_links")),
        sa.UniqueConstraint("handoff_id", "connector", name=op.f("uq_links_handoff_id_connector")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_links_connector_reference"), "links", ["connector", "reference"])
    op.create_index(op.f("ix_links_status_pull_at"), "links", ["status", "pull_at"])
    op.create_table(
        "connector_health",
        sa.Column("connector", sa.String(length=64), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("down_since", sa.DateTime(), nullable=True),
        sa.Column("open_until", sa.DateTime(), nullable=True),
        sa.Column("last_error", sa.Text(), nullable=True),
        sa.Column("last_ok_at", sa.DateTime(), nullable=True),
        sa.PrimaryKeyConstraint("connector", name=op.f("pk_connector_health")),
    )
    op.create_table(
        "webhooks_received",
        sa.Column("connector", sa.String(length=64), nullable=False),
        sa.Column("delivery_id", sa.String(length=255), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("connector", "delivery_id", name=op.f("pk_webhooks_received")),
    )
    op.create_index(op.f("ix_webhooks_received_at"), "webhooks_received", ["at"])
