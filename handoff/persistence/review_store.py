"""Changes of the training data that the review proposes, and what was decided about messages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from handoff.persistence.insert_new import insert_new
from handoff.persistence.tables import agents, messages, review_changes, review_decisions

DRAFT, ACCEPTED, DROPPED = "draft", "accepted", "dropped"
LISTED = 100  # changes: more than a year of weekly reviews
AT_ONCE = 500  # ids in one statement

_made = agents.alias("made_by")
_decided = agents.alias("decided_by")
_CHANGES = (
    select(review_changes, _made.c.display_name.label("made"), _decided.c.display_name.label("decided"))
    .outerjoin(_made, _made.c.id == review_changes.c.created_by)
    .outerjoin(_decided, _decided.c.id == review_changes.c.decided_by)
)


@dataclass(frozen=True)
class StoredChange:
    """A change as it is stored.

    Attributes:
        operations: as :meth:`handoff.review.operations.Operation.stored` makes them.
        preview: the last preview, and what accepting did.
        created_by: name of who made it; None when the account is gone.
        decided_by: name of who accepted or dropped it.
    """

    id: str
    title: str
    status: str
    operations: list[dict[str, Any]]
    preview: dict[str, Any]
    created_by: str | None
    created_at: datetime
    decided_by: str | None
    decided_at: datetime | None


class ReviewStore:
    """Reads and writes on one connection."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(
        self, change_id: str, title: str, operations: Sequence[Mapping[str, Any]], agent_id: str, now: datetime
    ) -> None:
        """Keep a new draft."""
        self._connection.execute(
            insert(review_changes).values(
                id=change_id,
                title=title,
                status=DRAFT,
                operations=list(operations),
                created_by=agent_id,
                created_at=now,
            )
        )

    def find(self, change_id: str) -> StoredChange | None:
        """The change with this id."""
        row = self._connection.execute(_CHANGES.where(review_changes.c.id == change_id)).first()
        return None if row is None else _stored(row)

    def latest(self) -> list[StoredChange]:
        """The latest changes, the latest first."""
        query = _CHANGES.order_by(review_changes.c.created_at.desc(), review_changes.c.id).limit(LISTED)
        return [_stored(row) for row in self._connection.execute(query)]

    def set_preview(self, change_id: str, preview: Mapping[str, Any]) -> None:
        """Keep how far the preview of a draft is; of others nothing changes."""
        self._connection.execute(
            update(review_changes)
            .where(review_changes.c.id == change_id, review_changes.c.status == DRAFT)
            .values(preview=dict(preview))
        )

    def decide(self, change_id: str, status: str, agent_id: str, now: datetime) -> bool:
        """Turn a draft into ``status``; False when it is none any more."""
        done = self._connection.execute(
            update(review_changes)
            .where(review_changes.c.id == change_id, review_changes.c.status == DRAFT)
            .values(status=status, decided_by=agent_id, decided_at=now)
        )
        return done.rowcount == 1

    def set_accepted(self, change_id: str, preview: Mapping[str, Any]) -> None:
        """Keep what accepting did."""
        self._connection.execute(
            update(review_changes)
            .where(review_changes.c.id == change_id, review_changes.c.status == ACCEPTED)
            .values(preview=dict(preview))
        )

    def settle(
        self, decision: str, message_ids: Sequence[str], agent_id: str, now: datetime, change_id: str | None = None
    ) -> int:
        """Note what was decided about messages; returns how many of them exist and were undecided."""
        counted = 0
        for start in range(0, len(message_ids), AT_ONCE):
            some = list(dict.fromkeys(message_ids[start : start + AT_ONCE]))
            rows = self._connection.execute(
                select(messages.c.id, messages.c.conversation_id).where(messages.c.id.in_(some))
            ).all()
            for row in rows:
                counted += insert_new(
                    self._connection,
                    review_decisions,
                    message_id=row.id,
                    conversation_id=row.conversation_id,
                    decision=decision,
                    change_id=change_id,
                    agent_id=agent_id,
                    at=now,
                )
        return counted


def _stored(row: Row[Any]) -> StoredChange:
    return StoredChange(
        id=row.id,
        title=row.title,
        status=row.status,
        operations=list(row.operations),
        preview=dict(row.preview or {}),
        created_by=row.made,
        created_at=row.created_at,
        decided_by=row.decided,
        decided_at=row.decided_at,
    )
