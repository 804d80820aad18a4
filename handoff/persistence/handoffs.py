"""Handoffs; every change of state is a compare-and-swap."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import fields
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    ScalarSelect,
    Select,
    String,
    bindparam,
    func,
    insert,
    select,
    tuple_,
    update,
)

from handoff.domain.errors import NotFound
from handoff.domain.lifecycle import OPEN, Status
from handoff.domain.model import OpenRating, UrgencyLevel
from handoff.persistence.tables import UtcDateTime, agents, handoffs, ratings
from handoff.service.ports import HandoffRecord

_OPEN = [status.value for status in OPEN]
_COLUMNS = tuple(field.name for field in fields(HandoffRecord))

# Built once: these run for each handoff, and building a statement costs more than running it.
_ADD = insert(handoffs)
_GET = select(handoffs).where(handoffs.c.id == bindparam("handoff"))
_OPEN_OF = select(handoffs).where(handoffs.c.conversation_id == bindparam("conversation"), handoffs.c.status.in_(_OPEN))
_COUNT_CLOSED = (
    select(func.count())
    .select_from(handoffs)
    .where(handoffs.c.conversation_id == bindparam("conversation"), handoffs.c.status.not_in(_OPEN))
)
_QUEUES_OF = select(handoffs.c.id, handoffs.c.conversation_id, handoffs.c.queue).where(
    handoffs.c.id.in_(bindparam("some", expanding=True))
)
_RECENT_WAITS: Select[Any] = (
    select(handoffs.c.queued_at, handoffs.c.first_reply_at)
    .where(handoffs.c.first_reply_at >= bindparam("since"), handoffs.c.queued_at <= handoffs.c.first_reply_at)
    .order_by(handoffs.c.first_reply_at.desc())
    .limit(bindparam("most"))
)
_RECENT_WAITS_IN = _RECENT_WAITS.where(handoffs.c.queue == bindparam("in_queue"))


class HandoffStore:
    """See :class:`handoff.service.ports.Handoffs`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, record: HandoffRecord) -> None:
        """Store a new handoff; the database refuses a second open one in a conversation."""
        values = {name: getattr(record, name) for name in _COLUMNS} | {"status": record.status.value}
        values["search_text"] = search_text(record.package)
        self._connection.execute(_ADD, values)

    def get(self, handoff_id: str) -> HandoffRecord:
        """The handoff, or NotFound."""
        row = self._connection.execute(_GET, {"handoff": handoff_id}).first()
        if row is None:
            raise NotFound(f"There is no handoff {handoff_id}. It may have been erased; go back to the queue.")
        return _record(row)

    def open_of(self, conversation_id: str) -> HandoffRecord | None:
        """The open handoff of a conversation."""
        row = self._connection.execute(_OPEN_OF, {"conversation": conversation_id}).first()
        return _record(row) if row else None

    def count_closed(self, conversation_id: str) -> int:
        """How often the conversation was with a person before."""
        return self._connection.execute(_COUNT_CLOSED, {"conversation": conversation_id}).scalar_one()

    def assigned_to(self, agent_id: str) -> list[HandoffRecord]:
        """The handoffs that an agent is in."""
        rows = self._connection.execute(
            select(handoffs).where(handoffs.c.agent_id == agent_id, handoffs.c.status == Status.ASSIGNED.value)
        )
        return [_record(row) for row in rows]

    def place(self, record: HandoffRecord) -> int:
        """Place in its queue, from 1: the most urgent come first, then who has waited longest since the beginning."""
        given = {"in_queue": record.queue, "at": record.created_at, "handoff": record.id}
        return int(self._connection.execute(_ahead(UrgencyLevel(record.urgency)), given).scalar_one()) + 1

    def queues_of(self, handoff_ids: Collection[str]) -> list[tuple[str, str, str]]:
        """(handoff, conversation, queue) of each of these that exists."""
        rows = self._connection.execute(_QUEUES_OF, {"some": list(handoff_ids)})
        return [(row.id, row.conversation_id, row.queue) for row in rows]

    def waiting_in(self, queue: str) -> list[str]:
        """The conversations that wait in a queue."""
        found = select(handoffs.c.conversation_id).where(
            handoffs.c.queue == queue, handoffs.c.status == Status.QUEUED.value
        )
        return list(self._connection.execute(found).scalars())

    def recent_waits(self, queue: str | None, since: datetime, limit: int) -> list[float]:
        """Seconds from entering the queue to the first reply, of the latest that were answered; None: all queues."""
        given = {"since": since, "most": limit, **({} if queue is None else {"in_queue": queue})}
        rows = self._connection.execute(_RECENT_WAITS if queue is None else _RECENT_WAITS_IN, given)
        return [(row.first_reply_at - row.queued_at).total_seconds() for row in rows]

    def open_rating(self, conversation_id: str, since: datetime) -> OpenRating | None:
        """The latest handoff of the conversation, if an agent answered and resolved it and it is not rated."""
        row = self._connection.execute(
            select(
                handoffs.c.id,
                handoffs.c.status,
                handoffs.c.first_reply_at,
                handoffs.c.closed_at,
                agents.c.display_name,
                ratings.c.handoff_id.label("rated"),
            )
            .select_from(
                handoffs.outerjoin(agents, agents.c.id == handoffs.c.agent_id).outerjoin(
                    ratings, ratings.c.handoff_id == handoffs.c.id
                )
            )
            .where(handoffs.c.conversation_id == conversation_id)
            .order_by(handoffs.c.created_at.desc())
            .limit(1)
        ).first()
        if row is None or row.status != Status.RESOLVED.value or row.rated or row.first_reply_at is None:
            return None
        return OpenRating(row.id, row.display_name or "") if row.closed_at >= since else None

    def move(self, handoff_id: str, source: Status, target: Status, **changes: Any) -> bool:
        """Compare and swap the status; False when it was no longer ``source``."""
        done = self._connection.execute(
            update(handoffs)
            .where(handoffs.c.id == handoff_id, handoffs.c.status == source.value)
            .values(status=target.value, **changes)
        )
        return done.rowcount == 1

    def update(self, handoff_id: str, **changes: Any) -> None:
        """Change columns that are no part of the lifecycle."""
        if "package" in changes:
            changes["search_text"] = search_text(changes["package"])
        self._connection.execute(update(handoffs).where(handoffs.c.id == handoff_id).values(**changes))


