"""How it stands right now, and what happened since a moment: what monitoring asks every few seconds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, select

from handoff.domain.lifecycle import OPEN, Status
from handoff.persistence.outbox import DEAD
from handoff.persistence.tables import conversions, events, handoffs, outbox, visits

TALK = ("answered", "not_understood", "out_of_scope", "small_talk")


@dataclass(frozen=True)
class Talk:
    """What visitors said to the assistant in the visits that began since then.

    Attributes:
        visits: how many these are.
        messages: by what became of them, see :data:`TALK`.
        doubts: answers that were probably wrong.
    """

    visits: int
    messages: dict[str, int]
    doubts: int


def open_handoffs(connection: Connection) -> dict[tuple[str, str], int]:
    """How many are open, by queue and status."""
    rows = connection.execute(
        select(handoffs.c.queue, handoffs.c.status, func.count())
        .where(handoffs.c.status.in_([status.value for status in OPEN]))
        .group_by(handoffs.c.queue, handoffs.c.status)
    )
    return {(queue, status): number for queue, status, number in rows}


def waiting_since(connection: Connection) -> dict[str, datetime]:
    """When the one that waits longest entered its queue, by queue."""
    rows = connection.execute(
        select(handoffs.c.queue, func.min(handoffs.c.queued_at).label("since"))
        .where(handoffs.c.status == Status.QUEUED.value)
        .group_by(handoffs.c.queue)
    )
    return {row.queue: row.since for row in rows if row.since is not None}


def dead_by_target(connection: Connection) -> dict[str, int]:
    """How many deliveries were given up, by target."""
    rows = connection.execute(
        select(outbox.c.target, func.count().label("number")).where(outbox.c.status == DEAD).group_by(outbox.c.target)
    )
    return {row.target: row.number for row in rows}


def made(connection: Connection, start: datetime) -> dict[tuple[str, str], int]:
    """How many handoffs were made since ``start``, by trigger and topic."""
    rows = connection.execute(
        select(handoffs.c.trigger, handoffs.c.topic, func.count())
        .where(handoffs.c.created_at >= start)
        .group_by(handoffs.c.trigger, handoffs.c.topic)
    )
    return {(trigger, topic): number for trigger, topic, number in rows}


def steps(connection: Connection, start: datetime, kinds: Sequence[str]) -> dict[str, int]:
    """How often each of ``kinds`` happened to handoffs since ``start``."""
    rows = connection.execute(
        select(events.c.kind, func.count().label("number"))
        .where(events.c.kind.in_(kinds), events.c.at >= start)
        .group_by(events.c.kind)
    )
    return {row.kind: row.number for row in rows}


def talk(connection: Connection, start: datetime) -> Talk:
    """What was said to the assistant in the visits that began since ``start``."""
    sums = [func.coalesce(func.sum(visits.c[name]), 0) for name in (*TALK, "doubts")]
    count, *messages, doubts = connection.execute(select(func.count(), *sums).where(visits.c.started_at >= start)).one()
    return Talk(count, dict(zip(TALK, map(int, messages), strict=True)), int(doubts))


def converted(connection: Connection, start: datetime) -> dict[str, int]:
    """How many conversions happened since ``start``, by who told."""
    rows = connection.execute(
        select(conversions.c.source, func.count().label("number"))
        .where(conversions.c.at >= start)
        .group_by(conversions.c.source)
    )
    return {row.source: row.number for row in rows}
