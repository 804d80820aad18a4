"""Finding handoffs by words, whatever their case, on databases that compare letters differently."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Column, ColumnElement, Connection, and_, exists, func, or_

from handoff.domain.model import Sender
from handoff.persistence.tables import handoffs, messages

MOST_WORDS = 8  # a search is a name, a number or a few words; each word costs a look at every message
ESCAPE = "\\"


def has_words(connection: Connection, query: str) -> ColumnElement[bool]:
    """Condition: every word of ``query`` occurs in what the handoff is found by, or in what its visitor wrote.

    Args:
        connection: where the condition is used.
        query: as typed; wildcards of LIKE in it mean themselves.
    """
    return and_(*(_has(connection, word) for word in query.lower().split()[:MOST_WORDS]))


def containing(text: str) -> str:
    """The LIKE pattern, with :data:`ESCAPE`, for whatever contains ``text``."""
    for special in (ESCAPE, "%", "_"):
        text = text.replace(special, ESCAPE + special)
    return f"%{text}%"


def _has(connection: Connection, word: str) -> ColumnElement[bool]:
    pattern = containing(word)
    written = exists().where(
        messages.c.conversation_id == handoffs.c.conversation_id,
        messages.c.sender == Sender.VISITOR.value,
        _lower(connection, messages.c.text).like(pattern, escape=ESCAPE),
    )
    # search_text is in lower case already
    return or_(handoffs.c.search_text.like(pattern, escape=ESCAPE), written.correlate(handoffs))


def _lower(connection: Connection, column: Column[Any]) -> ColumnElement[str]:
    if connection.dialect.name != "sqlite":
        return func.lower(column)
    # SQLite's own lower() knows the letters a to z only
    connection.connection.driver_connection.create_function(  # type: ignore[union-attr]
        "unicode_lower", 1, lambda text: text.lower() if isinstance(text, str) else text, deterministic=True
    )
    return func.unicode_lower(column)
