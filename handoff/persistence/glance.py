"""What cannot wait, at a glance: one statement on a connection of its own, many times a second."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, Engine, bindparam, literal, select, union_all
from sqlalchemy.exc import DBAPIError

from handoff.persistence.engine import AUTOCOMMIT
from handoff.persistence.links import CLOSED, OPEN, RUNG
from handoff.persistence.outbox import PENDING
from handoff.persistence.tables import links, outbox
from handoff.persistence.unit_of_work import reachable

DELIVERY, QUESTION = "delivery", "question"

_URGENT = union_all(
    select(literal(DELIVERY).label("what"), outbox.c.target.label("whom"))
    .where(outbox.c.status == PENDING, outbox.c.due_at <= bindparam("now"))
    .distinct(),
    select(literal(QUESTION), links.c.connector)
    .where(links.c.status.in_((OPEN, CLOSED)), links.c.pull_at <= RUNG)  # both: the index begins with the status
    .distinct(),
)


class Glance:
    """See :class:`handoff.lookout.Lookout`. For one thread.

    A transaction from the pool would cost more than what is looked up in it: asking whether the connection is still
    good, a beginning and an end.
    """

    def __init__(self, engine: Engine) -> None:
        """Nothing is opened yet."""
        self._engine = engine
        self._connection: Connection | None = None

    def __call__(self, now: datetime) -> tuple[set[str], set[str]]:
        """Targets of the outbox for which a row is due, and connectors that rang.

        A due row may have to wait for an earlier one of its conversation all the same.

        Raises:
            StorageUnavailable: the database did not answer; the next glance opens a new connection.
        """
        with reachable():
            try:
                rows = self._open().execute(_URGENT, {"now": now}).all()
            except DBAPIError:
                self.close()
                raise
        return {whom for what, whom in rows if what == DELIVERY}, {whom for what, whom in rows if what == QUESTION}

    def close(self) -> None:
        """Close the connection."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _open(self) -> Connection:
        if self._connection is None:
            self._connection = self._engine.connect().execution_options(isolation_level=AUTOCOMMIT)
            self._connection.detach()  # never given to others, who need transactions
        return self._connection
