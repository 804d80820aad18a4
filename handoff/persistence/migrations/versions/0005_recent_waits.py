"""How long visitors waited lately, over all queues: an index, or each new handoff reads all that ever were."""

from __future__ import annotations

from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Add it."""
    op.create_index("ix_handoffs_first_reply_at", "handoffs", ["first_reply_at"])


def downgrade() -> None:
    """Take it away."""
    op.drop_index("ix_handoffs_first_reply_at", "handoffs")
