"""Inserts a row unless one with its key is there, without failing when two try at the same moment."""

from __future__ import annotations

from functools import cache
from typing import Any

from sqlalchemy import Connection, Table
from sqlalchemy.dialects import postgresql, sqlite


def insert_new(connection: Connection, table: Table, **values: Any) -> bool:
    """Insert ``values``; False when a row with the same primary or unique key exists, which stays as it is."""
    return connection.execute(_insert(connection.dialect.name, table), values).rowcount == 1


def insert_into(dialect: str, table: Table) -> postgresql.Insert | sqlite.Insert:
    """An INSERT of this database, which knows what to do on a conflict."""
    return postgresql.insert(table) if dialect == "postgresql" else sqlite.insert(table)


@cache
def _insert(dialect: str, table: Table) -> postgresql.Insert | sqlite.Insert:
    """Built once for each table: building a statement costs more than running it."""
    return insert_into(dialect, table).on_conflict_do_nothing()
