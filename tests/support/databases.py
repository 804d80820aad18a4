"""Databases for tests, migrated once: migrating for each test would take longer than most tests do."""

from __future__ import annotations

import os
import shutil
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import create_engine, inspect, text
from sqlalchemy.exc import OperationalError

from handoff.persistence.engine import open_engine
from handoff.persistence.schema import upgrade

POSTGRES = os.environ.get("TEST_POSTGRES_URL", "postgresql+psycopg2://postgres@127.0.0.1:5432/postgres")
VERSION = "alembic_version"  # the table that tells the migrations that ran


def migrate(url: str) -> None:
    """Bring a database to the version of the code."""
    engine = open_engine(url)
    upgrade(engine)
    engine.dispose()


@contextmanager
def postgres_database() -> Iterator[str]:
    """The address of a database without tables; gone afterwards."""
    name = f"handoff_test_{uuid.uuid4().hex}"
    admin = create_engine(POSTGRES, isolation_level="AUTOCOMMIT")
    try:
        with admin.connect() as connection:
            connection.execute(text(f"CREATE DATABASE {name}"))
            # what a test has stored need not outlive the machine
            connection.execute(text(f"ALTER DATABASE {name} SET synchronous_commit = off"))
    except OperationalError as error:
        if os.environ.get("CI") == "true":
            raise
        pytest.skip(f"PostgreSQL does not run here (TEST_POSTGRES_URL): {error.orig}")
    try:
        yield POSTGRES.rsplit("/", 1)[0] + f"/{name}"
    finally:
        with admin.connect() as connection:
            connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
        admin.dispose()


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file of a migrated database that nobody has open."""
    path = tmp_path_factory.mktemp("template") / "handoff.db"
    migrate(f"sqlite:///{path}")
    return path


@pytest.fixture
def sqlite_url(sqlite_template: Path, tmp_path: Path) -> str:
    """The address of a migrated SQLite database without content."""
    path = tmp_path / "handoff.db"
    shutil.copy(sqlite_template, path)
    return f"sqlite:///{path}"


@pytest.fixture(scope="session")
def migrated_postgres() -> Iterator[str]:
    """The address of the one migrated database of this session."""
    with postgres_database() as url:
        migrate(url)
        engine = create_engine(url)
        with engine.connect() as connection:
            for table in set(inspect(engine).get_table_names()) - {VERSION}:
                filled = connection.execute(text(f'SELECT EXISTS (SELECT FROM "{table}")')).scalar()
                assert not filled, f"a migration fills {table}: postgres_url must not empty it"
        engine.dispose()
        yield url


@pytest.fixture
def postgres_url(migrated_postgres: str) -> str:
    """The address of a migrated PostgreSQL database without content; whoever is still connected to it is cut off."""
    engine = create_engine(migrated_postgres)
    others = "FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
    with engine.begin() as connection:
        connection.execute(text(f"SELECT pg_terminate_backend(pid, 5000) {others}"))
        tables = set(inspect(connection).get_table_names()) - {VERSION}
        connection.execute(text(f"TRUNCATE {', '.join(sorted(tables))} RESTART IDENTITY"))
    engine.dispose()
    return migrated_postgres
