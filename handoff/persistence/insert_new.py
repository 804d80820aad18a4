"""Inserts a row unless one with its key is there, without failing when two try at the same moment."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Table
from sqlalchemy.dialects import postgresql, sqlite


def insert_new(connection: Connection, table: Table, **values: Any) -> bool:
    """Insert ``values``; False when a row with the same primary or unique key exists, which stays as it is."""
    if connection.dialect.name == "postgresql":
        done = connection.execute(postgresql.insert(table).values(**values).on_conflict_do_nothing())
    else:
        done = connection.execute(sqlite.insert(table).values(**values).on_conflict_do_nothing())
    return done.rowcount == 1
