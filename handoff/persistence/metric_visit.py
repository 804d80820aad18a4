"""Reads one visit with all that was counted in it, and the first words of many."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sqlalchemy import Connection, RowMapping, and_, func, select

from handoff.domain.model import Sender
from handoff.persistence.tables import agents, conversions, handoffs, messages, ratings, visits


def first_words(connection: Connection, visit_ids: Collection[int]) -> dict[int, str]:
    """The first message of the visitor in each visit."""
    if not visit_ids:
        return {}
    first = (
        select(messages.c.visit_id, func.min(messages.c.seq).label("seq"))
        .where(messages.c.visit_id.in_(visit_ids), messages.c.sender == Sender.VISITOR.value)
        .group_by(messages.c.visit_id)
        .subquery()
    )
    rows = connection.execute(
        select(first.c.visit_id, messages.c.text).join(
            first, and_(messages.c.visit_id == first.c.visit_id, messages.c.seq == first.c.seq)
        )
    )
    return {row.visit_id: row.text for row in rows}


def texts_of(connection: Connection, message_ids: Collection[str]) -> dict[str, str]:
    """Messages by id."""
    if not message_ids:
        return {}
    rows = connection.execute(select(messages.c.id, messages.c.text).where(messages.c.id.in_(message_ids)))
    return {row.id: row.text for row in rows}


def conversions_of(connection: Connection, visit_ids: Collection[int]) -> dict[int, list[RowMapping]]:
    """Conversions by visit, the earliest first."""
    found: dict[int, list[RowMapping]] = {}
    if visit_ids:
        query = select(conversions).where(conversions.c.visit_id.in_(visit_ids))
        for row in connection.execute(query.order_by(conversions.c.at, conversions.c.id)).mappings():
            found.setdefault(row["visit_id"], []).append(row)
    return found


def read_visit(connection: Connection, visit_id: int) -> RowMapping | None:
    """One row of the table of visits."""
    return connection.execute(select(visits).where(visits.c.id == visit_id)).mappings().first()


def messages_of(connection: Connection, visit_id: int) -> list[RowMapping]:
    """Everything that was said in a visit, by anybody, in order."""
    query = select(messages).where(messages.c.visit_id == visit_id).order_by(messages.c.seq)
    return list(connection.execute(query).mappings())


def handoff_of(connection: Connection, handoff_id: str) -> dict[str, Any] | None:
    """A handoff as far as its visit's page shows it, with its agent's name and its rating."""
    row = (
        connection.execute(
            select(
                *(handoffs.c[name] for name in ("id", "status", "queue", "trigger", "created_at")),
                agents.c.display_name.label("agent"),
                ratings.c.score,
                ratings.c.comment,
            )
            .select_from(
                handoffs.outerjoin(agents, agents.c.id == handoffs.c.agent_id).outerjoin(
                    ratings, ratings.c.handoff_id == handoffs.c.id
                )
            )
            .where(handoffs.c.id == handoff_id)
        )
        .mappings()
        .first()
    )
    return dict(row) if row is not None else None
