"""Fills a database with a month of traffic and with months of history behind it, by statements that copy rows.

A copied month has conversations, visits, handoffs and agents' names of its own ids, and all its moments a whole number
of days earlier, so that it is as good as played, and takes seconds.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Engine,
    Integer,
    Interval,
    RowMapping,
    Table,
    cast,
    create_engine,
    func,
    insert,
    literal,
    make_url,
    select,
    text,
    update,
)

from handoff.domain.lifecycle import Status
from handoff.persistence.tables import (
    UtcDateTime,
    conversations,
    conversions,
    events,
    handoffs,
    messages,
    metadata,
    ratings,
    visits,
)

COUNTED = (messages, events, visits)
"""What a stored event is here: a message, a step in the history of a handoff, a visit."""
COPIED = (conversations, visits, handoffs, messages, events, ratings, conversions)
"""In an order in which what is referred to comes first."""
BATCH = 2000
APART = 10_000_000  # between the numbers of one month's rows and another's
MARK = 4  # characters of an id that say which copy it is

NAMES = {"conversation_id", "handoff_id", "in_reply_to", "trigger_message_id", "last_message_id"}
"""Columns that hold ids of copied rows as text; those of agents stay."""
NUMBERS = {"visit_id"}


def bulk_engine(url: str) -> Engine:
    """An engine without the time limits of the product, which long copies would run into."""
    if make_url(url).get_backend_name() == "postgresql":
        return create_engine(url, connect_args={"options": "-c synchronous_commit=off"})
    return create_engine(url)


def stored(connection: Connection) -> int:
    """How many events are stored; see :data:`COUNTED`."""
    return sum(connection.execute(select(func.count()).select_from(table)).scalar_one() for table in COUNTED)


def copy_database(source: Engine, target: Engine) -> None:
    """Copy every row of every table into a migrated database without content."""
    with source.connect() as old, target.begin() as new:
        for table in metadata.sorted_tables:
            for rows in _batches(old.execute(select(table)).mappings()):
                new.execute(insert(table), rows)


def copy_month(connection: Connection, copy: int, days: int, first: datetime, until: datetime) -> None:
    """Copy all that the conversations begun from ``first`` up to ``until`` hold, ``days`` days earlier.

    Args:
        connection: a writing one.
        copy: which copy it is, from 1 on.
        days: 0 makes the same days busier.
        first: of the original month.
        until: its end.
    """
    begun = select(conversations.c.id).where(conversations.c.created_at >= first, conversations.c.created_at < until)
    originals = begun.where(~conversations.c.id.like("copy%"))
    for table in COPIED:
        column = table.c.id if table is conversations else table.c.conversation_id
        columns = list(table.columns)
        values = [_copied(connection, table, one.name, copy, days) for one in columns]
        connection.execute(insert(table).from_select(columns, select(*values).where(column.in_(originals))))
    if days:
        # nobody waits for months: or the desk's own list, which every page shows, would grow as no list of a team does
        connection.execute(
            update(handoffs)
            .where(handoffs.c.id.like(f"{_mark(copy)}%"), handoffs.c.closed_at.is_(None))
            .values(status=Status.CANCELLED.value, closed_at=handoffs.c.created_at)
        )


def tidy(engine: Engine) -> None:
    """What PostgreSQL does by itself after a while: look at what there is now."""
    if engine.dialect.name == "postgresql":
        with engine.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
            connection.execute(text("VACUUM ANALYZE"))


def _mark(copy: int) -> str:
    return f"z{copy:03}"


def _copied(connection: Connection, table: Table, name: str, copy: int, days: int) -> ColumnElement[Any]:
    column = table.c[name]
    is_text_id = name == "id" and not isinstance(column.type, Integer)
    if (is_text_id and table is handoffs) or name == "handoff_id":
        # as long as before, since these columns hold no more; no id of a handoff that was made has a z
        return literal(_mark(copy)) + func.substr(column, MARK + 1)
    if is_text_id or name in NAMES:
        return literal(f"copy{copy}-") + column
    if name == "id" or name in NUMBERS:
        return column + literal(copy * APART)
    if isinstance(column.type, UtcDateTime) and days:
        return _earlier(connection, column, days)
    return column


def _earlier(connection: Connection, column: ColumnElement[Any], days: int) -> ColumnElement[Any]:
    if connection.dialect.name == "sqlite":
        # as SQLAlchemy writes moments: with six digits, of which SQLite knows three
        return func.strftime("%Y-%m-%d %H:%M:%f000", column, f"-{days} days")
    return column - cast(literal(timedelta(days=days), Interval), Interval)


def _batches(rows: Iterable[RowMapping]) -> Iterable[list[dict[str, Any]]]:
    batch: list[dict[str, Any]] = []
    for row in rows:
        batch.append({str(name): value for name, value in row.items()})
        if len(batch) == BATCH:
            yield batch
            batch = []
    if batch:
        yield batch
