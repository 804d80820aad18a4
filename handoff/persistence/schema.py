"""Brings the database to the version of the code, once, whoever starts first."""

from __future__ import annotations

import fcntl
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection, Engine, inspect, text

logger = logging.getLogger(__name__)

HEAD = "0005"
"""Latest migration; a test keeps it equal to what Alembic finds."""

ADVISORY_LOCK = 7_466_181  # any fixed number that only this program uses


def upgrade(engine: Engine) -> None:
    """Run the missing migrations. Safe to call from several processes at once; cheap when there is nothing to do."""
    if current_version(engine) == HEAD:
        return
    with _only_one(engine) as connection:
        _run_alembic(connection)


def current_version(engine: Engine) -> str | None:
    """The migration that the database is at, or None for an empty one."""
    with engine.connect().execution_options(readonly=True) as connection:
        if not inspect(connection).has_table("alembic_version"):
            return None
        return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()


@contextmanager
def _only_one(engine: Engine) -> Iterator[Connection]:
    """A connection in a transaction that no other process of ours migrates in at the same time."""
    if engine.dialect.name == "postgresql":
        with engine.begin() as connection:
            # the limits are made for turns of a conversation; a migration takes as long as it takes
            connection.execute(text("SET LOCAL statement_timeout = 0"))
            connection.execute(text("SET LOCAL lock_timeout = 0"))
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": ADVISORY_LOCK})
            yield connection
        return
    assert engine.url.database is not None
    with Path(f"{engine.url.database}.migrate").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with engine.begin() as connection:
            yield connection


def _run_alembic(connection: Connection) -> None:
    # imported here: Alembic costs a fifth of a second, and most starts have nothing to migrate
    from alembic import command
    from alembic.config import Config

    logging.getLogger("alembic").setLevel(logging.WARNING)  # one line of our own below says enough
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
    logger.info("the database %s is at version %s", connection.engine.url.render_as_string(), HEAD)
