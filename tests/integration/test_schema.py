"""The migrations make exactly the tables that the code uses."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from handoff.domain.errors import ConfigurationError, StorageUnavailable
from handoff.persistence.engine import open_engine
from handoff.persistence.schema import HEAD, current_version, upgrade
from handoff.persistence.tables import metadata
from handoff.persistence.unit_of_work import SqlUnitOfWork
from tests.conftest import ROOT


def test_migrations_and_tables_agree(empty_db_url: str) -> None:
    engine = open_engine(empty_db_url)
    upgrade(engine)
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []
    engine.dispose()


def test_head_is_the_latest_migration() -> None:
    config = Config()
    config.set_main_option("script_location", str(ROOT / "handoff" / "persistence" / "migrations"))
    assert ScriptDirectory.from_config(config).get_current_head() == HEAD


def test_processes_that_start_together_migrate_once(empty_db_url: str) -> None:
    engines = [open_engine(empty_db_url) for _ in range(4)]
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(upgrade, engines))
    assert current_version(engines[0]) == HEAD
    for engine in engines:
        engine.dispose()


def test_the_plain_postgresql_address_uses_the_installed_driver() -> None:
    assert open_engine("postgresql://nobody@127.0.0.1:1/none").driver == "psycopg2"


@pytest.mark.parametrize(("url", "named"), [("nonsense", "sqlite:///"), ("mysql://x/y", "SQLite and PostgreSQL")])
def test_a_wrong_address_is_explained(url: str, named: str) -> None:
    with pytest.raises(ConfigurationError, match=named):
        open_engine(url)


def test_a_database_that_is_gone_is_said() -> None:
    engine = open_engine("postgresql+psycopg2://nobody@127.0.0.1:1/none")
    with pytest.raises(StorageUnavailable), SqlUnitOfWork(engine).read() as tx:
        tx.agents.count()
