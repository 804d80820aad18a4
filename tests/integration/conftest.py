"""Real databases for the tests: SQLite always, PostgreSQL where it runs."""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from argon2 import PasswordHasher
from sqlalchemy import create_engine, text
from sqlalchemy.exc import OperationalError

from handoff import passwords
from handoff.bootstrap import Services
from handoff.domain.model import Agent
from handoff.persistence.engine import open_engine
from handoff.persistence.schema import upgrade
from handoff.settings import Settings
from tests.conftest import Clock

POSTGRES = os.environ.get("TEST_POSTGRES_URL", "postgresql+psycopg2://postgres@127.0.0.1:5432/postgres")
PASSWORD = "correct horse battery"


@pytest.fixture(scope="session", autouse=True)
def cheap_passwords() -> Iterator[None]:
    """argon2 is slow on purpose; here nobody guesses, and every test makes accounts."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(passwords, "PasswordHasher", lambda: PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
        yield


@pytest.fixture(params=["sqlite", "postgresql"])
def db_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of an empty database."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'handoff.db'}"
        return
    name = f"handoff_test_{uuid.uuid4().hex}"
    admin = create_engine(POSTGRES, isolation_level="AUTOCOMMIT")
    try:
        with admin.connect() as connection:
            connection.execute(text(f"CREATE DATABASE {name}"))
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


@pytest.fixture
def services(db_url: str, tmp_path: Path, clock: Clock) -> Iterator[Services]:
    """All use cases on an empty database, with a clock under control."""
    settings = Settings.load(environ={"HANDOFF_VAR": str(tmp_path / "var"), "HANDOFF_DB_URL": db_url})
    engine = open_engine(db_url)
    upgrade(engine)
    yield Services(settings, engine, clock)
    engine.dispose()


@pytest.fixture
def sanne(services: Services) -> Agent:
    return services.agents.create("sanne", "Sanne de Vries", PASSWORD)


@pytest.fixture
def jonas(services: Services) -> Agent:
    return services.agents.create("jonas", "Jonas Weber", PASSWORD, topics=("sales",))
