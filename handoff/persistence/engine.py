"""Opens the database: SQLite for one machine, PostgreSQL for more."""

from __future__ import annotations

import logging
import os
import sqlite3
import time
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError

from handoff.domain.errors import ConfigurationError
from handoff.settings import OWNER_ONLY

# Writers queue behind each other for milliseconds; beyond this something is stuck. A visitor waits meanwhile, and a
# transaction that outlives the honest "it did not work" (actions/handoff.py, 8 s) would make it untrue.
SQLITE_BUSY_SECONDS = 4.0
SQLITE_LOOK_SECONDS = 0.001  # a transaction takes some milliseconds, and a look 20 microseconds
POSTGRES_CONNECT_SECONDS = 3
POSTGRES_WAIT_MILLISECONDS = 4000  # for a lock, and for a statement as a whole

# Connections that stay open, as many as a process has threads that ask the database at one time; each is made when it
# is needed first. Beyond that they are opened and closed for one transaction, which costs more than the transaction.
POOL_SIZE = 24

MEMORY = ":memory:"
AUTOCOMMIT = "AUTOCOMMIT"  # SQLAlchemy's isolation level without transactions: each statement sees what is there
BESIDE = ("-wal", "-shm")

logger = logging.getLogger(__name__)


def open_engine(url: str) -> Engine:
    """Return an engine for ``url``. Write transactions on SQLite begin with ``BEGIN IMMEDIATE``.

    Raises:
        ConfigurationError: the URL cannot be read, or its database is neither SQLite nor PostgreSQL.
    """
    try:
        parsed = make_url(url)
    except ArgumentError as error:
        raise ConfigurationError(
            f"HANDOFF_DB_URL is not a database address: {error}. Example: sqlite:///var/handoff.db"
        ) from error
    if parsed.get_backend_name() == "postgresql":
        # SQLAlchemy's default is psycopg 3; Rasa's own stores use psycopg2, and one driver is enough
        parsed = parsed.set(drivername="postgresql+psycopg2")
        return create_engine(
            parsed,
            pool_pre_ping=True,
            pool_size=POOL_SIZE,
            connect_args={"connect_timeout": POSTGRES_CONNECT_SECONDS, "options": _postgres_options(parsed)},
        )
    if parsed.get_backend_name() != "sqlite":
        raise ConfigurationError(
            f"HANDOFF_DB_URL names {parsed.get_backend_name()}; this project runs on SQLite and PostgreSQL."
        )
    if parsed.database:
        Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)
        keep_private(Path(parsed.database))
    engine = create_engine(
        parsed,
        pool_size=POOL_SIZE,
        connect_args={"timeout": SQLITE_BUSY_SECONDS, "check_same_thread": False},
    )
    event.listen(engine, "connect", _configure_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def keep_private(database: Path) -> None:
    """Create the file of an SQLite database, or change it, so that only its owner reads it; SQLite gives the files
    beside it the same mode. A file of somebody else is left to them."""
    if str(database) == MEMORY:
        return
    for path in (database, *(database.with_name(database.name + end) for end in BESIDE)):
        try:
            if path == database:
                os.close(os.open(path, os.O_RDWR | os.O_CREAT, OWNER_ONLY))
            path.chmod(OWNER_ONLY)
        except FileNotFoundError:
            continue  # the files beside it exist while it is open
        except PermissionError:
            logger.warning("%s is not ours; its mode stays as it is", path)


def _postgres_options(url: URL) -> str:
    """The time limits, and after them what the operator set in the address, which wins."""
    limits = f"-c lock_timeout={POSTGRES_WAIT_MILLISECONDS} -c statement_timeout={POSTGRES_WAIT_MILLISECONDS}"
    own = url.query.get("options", ())
    return " ".join([limits, *((own,) if isinstance(own, str) else own)])


def _configure_sqlite(connection: Any, _record: Any) -> None:
    # The driver must not open transactions behind our back; _begin_sqlite does it, with the right kind of lock.
    assert isinstance(connection, sqlite3.Connection)
    connection.isolation_level = None
    configure_sqlite_journal(connection)
    connection.execute("PRAGMA foreign_keys=ON").close()


def configure_sqlite_journal(connection: sqlite3.Connection, _record: object = None) -> None:
    """Let readers never wait for the writer, and commits not for the disk: a killed process loses nothing committed."""
    connection.execute("PRAGMA journal_mode=WAL").close()
    connection.execute("PRAGMA synchronous=NORMAL").close()


def _begin_sqlite(connection: Connection) -> None:
    # A transaction that starts as a reader and then writes fails at once when somebody else wrote in between; taking
    # the write lock first makes it wait its turn.
    if connection.get_execution_options().get("isolation_level") == AUTOCOMMIT:
        return
    if connection.get_execution_options().get("readonly", False):
        connection.exec_driver_sql("BEGIN")
        return
    driver: Any = connection.connection.driver_connection
    driver.execute("PRAGMA busy_timeout=0").close()
    try:
        if not _begins_to_write(driver):
            connection.exec_driver_sql("BEGIN IMMEDIATE")  # fails with the error that callers know
    finally:
        driver.execute(f"PRAGMA busy_timeout={int(SQLITE_BUSY_SECONDS * 1000)}").close()


def _begins_to_write(driver: sqlite3.Connection) -> bool:
    """Begin a transaction as soon as nobody else writes; False when that took too long, or something else is wrong.

    SQLite itself sleeps up to a tenth of a second between two looks, so that among several processes one can come too
    late again and again, for a second and more (https://www.sqlite.org/c3ref/busy_timeout.html).
    """
    until = time.monotonic() + SQLITE_BUSY_SECONDS
    while True:
        try:
            driver.execute("BEGIN IMMEDIATE").close()
            return True
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() > until:
                return False
        time.sleep(SQLITE_LOOK_SECONDS)
