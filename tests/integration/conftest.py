"""Real databases for the tests: SQLite always, PostgreSQL where it runs."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from argon2 import PasswordHasher

from handoff import passwords
from handoff.bootstrap import Services
from handoff.domain.model import Agent
from handoff.persistence.engine import open_engine
from handoff.settings import Settings
from tests.conftest import Clock
from tests.support.databases import migrated_postgres, postgres_database, postgres_url, sqlite_template, sqlite_url

__all__ = ["migrated_postgres", "postgres_url", "sqlite_template", "sqlite_url"]

PASSWORD = "correct horse battery"


@pytest.fixture(scope="session", autouse=True)
def cheap_passwords() -> Iterator[None]:
    """argon2 is slow on purpose; here nobody guesses, and every test makes accounts."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(passwords, "PasswordHasher", lambda: PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
        yield


@pytest.fixture(params=["sqlite", "postgresql"])
def db_url(request: pytest.FixtureRequest) -> str:
    """The address of a migrated database without content."""
    name = "sqlite_url" if request.param == "sqlite" else "postgres_url"
    url: str = request.getfixturevalue(name)
    return url


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_db_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a database without tables."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'handoff.db'}"
        return
    with postgres_database() as url:
        yield url


@pytest.fixture
def services(db_url: str, tmp_path: Path, clock: Clock) -> Iterator[Services]:
    """All use cases on a database without content, with a clock under control."""
    settings = Settings.load(environ={"HANDOFF_VAR": str(tmp_path / "var"), "HANDOFF_DB_URL": db_url})
    engine = open_engine(db_url)
    yield Services(settings, engine, clock)
    engine.dispose()


@pytest.fixture
def sanne(services: Services) -> Agent:
    return services.agents.create("sanne", "Sanne de Vries", PASSWORD)


@pytest.fixture
def jonas(services: Services) -> Agent:
    return services.agents.create("jonas", "Jonas Weber", PASSWORD, topics=("sales",))
