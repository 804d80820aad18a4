"""Makes what was deleted unreadable in the files of an SQLite database.

A deleted row stays readable in the file until its place is needed, and in the write-ahead log beside it until that
begins anew; also what a row was before it changed. https://www.sqlite.org/pragma.html#pragma_secure_delete
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable

from sqlalchemy import Connection, Engine

from handoff.domain.errors import StorageUnavailable

REWRITE_SECONDS = 60.0  # for others to finish; every attempt already waits for as long as a writer does
RETRY_SECONDS = 0.2  # between two attempts


def prepare_erasure(connection: Connection) -> None:
    """From here on SQLite overwrites with zeros what this connection deletes. PostgreSQL has nothing like it; its limit
    on statements, which is made for turns of a conversation, is lifted for this transaction."""
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("PRAGMA secure_delete=ON")
    else:
        connection.exec_driver_sql("SET LOCAL statement_timeout = 0")


def rewrite(engine: Engine, seconds: float = REWRITE_SECONDS) -> None:
    """Write the file anew without the remains of what was deleted or changed, and empty its log.

    Others can read meanwhile, and wait to write: about a second for 100 MB. Nothing happens on PostgreSQL.

    Raises:
        StorageUnavailable: the file is in use all the time, or the disk is full.
    """
    if engine.dialect.name != "sqlite":
        return
    until = time.monotonic() + seconds
    pooled = engine.raw_connection()
    try:
        connection = pooled.driver_connection
        assert isinstance(connection, sqlite3.Connection)
        _until_done(lambda: _vacuum(connection), until, engine)
        _until_done(lambda: _empty_log(connection), until, engine)
    finally:
        pooled.close()


def _until_done(attempt: Callable[[], str | None], until: float, engine: Engine) -> None:
    while problem := attempt():
        if time.monotonic() > until:
            raise StorageUnavailable(
                f"The rows are deleted, but remains can still be read in {engine.url.database} and its '-wal' file, "
                f"which could not be written anew ({problem}). Stop the programs, make room on the disk, and run: "
                f"python3 -c \"import sqlite3; sqlite3.connect('{engine.url.database}').execute('VACUUM')\""
            )
        time.sleep(RETRY_SECONDS)


def _vacuum(connection: sqlite3.Connection) -> str | None:
    try:
        connection.execute("VACUUM").close()
    except sqlite3.OperationalError as error:
        return str(error)
    return None


def _empty_log(connection: sqlite3.Connection) -> str | None:
    try:
        busy, *_ = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    except sqlite3.OperationalError as error:
        return str(error)
    return "somebody reads all the time" if busy else None
