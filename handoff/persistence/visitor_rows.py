"""All rows of some conversations, whatever the table. A table that gets a ``conversation_id`` is covered by itself."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import JSON, Column, Connection, Table, Text, cast, delete, func, or_, select

from handoff.domain.lifecycle import OPEN
from handoff.persistence.tables import agents, conversations, handoffs, metadata

_CONVERSATION = "conversation_id"

VISITOR_TABLES: tuple[Table, ...] = tuple(
    table for table in metadata.sorted_tables if table is conversations or _CONVERSATION in table.c
)
"""Tables with data about visitors, each after those that it refers to."""

_CHRONOLOGY = ("seq", "created_at", "at")
"""Columns that say which row was first, the best one first."""


def conversations_of_address(connection: Connection, address: str) -> list[str]:
    """Conversations with a handoff whose visitor gave exactly this e-mail address, in upper or lower case.

    The packages are compared here and not by the database: SQLite knows the cases of ASCII letters only.
    """
    wanted = address.casefold()
    rows = connection.execute(
        select(handoffs.c.conversation_id, handoffs.c.package["visitor"]["email"].as_string().label("email"))
    )
    return sorted({row.conversation_id for row in rows if row.email and row.email.casefold() == wanted})


def conversations_that_mention(connection: Connection, address: str) -> list[str]:
    """Conversations in which the address stands anywhere: in a message, a note, an e-mail's recipient, ..."""
    found: set[str] = set()
    for table in VISITOR_TABLES:
        texts = [cast(column, Text) for column in table.c if isinstance(column.type, Text | JSON)]
        if texts:
            mentioned = or_(*(func.lower(one).contains(address.lower(), autoescape=True) for one in texts))
            found.update(connection.execute(select(_conversation_of(table)).where(mentioned)).scalars())
    return sorted(found)


def is_known(connection: Connection, conversation_id: str) -> bool:
    """Whether any table has a row of this conversation."""
    return any(count_rows(connection, [conversation_id]).values())


def count_rows(connection: Connection, conversation_ids: Sequence[str]) -> dict[str, int]:
    """How many rows each table has of these conversations."""
    return {
        table.name: connection.execute(
            select(func.count()).select_from(table).where(_conversation_of(table).in_(conversation_ids))
        ).scalar_one()
        for table in VISITOR_TABLES
    }


def rows_of(connection: Connection, table: Table, conversation_ids: Sequence[str]) -> list[dict[str, Any]]:
    """The rows of these conversations in one table, oldest first: column -> value."""
    order = [table.c[name] for name in _CHRONOLOGY if name in table.c] + list(table.primary_key)
    found = connection.execute(select(table).where(_conversation_of(table).in_(conversation_ids)).order_by(*order))
    return [dict(row._mapping) for row in found]


def names_of_agents(connection: Connection) -> dict[str, str]:
    """Agent's id -> the name that visitors see."""
    return {row.id: row.display_name for row in connection.execute(select(agents.c.id, agents.c.display_name))}


def open_handoffs(connection: Connection, conversation_ids: Sequence[str]) -> list[str]:
    """Those of their handoffs that are not over yet."""
    query = select(handoffs.c.id).where(
        handoffs.c.conversation_id.in_(conversation_ids), handoffs.c.status.in_([status.value for status in OPEN])
    )
    return list(connection.execute(query.order_by(handoffs.c.created_at)).scalars())


def lock(connection: Connection, conversation_ids: Sequence[str]) -> None:
    """Let nobody write to the conversations until the transaction ends; whoever does so now is waited for."""
    locked = select(conversations.c.id).where(conversations.c.id.in_(conversation_ids))
    connection.execute(locked.order_by(conversations.c.id).with_for_update())


def delete_rows(connection: Connection, conversation_ids: Sequence[str]) -> dict[str, int]:
    """Delete all rows of these conversations; how many each table had."""
    return {
        table.name: connection.execute(delete(table).where(_conversation_of(table).in_(conversation_ids))).rowcount
        for table in reversed(VISITOR_TABLES)
    }


def _conversation_of(table: Table) -> Column[str]:
    return table.c.id if table is conversations else table.c[_CONVERSATION]
