"""Transactions over all stores."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import InterfaceError, OperationalError

from handoff.domain.errors import StorageUnavailable
from handoff.persistence.agents import AgentStore
from handoff.persistence.connector_health import ConnectorHealthStore
from handoff.persistence.conversations import ConversationStore
from handoff.persistence.conversions import ConversionStore
from handoff.persistence.engine import SQLITE_BUSY_SECONDS
from handoff.persistence.events import EventStore
from handoff.persistence.handoffs import HandoffStore
from handoff.persistence.links import LinkStore
from handoff.persistence.messages import MessageStore
from handoff.persistence.notes import NoteStore
from handoff.persistence.outbox import OutboxStore
from handoff.persistence.ratings import RatingStore
from handoff.persistence.signals import SignalStore
from handoff.persistence.timers import TimerStore
from handoff.persistence.visits import VisitStore

logger = logging.getLogger(__name__)


class SqlTransaction:
    """All stores on one connection; see :class:`handoff.service.ports.Transaction`."""

    def __init__(self, connection: Connection) -> None:
        self.conversations = ConversationStore(connection)
        self.messages = MessageStore(connection)
        self.visits = VisitStore(connection)
        self.conversions = ConversionStore(connection)
        self.handoffs = HandoffStore(connection)
        self.events = EventStore(connection)
        self.outbox = OutboxStore(connection)
        self.agents = AgentStore(connection)
        self.timers = TimerStore(connection)
        self.notes = NoteStore(connection)
        self.ratings = RatingStore(connection)
        self.signals = SignalStore(connection)
        self.links = LinkStore(connection)
        self.health = ConnectorHealthStore(connection)
        self.connection = connection


class SqlUnitOfWork:
    """Opens transactions; see :class:`handoff.service.ports.UnitOfWork`.

    A database that cannot be reached, is locked for too long or goes away raises
    :class:`~handoff.domain.errors.StorageUnavailable`; nothing of the block is stored then.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        # SQLite has one writer at a time, and whoever comes second sleeps, in steps of up to a tenth of a second, until
        # it happens to find the database free. Threads of one process rather stand in line for it here.
        self._turn = threading.Lock() if engine.dialect.name == "sqlite" else None

    @contextmanager
    def write(self) -> Iterator[SqlTransaction]:
        """A transaction that commits at the end of the block, and rolls back on an error."""
        with reachable(), self._in_turn(), self._engine.begin() as connection:
            yield SqlTransaction(connection)

    @contextmanager
    def read(self) -> Iterator[SqlTransaction]:
        """A consistent view for reading."""
        with reachable(), self._engine.connect().execution_options(readonly=True) as connection:
            yield SqlTransaction(connection)

    @contextmanager
    def _in_turn(self) -> Iterator[None]:
        if self._turn is None:
            yield
            return
        if not self._turn.acquire(timeout=SQLITE_BUSY_SECONDS):
            raise StorageUnavailable("The database is busy. Nothing was stored; try the same again.")
        try:
            yield
        finally:
            self._turn.release()


@contextmanager
def reachable() -> Iterator[None]:
    """Turn the errors of a database that does not answer into StorageUnavailable."""
    try:
        yield
    except (OperationalError, InterfaceError) as error:
        # the driver's words name addresses and users: they are for the log, not for whoever asked
        logger.error("the database did not answer: %s", error.orig)
        raise StorageUnavailable("The database did not answer. Nothing was stored; try the same again.") from error
