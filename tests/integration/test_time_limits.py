"""A database that is locked by somebody else: the honest word "it did not work" stays true."""

from __future__ import annotations

import time

import pytest
from sqlalchemy import select

from actions.handoff import GIVE_UP_SECONDS
from handoff.bootstrap import Services
from handoff.domain.errors import StorageUnavailable
from handoff.persistence.engine import open_engine
from handoff.persistence.tables import conversations
from handoff.persistence.unit_of_work import SqlUnitOfWork


def test_a_writer_gives_up_before_its_visitor_is_told_so(services: Services, db_url: str) -> None:
    with services.uow.write() as tx:
        tx.conversations.ensure("c1", "web", services.clock())
    other = SqlUnitOfWork(open_engine(db_url))
    with services.uow.write() as holder:
        holder.connection.execute(select(conversations).with_for_update())
        started = time.monotonic()
        with pytest.raises(StorageUnavailable), other.write() as tx:
            tx.conversations.ensure("c1", "web", services.clock())
        assert time.monotonic() - started < GIVE_UP_SECONDS - 2
    other._engine.dispose()


def test_what_the_operator_sets_wins(db_url: str) -> None:
    if not db_url.startswith("postgresql"):
        pytest.skip("of PostgreSQL only")
    engine = open_engine(f"{db_url}?options=-c%20statement_timeout%3D9000")
    with engine.connect() as connection:
        assert connection.exec_driver_sql("SHOW statement_timeout").scalar() == "9s"
        assert connection.exec_driver_sql("SHOW lock_timeout").scalar() == "4s"
    engine.dispose()