def search_text(package: dict[str, Any]) -> str:
    """What agents find a handoff by: who, what about, and the collected fields, in lower case."""
    visitor = package["visitor"]
    parts = [package["summary"]["headline"], visitor["name"], visitor["email"], visitor["phone"]]
    parts += [*package["fields"].values(), package["page"]["url"], package["page"]["title"]]
    return "\n".join(str(part) for part in parts if part).lower()


def _record(row: Row) -> HandoffRecord:  # type: ignore[type-arg]
    return HandoffRecord(**(dict(row._mapping) | {"status": Status(row.status)}))


@cache
def _ahead(level: UrgencyLevel) -> Select[Any]:
    """How many stand before a handoff of this ``level``: one range of ix_handoffs_line for each level that counts."""

    def waiting(urgency: UrgencyLevel, *also: ColumnElement[bool]) -> ScalarSelect[Any]:
        return (
            select(func.count())
            .where(
                handoffs.c.queue == bindparam("in_queue"),
                handoffs.c.status == Status.QUEUED.value,
                handoffs.c.urgency == urgency.value,
                *also,
            )
            .scalar_subquery()
        )

    earlier = tuple_(handoffs.c.created_at, handoffs.c.id) < tuple_(
        bindparam("at", type_=UtcDateTime), bindparam("handoff", type_=String)
    )
    total: ColumnElement[Any] = waiting(level, earlier)
    for above in UrgencyLevel:
        if above.rank > level.rank:
            total = total + waiting(above)
    return select(total)
